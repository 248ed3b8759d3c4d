"""What other programs write down of a conversation: who said what, and what it means."""

import io
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.shell import logs
from mailshell.shell.annotate import Annotator
from mailshell.shell.logs import Said
from mailshell.shell.view import View
from mailshell.smtp.follow import Follower
from mailshell.smtp.phases import Phase

LOGS = {path.stem: path for path in sorted((Path(__file__).parent / "logs").glob("*.txt"))}
READERS = {
    "curl": logs.curl,
    "openssl": logs.s_client,
    "smtplib": logs.smtplib,
    "swaks": logs.swaks,
    "telnet": logs.screen,
}
SECRETS = ("AGJvYgBodW5ncnk=", "Ym9i", "aHVuZ3J5", "hungry")


def said(octets: bytes) -> list[Said]:
    head, lines = logs.peek(logs.cut(io.BytesIO(octets)))
    reader = logs.reader(head)
    return [] if reader is None else list(reader(lines))


def annotated(octets: bytes, view: View | None = None) -> list[str]:
    annotator = Annotator(view or View())
    return [*(line for one in said(octets) for line in annotator.said(one)), *annotator.end()]


def test_there_is_a_log_of_each_program():
    assert {name.partition("-")[0] for name in LOGS} == set(READERS)


@pytest.mark.parametrize("name", LOGS)
def test_the_form_of_a_log_is_told(name):
    head, _ = logs.peek(logs.cut(io.BytesIO(LOGS[name].read_bytes())))
    assert logs.reader(head) is READERS[name.partition("-")[0]]


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_shown_as_the_shell_shows_it(name, update):
    path = LOGS[name].with_suffix(".shown")
    text = "".join(line + "\n" for line in annotated(LOGS[name].read_bytes()))
    if update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_no_secret_of_a_log_is_shown(name, depth):
    text = "\n".join(annotated(LOGS[name].read_bytes(), View(depth=depth)))
    assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_whole(name):
    """From the first hello to a phase that an answer proves, and nothing is left that no reply belongs to."""
    text = "\n".join(annotated(LOGS[name].read_bytes()))
    assert "-- ready: no sender yet" in text
    assert "-- sender known: no recipient yet" in text
    assert "no command of SMTP" not in text
    assert "no reply by the grammar" not in text


def test_our_own_files_are_read():
    text = b"# x\nS: 220 a\nC: EHLO b\\x41\nS: 250 a\n= ready\n! Because.\n> :wait 3m\nC2: NOOP\nnothing\nC: \\q\n"
    assert said(text) == [
        Said("server", b"220 a\r\n"),
        Said("client", b"EHLO bA\r\n"),
        Said("server", b"250 a\r\n"),
        Said("reason", b"Because."),
        Said("note", b":wait 3m"),
        Said("client", b"NOOP\r\n", 2),
        Said("note", b"nothing\n", 2),
        Said("client", b"\\q\r\n"),
    ]


def test_a_reply_code_inside_a_message_is_text():
    text = b"220 a\nDATA\n354 go\n250 is a number\n---\nread R BLOCK\n.\n250 ok\nQUIT\n221 bye\n"
    assert [one.who for one in said(text)] == [
        *("server", "client", "server"),
        *("client",) * 4,
        *("server", "client", "server"),
    ]
    tls = [one.octets for one in said(b"CONNECTED(00000003)\n---\n" + text)]
    assert tls == [one.octets for one in said(text)]


def test_a_file_that_is_no_conversation_has_no_reader():
    assert logs.reader([b"Dear Bob,\n", b"EHLO is a verb\n"]) is None


@pytest.mark.parametrize("quote", ["'", '"'])
def test_what_python_writes_is_read_back(quote):
    message = bytes(range(256)).replace(b"\n", b"") * 600 + b"\r\n"
    line = f"send: {message!r}\n" if quote == "'" else 'send: "it\'s\\r\\n"\n'
    got = b"".join(one.octets for one in said(line.encode()))
    assert got == (message if quote == "'" else b"it's\r\n")


SHORT = "S: 220 a\nC: EHLO b\nS: 250 a\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("C: PASS rabbit\n", "C: PASS ********"),
        ("C: LOGIN alice rabbit\n", "C: LOGIN ********"),
        ("C: AUTH PLAIN AGFsaWNlAHJhYmJpdA==\nS: 235 ok\n", "C: AUTH PLAIN ********"),
        ("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: rabbit\nS: 334 !\nC: *\nS: 501 no\n", "C: ********"),
        ("C: AUTH LOGIN\nC: YWxpY2U=\nC: cmFiYml0\nS: 334 VXNlcm5hbWU6\nS: 334 cGFzcw==\nS: 235 ok\n", "C: ********"),
        ("C: cmFiYml0\n", "C: ********"),
        ("C: AUTH PLAIN\nS: 334 \nC:\nS: 501 no\n", "an empty answer"),
    ],
)
def test_a_secret_is_masked(text, wanted):
    shown = "\n".join(annotated((SHORT + text).encode()))
    assert wanted in shown
    assert not any(secret in shown for secret in ("rabbit", "cmFiYml0", "AGFsaWNlAHJhYmJpdA==", "YWxpY2U="))


