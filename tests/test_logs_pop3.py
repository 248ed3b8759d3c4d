"""POP3 as other programs wrote it down: whose line it is, what it answers, where it led."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.pop3.follow import Follower
from mailshell.pop3.phases import Phase
from mailshell.shell.logs import Said
from mailshell.shell.view import View
from tests.test_logs import annotated, said

GREETING = "S +OK ready"
NAMED = (GREETING, "C USER bob", "S +OK")
OPEN = (*NAMED, "C PASS hungry", "S +OK")


def follow(*turns: str) -> Follower:
    follower = Follower()
    for turn in turns:
        say = follower.client if turn[0] == "C" else follower.server
        say(turn[2:].encode() + b"\r\n")
    follower.end()
    return follower


@pytest.mark.parametrize(
    ("turns", "phase"),
    [
        ((), None),
        (("C STAT",), None),
        (("S -ERR not now",), None),
        ((GREETING,), Phase.AUTHORIZATION),
        (NAMED, Phase.PASSWORD),
        ((*NAMED, "C PASS x", "S -ERR"), Phase.AUTHORIZATION),
        (OPEN, Phase.TRANSACTION),
        (("C PASS x", "S +OK"), Phase.TRANSACTION),
        (("C STAT", "S +OK 2 320"), Phase.TRANSACTION),
        (("C CAPA", "S +OK", "S TOP", "S ."), None),
        ((GREETING, "C CAPA", "S +OK", "S TOP", "S ."), Phase.AUTHORIZATION),
        ((GREETING, "C APOP bob 0", "S +OK"), Phase.TRANSACTION),
        ((GREETING, "C AUTH PLAIN", "S + "), Phase.EXCHANGE),
        ((GREETING, "C AUTH PLAIN", "S + ", "C AAA=", "S +OK"), Phase.TRANSACTION),
        ((GREETING, "C AUTH PLAIN", "S + ", "C *", "S -ERR"), Phase.AUTHORIZATION),
        ((GREETING, "C STLS", "S +OK"), Phase.AUTHORIZATION),
        ((GREETING, "C LANG de", "S +OK de"), Phase.AUTHORIZATION),
        ((*OPEN, "C RETR 9", "S -ERR"), Phase.TRANSACTION),
        ((*OPEN, "C QUIT", "S +OK"), Phase.CLOSED),
        ((*OPEN, "C QUIT", "S -ERR"), Phase.CLOSED),
        ((*OPEN, "C QUIT", "S +OK", GREETING), Phase.AUTHORIZATION),
        ((*OPEN, "C RETR 1", "S +OK", "S +OK is a line of the message", "S .", "C QUIT", "S +OK"), Phase.CLOSED),
        ((*OPEN, "C RETR 1", "S +OK", "C QUIT", "S +OK"), Phase.CLOSED),
        ((*OPEN, "C LIST", "C QUIT", "S +OK", "S 1 5", "S .", "S +OK"), Phase.CLOSED),
        ((*OPEN, "S what?"), Phase.TRANSACTION),
    ],
)
def test_the_phase_follows_the_answers(turns, phase):
    assert follow(*turns).phase is phase


def test_any_number_of_lines_without_an_answer_needs_little_memory():
    follower = Follower()
    for _ in range(5000):
        follower.client(b"NOOP\r\n")
    assert len(follower._lines) <= 1001


words = st.sampled_from(
    [b"+OK", b"+OK 1 2", b"-ERR", b"+ ", b"RETR 1", b"LIST", b"QUIT", b"AUTH PLAIN", b".", b"1 5", b"*"]
)


@given(st.lists(st.tuples(st.booleans(), words), max_size=30))
def test_a_follower_loses_and_doubles_no_line(turns):
    follower = Follower()
    steps = []
    for client, word in turns:
        steps += follower.client(word + b"\r\n") if client else follower.server(word + b"\r\n")
    steps += follower.end()
    sent = b"".join(step.octets for step in steps if step.side == "client")
    assert sent == b"".join(word + b"\r\n" for client, word in turns if client)
    got = b"".join(
        step.octets if step.kind == "text" else b"".join(step.replies)
        for step in steps
        if step.side == "server" or step.kind != "text"
    )
    assert got == b"".join(word + b"\r\n" for client, word in turns if not client)


@given(st.lists(st.tuples(st.booleans(), words), max_size=20))
def test_any_conversation_is_shown_and_none_is_obeyed(turns):
    text = b"".join((b"C: " if client else b"S: ") + word + b"\n" for client, word in turns)
    for depth in (0, 1, 2):
        assert all(line.isprintable() for line in annotated(b"S: +OK\n" + text, View(depth=depth)))


SCREEN = (
    "$ telnet nyu.edu 110\nTrying 198.51.100.1...\nConnected to nyu.edu.\n"
    "+OK ready\nuser bob\n+OK\npass hungry\n+OK\nretr 1\n+OK\nSubject: a\n\n+OK so far\nquit\nTrying hard...\n.\nlist\n"
    "+OK\n1 5\n.\nquit\n+OK bye\nConnection closed by foreign host.\n$ quit\n"
)
SIDES = "SCSCSCSSSSSSSCSSSCS"


def sides(found: list[Said]) -> str:
    return "".join(one.who[0].upper() for one in found if one.who in ("client", "server"))


def test_what_a_message_holds_is_no_command_and_no_word_of_telnet():
    found = said(SCREEN.encode())
    assert sides(found) == SIDES
    assert {one.protocol for one in found if one.who != "note"} == {"pop3"}


def test_a_screen_may_hold_both_protocols():
    smtp = "$ telnet nyu.edu 25\nTrying 198.51.100.1...\n220 nyu.edu\nQUIT\n221 bye\n"
    found = said((smtp + SCREEN + smtp).encode())
    assert sides(found) == f"SCS{SIDES}SCS"
    shown = annotated((smtp + SCREEN + smtp).encode())
    assert sum("end the session" in line for line in shown) == 3
    assert not any("no command of" in line for line in shown)


def test_a_screen_that_begins_late_keeps_the_command_above_the_first_answer():
    assert sides(said(b"$ date\nretr 1\n+OK\nSubject: a\n.\nquit\n+OK\n")) == "CSSSCS"


MIXED = """\
# protocol: pop3
S: +OK ready
C: USER bob
S: +OK
S2(smtp@lancs.uk): 220 lancs.uk
C2: EHLO a
S2: 250 lancs.uk
C: QUIT
S: +OK
C2: QUIT
S2: 221 bye
"""


def test_a_file_may_hold_both_protocols():
    shown = "\n".join(annotated(MIXED.encode()))
    assert "-- authorization: who are you? --" in shown
    assert "-- connection 2: ready: no sender yet --" in shown
    assert "end the session, delete what is marked" in shown
    assert "no command of" not in shown


def test_the_protocol_is_told_from_the_first_line_that_tells_it():
    assert "SMTP" not in "\n".join(annotated(b"C: QUIT\nC: USER bob\nS: +OK\nC: XX\n"))
    assert "no command of POP3" in "\n".join(annotated(b"C: QUIT\nC: USER bob\nS: +OK\nC: XX\n"))
    assert "no command of SMTP" in "\n".join(annotated(b"C: XX\nC: QUIT\nS: 221 bye\n"))


def test_a_message_and_a_list_that_are_not_shown_are_named_as_such():
    lines = [f"{turn[0]}: {turn[2:]}" for turn in (*OPEN, "C RETR 1", "S +OK", "C LIST", "S +OK", "C QUIT", "S +OK")]
    shown = annotated("\n".join(lines).encode() + b"\n")
    assert shown.count("== The log does not show the lines that the server sent here.") == 2


def test_a_long_list_is_folded():
    lines = [*(f"{turn[0]}: {turn[2:]}" for turn in OPEN), "C: UIDL", "S: +OK"]
    lines += [f"S: {number} id{number}" for number in range(1, 61)] + ["S: .", "C: QUIT", "S: +OK"]
    shown = annotated("\n".join(lines).encode() + b"\n")
    assert "== 21 more lines of the answer not shown" in shown
    assert any("id60" in line for line in annotated("\n".join(lines).encode(), View(depth=2)))


@pytest.mark.parametrize(
    ("turns", "wanted"),
    [
        (("C LIST one", "S -ERR"), 'why: By the grammar: Octet 6 is "o".'),
        (("C RETR 7", "S -ERR no"), "x no such message, or it is marked"),
        (("C DELE 1", "S -ERR [SYS/TEMP] disk"), "x trouble at the server, for now"),
        (("C FROB", "S -ERR"), "x refused"),
        (("C RETR 1 ", "S +OK", "S ."), "note: "),
        (("C DELE one", "S +OK"), "note: The server took a line that is not by the grammar."),
        (("C STLS", "S -ERR"), "x TLS is on already"),
        (("S hello",), "no reply by the grammar"),
    ],
)
def test_what_is_wrong_is_said(turns, wanted):
    lines = [f"{turn[0]}: {turn[2:]}" for turn in (*OPEN, *turns)]
    assert wanted in "\n".join(annotated("\n".join(lines).encode() + b"\n"))


def test_answers_of_auth_are_secrets():
    turns = (GREETING, "C AUTH LOGIN", "S + VXNlcm5hbWU6", "C Ym9i", "S + UGFzc3dvcmQ6", "C aHVuZ3J5", "S +OK")
    shown = "\n".join(annotated("\n".join(f"{turn[0]}: {turn[2:]}" for turn in turns).encode() + b"\n"))
    assert "Ym9i" not in shown
    assert "aHVuZ3J5" not in shown
    assert 'go on; it asks "Username:"' in shown


QUIET = "+OK ready\n+OK\n+OK\n+OK 2 20\n"
CAPA, LIST, UIDL = "+OK\nTOP\nUSER\nX-A\n.\n", "+OK\n1 10\n2 10\n.\n", "+OK\n1 a.1\n2 a.2\n.\n"
LANG, EMPTY, RETR = "+OK\nen English\n.\n", "+OK\n.\n", "+OK\nSubject: a\n\nquit\n+OK\nTrying...\n.\n"


@pytest.mark.parametrize("lists", [[CAPA], [LIST], [UIDL], [LANG], [EMPTY], [RETR], [RETR, EMPTY, CAPA, LIST, UIDL]])
def test_on_a_screen_without_typed_lines_all_is_of_the_server(lists):
    """As `printf ... | nc nyu.edu 110` prints it."""
    text = QUIET + "".join(lists) + "-ERR no\n+OK bye\nConnection closed by foreign host.\n$ quit\n"
    found = said(text.encode())
    assert set(sides(found)) == {"S"}
    assert len(sides(found)) == text.count("\n") - 2
    shown = "\n".join(annotated(text.encode()))
    assert "no reply by the grammar" not in shown
    assert shown.count("The log does not show what the next replies answer.") == 1


def test_the_lines_of_a_list_tell_which_list_it_is():
    def glosses(text: str) -> list[str]:
        return [line for line in annotated((QUIET + text).encode()) if line.startswith("S: ")][4:]

    assert all("number, size in octets" in line for line in glosses(LIST)[1:3])
    assert all("number, unique-id" in line for line in glosses(UIDL)[1:3])
    assert "has the command TOP" in glosses(CAPA)[1]
    assert "tag, name of the language" in glosses(LANG)[1]
    assert "the topic" in glosses(RETR)[1]
    assert "the end of the answer" in glosses(EMPTY)[1]


def test_a_list_without_a_command_proves_that_the_maildrop_is_open():
    follower = follow("S +OK ready", "S +OK", "S 1 10", "S .")
    assert follower.phase is Phase.TRANSACTION
    assert follow("S +OK ready", "S +OK", "S TOP", "S .").phase is Phase.AUTHORIZATION


def test_a_part_of_a_screen_may_begin_with_an_answer():
    assert sides(said(b"+OK 2 messages\n1 10\n2 10\n.\nquit\n+OK\n")) == "SSSSCS"
    assert sides(said(b"+OK 9 octets\nSubject: a\n\nquit\n.\nquit\n+OK\n")) == "SSSSSCS"


def test_a_wrong_word_after_the_greeting_was_typed():
    assert sides(said(b"+OK ready\nhello\n-ERR no\nuser bob\n+OK\nhello\n-ERR\nquit\n+OK\n")) == "SCSCSCSCS"


def test_a_line_that_was_typed_before_the_greeting_shows_that_the_screen_has_typed_lines():
    assert sides(said(b"user bob\n+OK ready\n+OK\nfoo\n-ERR\nquit\n+OK\n")) == "CSSCSCS"
