"""What a student looks at: why, what next, who is there, the list of all lines, one side, help, mailboxes."""

import subprocess
import sys
from itertools import pairwise

import pytest

from mailshell.core.record import Body
from mailshell.core.script import text as written
from mailshell.shell.local import COMMANDS
from mailshell.shell.local.guide import GROUPS, GUIDES
from mailshell.shell.view import View
from mailshell.world.start import STUDENT
from mailshell.world.steps import steps
from tests.test_meta import LETTER, Desk

LONG = [*LETTER[:4], "Subject: Long", "", *(f"line {number}" for number in range(1, 61)), "."]
STORY = ["HELO lancs.uk", "MAIL FROM: <alice@lancs.uk>", "RCPT TO:<zoe@example.org>", *LETTER[2:], "NOOP", "QUIT"]
"""Lines of which one is accepted with a note, one is refused, one is a prompt, and one closes the connection."""


class Screen:
    """A front end that redraws: it keeps what it pages, and has one key."""

    def __init__(self):
        self.paged = []

    def page(self, lines):
        self.paged = lines

    def bindings(self):
        return [
            ("help", "F1", "what may be typed now"),
            ("depth", "F2", "the next depth"),
            ("search", "^R", "search what was typed"),
            ("step", "F8", "one step"),
            ("leave", "^D", "leave"),
        ]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def story():
    made = Desk()
    made.do(*STORY)
    return made


def heads(lines):
    return [line[3:10].strip() for line in lines if line.startswith("   ") and line[3:4].strip()]


def text_of(step):
    assert isinstance(step.entry.record, Body)
    return step.entry.record.octets


# :why


def test_why_has_four_depths_and_each_says_more(story):
    for number in range(1, 12):
        said = [story.do(f":why {number} {depth}") for depth in range(4)]
        assert said[2] == story.do(f":why {number}")
        assert not said[0][0].startswith("   what")
        for less, more in pairwise(said[1:]):
            kept = [line for line in less if not line.startswith("C:")]
            assert more[: len(kept)] == kept


def test_why_of_each_kind_of_step(story):
    one = {number: " ".join(story.do(f":why {number} 0")) for number in range(1, 12)}
    assert one[1] == "   greeting (service ready)."
    assert "accepted, but not by the standard" in one[3]
    assert "refused" in one[4]
    assert one[6].startswith("   start of message (")
    assert one[7] == "   message text, 3 lines, 25 octets: part of a message, and no command."
    assert one[11] == "   The connection was closed by the server."
    assert heads(story.do(":why 4 3")) == [
        *("what", "why", "so", "next", "rule", "phase", "typed", "answer", "code", "code", "cases", "cases", "cases"),
        "verb",
    ]
    assert story.do(":why 11") == [
        "   what    The connection was closed by the server. The client said QUIT.",
        "   next    Enter opens the connection again.",
    ]


def test_only_the_last_step_says_what_is_legal_now(desk):
    desk.do("HELO a", "MAIL FROM:<a@b.c>")
    assert "legal" in heads(desk.do(":why"))
    assert "legal" not in heads(desk.do(":why 2"))
    assert any("phase   ready" in line for line in desk.do(":why 2"))


def test_why_names_each_part_and_takes_the_codes_apart(story):
    said = story.said(":why 4 3")
    for words in (
        '"RCPT": verb: names one recipient (RFC 5321 section 4.1.1.3)',
        '"<zoe@example.org>" Forward-path:',
        '"5.7.1" enhanced: 5 permanent, 7 security or policy',
        "5yz permanent negative completion:",
        "class: Permanent Failure.",
        "Since RFC 821, 1982.",
    ):
        assert words in said


def test_why_of_a_line_that_does_not_fit_names_the_place(desk):
    assert '"b" fault: ' in desk.said("HELO a", "MAIL FROM:bob", ":why -1 3")
    assert "verb" not in heads(desk.do("XYZZY", ":why -1 3"))