def test_the_fault_of_a_refused_line_is_shown():
    shown = "\n".join(annotated((SHORT + "C: MAIL FROM:a@b\nS: 501 no\nC: XX\nS: hello\n").encode()))
    assert 'why: By the grammar: Octet 11 is "a".' in shown
    assert "no reply by the grammar" in shown


def test_a_terminal_obeys_nothing():
    log = b"* Connected to \x1b]0;x\x07\n> EHLO \x1b[31m\n< 250 \x9b31m\xc2\x9b\n> MAIL\n< 334 G1szMW0=\n! \x1b\n"
    for depth in (0, 1, 2):
        assert all(line.isprintable() for line in annotated(log, View(depth=depth)))


def test_the_reasons_of_our_own_files_stay_with_their_replies():
    text = SHORT + "C: DATA\nS: 503 no\n= ready\n! DATA needs MAIL.\nC: RSET\nS: 250 ok\n! Note this.\n> :wait 3m\n"
    shown = annotated(text.encode())
    assert shown[shown.index("   why: DATA needs MAIL.") - 3].startswith("S* 503 no")
    assert "   note: Note this." in shown
    assert shown[-1] == "== :wait 3m"
    assert not any("Note this" in line for line in annotated(text.encode(), View(depth=0)))


def test_a_long_message_is_folded():
    text = SHORT + "C: DATA\nS: 354 go\n" + "C: text\n" * 50 + "C: .\nS: 250 ok\n"
    assert "== 10 more lines of the message not shown" in annotated(text.encode())
    assert not any("more lines" in line for line in annotated(text.encode(), View(depth=2)))


# The follower.


def phases(*turns: str) -> Phase | None:
    follower = Follower()
    for turn in turns:
        say = follower.client if turn[0] == "C" else follower.server
        say(turn[2:].encode() + b"\r\n")
    follower.end()
    return follower.phase


HELLO = ("S 220 a", "C EHLO b", "S 250-a", "S 250 b")
MAIL = (*HELLO, "C MAIL FROM:<>", "S 250 a")
RCPT = (*MAIL, "C RCPT TO:<a@b>", "S 250 a")


@pytest.mark.parametrize(
    ("turns", "phase"),
    [
        ((), None),
        (("C NOOP", "S 250 ok"), None),
        (("S 250 ok",), None),
        (("S 554 no",), None),
        (("C MAIL FROM:<>", "S 250 ok"), Phase.SENDER),
        (("S 220 a",), Phase.GREETED),
        (HELLO, Phase.READY),
        (("S 220 a", "C EHLO b", "S 502 a"), Phase.GREETED),
        (("S 220 a", "C RSET", "S 250 a"), Phase.GREETED),
        (MAIL, Phase.SENDER),
        ((*MAIL, "C RCPT TO:<a@b>", "S 550 a"), Phase.SENDER),
        (RCPT, Phase.RECIPIENTS),
        ((*RCPT, "C RSET", "S 250 a"), Phase.READY),
        ((*RCPT, "C DATA", "S 354 a"), Phase.MESSAGE),
        ((*RCPT, "C DATA", "S 554 a"), Phase.RECIPIENTS),
        ((*RCPT, "C DATA", "S 354 a", "C QUIT", "C .", "S 451 a"), Phase.READY),
        ((*RCPT, "C DATA", "S 354 a", "S 250 a"), Phase.READY),
        ((*RCPT, "C DATA", "S 354 a", "S 421 a"), Phase.CLOSED),
        ((*RCPT, "C DATA", "S 354 a", "C ."), None),
        ((*RCPT, "C BDAT 8", "C a.b.c.", "S 250 a"), Phase.CHUNKS),
        ((*RCPT, "C BDAT 3 LAST", "C abcQUIT", "S 250 a", "S 221 a"), Phase.CLOSED),
        ((*RCPT, "C BDAT 1", "S 452 a"), Phase.FAILED),
        ((*RCPT, "C BDAT 1", "S 452 a", "C RSET", "S 250 a"), Phase.READY),
        (("C BDAT 1 LAST", "S 250 a"), Phase.READY),
        ((*RCPT, "C BDAT 1", "S 250 a", "C DATA", "S 503 a"), Phase.FAILED),
        (("C BDAT x", "S 501 a"), None),
        ((*RCPT, "C BURL imap://a LAST", "S 250 a"), Phase.READY),
        ((*HELLO, "C STARTTLS", "S 220 a"), Phase.GREETED),
        ((*HELLO, "C ATRN", "S 250 a"), None),
        ((*HELLO, "S 421 bye"), Phase.CLOSED),
        ((*HELLO, "C QUIT", "S 221 bye"), Phase.CLOSED),
        ((*HELLO, "C QUIT", "S 221 bye", "S 220 again"), Phase.GREETED),
        ((*HELLO, "S 250-cut off"), Phase.READY),
        ((*HELLO, "C MAIL FROM:<>", "C RCPT TO:<a@b>", "C DATA", "C a", "C .", *["S 250 a"] * 2, "S 354 a"), None),
    ],
)
def test_the_phase_follows_the_replies(turns, phase):
    assert phases(*turns) is phase


