"""A seat at the world: connections, undo and redo; a player hears its own connections and no others."""

import pytest

from mailshell.core import script
from mailshell.core.clock import MINUTE
from mailshell.core.record import Notice
from mailshell.core.script import ScriptError
from mailshell.world.header import setting
from mailshell.world.play import play
from mailshell.world.seat import OTHERS, Seat, SeatError
from mailshell.world.start import DEFAULT_HOST, STUDENT, build
from tests.goldens import PATHS, played, seat_of


def seat() -> Seat:
    return Seat(build("lecture"), STUDENT)


def test_connections_are_numbered_from_one():
    made = seat()
    assert [made.connect("nyu.edu", "smtp"), made.connect("lancs.uk", "smtp", 7), made.connect("nyu.edu", "smtp")] == [
        1,
        7,
        8,
    ]
    assert made.current == 8
    made.switch(7)
    assert made.link.wire.host == "lancs.uk"
    assert made.link.wire.peer.inside
    assert not made.links[1].wire.peer.inside
    assert [made.number_of(number) for number in (1, 2, 3, 4)] == [1, 7, 8, None]


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (lambda made: made.connect("mars", "smtp"), "mars is no host of this world."),
        (lambda made: made.connect("nyu.edu", "gopher"), "gopher is no protocol of mailshell."),
        (lambda made: made.switch(3), "There is no connection 3."),
        (lambda made: made.send(b"NOOP\r\n"), "There is no connection yet."),
        (lambda made: made.drop(), "There is no connection yet."),
        (lambda made: made.undo(), "There is nothing to undo."),
        (lambda made: made.redo(), "There is nothing to redo."),
    ],
)
def test_what_cannot_be_done_is_said_in_plain_words(action, says):
    with pytest.raises(SeatError, match=says):
        action(seat())


def test_undo_and_redo_name_the_cause():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.send(b"HELO lancs.uk\r\nNOOP\r\n")
    made.send(b"\xff\r\n", "a line")
    made.wait(MINUTE)
    made.drop()
    causes = [made.undo() for _ in range(4)]
    with pytest.raises(SeatError, match="nothing to undo"):
        made.undo()
    assert causes[1:] == [causes[1], "a line", "HELO lancs.uk"]
    assert causes[0] == ":drop"
    assert causes[1].startswith(":wait")
    assert [made.redo() for _ in range(4)] == causes[::-1]


def test_a_new_step_after_undo_leaves_nothing_to_redo():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.send(b"HELO a\r\n")
    made.undo()
    made.send(b"HELO b\r\n")
    with pytest.raises(SeatError):
        made.redo()
    assert made.undo() == "HELO b"


def test_reset_goes_back_to_the_start_and_can_be_undone():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.send(b"HELO a\r\n")
    made.reset()
    assert made.link.session.phase.name == "GREETED"
    assert made.undo() == ":reset"
    assert made.link.session.phase.name == "READY"
    assert made.redo() == ":reset"
    assert made.link.session.phase.name == "GREETED"


def test_undo_goes_back_over_a_connection_that_was_opened_again():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.send(b"QUIT\r\n")
    made.connect("nyu.edu", "smtp", 1)
    made.send(b"HELO a\r\n")
    assert [made.undo(), made.undo(), made.undo()] == ["HELO a", "connect to nyu.edu", "QUIT"]
    assert not made.link.closed
    made.send(b"HELO b\r\n")
    assert made.link.session.phase.name == "READY"


def test_a_player_does_not_hear_other_people():
    world = build("lecture")
    other = Seat(world, STUDENT)
    other.connect("nyu.edu", "smtp")
    mine = Seat(world, STUDENT)
    world.transcript.subscribe(lambda entry: other.send(b"NOOP\r\n") if len(world.transcript.entries) < 5 else None)
    outcome, written = play(mine, script.read("C: NOOP\nS: 220…\nS: 250…\n"), "smtp", "nyu.edu")
    assert outcome == ((), 0)
    assert written.count("S: ") == 2


