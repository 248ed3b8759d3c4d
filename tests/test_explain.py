"""`mailshell explain`: words, lines and files, in three depths."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.cli import main
from mailshell.core import tables
from mailshell.core.record import Card, Cite
from mailshell.mail.host import Traits
from mailshell.shell.explain import explained
from mailshell.shell.known import facts, nearest
from mailshell.shell.view import View
from mailshell.smtp.responses import ReplyLine, mark_reply, read_line
from tests.sections import SECTIONS


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
        ("ehlo", "EHLO: hello; list your extensions (SMTP command)"),
        ("STARTTLS", "STARTTLS: TLS from here on (SMTP command)"),
        ("C: BURL imap://a/b LAST", "fetch the message from a URL"),
        ("X-MINE", "X-MINE: a private command (SMTP command)"),
        ("AUTH PLAIN AGFsaWNl", "C: AUTH PLAIN ********"),
        ("SIZE", "SIZE: largest message it takes, in octets (EHLO keyword)"),
        ("SIZE", "SIZE: parameter of MAIL: SIZE=n (parameter)"),
        ("SIZE=412", "SIZE=412: parameter of MAIL: SIZE=n (parameter)"),
        ("250-PIPELINING", "PIPELINING: takes commands in groups (EHLO keyword)"),
        ("250 STARTTLS", "last line; can start TLS"),
        ("250 ok", "250 Requested mail action okay, completed"),
        ("Received", "(header field, trace)"),
        ("X-Mine: a", "(optional field): A field of no standard. Anybody may make up a name."),
        ("Subject: =?utf-8?Q?caf=C3=A9?=", 'reads "caf\N{LATIN SMALL LETTER E WITH ACUTE}"'),
        ("=?utf-8?Q?caf=C3=A9?=", "encoding Q (quoted-printable)"),
        ("=?iso-8859-1?B?6Q==?=", "charset iso-8859-1, encoding B (base64)"),
        ("local-part", "local-part: 64 octets, maximum (limit)"),
        ("5yz", "permanent negative completion (first digit of a reply code)"),
        ("multiline", "(rule of replies)"),
        ("Reverse-path", "Reverse-path: return path"),
        ("ready", "(SMTP phase)"),
        (".", ".: end of the message (SMTP line)"),
        (".", ".: end of a list or a message (POP3 end of an answer)"),
        ("RETR", "RETR: send me this message (POP3 command)"),
        ("retr", "RETR: send me this message (POP3 command)"),
        ("UIDL", "UIDL: a lasting name for each message (POP3 command)"),
        ("UIDL", "(POP3 capability)"),
        ("[IN-USE]", "[IN-USE]: another session holds the maildrop (POP3 response code)"),
        ("in-use", "[IN-USE]: another session holds the maildrop (POP3 response code)"),
        ("-ERR [IN-USE] maildrop locked", "x another session holds the maildrop"),
        ("-ERR [IN-USE] maildrop locked", "next: Try again later; do not ask for another password."),
        ("S: -ERR [in-use] locked", "S* -ERR [in-use] locked"),
        ("EXPIRE 0", "S: EXPIRE 0                                how many days mail is kept"),
        ("LOGIN-DELAY 60 USER", "So many seconds must lie between two logins of a user."),
        ("EXPIRE", "With 0 it removes at QUIT what RETR has sent."),
        ("USER bob", "C: USER bob"),
        ("AUTH PLAIN", "C: AUTH PLAIN  "),
        ("+OK 2 320", "note: After STAT: 2 messages, 320 octets together."),
        ("+OK", "+OK: done (POP3 positive reply)"),
        ("+ Ym9i", 'go on; it asks "bob"'),
        ("LIST 2", "C: LIST 2                                  which messages, how big?"),
        ("LIST two", "why: It does not fit the grammar."),
        ("PASS hungry", "C: PASS ********"),
        ("STLS", "STLS: TLS from here on (POP3 command)"),
        ("STLS now", "C: STLS now                                TLS from here on"),
        ("QUIT", "QUIT: end the session (SMTP command)"),
        ("QUIT", "QUIT: end the session, delete what is marked (POP3 command)"),
        ("NOOP x", "(SMTP command)"),
        ("NOOP x", "(POP3 command)"),
        ("transaction", "TRANSACTION: the maildrop is open (POP3 state)"),
        ("password", "(POP3 phase)"),
        ("1995", "1995: SMTP with its first extensions (SMTP era)"),
        ("4xx", "4yz: transient negative completion (first digit of a reply code)"),
        ("587", "port: the number at which a server listens (term)"),
        ("esmtpsa", "ESMTPS: in a Received field"),
    ],
)
def test_a_word_or_a_line_is_explained(text, says):
    assert says in shown(text)
    assert "RFC " in shown(text)


@pytest.mark.parametrize("text", ["", "FOO", "Bob", "hello there", "http://nyu.edu", "9.9.9", "a=b", "=?x?"])
def test_nothing_is_made_up(text):
    assert shown(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "RETR",
        "+OK",
        "-ERR [AUTH] no",
        "DELE 1",
        "452",
        "5.7.1",
        "EHLO",
        "Received",
        "450 4.2.1 busy",
        "RCPT TO:<a@b>",
        "Subject: a",
    ],
)
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


@pytest.mark.parametrize("word", ["COPYUID", "[COPYUID]", "[COPYUID 5 1:2 3:4]", "[copyuid 5"])
def test_a_response_code_is_known_with_what_stands_behind_it(word):
    assert "[COPYUID]" in [fact.name for fact in facts(word)]


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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("=?utf-8?Q?caf=C3=A?=", "note: Not by the standard: =A is no octet"),
        ("=?utf-8?Q?a b?=", "note: Not by the standard: A space or a tab stands"),
        ("Subject: =?utf-8?Q?caf=C3=A?= ok", "encoded-text: =A is no octet"),
        ("Subject: =?x-none?B?YWI?=", "note: Not by the standard: The base64 text has 3 characters."),
        ("From: =?utf-8?Q?a b?= <a@b.example>", "encoded-word: A space or a tab stands"),
    ],
)
def test_a_broken_encoded_word_does_not_read_as_if_it_were_fine(text, says):
    assert says in shown(text)
    assert "standard" in shown(text) or "broken" in shown(text, 0)


def test_in_quotes_and_addresses_there_is_no_encoded_word():
    for text in ('From: "=?utf-8?Q?a b?=" <a@b.example>', "Received: from =?utf-8?Q?a b?= by b"):
        assert "encoded" not in shown(text)


def test_a_name_with_x_is_a_field_and_perhaps_a_command():
    assert "X-Spam: a field of no standard (header field, private)" in shown("X-Spam")
    assert "X-SPAM: a private command (SMTP command)" in shown("X-Spam")
    assert "command" not in shown("X-Spam-Status")
    assert shown("XFOO").startswith("   XFOO: a private command (SMTP command)")
    assert "XCLIENT" in shown("XCLIENT")
    assert "a private command" not in shown("XCLIENT")
    assert shown("Xavier") == ""
    assert "a private command" in shown("X-MINE yes")
    assert "X-Spam" in shown("X-Spam: yes")


LECTURE = """
email; electronic mail; asynchronous; mail server; mail servers; user agent; user agents; UA; SMTP
Simple Mail Transfer Protocol; mailbox; mailboxes; message queue; queue; client; server; client role
server role; upstream server; downstream server; mail reader; mail client; application-layer protocol; HTTP; RFC
RFC 5321; RFC 822; RFC 1939; RFC 1730; body; 7-bit ASCII; ASCII; 7-bit; throughput; multimedia; binary; encode
decode; encoded; TCP; port 25; port; direct transfer; handshake; greeting; transfer of messages; close; command
commands; response; status code; reject; retry; retries; deliver; delivery; intermediate server
intermediate servers; HELO; MAIL FROM; RCPT TO; DATA; QUIT; 220; 250; 354; 221; telnet; authentication
authorisation; pull; push; object; multipart message; multipart; header; To; From; Subject; message
message format; mail access protocol; retrieval; POP; POP3; Post Office Protocol; IMAP
Internet Mail Access Protocol; user; pass; password; list; retr; dele; +OK; -ERR; authorisation phase
transaction phase; download and delete; download and keep; stateless; folder; folders; state; attachment
attachments; low bandwidth; web-based email; web browser; inbox; sender; recipient; receiver; phases; session
connection; reply; base64; quoted-printable; boundary; dot-stuffing; dot stuffing; byte-stuffing; RCPTMAX
MAILMAX; RCPTDOMAINMAX; MIME; envelope; reverse-path; forward-path; bounce; MX; MTA; MUA; relay; open relay
pipelining; greylisting; backscatter; maildrop; lock; message number; drop listing; scan listing; unique-id; timestamp
challenge; digest; capability
"""
"""The words of the lecture, and of those who read on."""


@pytest.mark.parametrize("word", LECTURE.replace("\n", "; ").strip("; ").split("; "))
def test_every_word_of_the_lecture_is_explained(word):
    for depth in (0, 1, 2):
        assert shown(word, depth)


def test_a_term_is_known_by_each_of_its_names_and_only_one_term_has_a_name():
    names = [
        name.upper()
        for row in tables.rows("terms")
        for name in (row["term"], *(row["also"].split("; ") if row["also"] != "-" else []))
    ]
    assert len(names) == len(set(names))
    for row in tables.rows("terms"):
        assert f"{row['term']}: {row['says']} (term)" in " ".join(shown(row["term"]).split())
        assert row["meaning"].endswith(".")
        for section in row["section"].split("; "):
            cite = tables.cite(section)
            assert cite is not None
            assert cite.section in SECTIONS[cite.rfc].split()
    for name in names:
        assert "(term)" in " ".join(shown(name).split())


def test_a_near_word_may_be_any_name_of_a_thing():
    assert nearest("dot stufing")[0] == "dot stuffing"
    assert nearest("usr agent")[0] == "user agent"


@pytest.mark.parametrize(
    ("text", "era", "says"),
    [
        ("EHLO", "1982", "Later than 1982: EHLO came in 1993 (RFC 1425)."),
        ("EHLO lancs.uk", "1982", "Later than 1982: EHLO came in 1993 (RFC 1425)."),
        ("SIZE=12", "1982", "Later than 1982: SIZE came in 1993 (RFC 1427)."),
        ("250-PIPELINING", "1982", "Later than 1982: PIPELINING came in 1995 (RFC 1854)."),
        ("NOTIFY", "1995", "Later than 1995: DSN came in 1996 (RFC 1891)."),
        ("5.7.1", "1995", "Later than 1995: ENHANCEDSTATUSCODES came in 1996 (RFC 2034)."),
        ("STARTTLS", "1995", "Later than 1995: STARTTLS came in 1999 (RFC 2487)."),
        ("334", "1995", "Later than 1995: 334 came in 1999 (RFC 2554)."),
        ("LIMITS", "2008", "Later than 2008: LIMITS came in 2024 (RFC 9422)."),
        ("RCPTMAX", "2008", "Later than 2008: RCPTMAX came in 2024 (RFC 9422)."),
        ("MIME", "1982", "Later than 1982: MIME came in 1992 (RFC 1341)."),
        ("MX", "1982", "Later than 1982: MX came in 1986 (RFC 974)."),
        ("UIDL", "1982", "Later than 1982: UIDL came in 1994 (RFC 1725)."),
        ("UIDL 1", "1982", "Later than 1982: UIDL came in 1994 (RFC 1725)."),
        ("CAPA", "1995", "Later than 1995: CAPA came in 1998 (RFC 2449)."),
        ("[IN-USE]", "1995", "Later than 1995: IN-USE came in 1998 (RFC 2449)."),
        ("[UIDNEXT]", "1995", "Later than 1995: UIDNEXT came in 2003 (RFC 3501)."),
        ("[CLOSED]", "1995", "Later than 1995: CLOSED came in 2008 (RFC 5162)."),
        ("[OVERQUOTA]", "2008", "Later than 2008: OVERQUOTA came in 2009 (RFC 5530)."),
        ("STLS", "1995", "Later than 1995: STLS came in 1999 (RFC 2595)."),
        ("DKIM-Signature", "1995", "Later than 1995: DKIM-Signature came in 2007 (RFC 4871)."),
    ],
)
def test_a_word_that_came_later_says_so(text, era, says):
    told = " ".join(" ".join(explained(text, View(), Traits(era=era))).split())
    assert says in told
    assert "Later than" not in shown(text)
    for word in ("HELO", "MAIL FROM:<a@b>", "250", "relay", "Received"):
        assert not any("Later than" in line for line in explained(word, View(), Traits(era=era)))


@pytest.mark.parametrize(
    ("traits", "there", "absent"),
    [
        (Traits(), '"452 4.5.3 Too many recipients"', "of a later year"),
        (Traits(voice="classic"), '"452 Too many recipients"', "too many messages"),
        (Traits(era="2008"), '"452 4.5.3 Too many recipients"', "too many messages"),
        (Traits(era="1982"), '"452 Too many recipients"', "too many messages"),
    ],
)
def test_the_replies_quoted_are_those_of_the_voice_and_the_era(traits, there, absent):
    told = " ".join(" ".join(explained("452", View(depth=2), traits)).split())
    assert there in told
    assert f"here: {absent}" not in told


def test_a_reply_is_quoted_in_the_words_of_the_voice():
    told = "\n".join(explained("250", View(depth=2, width=500), Traits(voice="classic")))
    assert 'here: HELO accepted, "250 Hello <client>, pleased to meet you": ' in told
    assert "EHLO accepted" not in told
    told = "\n".join(explained("220", View(depth=2, width=500), Traits(era="1982")))
    assert '"220 <host> mail service ready"' in told
    assert "of a later year" in "\n".join(explained("500", View(depth=2), Traits(era="1995")))
    assert "of a later year" not in shown("500", 2)
    assert "The classic voice offers no extensions." in "\n".join(explained("SIZE", View(), Traits(voice="classic")))


def test_a_colon_among_any_octets_makes_no_field(capsys, tmp_path):
    file = tmp_path / "program"
    file.write_bytes(b"u:H\x83 \x00\xff\n0000: EHLO a\n")
    assert main(["explain", str(file)]) == 1
    assert capsys.readouterr().out == ""


def test_every_field_of_a_command_and_of_a_reply_can_be_read_by_itself():
    command, reply = (" ".join(" ".join(explained(word, View(depth=2))).split()) for word in ("RCPT", "503"))
    assert "with PIPELINING: anywhere in a group" in command
    assert "esmtp-param: a parameter that this server does not know" in command
    assert '"503 5.5.1 <reason>"' in reply
