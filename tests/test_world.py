"""The loop round every session: commit, send, publish; the clock; undo; a disk that is full."""

import pytest

from mailshell.core.clock import HOUR, MINUTE, SECOND, Instant, VirtualClock
from mailshell.core.record import Body, Closed, Exchange, Notice, Opened, Prompt, Verdict
from mailshell.core.session import Peer
from mailshell.core.transcript import Entry, Transcript, Wire, octets_of
from mailshell.mail.faults import Fault, Faults
from mailshell.mail.host import Host, Traits
from mailshell.mail.store import Account, BoxKey, Full, Store
from mailshell.world.names import Mx, Stop, route
from mailshell.world.seat import Seat
from mailshell.world.start import START, STUDENT, WORLDS, add_account, build
from mailshell.world.world import Busy, Link, World

HELLO = b"EHLO lancs.uk\r\n"
ENVELOPE = b"MAIL FROM:<alice@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n"
MESSAGE = ENVELOPE + b"Hello\r\n.\r\n"
STRANGER = Peer("192.0.2.77", "192.0.2.77", inside=False)


class Wires:
    """What each link was sent, in order, and which were told to close."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sent: list[tuple[int, bytes, bool]] = []

    def open(self, kind="tcp", host="nyu.edu", peer=STRANGER, protocol="smtp") -> Link:
        links: list[Link] = []
        links.append(
            self.world.open(host, protocol, peer, lambda *what: self.sent.append((links[0].wire.number, *what)), kind)
        )
        return links[0]

    def codes(self, number: int = 1) -> list[bytes]:
        """The first three octets of everything that a link was sent, EHLO's lines counted once."""
        lines = b"".join(octets for link, octets, _ in self.sent if link == number).splitlines()
        return [line[:3] for line in lines if line[3:4] == b" "]


class FullDisk:
    """A store whose commits fail when they are told to; what is not committed is rolled back."""

    def __init__(self, store: Store) -> None:
        self.fail = False
        self.commits = 0
        self._commit, self._store = store.commit, store

    def commit(self) -> None:
        self.commits += 1
        if self.fail:
            self._store.rollback()
            raise Full("The disk is full.")
        self._commit()


@pytest.fixture
def disk(monkeypatch):
    """A world on a durable store that can be told to fail: (world, wires, disk)."""
    store = Store()
    world = build("lecture", store=store)
    made = FullDisk(store)
    monkeypatch.setattr(Store, "durable", property(lambda self: True))
    monkeypatch.setattr(store, "commit", made.commit)
    return world, Wires(world), made


def inbox(world: World, user: str = "bob", host: str = "nyu.edu") -> int:
    mailbox = world.store.mailbox(BoxKey(host, user, "INBOX"))
    assert mailbox is not None
    return len(mailbox.messages)


def test_nothing_is_sent_or_published_before_the_turn_is_settled():
    world = build("lecture")
    wires = Wires(world)
    link = wires.open()
    world.feed(link, HELLO)
    assert world.unsettled
    assert wires.sent == []
    assert not world.transcript.entries
    world.settle()
    assert not world.unsettled
    assert wires.codes() == [b"220", b"250"]
    assert len(wires.sent) == 1
    assert [type(entry.record) for entry in world.transcript.entries] == [Opened, Exchange]


def test_a_link_that_said_nothing_is_sent_nothing():
    world = build("lecture")
    wires = Wires(world)
    link = wires.open()
    world.settle()
    wires.sent.clear()
    world.feed(link, b"NOO")
    world.settle()
    assert wires.sent == []


def test_a_closed_link_is_fed_in_vain():
    world = build("lecture")
    wires = Wires(world)
    link = wires.open()
    world.feed(link, b"QUIT\r\nNOOP\r\n")
    world.feed(link, b"NOOP\r\n")
    world.settle()
    assert wires.codes() == [b"220", b"221"]
    assert wires.sent[-1][2]
    world.feed(link, b"NOOP\r\n")
    world.feed_eof(link)
    assert not world.unsettled
    assert world.links == {}