def test_a_player_goes_on_where_its_seat_is():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.send(b"HELO a\r\n")
    outcome, written = play(made, script.read("C: MAIL FROM:<>\nS: 250…\n= sender\n"), "smtp", "nyu.edu")
    assert outcome == ((), 0)
    assert written == "C: MAIL FROM:<>\nS: 250 2.1.0 Sender ok\n= sender\n"


def test_a_phase_is_checked_where_nothing_was_said_as_well():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.send(b"HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n")
    text = "= message\nC: Hello\n= message\n= ready\n"
    (miss,) = play(made, script.read(text), "smtp", "nyu.edu")[0].misses
    assert str(miss).endswith("but got  phase message")


def test_an_empty_transcript_does_nothing():
    made = seat()
    assert play(made, script.read(""), "smtp", "nyu.edu")[0] == ((), 0)
    assert made.links == {}


def test_the_story_leaves_out_what_was_undone_and_what_was_before_a_reset():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.reset()
    made.send(b"HELO a\r\n")
    made.send(b"NOOP\r\n")
    made.undo()
    story = made.story()
    assert [cause for cause, _ in story] == [":reset", "HELO a"]
    assert [len(entries) for _, entries in story] == [1, 1]


def test_a_script_opens_connections_as_a_person_does():
    made = seat()
    made.connect("nyu.edu", "smtp")
    outcome, _ = play(
        made, script.read("> :connect LANCS.uk\n> :connect nyu.edu pop3\n> :connect\n"), "smtp", "nyu.edu"
    )
    assert not outcome.misses
    opened = [(link.wire.protocol, link.wire.host) for link in made.links.values()]
    assert opened == [("smtp", "nyu.edu"), ("smtp", "lancs.uk"), ("pop3", "nyu.edu"), ("pop3", "nyu.edu")]
    with pytest.raises(ScriptError, match="line 1: :connect wants a host"):
        play(made, script.read("> :connect nyu.edu pop3 now\n"), "smtp", "nyu.edu")


def test_refusals_are_counted():
    text = 'C: NOOP\nC: FOO\nC: MAIL FROM:<>\n> :raw "NOOP\\n"\n'
    outcome, _ = play(seat(), script.read(text), "smtp", "nyu.edu")
    assert (outcome.misses, outcome.refusals) == ((), 3)


def test_expectations_follow_the_replies_of_commands_sent_ahead():
    """Each phase and each reason is that of the reply before it, not that of the last one."""
    text = (
        "C: HELO a\nC: MAIL FROM:<>\nC: FOO\nS: 220…\n= greeted\nS: 250 nyu.edu\n= ready\nS: 250…\n= sender\n"
        "S: 500…\n! FOO is no command of this server. Legal now: EHLO HELO RCPT RSET NOOP VRFY EXPN HELP QUIT.\n"
        "= sender\n"
    )
    outcome, written = play(seat(), script.read(text), "smtp", "nyu.edu")
    assert outcome.misses == ()
    assert play(seat(), script.read(written), "smtp", "nyu.edu")[0].misses == ()


def test_without_expectations_the_phase_is_the_last_one():
    assert play(seat(), script.read("C: HELO a\nC: MAIL FROM:<>\n= sender\n"), "smtp", "nyu.edu")[0].misses == ()