def test_what_is_sent_in_one_write_is_told_apart_by_the_answers():
    lines = ("MAIL FROM:<>", "RCPT TO:<a@b>", "DATA", "QUIT", ".", "QUIT")
    follower = Follower()
    for line in ("220 a",):
        follower.server(line.encode() + b"\r\n")
    for line in lines:
        assert follower.client(line.encode() + b"\r\n") == []
    steps = [step for code in ("250", "250", "354", "250", "221") for step in follower.server(f"{code} a\r\n".encode())]
    assert [(step.kind, step.octets.strip()) for step in steps] == [
        *(("command", line.encode()) for line in lines[:3]),
        ("text", b"QUIT"),
        ("command", b"."),
        ("command", b"QUIT"),
    ]
    assert follower.phase is Phase.CLOSED


def test_client_lines_alone_are_read_too():
    """What is said of them is what they are; no phase is claimed."""
    shown = "\n".join(annotated(b"C: EHLO a\nC: MAIL FROM:<>\nC: DATA\nC: QUIT\nC: .\nC: QUIT\n"))
    assert [("end the session" in line) for line in shown.splitlines() if "QUIT" in line] == [False, True]
    assert "-- message" not in shown
    assert "-- ready" not in shown


def test_any_number_of_lines_without_an_answer_needs_little_memory():
    follower = Follower()
    for _ in range(5000):
        follower.client(b"NOOP\r\n")
        follower.server(b"250-more\r\n")
    assert len(follower._lines) <= 1001
    assert len(follower._reply) < 1001


def test_the_memory_for_a_long_log_does_not_grow():
    turn = b"C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<a@b>\nS: 250 ok\nC: DATA\nS: 354 go\n" + b"C: text\n" * 60
    peaks = []
    for count in (20, 200):
        file = io.BytesIO(SHORT.encode() + (turn + b"C: .\nS: 250 ok\n") * count)
        head, lines = logs.peek(logs.cut(file))
        reader = logs.reader(head)
        assert reader is not None
        annotator = Annotator(View())
        tracemalloc.start()
        for one in reader(lines):
            annotator.said(one)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0] + 200_000


pieces = st.sampled_from([b"S: ", b"C: ", b"<-  ", b" -> ", b"> ", b"< ", b"send: '", b"---\n", b"read R BLOCK\n"])
words = st.sampled_from(
    [b"220 a", b"250-x", b"354 go", b"334 ", b"DATA", b".", b"BDAT 3", b"AUTH", b"MAIL FROM:<>", b"\x1b[0m", b"\\x4"]
)
anything = st.lists(pieces | words | st.sampled_from([b"\n", b"\r\n", b"'\n"]) | st.binary(max_size=4)).map(b"".join)


@given(anything, st.sampled_from([*READERS.values(), logs.transcript]))
def test_any_octets_are_shown_and_none_is_obeyed(octets, reader):
    annotator = Annotator(View(depth=2))
    shown = [line for one in reader(logs.cut(io.BytesIO(octets))) for line in annotator.said(one)]
    assert all(line.isprintable() for line in [*shown, *annotator.end()])


@given(st.lists(st.tuples(st.booleans(), words), max_size=30))
def test_a_follower_loses_and_doubles_no_line(turns):
    follower = Follower()
    steps = []
    for client, word in turns:
        steps += follower.client(word + b"\r\n") if client else follower.server(word + b"\r\n")
    steps += follower.end()
    sent = b"".join(step.octets for step in steps)
    assert sent == b"".join(word + b"\r\n" for client, word in turns if client)
    got = [reply for step in steps for reply in step.replies]
    assert got == [word + b"\r\n" for client, word in turns if not client]


def test_the_samples_are_real_text():
    for path in LOGS.values():
        assert re.search(r"220|250", path.read_text(encoding="utf-8"))