def notes(world: World) -> list[tuple[str, Verdict]]:
    """The reason and the verdict of each command."""
    records = [entry.record for entry in world.transcript.entries]
    return [(record.because, record.verdict) for record in records if isinstance(record, Exchange | Prompt)]


def test_only_what_came_in_one_piece_was_sent_without_waiting():
    world = build("lecture")
    link = Wires(world).open()
    for octets in (HELLO, *ENVELOPE.splitlines(keepends=True), b"Hello\r\n", b".\r\n", b"NO", b"OP\r\n", b"QUIT\r\n"):
        world.feed(link, octets)
    world.settle()
    assert set(notes(world)) == {("", Verdict.ACCEPTED)}


def test_message_text_that_does_not_wait_for_354_is_noted():
    world = build("lecture")
    link = Wires(world).open()
    world.feed(link, HELLO)
    world.feed(link, MESSAGE)
    world.settle()
    *others, data, end = notes(world)
    assert {*others, end} == {("", Verdict.ACCEPTED)}
    assert data[0].startswith("The client did not wait for 354")
    assert data[1] is Verdict.TOLERATED


def test_hello_in_the_middle_counts_for_what_comes_after_it():
    world = build("lecture")
    link = Wires(world).open()
    world.feed(link, HELLO)
    world.feed(link, b"RSET\r\nRSET\r\nHELO a\r\nRSET\r\nEHLO b\r\nRSET\r\nRSET\r\n")
    world.settle()
    assert [bool(because) for because, _ in notes(world)] == [False, False, False, True, True, True, False, False]


@pytest.mark.parametrize(
    ("pieces", "note"),
    [
        ((HELLO, b"QUIT\r\n"), ""),
        ((HELLO, b"RSET\r\nQUIT\r\n"), ""),
        ((HELLO, b"QUIT\r\n", b"NOOP\r\n"), ""),
        ((HELLO, b"QUIT\r\nNO"), "QUIT must be the last of a group of commands (RFC 2920 section 3.1)."),
        ((HELLO, b"RSET\r\nQUIT\r\n\r\n"), "QUIT must be the last of a group of commands (RFC 2920 section 3.1)."),
        ((b"QUIT\r\nNOOP\r\n",), "Until EHLO is answered with PIPELINING, a client sends one command at a time"),
    ],
)
def test_what_comes_with_quit_and_after_it_is_noted_at_the_end(pieces, note):
    world = build("lecture")
    link = Wires(world).open()
    for octets in pieces:
        world.feed(link, octets)
    world.settle()
    closed = world.transcript.entries[-1].record
    assert isinstance(closed, Closed)
    assert closed.because.startswith("The client said QUIT.")
    assert note in closed.because
    assert ("dropped" in closed.because) is bool(note)
    assert set(notes(world)) == {("", Verdict.ACCEPTED)}


@pytest.mark.parametrize(
    ("off", "ends"),
    [(frozenset(), "is dropped."), (frozenset({"PIPELINING"}), "one command at a time (RFC 2449 section 6.6).")],
)
def test_what_comes_after_quit_is_noted_in_pop3_too(off, ends):
    world = build("lecture", traits=Traits(off=off))
    world.feed(Wires(world).open(protocol="pop3"), b"QUIT\r\nNOOP\r\n")
    world.settle()
    closed = world.transcript.entries[-1].record
    assert isinstance(closed, Closed)
    assert "What it sent after QUIT is dropped." in closed.because
    assert closed.because.endswith(ends)


def test_a_turn_that_is_run_again_has_the_same_notes(disk):
    world, wires, made = disk
    link = wires.open()
    world.feed(link, HELLO)
    world.feed(link, MESSAGE)
    made.fail = True
    world.settle()
    assert wires.codes() == [b"220", b"250", b"250", b"250", b"354", b"452"]
    data, end = notes(world)[-2:]
    assert data[0].startswith("The client did not wait for 354")
    assert data[1] is Verdict.TOLERATED
    assert end == ("The disk is full.", Verdict.REFUSED)