@pytest.mark.parametrize(("line", "says"), [("FOO", "no command of SMTP"), ("STARTTLS", "verb, not offered here: TLS")])
def test_why_of_a_word_that_is_no_command_cites_nothing(desk, line, says):
    told = "\n".join(desk.do(line, ":why -1 3"))
    assert f'"{line}" Unknown: {says}' in told
    assert "None" not in told


def test_why_never_shows_a_password(desk):
    said = " ".join(desk.do("PASS hungry", ":why -1 3", ":search", ":search pass", ":copy client"))
    assert "hungry" not in said
    assert "PASS ********" in said
    assert desk.do(":search hungry") == ["** No line holds hungry. :search alone lists them all."]
    assert desk.do(":secrets on", ":copy client") == ["PASS hungry"]


def test_why_of_a_message_explains_its_lines(story):
    two, three = story.do(":why 7"), story.do(":why 7 3")
    assert two[-3].startswith("C: Subject: Lunch␍␊   ")
    assert "the topic" in two[-3]
    assert any("Date and From are missing" in line for line in three)


def test_why_of_chunks(desk):
    desk.do("EHLO lancs.uk", *LETTER[1:3], "BDAT 3", "x", ":why")
    assert desk.said(":why 6").startswith("what    message text: 1 line, 3 octets.")
    assert "counted octets" not in desk.said(":why 7 0")
    assert heads(desk.do(":why 5 3"))[0] == "what"
    assert desk.said(":why -1 0").startswith("chunk")


def test_why_of_a_notice(desk):
    desk.do(":wait 6m --idle")
    assert desk.said(":why 2").startswith("what    ")
    assert "next" in heads(desk.do(":why 2"))
    assert desk.said(":why 3 0") == "The connection was closed by the server."


def test_a_number_names_a_line_of_any_connection(desk):
    desk.do("HELO a", ":connect lancs.uk", "TURN")
    assert desk.said(":why 2 0").startswith("HELO accepted (")
    assert ", refused (permanent: " in desk.said(":why -1 0")
    assert desk.said(":why -2 0") == desk.said(":why 3 0")


# Numbers


def test_a_number_stays_under_undo_and_redo(desk):
    desk.do("HELO a", "NOOP", "MAIL FROM:<a@b.c>")
    before = desk.do(":search")
    desk.do(":undo", ":undo")
    assert desk.do(":search") == before[:2]
    desk.do(":redo", ":redo")
    assert desk.do(":search") == before
    desk.do(":undo", "RSET")
    assert [step.number for step in steps(desk.seat)] == [1, 2, 3, 5]


def test_a_message_is_one_step_though_lines_of_it_were_undone(desk):
    desk.do(*LETTER[:7], ":undo", "Bread?", ".", ":undo", "Butter?", ".")
    found = steps(desk.seat)
    assert [step.number for step in found] == [1, 2, 3, 4, 5, 6, 9]
    assert text_of(found[5]) == b"Subject: Lunch\r\n\r\nBread?\r\nButter?\r\n"


def test_messages_of_two_connections_are_kept_apart(desk):
    desk.do(*LETTER[:5], ":connect nyu.edu", *LETTER[:5], ":switch 1", "one", ":switch 2", "two")
    texts = {step.label: text_of(step) for step in steps(desk.seat) if step.number in (6, 12)}
    assert texts == {1: b"Subject: Lunch\r\none\r\n", 2: b"Subject: Lunch\r\ntwo\r\n"}


def test_the_connections_of_others_have_no_number(desk):
    link = desk.seat.world.open("nyu.edu", "smtp", STUDENT, lambda octets, close: None, "tcp")
    desk.seat.world.feed(link, b"HELO other\r\n")
    desk.do("HELO mine")
    assert [step.number for step in steps(desk.seat)] == [1, 2]
    assert desk.do(":search other")[0].startswith("**")
    assert any("tcp from lancs.uk" in line for line in desk.do(":world"))


# :search and :copy


