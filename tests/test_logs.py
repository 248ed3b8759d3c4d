"""What other programs write down of a conversation: who said what, and what it means."""

import io
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.cli import main
from mailshell.shell import logs
from mailshell.shell.annotate import Annotator
from mailshell.shell.logs import Said
from mailshell.shell.view import View
from mailshell.smtp.follow import Follower
from mailshell.smtp.phases import Phase

LOGS = {path.stem: path for path in sorted((Path(__file__).parent / "logs").glob("*.txt"))}
READERS = {
    "curl": logs.curl,
    "fetchmail": logs.fetchmail,
    "imaplib": logs.imaplib,
    "mailshell": logs.shown,
    "mbsync": logs.mbsync,
    "mpop": logs.swaks,
    "msmtp": logs.swaks,
    "mutt": logs.mutt,
    "nc": logs.screen,
    "neomutt": logs.mutt,
    "openssl": logs.s_client,
    "poplib": logs.poplib,
    "smtplib": logs.smtplib,
    "swaks": logs.swaks,
    "telnet": logs.screen,
}
POP3 = {name for name, path in LOGS.items() if "+OK" in path.read_text(encoding="utf-8")}
IMAP = {name for name, path in LOGS.items() if "IMAP4rev1" in path.read_text(encoding="utf-8")}
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


def test_a_screen_without_an_echo_shows_no_message():
    text = b"Trying 192.0.2.1...\n220 a\n250 b\n250 c\n250 d\n354 go\n250 taken\n221 bye\nConnection closed by a\n"
    assert [one.who for one in said(text)] == [*["server"] * 7, "note"]
    begins_late = b"354 go\n250 is a number\n.\n250 taken\n221 bye\n"
    assert [one.who for one in said(b"telnet> \n" + begins_late)] == ["server", "client", "client", "server", "server"]


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_whole(name):
    """From the first hello to a phase that an answer proves, and nothing is left that no reply belongs to."""
    text = "\n".join(annotated(LOGS[name].read_bytes()))
    if name in ("poplib-commands", "neomutt"):
        phases = []  # they print no answers
    elif name in POP3:
        phases = ["user named", "transaction"]
    elif name in IMAP:
        phases = ["not authenticated", "selected" if " SELECT " in text else "authenticated: no mailbox is open"]
    else:
        phases = ["ready: no sender yet", "sender known: no recipient yet"]
    # APOP and a server that is asked nothing else lead straight to the transaction.
    assert [phase for phase in phases if f"-- {phase}" not in text and "APOP" not in text] == []
    assert "no command of" not in text
    assert "by the grammar" not in text


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
    message = bytes(range(256)) * 600 + b"\r\n"
    line = f"send: {message!r}\n" if quote == "'" else 'send: "it\'s\\r\\n"\n'
    got = b"".join(one.octets for one in said(line.encode()))
    assert got == (message if quote == "'" else b"it's\r\n")


SHORT = "S: 220 a\nC: EHLO b\nS: 250 a\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("C: PASS rabbit\n", "C: PASS ********"),
        ("C: LOGIN alice rabbit\n", "C: LOGIN alice ********"),
        ("C: a1 login rabbit\n", "C: a1 login ********"),
        ("C: a1 LOGIN alice rab bit\n", "C: a1 LOGIN alice ********"),
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


def phases(*turns: str) -> object:
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
        assert re.search(r"220|250|\+OK|RETR|IMAP4rev1|SELECT", path.read_text(encoding="utf-8"))


# Shells round a conversation, and screens of mailshell.

TALK = "220 nyu.edu a\nEHLO lancs.uk\n250 nyu.edu\nQUIT\n221 nyu.edu bye\n"
SIDES = ["server", "client", "server", "client", "server"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("$ telnet nyu.edu 25\nTrying 127.0.0.1...\n", "Connection closed by foreign host.\n$ exit\n"),
        ("alice@laptop:~$ telnet nyu.edu 25\n\nTrying 127.0.0.1...\n", "alice@laptop:~$ ls\n"),
        ("# telnet nyu.edu 25\n", "# \n"),
        ("% nc nyu.edu 25\n", "% exit\n"),
        ("> nc -v nyu.edu 25\nConnection to nyu.edu 25 port [tcp/smtp] succeeded!\n", "> exit\n"),
        ("> openssl s_client -connect nyu.edu:465\nCONNECTED(00000003)\n---\n", "closed\n> exit\n"),
        ("C:\\> telnet nyu.edu 25\n", "Connection closed.\nC:\\> exit\n"),
        ("EHLO too early\n", "QUIT\n"),
    ],
)
def test_what_is_typed_to_a_shell_is_no_line_of_the_conversation(before, after):
    got = [one for one in said((before + TALK + after).encode()) if one.who != "note"]
    assert [one.who for one in got] == SIDES
    assert b"".join(one.octets for one in got).replace(b"\r", b"").decode() == TALK


def test_a_second_conversation_on_a_screen_is_read_too():
    got = said(f"$ telnet a 25\n{TALK}$ telnet b 25\n{TALK}".encode())
    assert [one.who for one in got] == SIDES * 2


def test_a_prompt_before_curl_says_nothing():
    text = b"* Connected to a\n> QUIT\n< 221 bye\n"
    assert said(b"> curl -v smtp://a\n" + text)[1:] == said(text)[1:]


def test_a_log_that_begins_late_keeps_its_first_command():
    assert [one.who for one in said(b"$ date\nEHLO lancs.uk\n250 nyu.edu\n")] == ["client", "server"]


