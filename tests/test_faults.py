"""Faults: their words, when they strike, what undo makes of them, answers that come late."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailshell.core.clock import DAY, HOUR, MINUTE, SECOND, Instant, duration, span
from mailshell.core.record import Closed, Exchange, Verdict
from mailshell.core.session import Peer
from mailshell.mail.faults import SEED, Fault, Faults, drawn, parse, skew, text
from mailshell.mail.host import Traits
from mailshell.mail.kinds import KINDS
from mailshell.mail.store import BoxKey, Full, Store
from mailshell.shell.known import facts
from mailshell.world.seat import Seat, SeatError
from mailshell.world.start import START, STUDENT, build
from tests.goldens import PATHS
from tests.sections import SECTIONS
from tests.test_cards import PREACHING
from tests.test_meta import Desk

CLIENT = Peer("192.0.2.77", "192.0.2.77", inside=False)

WORDS = {
    "host": st.sampled_from(["nyu.edu", "lancs.uk"]),
    "domain": st.sampled_from(["mars.example", "nyu.edu"]),
    "mailbox": st.sampled_from(["bob@nyu.edu", "alice@lancs.uk"]),
    "sender": st.sampled_from(["<>", "@spam.example", "alice@lancs.uk"]),
    "word": st.sampled_from(["lottery", "1000", "a,b"]),
    "verb": st.sampled_from([".", "RCPT", "noop", "UTF8"]),
    "code": st.sampled_from(["421", "450", "554"]),
    "count": st.integers(0, 99999).map(str),
    "span": st.integers(1, 10**6).map(lambda seconds: span(seconds * SECOND)),
    "skew": st.builds("{}{}".format, st.sampled_from("+-"), st.integers(1, 10**6).map(lambda one: span(one * SECOND))),
}


@st.composite
def lines(draw, kinds=tuple(KINDS)):
    """The words of a fault, those that need not be there left out now and then, in any order of the rest."""
    kind = KINDS[draw(st.sampled_from(kinds))]
    slots = [slot for slot in kind.slots if slot in kind.needs or draw(st.booleans())]
    words = [draw(WORDS[slot]) for slot in draw(st.permutations(slots))]
    odds = f" odds {draw(st.integers(1, 100))}%" if kind.odds and draw(st.booleans()) else ""
    return " ".join([kind.card.name, *words]) + odds


@given(lines())
def test_the_words_of_a_fault_are_read_in_any_order_and_written_in_one(line):
    fault = parse(line)
    assert parse(text(fault)) == fault
    assert text(parse(text(fault))) == text(fault)
    assert {word.upper() for word in line.split()} <= {word.upper() for word in text(fault).split()} | {"ODDS", "100%"}


@given(st.lists(st.sampled_from([*KINDS, "nyu.edu", "bob@nyu.edu", "450", "5m", "odds", "30%", "x", "."]), max_size=5))
def test_other_words_are_refused_in_a_sentence(words):
    line, says = " ".join(words), ""
    try:
        parse(line)
    except ValueError as error:
        says = str(error)
    assert re.search(r"(It is written|There are:) .*\.$", says) if says else parse(text(parse(line))) == parse(line)


@given(st.integers(0, 10**9))
def test_a_time_is_written_as_it_is_read(seconds):
    assert duration(span(seconds * SECOND)) == seconds * SECOND


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_has_a_card_and_help_says_how_it_is_written(kind):
    card = kind.card
    assert card.cite.section in SECTIONS[card.cite.rfc].split()
    assert len(card.says) <= 52, "a line of the list is 80 columns wide"
    assert card.more.endswith(".")
    assert card.next
    assert not card.next.endswith(".")
    assert not PREACHING.search(f"{card.says} {card.more} {card.next}")
    assert any(f":fault {kind.syntax}." in fact.more for fact in facts(card.name))


def test_every_kind_strikes_in_some_transcript():
    told = "\n".join(path.read_text(encoding="utf-8") for path in PATHS.values())
    at_hosts = set(KINDS) - {"name-not-found", "name-server-silent", "clock-skew"}  # below; the hour in a trace field
    assert {kind for kind in at_hosts if f"A fault was put in ({kind}" in told} == at_hosts


def test_faults_are_put_and_taken_away_by_number_and_by_kind():
    faults = Faults()
    for line in ("slow nyu.edu 2s", "slow 3s", "clock-skew nyu.edu -1h", "host-down lancs.uk", "name-not-found a.b"):
        faults = faults.put(parse(line))
    assert [one.number for one in faults.all] == [1, 2, 3, 4, 5]
    assert (skew(faults.at("nyu.edu")), skew(faults.at("lancs.uk"))) == (-HOUR, 0)
    assert faults.about("lancs.uk", ["host-down"]) == (faults.all[3],)
    assert faults.about("nyu.edu", ["host-down"]) == ()
    assert faults.about("A.B", ["name-not-found", "name-server-silent"]) == (faults.all[4],)
    assert faults.at("nyu.edu") == faults.all[:3]
    assert [one.number for one in faults.without("slow").all] == [3, 4, 5]
    assert faults.without("all").all == ()
    assert faults.without("5").put(parse("slow")).all[-1].number == 6, "no number is used again"
    with pytest.raises(ValueError, match=r"There is no fault 9\. There are: 1 2 3 4 5\."):
        faults.without("9")


def test_only_commands_can_be_struck_and_of_many_words_not_all_are_named():
    seat = Seat(build("big"), STUDENT)
    for line, says in (
        ("reject BODY", r"BODY is no command\."),  # a parameter of MAIL
        ("reject QQQQ", r"QQQQ is no command\.$"),
        ("reject UID FETHC", r"UID FETHC is no command\. Did you mean UID FETCH\?"),
        ("slow zzz.test", r"zzz.test is no host of this world\.$"),
    ):
        with pytest.raises(SeatError, match=says):
            seat.fault(line)


# Chance


def draws(odds: int, times: int, seed: int = 0, number: int = 1) -> list[bool]:
    store = Store(history=True)
    if seed:
        store.note(SEED, seed)
    fault = Fault("reject", odds=odds, number=number)
    return [drawn(fault, store) for _ in range(times)]


@pytest.mark.parametrize("odds", [1, 30, 50, 99])
def test_chance_comes_as_often_as_it_is_said_and_is_the_same_each_time(odds):
    found = draws(odds, 2000)
    assert abs(sum(found) / 20 - odds) < 4
    assert draws(odds, 2000) == found
    assert odds in (1, 99) or draws(odds, 50, seed=1) != draws(odds, 50, seed=2)
    assert odds in (1, 99) or draws(odds, 50, number=2) != found[:50]


def test_a_store_that_takes_nothing_is_no_error():
    seat = Seat(build("lecture"), STUDENT)
    seat.fault("greylisting")
    seat.fault("reject NOOP odds 50%")
    seat.connect("nyu.edu", "smtp")
    with seat.world.store.refusing(Full("The disk is full.")):
        seat.send(b"EHLO a\r\nNOOP\r\nMAIL FROM:<alice@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\n")
    assert wire(seat)[-1].startswith(b"451 4.7.1")


# Time travel

COMMANDS = ["NOOP", "EHLO a", "MAIL FROM:<a@b.c>", "RCPT TO:<bob@nyu.edu>", "DATA", "Hello", ".", "RSET", "QUIT"]
KINDS_AT_HOSTS = tuple(kind for kind in KINDS if not kind.startswith("name"))
steps = st.lists(
    st.sampled_from(COMMANDS)
    | lines(KINDS_AT_HOSTS).map(":fault {}".format)
    | st.sampled_from([":heal all", ":undo", ":redo", ":wait"]),
    max_size=25,
)


def do(seat: Seat, step: str) -> None:
    try:
        if step.startswith(":fault "):
            seat.fault(step[7:])
        elif step == ":heal all":
            seat.heal("all")
        elif step == ":wait":
            seat.wait(MINUTE)
        elif step in (":undo", ":redo"):
            getattr(seat, step[1:])()
        elif seat.link.closed:
            seat.connect("nyu.edu", "smtp", 1)
        else:
            seat.send(step.encode() + b"\r\n")
    except SeatError:
        pass  # nothing to undo, a host that is down


def wire(seat: Seat) -> list[bytes]:
    records = [entry.record for entry in seat.world.transcript.entries]
    return [reply for record in records for reply in getattr(record, "replies", ())]


def situation(seat: Seat):
    world, link = seat.world, seat.link
    counters = [world.store.noted(f"odds {number}") for number in range(1, 30)]
    return world.faults, world.clock.now(), link.session.state, link.closed, counters, boxes(world)


def boxes(world):
    found = world.store.mailbox(BoxKey("nyu.edu", "bob", "INBOX"))
    return None if found is None else tuple(found.messages.values())


@settings(max_examples=60)
@given(steps)
def test_undo_and_redo_restore_faults_and_the_same_script_gives_the_same_octets(script):
    told = []
    for _ in range(2):
        seat = Seat(build("lecture"), STUDENT)
        seat.connect("nyu.edu", "smtp")
        for step in script:
            do(seat, step)
        told.append((wire(seat), situation(seat)))
        seen = situation(seat)
        back = 0
        while True:
            try:
                seat.undo()
            except SeatError:
                break
            back += 1
        assert seat.world.faults == Faults()
        assert seat.world.clock.now() == START
        for _ in range(back):
            seat.redo()
        assert situation(seat)[0] == seen[0]
        assert situation(seat) == seen
        assert all(host.faults == seen[0].at(name) for name, host in seat.world.hosts.items())
    assert told[0] == told[1]


# Hosts that cannot be reached


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("host-down nyu.edu", "nyu.edu does not answer: the connection cannot be opened."),
        ("name-not-found nyu.edu", "The name server says that there is no nyu.edu."),
        ("name-server-silent nyu.edu", "The name server does not answer, so nobody knows where nyu.edu is."),
    ],
)
def test_a_host_that_cannot_be_reached_takes_no_connection(line, says):
    seat = Seat(build("lecture"), STUDENT)
    seat.fault(line)
    with pytest.raises(SeatError, match=re.escape(f"{says} A fault was put in ({line}), and :heal 1 removes it.")):
        seat.connect("nyu.edu", "smtp")
    assert seat.connect("lancs.uk", "smtp") == 1
    seat.heal("1")
    assert seat.connect("nyu.edu", "smtp") == 2


def test_of_two_faults_the_one_that_strikes_keeps_others_away():
    seat = Seat(build("lecture"), STUDENT)
    seat.fault("host-down nyu.edu odds 1%")
    seat.fault("name-not-found nyu.edu")
    for _ in range(5):
        with pytest.raises(SeatError, match=r"nyu\.edu"):
            seat.connect("nyu.edu", "smtp")


def test_luck_with_a_connection_is_taken_back_by_undo():
    seat = Seat(build("lecture"), STUDENT)
    seat.connect("lancs.uk", "smtp")
    seat.fault("host-down nyu.edu odds 50%")
    told = []
    for _ in range(2):
        try:
            told.append(str(seat.connect("nyu.edu", "smtp")))
        except SeatError as error:
            told.append(str(error))
        assert seat.undo() == "connect to nyu.edu"
        assert situation(seat)[4][0] is None
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("line", "waits"),
    [("host-down nyu.edu", True), ("name-server-silent nyu.edu", True), ("name-not-found nyu.edu", False)],
)
def test_mail_waits_for_a_host_that_is_down_and_comes_back_from_a_name_that_is_lost(line, waits):
    world = build("lecture")
    seat = Seat(world, STUDENT)
    seat.fault(line)
    seat.connect("lancs.uk", "smtp")
    seat.send(b"HELO a\r\nMAIL FROM:<alice@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\nHello\r\n.\r\n")
    seat.wait(MINUTE)
    assert bool(world.store.queue("lancs.uk")) is waits
    seat.heal("all")
    seat.wait(HOUR)
    assert len(boxes(world)) == 2 + waits
    assert not world.store.queue("lancs.uk")


def test_a_lost_answer_makes_two_copies_between_hosts():
    world = build("lecture")
    seat = Seat(world, STUDENT)
    seat.fault("lose . nyu.edu")
    seat.connect("lancs.uk", "smtp")
    seat.send(b"HELO a\r\nMAIL FROM:<alice@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\nHello\r\n.\r\n")
    seat.wait(MINUTE)
    assert len(boxes(world)) == 3
    assert world.store.queue("lancs.uk")
    seat.heal("all")
    seat.wait(HOUR)
    assert len(boxes(world)) == 4
    assert not world.store.queue("lancs.uk")


@pytest.mark.parametrize(
    ("line", "after", "copies"),
    [
        ("slow nyu.edu 1m", 10 * MINUTE, 1),
        ("delay . 2m nyu.edu", 3 * MINUTE, 1),
        ("delay . 9m nyu.edu", 10 * MINUTE, 1),
        ("delay . 11m nyu.edu", 10 * MINUTE, 1),  # stored, but the client has given up waiting
        ("delay . 11m nyu.edu", 40 * MINUTE, 2),
        ("delay DATA 3m nyu.edu", 40 * MINUTE, 1),  # it came with MAIL in one write: MAIL was waited for
        ("delay MAIL 6m nyu.edu", 40 * MINUTE, 0),
    ],
)
def test_a_client_waits_so_long_for_an_answer_of_the_next_host(line, after, copies):
    world = build("lecture")
    seat = Seat(world, STUDENT)
    seat.fault(line)
    seat.connect("lancs.uk", "smtp")
    seat.send(b"HELO a\r\nMAIL FROM:<alice@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\nHello\r\n.\r\n")
    seat.wait(after)
    assert len(boxes(world)) == 2 + copies
    assert bool(world.store.queue("lancs.uk")) is (line in ("delay . 11m nyu.edu", "delay MAIL 6m nyu.edu"))
    now = boxes(world), world.store.queue("lancs.uk"), world.clock.now()
    seat.undo()
    seat.redo()
    assert (boxes(world), world.store.queue("lancs.uk"), world.clock.now()) == now


# Late answers


def test_an_answer_over_tcp_is_held_back_until_its_time_and_those_behind_it_wait():
    world = build("lecture")
    world.suffer(Faults().put(parse("delay NOOP 10s")).put(parse("drop RSET")))
    sent: list[tuple[bytes, bool]] = []
    link = world.open("nyu.edu", "smtp", CLIENT, lambda *what: sent.append(what), "tcp")
    world.settle()
    world.feed(link, b"NOOP\r\n")
    world.settle()
    world.feed(link, b"NOOP\r\nRSET\r\n")
    world.settle()
    assert [octets[:3] for octets, _ in sent] == [b"220"]
    assert world.due() == world.next_event() == START + 10 * SECOND
    world.advance(Instant(START + 9 * SECOND))
    assert len(sent) == 1
    world.advance(Instant(START + 10 * SECOND))
    assert sent[1:] == [(b"250 2.0.0 Nothing done\r\n", False)]
    world.advance(Instant(START + MINUTE))
    assert [last for _, last in sent] == [False, False, True]
    assert [entry.at - START for entry in world.transcript.entries] == [0, 10 * SECOND, *[20 * SECOND] * 3]
    assert isinstance(world.transcript.entries[-1].record, Closed)


def test_the_clock_moves_on_while_a_typed_command_waits_and_nobody_is_thrown_out():
    seat = Seat(build("lecture"), STUDENT)
    seat.connect("nyu.edu", "smtp")
    seat.fault("delay NOOP 1d")
    seat.send(b"NOOP\r\n")
    entry = seat.world.transcript.entries[-1]
    assert isinstance(entry.record, Exchange)
    assert entry.at == seat.world.clock.now() == START + DAY
    assert entry.record.because == "The answer took 1d. A fault was put in (delay NOOP 1d), and :heal 1 removes it."
    assert entry.record.verdict is Verdict.ACCEPTED
    assert not seat.link.closed
    seat.undo()
    assert seat.world.clock.now() == START


# In the shell


def test_the_list_of_faults_fits_80_columns_and_names_every_kind():
    desk = Desk()
    desk.do(":fault reject RCPT 450 nyu.edu odds 30%", ":fault slow")
    shown = desk.do(":fault")
    assert all(len(line) <= 80 for line in shown)
    assert any(line.strip().startswith("1   reject RCPT 450 nyu.edu odds 30%: ") for line in shown)
    assert all(any(line.strip().startswith(f"{kind} ") for line in shown) for kind in KINDS)


def test_a_fault_says_what_it_teaches_and_what_to_watch():
    desk = Desk()
    shown = "\n".join(desk.do(":fault greylisting nyu.edu"))
    assert "Fault 1: greylisting nyu.edu 5m. :heal 1 removes it." in shown
    assert "RFC 6647 section 2.4" in shown
    assert "next: send the same RCPT at once" in shown
    assert "Removed: greylisting nyu.edu 5m." in "\n".join(desk.do(":heal"))


def test_undo_names_the_fault():
    desk = Desk()
    assert "undone: :fault queue-full nyu.edu" in "\n".join(desk.do(":fault queue-full nyu.edu", ":undo"))
    assert desk.seat.world.faults == Faults()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (":fault gr", {"greylisting"}),
        (":fault slow ny", {"nyu.edu"}),
        (":fault mailbox-full b", {"bob@nyu.edu", "bob@someschool.edu"}),
        (":fault drop MA", set()),
        (":fault drop HE", {"HELO", "HELP"}),
        (":fault rain x", set()),
        (":heal ", {"1", "all"}),
    ],
)
def test_kinds_hosts_users_and_commands_complete(line, offered):
    from mailshell.shell.local import COMMANDS as LOCAL

    desk = Desk()
    desk.do(":fault slow")
    word, _, rest = line[1:].partition(" ")
    assert {choice.text for choice in LOCAL[word].choices(desk.meta, rest)} == offered


def test_a_quota_counts_all_mailboxes_of_a_user():
    world = build("lecture", traits=Traits(quota=2000))
    host = world.hosts["nyu.edu"]
    assert host.taken("bob") == 1410
    world.store.append(BoxKey("nyu.edu", "bob", "Sent"), world.store.keep(b"x" * 590), at=START)
    assert host.taken("bob") == 2000
    seat = Seat(world, STUDENT)
    seat.connect("nyu.edu", "smtp")
    seat.send(b"HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@nyu.edu>\r\nRCPT TO:<friends@nyu.edu>\r\n")
    assert [reply[:3] for reply in wire(seat)[-2:]] == [b"552", b"552"]