def test_search_lists_every_line_with_its_code(story):
    assert story.do(":search") == [
        "    1  220  S: 220 nyu.edu ESMTP mailshell␍␊",
        "    2  250  C: HELO lancs.uk␍␊",
        "    3  250  C: MAIL FROM: <alice@lancs.uk>␍␊",
        "    4  550  C: RCPT TO:<zoe@example.org>␍␊",
        "    5  250  C: RCPT TO:<bob@nyu.edu>␍␊",
        "    6  354  C: DATA␍␊",
        "    7       (3 lines of a message)",
        "    8  250  C: .␍␊",
        "    9  250  C: NOOP␍␊",
        "   10  221  C: QUIT␍␊",
        "   11       (closed by the server)",
    ]
    assert story.do(":connect", ":search")[-1].startswith("   12  220  S2: 220 ")


def test_search_finds_wire_glosses_and_reasons(story):
    assert story.do(":search SOUP") == ["    7  C: Soup?␍␊"]
    assert story.do(":search topic") == ["    7  C: Subject: Lunch␍␊", "         the topic"]
    shown = story.do(":search outside")
    assert shown[0] == "    4  C: RCPT TO:<zoe@example.org>␍␊"
    assert shown[1].startswith("         why: example.org is not a domain")
    assert story.do(":search said quit") == ["   11  (closed by the server)", "         why: The client said QUIT."]


def test_search_of_chunks(desk):
    desk.do("EHLO lancs.uk", *LETTER[1:3], "BDAT 8 LAST", "to: me")
    assert desk.do(":search")[4:] == [
        "    5       C: BDAT 8 LAST␍␊",
        "    6       (1 line of a message)",
        "    7  250  S: 250 2.0.0 Message accepted, id 1␍␊",
    ]
    assert desk.do(":search to: me") == ["    6  C: to: me␍␊"]


def test_copy_gives_one_side_without_marks(story):
    client = [line if line != "MAIL FROM:<alice@lancs.uk>" else "MAIL FROM: <alice@lancs.uk>" for line in LETTER]
    assert story.do(":copy client") == [*client[:2], "RCPT TO:<zoe@example.org>", *client[2:], "NOOP", "QUIT"]
    server = story.do(":copy server")
    assert [line[:3] for line in server] == ["220", "250", "250", "550", "250", "354", "250", "250", "221"]
    everything = story.do(":copy all")
    assert len(everything) == len(server) + len(STORY)
    assert everything[:3] == [server[0], "HELO lancs.uk", server[1]]


def test_copy_of_a_side_that_has_said_nothing(desk):
    assert desk.said(":copy client") == "** This connection has no line of the client yet."


def test_copy_writes_control_characters_as_transcripts_do(desk):
    desk.do(*LETTER[:4], r':raw "a\x1b[2J\nb\r\n"')
    assert desk.do(":copy client")[-2:] == [written(b"a\x1b[2J\n"), "b"]


def test_copy_has_a_long_message_whole(desk):
    desk.do(*LONG)
    assert desk.do(":copy client") == LONG


# :body


def test_a_line_over_the_longest_is_whole_where_somebody_asks_for_it():
    desk = Desk(View(longest=800))
    line = "a" * 5000
    shown = desk.do("HELO b", "MAIL FROM:<a@b>", "RCPT TO:<bob@nyu.edu>", "DATA", "", line)
    assert shown[0].startswith(f"C: {line[:600]} [4,302 octets not shown] {line[:98]}␍␊")
    desk.do(".")
    assert desk.do(":body")[1].startswith(f"C: {line}␍␊")
    assert not any(line in row for row in desk.do(":mailbox bob 3"))
    assert any(line in row for row in desk.do(":mailbox bob 3 all"))


def test_a_folded_message_says_what_shows_the_rest(desk):
    lines = [f"line {number}" for number in range(50)]
    desk.do("HELO b", "MAIL FROM:<a@b>", "RCPT TO:<bob@nyu.edu>", "DATA", "Subject: x", "", *lines)
    assert desk.do(".")[0] == "== 12 more lines of the message not shown; :body shows all"


def test_a_folded_message_is_shown_whole(desk):
    desk.do(*LONG)
    assert len(desk.do(":body")) == 62
    assert desk.do(":body 6") == desk.do(":body")
    assert "22 more lines of the message not shown" in desk.do(":why 6")[-1]


