"""`mailshell explain`: words, lines and files, in three depths."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.cli import main
from mailshell.core.record import Card, Cite
from mailshell.shell.explain import explained
from mailshell.shell.known import facts, nearest
from mailshell.shell.view import View
from mailshell.smtp.responses import ReplyLine, mark_reply, read_line


def shown(text, depth=1):
    return "\n".join(explained(text, View(depth=depth)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("452", "452: Requested action not taken: insufficient system storage (reply code)"),
        ("299", "299: positive completion (reply code)"),
        ("699", "699: fatal for the transaction (reply code)"),
        ("5.7.1", "5.7.1: Delivery not authorized, message refused (enhanced status code)"),
        ("x.7.1", "X.7.1: Delivery not authorized, message refused (enhanced status code)"),
        ("5.7.999", "The detail 999 is not registered."),
        ("450 4.2.1 mailbox busy", "4.2.1: Mailbox disabled, not accepting messages (enhanced status code)"),
        ("S: 450 4.2.1 mailbox busy", "S* 450 4.2.1 mailbox busy"),
        ("MAIL 552", "MAIL 552: over a fixed storage or size limit (reply)"),
        ("RCPT TO:<a@b>", "C: RCPT TO:<a@b>                           one recipient"),
        ("C: RCPT TO:<a@b>", "C: RCPT TO:<a@b>                           one recipient"),
        ("RCPT TO:a@b", 'why: It does not fit the grammar. Octet 9 is "a".'),
        ("ehlo", "EHLO: hello; list your extensions (command)"),
        ("STARTTLS", "STARTTLS: TLS from here on (command)"),
        ("X-MINE", "X-MINE: a private command (command)"),
        ("AUTH PLAIN AGFsaWNl", "C: AUTH PLAIN ********"),
        ("SIZE", "SIZE: largest message it takes, in octets (EHLO keyword)"),
        ("SIZE", "SIZE: parameter of MAIL: SIZE=n (parameter)"),
        ("SIZE=412", "SIZE=412: parameter of MAIL: SIZE=n (parameter)"),
        ("250-PIPELINING", "PIPELINING: takes commands in groups (EHLO keyword)"),
        ("250 STARTTLS", '" " ends the list; can start TLS'),
        ("250 ok", "250 Requested mail action okay, completed"),
        ("Received", "(header field, trace)"),
        ("X-Mine: a", "(optional field): Any other field name."),
        ("Subject: =?utf-8?Q?caf=C3=A9?=", 'reads "caf\N{LATIN SMALL LETTER E WITH ACUTE}"'),
        ("=?utf-8?Q?caf=C3=A9?=", "encoding Q (quoted-printable)"),
        ("=?iso-8859-1?B?6Q==?=", "charset iso-8859-1, encoding B (base64)"),
        ("local-part", "local-part: 64 octets, maximum (limit)"),
        ("5yz", "permanent negative completion (first digit of a reply code)"),
        ("multiline", "(rule of replies)"),
        ("Reverse-path", "Reverse-path: return path"),
        ("ready", "(phase)"),
        (".", ".: end of the message (line)"),
    ],
)
def test_a_word_or_a_line_is_explained(text, says):
    assert says in shown(text)
    assert "RFC " in shown(text)


@pytest.mark.parametrize("text", ["", "FOO", "Bob", "hello there", "http://nyu.edu", "9.9.9", "a=b", "=?x?"])
def test_nothing_is_made_up(text):
    assert shown(text) == ""


@pytest.mark.parametrize("text", ["452", "5.7.1", "EHLO", "Received", "450 4.2.1 busy", "RCPT TO:<a@b>", "Subject: a"])
def test_depth_0_is_a_line_and_depth_2_says_more_than_depth_1(text):
    zero, one, two = (explained(text, View(depth=depth)) for depth in (0, 1, 2))
    assert len(zero) == 1
    assert 1 < len(one) < len(two)


def test_a_received_field_is_taken_apart():
    line = (
        "Received: from lancs.uk (lancs.uk [192.0.2.1]) by nyu.edu with ESMTP id m1 for <bob@nyu.edu>; Mon, 9 Mar 2015"
    )
    text = shown(line)
    for rule in ("From-domain", "TCP-info", "By-domain", "With", "ID", "For"):
        assert f"     {rule}: " in text
    assert text.endswith("RFC 5321 section 4.4")


@given(st.text(max_size=30) | st.sampled_from(["250-\x1b", "=?utf-8?q?=1b[0m?=", "Subject: \x9b", "MAIL \x07"]))
def test_a_terminal_obeys_nothing(text):
    for depth in (0, 1, 2):
        assert all(line.isprintable() for line in explained(text, View(depth=depth)))


def test_a_reply_line_is_read():
    assert read_line(b"250-2.1.0 ok") == ReplyLine(250, True, "2.1.0", b"ok")
    assert read_line(b"250") == ReplyLine(250, False, "", b"")
    assert read_line(b"2500") is None
    assert read_line(b"hello") is None


def test_an_enhanced_code_is_named():
    card = Card("x", "x", Cite(5321, "4.2"))
    assert mark_reply(b"550 5.1.1 no", card).glosses["enhanced"].endswith("1 address: Bad destination mailbox address")
    assert mark_reply(b"550 5.1.99 no", card).glosses["enhanced"].endswith("1 address: detail 99")


def test_the_nearest_words_are_named():
    assert nearest("EHLLO")[0] == "EHLO"
    assert "client timeout: MAIL" in nearest("timeout")
    assert nearest("zzzzzz") == []
    assert facts("EHLLO") == []


def test_words_on_the_command_line(capsys):
    assert main(["explain", "450", "4.2.1", "mailbox", "busy", "--depth", "0"]) == 0
    assert capsys.readouterr().out.startswith("450 4.2.1 mailbox busy: ")
    assert main(["explain", "EHLLO"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("mailshell: nothing is known about EHLLO. Near it: EHLO")
    assert main(["explain", "\x1b[0m"]) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_a_file_on_the_command_line(capsys, tmp_path):
    log = tmp_path / "log.txt"
    log.write_text("220 nyu.edu\nQUIT\n221 bye\n")
    kept = tmp_path / "kept.txt"
    assert main(["explain", str(log), "--log", str(kept)]) == 0
    printed = capsys.readouterr().out
    assert "S: 221 bye" in printed
    assert kept.read_text() == printed
    log.write_text("\nEHLO a\nnothing\n")
    assert main(["explain", str(log)]) == 0
    assert "hello; list your extensions" in capsys.readouterr().out
    log.write_text("Dear Bob\n")
    assert main(["explain", str(log)]) == 1
    assert "is no conversation in a form that is known here" in capsys.readouterr().err
    log.write_bytes(b"")
    assert main(["explain", str(log)]) == 1


@pytest.mark.process
def test_standard_input(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mailshell", "explain", "-"],
        input=b"* Connected to a\n> QUIT\n< 221 bye\n",
        capture_output=True,
        check=True,
    )
    assert "C: QUIT" in done.stdout.decode()
    assert done.stderr == b""


def test_an_extension_of_ours_is_told_by_its_card():
    assert "RCPTMAX is the most RCPT commands" in " ".join(shown("LIMITS").split())


@pytest.mark.parametrize("word", ["/no/such/file", "./nothing", "nothing.log", "nothing.txt"])
def test_a_file_that_is_not_there_is_no_word(word, capsys):
    assert main(["explain", word]) == 2
    assert capsys.readouterr().err == f"mailshell: {word}: No such file or directory\n"


def test_nothing_is_no_word(capsys):
    assert main(["explain", "  "]) == 2
    assert capsys.readouterr().err.startswith("mailshell: explain wants words or a file")