def test_the_end_of_a_connection_ends_its_session_once():
    world = build("lecture")
    wires = Wires(world)
    link = wires.open("typed")
    world.feed(link, HELLO + ENVELOPE + b"Hel")
    world.feed_eof(link)
    world.feed_eof(link)
    world.settle()
    records = [entry.record for entry in world.transcript.entries]
    assert [type(record) for record in records[-2:]] == [Body, Closed]
    assert sum(isinstance(record, Closed) for record in records) == 1
    assert link.closed
    assert link.session.wake() == []
    assert wires.sent[-1][2]
    assert inbox(world) == 2


def test_links_are_woken_in_the_order_of_their_deadlines():
    world = build("lecture")
    wires = Wires(world)
    late, early, typed = wires.open(), wires.open("relay"), wires.open("typed")
    world.settle()
    assert world.due() == START + 5 * MINUTE
    world.advance(Instant(START + 60 * SECOND))
    world.feed(late, HELLO)
    world.feed(typed, HELLO)
    world.settle()
    world.advance(Instant(START + HOUR))
    ends = [
        (entry.at - START, entry.wire.number) for entry in world.transcript.entries if isinstance(entry.record, Closed)
    ]
    assert ends == [(5 * MINUTE, early.wire.number), (6 * MINUTE, late.wire.number), (6 * MINUTE, typed.wire.number)]
    assert world.clock.now() == START + HOUR
    assert world.due() is None
    assert [wires.codes(number)[-1] for number in (1, 2, 3)] == [b"421"] * 3


def test_a_jump_is_activity_for_a_person_and_not_for_a_program():
    world = build("lecture")
    wires = Wires(world)
    typed, script, tcp = wires.open("typed"), wires.open("script"), wires.open()
    world.advance(Instant(START + HOUR), idle=False)
    assert (typed.closed, script.closed, tcp.closed) == (False, False, True)
    assert world.due() == START + HOUR + 5 * MINUTE


def test_a_session_that_is_not_due_sleeps_on():
    world = build("lecture")
    link = Wires(world).open()
    world.settle()
    assert link.session.wake() == []
    world.clock.turn(Instant(START + HOUR))
    notice, closed = link.session.wake()
    assert isinstance(notice, Notice)
    assert notice.replies[0].startswith(b"421 4.4.2 nyu.edu")
    assert closed == Closed("server", notice.before, notice.because)
    assert link.session.deadline is None


def test_rewind_goes_back_and_forward():
    world = build("lecture")
    wires = Wires(world)
    link = wires.open("typed")
    world.settle()
    start = world.mark()
    world.feed(link, HELLO + MESSAGE)
    world.advance(Instant(START + MINUTE))
    other = wires.open("typed")
    world.settle()
    end = world.mark()
    world.rewind(start)
    assert (inbox(world), world.clock.now(), link.session.phase.name, other.closed) == (2, START, "GREETED", True)
    world.rewind(end)
    assert (inbox(world), world.clock.now(), link.session.phase.name, other.closed) == (
        3,
        START + MINUTE,
        "READY",
        False,
    )


def test_nothing_is_undone_while_a_tcp_client_looks():
    world = build("lecture")
    link = Wires(world).open()
    world.settle()
    mark = world.mark()
    with pytest.raises(Busy):
        world.rewind(mark)
    world.feed_eof(link)
    world.settle()
    world.rewind(mark)


def test_a_full_disk_is_told_to_the_client_and_nothing_is_stored(disk):
    world, wires, full = disk
    link = wires.open()
    world.feed(link, HELLO)
    world.settle()
    full.fail = True
    world.feed(link, MESSAGE + b"NOOP\r\n" + ENVELOPE + b"again\r\n.\r\nRSET\r\n")
    world.settle()
    assert wires.codes()[2:] == [b"250", b"250", b"354", b"452", b"250", b"250", b"250", b"354", b"452", b"250"]
    assert (inbox(world), world.store.number("message nyu.edu")) == (2, 1)
    reasons = [entry.record.because for entry in world.transcript.entries if isinstance(entry.record, Exchange)]
    assert reasons.count("The disk is full.") == 2
    full.fail = False
    world.feed(link, MESSAGE)
    world.settle()
    assert wires.codes()[-1] == b"250"
    assert inbox(world) == 3