def test_the_file_names_the_server_of_each_connection():
    text = "C: NOOP\nC2(smtp@lancs.uk): NOOP\nC2: QUIT\nC3: NOOP\nC3:\n"
    outcome, written = play(seat(), script.read(text), "smtp", "nyu.edu")
    assert "S2(smtp@lancs.uk): 220 lancs.uk ESMTP mailshell" in written
    assert "\nS3: 220 nyu.edu" in written
    assert "\nC3:\n" in written
    again, rewritten = play(seat(), script.read(written), "smtp", "nyu.edu")
    assert rewritten == written
    assert again.misses == outcome.misses == ()


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("voice", "loud", "the header's voice is 'loud'; choose from modern, classic"),
        ("era", "1066", "the header's era is '1066'; choose from 1982, 1995, 2008, today"),
        ("policy", "mild", "the header's policy is 'mild'; choose from tolerant, strict"),
        ("world", "flat", "the header's world is 'flat'; choose from lecture, discard, empty, big, hostile"),
        ("size", "big", "the header's size is 'big'"),
        ("room", "²", "the header's room is '²'"),
        ("recipients", "-1", "the header's recipients is '-1'"),
        ("peer", "lancs.uk", "the header's peer is a name and an address"),
        ("users", "zoe", "the header's users are addresses with names"),
        ("users", "zo..e@nyu.edu Zoe", "the header's users: 'zo..e' is no name for a mailbox"),
        ("users", f"{33 * chr(0xEB)}@nyu.edu Zoe", "is too long for a mailbox: a name has 64 octets"),
        ("colour", "blue", "the header has no key colour"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(key, value, says):
    with pytest.raises(ScriptError, match=says):
        setting({key: value})


NOT_REPLAYED = ("> :undo", "> :back", "> :branch")  # a story has no way through time in it
REPLAYED = [name for name in PATHS if not any(word in PATHS[name].read_text(encoding="utf-8") for word in NOT_REPLAYED)]


@pytest.mark.parametrize("name", REPLAYED)
def test_what_happened_can_be_written_and_played_again(name):
    golden = played(PATHS[name].read_text(encoding="utf-8"))
    text = script.write(golden.seat.story(), golden.seat.numbers, secrets=True)
    again = seat_of(golden.header)
    outcome, _ = play(again, script.read(text), "smtp", golden.header.get("host", DEFAULT_HOST))
    assert outcome.misses == ()
    assert outcome.refusals == golden.outcome.refusals
    assert again.world.clock.now() == golden.seat.world.clock.now()


def test_a_message_that_has_not_ended_is_written_too():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.send(b"HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n")
    made.send(b"Hello\r\n")
    assert script.write(made.story(), made.numbers).endswith(
        "S: 354 Start mail input; end with <CRLF>.<CRLF>\nC: Hello\n"
    )


def test_what_others_did_is_not_written():
    mine = seat()
    mine.connect("nyu.edu", "smtp")
    other = Seat(mine.world, STUDENT)
    other.connect("nyu.edu", "smtp")
    other.send(b"NOOP\r\n")
    assert script.write(other.story(), mine.numbers) == ""


def test_a_seat_without_connections_can_be_reset():
    made = seat()
    made.reset()
    assert made.links == {}


def test_ports_that_close_say_so_to_those_who_came_over_tcp_and_to_nobody_else():
    made = seat()
    made.connect("nyu.edu", "smtp")
    world = made.world
    link = world.open("nyu.edu", "smtp", STUDENT, lambda octets, close: None, "tcp")
    world.shut()
    world.settle()
    notices = [entry.record for entry in world.transcript.entries if isinstance(entry.record, Notice)]
    assert [notice.replies for notice in notices] == [(b"421 4.3.2 nyu.edu shutting down, closing connection\r\n",)]
    assert link.session.shut() == []
    assert not made.link.closed


def test_what_others_did_is_a_step_of_its_own_for_undo():
    made = seat()
    made.connect("nyu.edu", "smtp")
    made.send(b"HELO lancs.uk\r\n")
    world = made.world
    link = world.open("nyu.edu", "smtp", STUDENT, lambda octets, close: None, "tcp")
    for line in (b"HELO a", b"MAIL FROM:<a@b.c>", b"RCPT TO:<bob@nyu.edu>", b"DATA", b"hello\r\n.", b"QUIT"):
        world.feed(link, line + b"\r\n")
    world.settle()
    made.send(b"NOOP\r\n")
    assert [made.undo(), made.undo(), made.undo()] == ["NOOP", OTHERS, "HELO lancs.uk"]
    assert made.redo() == "HELO lancs.uk"
    assert made.redo() == OTHERS
    assert len(world.store.mailboxes("nyu.edu", "bob")[0].messages) == 3