def test_the_last_line_of_a_message_may_have_no_end(desk):
    desk.do("EHLO lancs.uk", *LETTER[1:3], "BDAT 3", r':raw "abc"')
    assert [line.split("  ")[0] for line in desk.do(":body")] == ["C: abc"]


# :try


def test_try_gives_three_moves(desk):
    shown = desk.do(":try")
    assert shown[0] == "   Phase: greeting."
    assert [line[3:13].strip() for line in shown if line[3:4].strip()][1:] == ["safe:", "odd:", "breaking:"]
    assert "safe:     EHLO lancs.uk" in shown[1]


def test_try_in_a_message_says_how_it_ends_and_how_to_leave(desk):
    shown = desk.do(*LETTER[:4], ":try")
    assert "A line with a single dot ends the message." in " ".join(shown)
    assert any(line.startswith("   breaking: Ctrl-] :raw ") for line in shown)


def test_try_without_a_move_says_why(desk):
    assert "Enter ends it." in desk.said(r':raw "NO"', ":try")
    assert desk.said("OP", "QUIT", ":try") == "** The connection is closed. Enter alone opens it again."


# :world


def test_world_shows_what_there_is(desk):
    assert desk.do(":world list") == [
        "   lancs.uk             192.0.2.1",
        "     users   alice, postmaster",
        "     mail    0 messages, 0 waiting, 0 held",
        "   nyu.edu              198.51.100.1",
        "     users   bob, carol, postmaster, zoë",
        "     lists   friends (bob, carol)",
        "     mail    2 messages, 0 waiting, 0 held",
        "   someschool.edu       203.0.113.1",
        "     users   bob, postmaster",
        "     mail    0 messages, 0 waiting, 0 held",
        "   connections (* is where you type)",
        "   * 1  smtp nyu.edu           greeting",
        "   It is Mon, 09 Mar 2015 10:00:00 +0000.",
    ]
    assert "     users   alice (rabbit), postmaster" in desk.do(":secrets on", ":world list")


# :help and :explain


def test_every_command_has_a_place_in_help():
    assert set(COMMANDS) <= set(GUIDES)
    assert all(guide.example.startswith(f":{name}") for name, guide in GUIDES.items())


@pytest.mark.parametrize("view", [View(width=80), View(width=80, words=True), View(width=60, ascii=True)])
def test_help_and_each_group_of_it_fit_a_small_screen(view):
    desk = Desk(view)
    shown = desk.do(":help")
    assert len(shown) <= 20
    assert [line.split()[0] for line in shown if line[3:4].isalpha()][: len(GROUPS) - 1] == [*GROUPS][1:]
    for group in GROUPS:
        rows = desk.do(f":help {group}")
        assert len(rows) <= 20
        assert all(len(line) <= view.width for line in (*shown, *rows))


def test_a_group_says_what_each_of_its_commands_does(desk):
    assert desk.do(":help time")[:2] == [
        "   time         back and forth in time, the clock, faults",
        "     :undo      take the last line back, in the whole world",
    ]
    shown = [line for group in GROUPS for line in desk.do(f":help {group}")]
    assert {line.split()[0] for line in shown if line.startswith("     :")} >= {f":{name}" for name in COMMANDS}


def test_help_names_the_key_of_the_command_and_no_other(desk):
    desk.meta.front = front = Screen()

    def keys_of(command):
        desk.do(f":help :{command}")
        return [line.strip() for line in front.paged if "key:" in line]

    assert keys_of("depth") == ["key: F2"]
    assert keys_of("quit") == ["key: ^D"]
    assert keys_of("search") == keys_of("help") == []
    assert "     the commands of mailshell, a group of them, or a word" in front.paged


def test_help_says_how_a_time_is_written_and_what_idle_does(desk):
    told = desk.said(":help :wait")
    assert "a number alone is seconds" in told
    assert "--idle" in told.split("Without")[1]