def test_other_links_of_the_turn_get_their_answers_once_and_in_order(disk):
    world, wires, full = disk
    first, second = wires.open(), wires.open()
    world.feed(first, HELLO)
    world.feed(second, HELLO)
    world.settle()
    wires.sent.clear()
    full.fail = True
    world.feed(first, MESSAGE[:-3])
    third = wires.open()
    world.feed(second, b"NOOP\r\nVRFY bob\r\n")
    world.feed(first, b".\r\n")
    world.feed(second, b"QUIT\r\n")
    world.settle()
    assert wires.codes(1) == [b"250", b"250", b"354", b"452"]
    assert wires.codes(2) == [b"250", b"250", b"221"]
    assert wires.codes(third.wire.number) == [b"220"]
    assert [number for number, _, _ in wires.sent] == [1, 3, 2]
    kinds = [type(entry.record) for entry in world.transcript.entries if entry.wire.number == 1]
    assert kinds[2:] == [Exchange, Exchange, Prompt, Body, Exchange]
    assert second.closed
    assert inbox(world) == 2


def test_a_client_that_hangs_up_in_the_turn_that_fails_is_gone_all_the_same(disk):
    world, wires, full = disk
    link, quiet = wires.open(), wires.open()
    world.feed(link, HELLO)
    world.settle()
    full.fail = True
    world.feed(link, MESSAGE)
    world.feed_eof(link)
    world.feed_eof(quiet)
    world.settle()
    assert link.closed
    assert quiet.closed
    assert link.session.phase.name == quiet.session.phase.name == "CLOSED"
    assert [entry.wire.number for entry in world.transcript.entries if isinstance(entry.record, Closed)] == [1, 2]
    assert inbox(world) == 2


def test_a_message_is_stored_for_all_its_recipients_or_for_nobody():
    """One copy goes into a mailbox, another into the queue: there must be room for both."""
    for room, stored in ((1600, 0), (2500, 1)):
        world = build("lecture", store=Store(history=True, limit=room))
        world.suffer(Faults().put(Fault("host-down", "nyu.edu")))
        wires = Wires(world)
        link = wires.open(host="lancs.uk", peer=STUDENT._replace(inside=True))
        both = b"MAIL FROM:<>\r\nRCPT TO:<alice@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\nHi\r\n.\r\n"
        world.feed(link, HELLO + both)
        world.settle()
        assert wires.codes()[-1] == (b"250" if stored else b"452")
        assert inbox(world, "alice", "lancs.uk") == stored
        assert len(world.store.queue("lancs.uk")) == stored


def test_a_message_goes_to_each_mailbox_once_and_to_the_queue_once():
    world = build("lecture")
    world.suffer(Faults().put(Fault("host-down", "nyu.edu")).put(Fault("host-down", "someschool.edu")))
    link = Wires(world).open(host="lancs.uk", peer=Peer("::1", "::1", inside=True))
    recipients = ("bob@nyu.edu", "ALICE@lancs.uk", "alice@[192.0.2.1]", "bob@nyu.edu", "bob@someschool.edu")
    envelope = b"MAIL FROM:<@a.example:alice@lancs.uk>\r\n" + b"".join(
        b"RCPT TO:<%b>\r\n" % r.encode() for r in recipients
    )
    world.feed(link, b"HELO [IPv6:::1]\r\n" + envelope + b"DATA\r\n..x\r\n.\r\n")
    world.settle()
    (queued,) = world.store.queue("lancs.uk")
    assert tuple(one.address for one in queued.recipients) == ("bob@nyu.edu", "bob@someschool.edu")
    assert queued.reverse_path == "alice@lancs.uk"
    received = (
        b"Received: from [IPv6:::1] ([IPv6:::1])\r\n"
        b"\tby lancs.uk with SMTP id 1;\r\n\tMon, 09 Mar 2015 10:00:00 +0000\r\n"
    )
    assert world.store.octets(queued.body) == received + b".x\r\n"
    mailbox = world.store.mailbox(BoxKey("lancs.uk", "alice", "INBOX"))
    assert mailbox is not None
    (message,) = mailbox.messages.values()
    assert world.store.octets(message.body) == b"Return-Path: <alice@lancs.uk>\r\n" + received + b".x\r\n"


