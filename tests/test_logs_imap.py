"""IMAP as other programs wrote it down: whose line it is, what it answers, where it led."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.imap.follow import Follower
from mailshell.imap.phases import Phase
from mailshell.shell.explain import explained
from mailshell.shell.logs import Said
from mailshell.shell.view import View
from tests.test_logs import annotated, said

GREETING = "S * OK ready"
OPEN = (GREETING, "C a1 LOGIN bob hungry", "S a1 OK in")
CHOSEN = (*OPEN, "C a2 SELECT INBOX", "S * 2 EXISTS", "S a2 OK [READ-WRITE] open")


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
        (("C a NOOP",), None),
        (("S a BAD what",), None),
        ((GREETING,), Phase.NOT_AUTHENTICATED),
        (("S * PREAUTH known",), Phase.AUTHENTICATED),
        (("S * BYE full",), Phase.LOGOUT),
        (OPEN, Phase.AUTHENTICATED),
        ((GREETING, "C a LOGIN bob x", "S a NO no"), Phase.NOT_AUTHENTICATED),
        (CHOSEN, Phase.SELECTED),
        ((*CHOSEN, "C b SELECT nowhere", "S b NO no"), Phase.AUTHENTICATED),
        ((*CHOSEN, "C b SELECT (", "S b BAD no"), Phase.SELECTED),
        (("C a SELECT x", "S a NO no"), None),
        (("C a FETCH 1 FLAGS", "S * 1 FETCH (FLAGS ())", "S a OK done"), Phase.SELECTED),
        (("C a LIST {0}", "S + go", 'C  "*"', "S a OK done"), None),
        ((*CHOSEN, "C b UNSELECT", "S b OK done"), Phase.AUTHENTICATED),
        ((*CHOSEN, "C b IDLE", "S + idling"), Phase.IDLE),
        ((*CHOSEN, "C b IDLE", "S + idling", "S * 3 EXISTS", "C DONE", "S b OK done"), Phase.SELECTED),
        ((*OPEN, "C b IDLE", "S + idling", "C DONE", "S b OK done"), Phase.AUTHENTICATED),
        ((GREETING, "C a AUTHENTICATE PLAIN", "S + "), Phase.EXCHANGE),
        ((GREETING, "C a AUTHENTICATE PLAIN", "S + ", "C AAA=", "S a OK in"), Phase.AUTHENTICATED),
        ((GREETING, "C a AUTHENTICATE PLAIN", "S + ", "C *", "S a BAD no"), Phase.NOT_AUTHENTICATED),
        ((*CHOSEN, "C b LOGOUT", "S * BYE bye", "S b OK done"), Phase.LOGOUT),
        (
            (*CHOSEN, "C b UID FETCH 1 BODY[]", "S * 1 FETCH (BODY[] {9}", "S b OK no", "S )", "S b OK x"),
            Phase.SELECTED,
        ),
        ((*OPEN, "C b APPEND Sent {9}", "S b NO no", "C c SELECT INBOX", "S c OK x"), Phase.SELECTED),
        ((*OPEN, "C b SELECT INBOX", "C c CLOSE", "S b OK x", "S c OK x"), Phase.AUTHENTICATED),
        ((GREETING, "C a LOGIN {3}", "S + go", "C bob {6}", "S + go", "C hungry", "S a OK x"), Phase.AUTHENTICATED),
    ],
)
def test_the_phase_follows_the_answers(turns, phase):
    assert follow(*turns).phase is phase


def test_any_number_of_commands_without_an_answer_needs_little_memory():
    follower = Follower()
    for _ in range(5000):
        follower.client(b"a NOOP\r\n")
    assert len(follower._open) <= 1000


words = st.sampled_from(
    [
        *(
            b"* OK x",
            b"* 1 EXISTS",
            b"a OK x",
            b"a NO x",
            b"+ ",
            b"* 1 FETCH (BODY[] {5}",
            b"a APPEND x {4}",
            b"*",
            b"",
        ),
        *(
            b"a LOGIN {3}",
            b"a FETCH 1 FLAGS",
            b"a IDLE",
            b"DONE",
            b"a AUTHENTICATE PLAIN",
            b"abc)",
            b"a LOGOUT",
            b"* BYE",
        ),
        *(b"* QUOTA x (STORAGE 1 2)", b"a CREATE {1+}", b"* LIST (\\Snoozed) NIL x", b"* NO [PARSE] x", b"* 1 X"),
    ]
)
turns_of_both = st.lists(st.tuples(st.booleans(), words), max_size=30)


@given(turns_of_both)
def test_a_follower_loses_and_doubles_no_line(turns):
    follower = Follower()
    steps = []
    for client, word in turns:
        steps += follower.client(word + b"\r\n") if client else follower.server(word + b"\r\n")
    steps += follower.end()
    sent = b"".join(step.octets for step in steps if step.side == "client" and not step.replies)
    assert sent == b"".join(word + b"\r\n" for client, word in turns if client)
    got = b"".join(
        step.octets if step.kind == "text" and step.side == "server" else b"".join(step.replies) for step in steps
    )
    assert got == b"".join(word + b"\r\n" for client, word in turns if not client)


@given(turns_of_both)
def test_any_conversation_is_shown_and_none_is_obeyed(turns):
    text = b"".join((b"C: " if client else b"S: ") + word + b"\n" for client, word in turns)
    for depth in (0, 1, 2):
        assert all(line.isprintable() for line in annotated(b"S: * OK x\n" + text, View(depth=depth)))


SCREEN = (
    "$ telnet nyu.edu 143\nTrying 198.51.100.1...\nConnected to a.\n* OK ready\na login {3}\n+ go\nbob {6}\n+ go\n"
    "hungry\na OK in\nb select inbox\n* 1 EXISTS\nb OK done\nc fetch 1 body[]\n* 1 FETCH (BODY[] {24}\nb OK so far\n"
    "d noop\nx\n FLAGS ())\nc OK done\nd append x {6+}\n* OK\n\ne idle\n+ idling\n* 2 EXISTS\ndone\nd OK x\ne OK x\n"
    "f logout\n* BYE bye\nf OK done\nConnection closed by foreign host.\n$ f logout\n"
)
SIDES = "SCSCSCSCSSCSSSSSSCCCCSSCSSCSS"


def sides(found: list[Said]) -> str:
    return "".join(one.who[0].upper() for one in found if one.who in ("client", "server"))


def test_what_a_literal_holds_is_no_command_and_no_answer():
    found = said(SCREEN.encode())
    assert sides(found) == SIDES
    assert {one.protocol for one in found if one.who != "note"} == {"imap"}
    shown = "\n".join(annotated(SCREEN.encode()))
    assert "hungry" not in shown
    assert "the rest of LOGIN, a secret" in shown


def test_a_screen_that_begins_late_keeps_the_command_above_the_first_answer():
    assert sides(said(b"$ date\na2 NOOP\na2 OK done\na3 LOGOUT\n* BYE x\na3 OK x\n")) == "CSCSS"


def test_literals_that_mailshell_has_shown_are_counted_no_further_than_they_are_seen():
    text = "S: * OK x\u240d\u240a\nC: a LOGIN {3}\u240d\u240a\nS: + go\u240d\u240a\nC: ********\nC:  {6}\u240d\u240a\n"
    text += "S: + go\u240d\u240a\nC: ********                                octets of the literal, a secret\n"
    shown = annotated(f"{text}C: \u240d\u240a\nS: a OK x\u240d\u240a\n".encode())
    assert any("-- authenticated: no mailbox is open" in line for line in shown)
    assert not any("no command of" in line or "begins with a tag" in line for line in shown)


def test_two_messages_of_one_answer_are_two_messages():
    letter = "S: * {} FETCH (BODY[] {{14}}\nS: Subject: a\nS: \nS: )\n"
    shown = annotated(f"S: * OK x\n{letter.format(1)}{letter.format(2)}".encode())
    assert sum("the topic" in line for line in shown) == 2


def test_a_literal_that_is_not_shown_is_told_and_a_space_may_begin_one_that_is():
    head = "S: * OK x\nC: a FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {5}\n"
    told = "The log does not show the lines that the server sent here."
    assert any(told in line for line in annotated(f"{head}S:  FLAGS ())\nS: a OK x\n".encode()))
    assert not any(told in line for line in annotated(f"{head}S:  ab\nS: )\nS: a OK x\n".encode()))


def test_an_answer_of_smtp_is_none_of_imap():
    assert {one.protocol for one in said(b"220 a\nMAIL FROM:<>\n250 OK\nQUIT\n221 bye\n")} == {"smtp"}


def test_no_dot_of_a_literal_is_stuffing():
    text = "S: * OK x\nC: a APPEND x {5}\nS: + go\nC: .ab\nC: \nS: a OK x\n"
    assert "stuffing" not in "\n".join(annotated(text.encode()))


@pytest.mark.parametrize(
    ("turns", "wanted"),
    [
        (("C b FETCH one FLAGS", "S b BAD x"), 'note: The line does not fit the grammar. Octet 9 is "o".'),
        (("C b SELECT x", "S b NO [NONEXISTENT] x"), "x what should be deleted or used does not exist"),
        (("C b SELECT x", "S b NO [NONEXISTENT] x"), "next: Refresh the list."),
        (("C b GETQUOTA x", 'S * QUOTA "" (STORAGE 1 2)', "S b OK x"), "usage and limits"),
        (("C b GETQUOTA x", "S b NO x"), "x "),
        (("C b UID MOVE 1 x", "S b OK x"), "the messages are in the other mailbox"),
        (("C b FROB", "S b BAD x"), "no command of IMAP"),
        (("S what is this",), "no answer by the grammar"),
        (("S z OK what",), "The log does not show what the next replies answer."),
        (("S * 9 EXISTS",), "how many messages there are"),
    ],
)
def test_what_a_line_means_and_what_is_wrong_is_said(turns, wanted):
    lines = [f"{turn[0]}: {turn[2:]}" for turn in (*CHOSEN, *turns)]
    assert wanted in "\n".join(annotated("\n".join(lines).encode() + b"\n"))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("* CAPABILITY IMAP4rev1 QRESYNC AUTH=PLAIN", "quick resynchronization, VANISHED"),
        ("* CAPABILITY IMAP4rev1 QRESYNC AUTH=PLAIN", "one SASL mechanism each"),
        ("* OK [NOMODSEQ] x", "the mailbox keeps no mod-sequences"),
        ('* LIST (\\NoAccess) "/" x', "listed but without the needed right"),
        ("* FLAGS (\\Seen $Phishing)", "probably phishing"),
    ],
)
def test_a_word_of_another_server_is_known(line, wanted):
    assert wanted in " ".join(" ".join(annotated(f"S: * OK x\nS: {line}\n".encode(), View(depth=2, width=200))).split())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[trycreate]", "[TRYCREATE]"),
        ("+ idling", "go on with what the command began"),
        ("BODY.PEEK[HEADER]", "as BODY[...] without setting"),
        ("APPENDLIMIT=100", "APPENDLIMIT: tells the biggest message that it takes"),
        ("AUTH=PLAIN", "AUTH=: one SASL mechanism each"),
        ("a1 UID FETCH 1 FLAGS", "UID FETCH: FETCH by uids (IMAP command)"),
        ("a1 GETACL x", "GETACL"),
        ("a1 FETCH 1", "why: It does not fit the grammar."),
        ("* 3 EXPUNGE", "this message is gone"),
        ("a1 NO [OVERQUOTA] full", "[OVERQUOTA]"),
        ("imap", "how IMAP came about"),
        ("DONE", "ends IDLE"),
    ],
)
def test_a_word_or_a_line_alone_is_explained(text, wanted):
    assert wanted in " ".join(" ".join(explained(text, View())).split())


def test_answers_of_authenticate_are_secrets():
    turns = (
        GREETING,
        "C a AUTHENTICATE LOGIN",
        "S + VXNlcm5hbWU6",
        "C Ym9i",
        "S + UGFzc3dvcmQ6",
        "C aHVuZ3J5",
        "S a OK",
    )
    shown = "\n".join(annotated("\n".join(f"{turn[0]}: {turn[2:]}" for turn in turns).encode() + b"\n"))
    assert "Ym9i" not in shown
    assert "aHVuZ3J5" not in shown
    assert 'go on; it asks "Username:"' in shown


def test_after_a_literal_of_a_server_a_word_is_what_it_is_by_its_place():
    log = "* OK [CAPABILITY IMAP4rev1] hi\na1 FETCH 1 ENVELOPE\n* 1 FETCH (ENVELOPE (NIL {3}\nTea ((NIL NIL {3}\nann"
    log += ' "x.test")) NIL NIL NIL NIL NIL NIL NIL))\na1 OK done\n'
    _, _, after = "\n".join(annotated(log.encode(), View(depth=2, width=300))).partition("Tea ((")
    assert "From: the name of the person: none" in after
    assert "From: what stands after the @" in after