def test_help_tells_all_about_a_command(desk):
    said = desk.said(":help :why")
    for words in (":why [LINE] [DEPTH]", "-1 for the last line", "as in: :why -1 3"):
        assert words in said
    assert "key:" not in desk.said(":help :depth")
    desk.meta.front = Screen()
    desk.do(":help :depth")
    assert desk.meta.front.paged[-1] == "     key: F2"


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("word", ["MAIL", "550", "5.7.1", "Subject", "SIZE", "250 SIZE 100", "RCPT TO:<bob@nyu.edu>"])
def test_help_and_explain_say_the_same(depth, word):
    desk = Desk(View(depth=depth))
    explained = desk.do(f":explain {word}")
    assert desk.do(f":help {word}")[: len(explained)] == explained


# :mailbox


def test_a_long_message_is_folded_and_says_how_to_see_all(desk):
    desk.do(*LONG)
    shown = desk.do(":mailbox bob 3")
    assert len([line for line in shown if line.startswith("   | ")]) == 40
    whole = desk.do(":mailbox bob 3 all")
    assert shown[-1] == f"   {len(whole) - len(shown) + 1} more lines; :mailbox bob 3 all shows all"
    assert "line 60" in whole[-1]
    assert desk.do(":mailbox bob 1 all") == desk.do(":mailbox bob 1")


def test_a_list_of_messages_fits_a_narrow_screen():
    desk = Desk(View(width=40, ascii=True))
    desk.do(*LETTER[:4], "Subject: " + "caf\xe9 " * 20, ".")
    shown = desk.do(":mailbox bob")
    assert shown[1] == "       1       498  2015-03-07 12:00"
    assert shown[2:4] == ["         Alice <alice@lancs.uk>", "         Lunch on Friday"]
    assert all(len(line) <= 40 for line in shown)
    assert shown[-2].endswith("...")


# The pager


def test_a_text_that_somebody_asked_for_goes_to_the_front_end_that_may_page_it(desk):
    desk.meta.front = Screen()
    assert desk.do(":help") == []
    assert desk.meta.front.paged[0] == "   look         what happened, what there is, what waits"


def test_the_first_prompt_loads_none_of_it():
    code = "import mailshell.shell.local, sys; print([name for name in sys.modules if name in sys.argv])"
    late = [
        "difflib",
        "argparse",
        "shutil",
        "mailshell.smtp.moves",
        *(f"mailshell.shell.{name}" for name in ["why", "search", "branches", "diff", "known", "explain", "mailboxes"]),
    ]
    out = subprocess.run([sys.executable, "-c", code, *late], capture_output=True, text=True, check=True).stdout
    assert out == "[]\n"


def test_mailbox_has_the_numbers_of_the_session_that_has_it_open(desk):
    desk.do(":connect nyu.edu pop3", "USER bob", "PASS hungry", "DELE 1", ":connect nyu.edu smtp", "HELO a")
    desk.do("MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA", "Subject: late", "", ".")
    shown = desk.do(":mailbox bob")
    assert "A session of POP3 has this mailbox open" in shown[1]
    assert "x: marked as deleted." in " ".join(" ".join(shown).split())
    numbers = [line.split()[0] for line in shown if "2015-03" in line]
    assert numbers[0] == "x1"
    assert numbers[1] == "2"
    assert numbers[-1] == "new"
    desk.do(":switch 2", "QUIT")
    shown = desk.do(":mailbox bob")
    assert "POP3" not in shown[1]
    assert next(line.split()[0] for line in shown if "2015-03" in line) == "1"


def test_mailbox_has_the_sequence_numbers_of_imap(desk):
    desk.do(":connect nyu.edu imap", "a LOGIN bob hungry", "b SELECT INBOX", "c STORE 2 +FLAGS (\\Deleted)")
    shown = desk.do(":mailbox bob")
    assert "A session of IMAP has this mailbox open" in shown[1]
    assert [line.split()[0] for line in shown if "2015-03" in line][:2] == ["1", "x2"]
    desk.do("d STORE 1 +FLAGS (\\Deleted)", "e UID EXPUNGE 1")
    shown = desk.do(":mailbox bob")
    assert next(line.split()[0] for line in shown if "2015-03" in line) == "x1"
    desk.do("f UNSELECT")
    assert "IMAP" not in desk.do(":mailbox bob")[1]