def test_a_world_that_discards_takes_mail_and_keeps_none():
    world = build("discard")
    link = Wires(world).open(host="lancs.uk", peer=STUDENT._replace(inside=True))
    world.feed(link, HELLO + ENVELOPE.replace(b"DATA", b"RCPT TO:<alice@lancs.uk>\r\nDATA") + b"x\r\n.\r\n")
    world.settle()
    record = world.transcript.entries[-1].record
    assert isinstance(record, Exchange)
    assert record.replies == (b"250 2.0.0 Message accepted, id 1\r\n",)
    assert inbox(world, "alice", "lancs.uk") == 0
    assert world.store.queue("lancs.uk") == []


@pytest.mark.parametrize("name", WORLDS)
def test_every_host_of_every_world_has_a_postmaster(name):
    world = build(name)
    for host in world.hosts.values():
        assert host.account("PostMaster") is not None
        assert inbox(world, "postmaster", host.name) == 0
        mailboxes = world.store.mailboxes(host.name, "postmaster")
        assert {mailbox.key.name for mailbox in mailboxes} == {"INBOX", "Sent", "Drafts", "Trash", "Junk"}


def test_bob_has_the_two_messages_of_the_slide():
    world = build("lecture")
    mailbox = world.store.mailbox(BoxKey("nyu.edu", "bob", "INBOX"))
    assert mailbox is not None
    messages = [world.store.octets(message.body) for message in mailbox.messages.values()]
    assert [len(message) for message in messages] == [498, 912]
    for message in messages:
        assert message.count(b"\n") == message.count(b"\r\n") == message.count(b"\r")
        assert max(map(len, message.split(b"\r\n"))) <= 78
        assert message.isascii()


def test_a_store_that_holds_mail_already_keeps_it():
    store = Store(history=True)
    link = Wires(first := build("lecture", store=store)).open()
    first.feed(link, HELLO + MESSAGE)
    first.settle()
    again = build(
        "lecture",
        store=store,
        users=(Account("nyu.edu", "bob", "new", "Robert"), Account("nyu.edu", "dave", "x", "Dave")),
    )
    assert inbox(again) == 3
    assert inbox(again, "dave") == 0
    bob = store.account("nyu.edu", "bob")
    assert bob == Account("nyu.edu", "bob", "new", "Bob")
    assert len(store.accounts("nyu.edu")) == 5


def test_a_host_knows_its_own_domains():
    host = Host("nyu.edu", "2001:db8::1", Store(), VirtualClock(START), Traits())
    assert all(map(host.is_local, ["nyu.edu", "NYU.EDU", "", "[2001:db8::1]", "[ipv6:2001:DB8::1]"]))
    assert not any(map(host.is_local, ["edu", "www.nyu.edu", "[192.0.2.1]", "2001:db8::1"]))
    add_account(host.store, Account("nyu.edu", "bob", "x", "Bob"))
    assert [account.user for account in host.accounts()] == ["bob"]


def entry(record, number=1) -> Entry:
    return Entry(START, Wire(number, "tcp", "smtp", "nyu.edu", STUDENT), record)


def test_a_transcript_tells_its_listeners_until_they_leave():
    transcript = Transcript()
    heard: list[Entry] = []
    transcript.subscribe(heard.append)
    transcript.add(entry(Body(b"a")))
    transcript.unsubscribe(heard.append)
    transcript.add(entry(Body(b"b")))
    assert [one.record for one in heard] == [Body(b"a")]
    assert [one.record for one in transcript.entries] == [Body(b"a"), Body(b"b")]