OPTIONS = [
    [],
    ["--depth", "0"],
    ["--depth", "2"],
    ["--ascii"],
    ["--plain"],
    ["--plain", "--depth", "2"],
    ["--wire", "off"],
    ["--wire", "off", "--depth", "0"],
    ["--wire", "hex"],
]
SCRIPT = (
    "EHLO lancs.uk\nMAIL FROM:<alice@lancs.uk>\nDATA\nRCPT TO:<bob@nyu.edu>\nDATA\nSubject: Lunch\n\n"
    "-- two  spaces, \\ and caf\N{LATIN SMALL LETTER E WITH ACUTE} \x07\r.\n..x\n:undo\n.\nFOO \x01\nQUIT\n"
)


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_what_mailshell_has_shown_is_read_back(options, tmp_path, monkeypatch, capsys):
    log = tmp_path / "log.txt"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SCRIPT.encode())))
    assert main(["smtp", "--log", str(log), *options]) == 0
    capsys.readouterr()
    got = said(log.read_bytes())
    client = b"".join(one.octets for one in got if one.who == "client")
    assert client == SCRIPT.replace("\n", "\r\n").encode()
    server = [one.octets for one in got if one.who == "server"]
    assert server[0] == b"220 nyu.edu ESMTP mailshell\r\n"
    assert server[-1] == b"221 2.0.0 nyu.edu closing connection\r\n"
    assert len(server) > 20


def test_the_log_of_a_terminal_is_read_back():
    text = (
        "== mailshell 0.1.0: SMTP with nyu.edu in a closed world. ? helps, :quit leaves.\n"
        "-- greeting -------\n"
        "S: 220 nyu.edu ESMTP mailshell\u240d\u240a           220 service ready\n"
        "C: ?\n   Phase: greeting. The server has spoken.\nC: AUTH PLAIN ********\n"
        "   \u240d\u240a                                      no command of SMTP\n"
        "S2* 502 no\u240d\u240a\n   why: SMTP\nC: :why\nC: DATA\nS: 354 go\u240d\u240a\nC: :undo\nC: \u241dwhy\n"
        "== 10 more lines of the message not shown\nC: .\nC: NOOP\u240aLF!\n== closed. The client said QUIT.\n"
    )
    assert said(text.encode()) == [
        Said("server", b"220 nyu.edu ESMTP mailshell\r\n"),
        Said("client", b"AUTH PLAIN ********\r\n"),
        Said("server", b"502 no\r\n", 2),
        Said("client", b"DATA\r\n"),
        Said("server", b"354 go\r\n"),
        Said("client", b":undo\r\n"),
        Said("note", b"10 more lines of the message not shown"),
        Said("client", b".\r\n"),
        Said("client", b"NOOP\n"),
        Said("note", b"closed."),
    ]


LONG = 5_000_000
LONG_LINES = {
    "C/S": f"{SHORT}C: DATA\nS: 354 go\nC: Subject: a\nC:\nC: {'x' * LONG}END\nC: .\nS: 250 ok {'x' * LONG}END\n",
    "command": f"{SHORT}C: MAIL FROM:<{'x' * LONG}END\nS: 501 no\nC: RSET {'x' * LONG}END\nS: 250 ok\n",
    "telnet": f"220 a\nEHLO b\n250 a\n250 {'x' * LONG}END\nDATA\n354 go\n{'x' * LONG}END\n.\n250 ok\n",
    "swaks": f"<-  220 a\n -> DATA\n<-  354 go\n -> {'x' * LONG}END\n -> .\n<-  250 {'x' * LONG}END\n",
    "curl": f"* Connected to a\n< 220 a\n> NOOP {'x' * LONG}END\n< 250 {'x' * LONG}END\n",
    "smtplib": f"send: 'DATA\\r\\n'\nreply: b'354 go\\r\\n'\nsend: b'a\\r\\n{'x' * LONG}END\\r\\n.\\r\\n'\n"
    f"reply: b'250 ok {'x' * LONG}END\\r\\n'\n",
}


@pytest.mark.parametrize("name", LONG_LINES)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_of_a_long_line_the_start_and_the_end_are_shown(name, depth):
    octets = io.BytesIO(LONG_LINES[name].encode())
    tracemalloc.start()
    head, lines = logs.peek(logs.cut(octets))
    reader = logs.reader(head)
    assert reader is not None
    annotator = Annotator(View(depth=depth))
    shown = [line for one in reader(lines) for line in annotator.said(one)] + annotator.end()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    long = [line for line in shown if "x" * 40 in line]
    assert len(long) == 2
    for line in long:
        assert re.search(r"x{900} \[4,99[0-9],[0-9]{3} octets not shown\] x{900,}END", line)
        assert len(line) < 3000
    assert not any("Octet" in line or "octets; a line has at most" in line for line in shown)
    assert peak < 8_000_000


def test_a_long_secret_is_hidden_from_its_start_to_its_end():
    for start in ("AUTH PLAIN ", "PASS "):
        shown = "\n".join(annotated(f"{SHORT}C: {start}{'QUJD' * 5000}\nS: 535 no\n".encode(), View(depth=2)))
        assert "QUJD" not in shown
        assert f"C: {start}********" in shown


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"") + b"\n")), st.binary(max_size=9))
def test_short_lines_stay_as_they_are(lines, rest):
    last = rest.replace(b"\n", b"")
    assert list(logs.whole([*lines, last] if last else lines)) == ([*lines, last] if last else lines)