def test_a_bounded_transcript_drops_the_oldest_and_cuts_long_bodies():
    transcript = Transcript(limit=10_000)
    heard: list[Entry] = []
    transcript.subscribe(heard.append)
    for number in range(40):
        transcript.add(entry(Body(bytes([number]) * 5000)))
        transcript.add(entry(Body(b"short")))
    assert heard[-2].record == Body(b"\x27" * 5000)
    kept = list(transcript.entries)
    assert [one.record for one in kept[-2:]] == [Body(b"\x27" * 4096, 904), Body(b"short")]
    assert 4096 < sum(octets_of(one.record) + 512 for one in kept) <= 10_000 + 4096 + 512
    assert transcript.count == 80
    assert transcript.since(0, 80) == kept
    assert transcript.since(79, 80) == kept[-1:]
    assert transcript.since(0, 60) == []


def test_the_octets_of_a_record_are_those_of_both_sides():
    world = build("lecture")
    link = Wires(world).open()
    world.feed(link, b"NOOP\r\n")
    world.feed_eof(link)
    world.settle()
    sizes = [octets_of(one.record) for one in world.transcript.entries]
    assert sizes == [len(b"220 nyu.edu ESMTP mailshell\r\n"), 6 + len(b"250 2.0.0 Nothing done\r\n"), 0]


def test_a_bounded_transcript_of_a_world_forgets_and_the_mail_stays():
    world = build("lecture", transcript=Transcript(limit=5000))
    link = Wires(world).open()
    for _ in range(20):
        world.feed(link, HELLO + MESSAGE)
        world.settle()
    assert len(world.transcript.entries) < 12
    assert inbox(world) == 22


def test_a_short_jump_leaves_everybody_connected():
    world = build("lecture")
    wires = Wires(world)
    typed, tcp = wires.open("typed"), wires.open()
    world.advance(Instant(START + 4 * MINUTE), idle=False)
    assert not typed.closed
    assert not tcp.closed
    assert world.due() == START + 5 * MINUTE
    assert typed.session.deadline == START + 9 * MINUTE


def test_a_host_takes_mail_for_its_further_domains_and_as_a_backup_for_everybody():
    world = build("lecture")
    clock, own = world.clock, ("CS.nyu.edu",)
    world.hosts["nyu.edu"] = Host(
        "nyu.edu", "198.51.100.1", world.store, clock, Traits(), domains=own, relays=("shop.de",)
    )
    world.suffer(Faults().put(Fault("name-server-silent", "shop.de")))
    seat = Seat(world, STUDENT)
    seat.connect("nyu.edu", "smtp")
    seat.send(b"EHLO lancs.uk\r\nMAIL FROM:<alice@lancs.uk>\r\n")
    seat.send(b"RCPT TO:<bob@cs.NYU.edu>\r\nRCPT TO:<x@Shop.DE>\r\nRCPT TO:<x@elsewhere.de>\r\n")
    seat.send(b"DATA\r\n")
    seat.send(b"Subject: two ways\r\n\r\nHello\r\n.\r\n")
    answers = [entry.record for entry in world.transcript.entries if isinstance(entry.record, Exchange)][2:5]
    assert [one.replies[0][:9] for one in answers] == [b"250 2.1.5", b"250 2.1.5", b"550 5.7.1"]
    assert answers[1].verdict is Verdict.ACCEPTED
    assert answers[1].because == "nyu.edu is a backup mail exchanger of Shop.DE: it takes this mail from everybody."
    assert len(world.store.mailboxes("nyu.edu", "bob")[0].messages) == 3
    assert [one.recipients[0].address for one in world.store.queue("nyu.edu")] == ["x@Shop.DE"]


def test_the_networks_of_a_host_are_inside():
    host = Host("a.example", "192.0.2.1", Store(), VirtualClock(START), Traits(), networks=("192.0.2.0/24", "::1/128"))
    assert [host.trusts(text) for text in ("192.0.2.77", "::1", "192.0.3.1", "nobody", "")] == [True, True] + [
        False
    ] * 3


def test_the_names_of_the_lecture_lead_to_its_hosts():
    world = build("lecture")
    assert route(world.zone, "NYU.edu") == (Stop("nyu.edu", world.hosts["nyu.edu"].address),)
    assert world.zone["nyu.edu"].mx == (Mx(10, "nyu.edu"),)
    assert world.zone["someschool.edu"].mx == ()
    assert route(world.zone, "someschool.edu") == (Stop("someschool.edu", world.hosts["someschool.edu"].address),)
