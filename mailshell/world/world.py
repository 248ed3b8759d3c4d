"""The one loop round every session: feed, commit, send, publish.

    feed      octets go into a session, records come out
    settle    commit what was promised; then send; then publish
    advance   turn the clock; whatever is due on the way happens at its time
    rewind    go to an earlier, or later, mark

No octet leaves before its promise is committed. The shell settles once a line, `serve` once a loop turn.
"""

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from mailshell.core.clock import MINUTE, Instant, VirtualClock
from mailshell.core.record import SAID, Body, Closed, Exchange, Prompt, Record, Verdict
from mailshell.core.session import Peer, Session, State
from mailshell.core.transcript import Entry, Kind, Transcript, Wire
from mailshell.mail.faults import NAMES, Fault, Faults, drawn
from mailshell.mail.host import Host
from mailshell.mail.journal import Journal, Node
from mailshell.mail.store import Full, Store
from mailshell.protocols import PROTOCOLS
from mailshell.world.late import Late, Step, slowed
from mailshell.world.names import Stop, Unroutable, Zone, route, silent, unknown
from mailshell.world.watch import Box, Watchers

if TYPE_CHECKING:
    from mailshell.world.relay import Flow, Relay

Send = Callable[[bytes, bool], None]
"""Takes octets for the peer, and whether the connection ends after them."""


ANSWERS = 1 << 20
"""Octets of answers after which the commands of a TCP client wait until it has read them.

A few hundred octets can ask for hundreds of megabytes. So much keeps a fast connection busy, and a client that reads
slowly makes the server hold little more than that.
"""


class Busy(Exception):
    """Time travel is not possible while somebody is connected over TCP."""


class Link:
    """One connection of the world."""

    __slots__ = ("closed", "late", "send", "session", "watches", "wire")

    def __init__(self, wire: Wire, session: Session, send: Send) -> None:
        self.wire = wire
        self.session = session
        self.send = send
        self.closed = False
        self.watches: frozenset[Box] = frozenset()  # of whose changes it hears at once
        self.late = 0  # microseconds that what a relay is sent next takes to arrive


class Mark(NamedTuple):
    """A moment of the world, to go back to: its store, time, in-process connections, mail log and faults.

    `flow` is the mail that is on its way between hosts; None where none ever was; `late` are the answers that
    are under way.
    """

    head: int
    now: Instant
    links: tuple[tuple[Link, State, bool], ...]
    log: Node | None
    flow: "Flow | None"
    faults: Faults
    late: tuple[tuple[Instant, Step], ...]


class World:
    """Hosts, their store, a clock, the connections, what happened, and in `zone` what the name service knows."""

    def __init__(
        self, hosts: dict[str, Host], store: Store, clock: VirtualClock, transcript: Transcript, zone: Zone
    ) -> None:
        self.hosts = hosts
        self._addresses = {host.address: host for host in hosts.values()}
        self.zone = zone
        self.store = store
        self.clock = clock
        self.transcript = transcript
        self.links: dict[int, Link] = {}
        self.faults = Faults()
        self._opened = 0
        self._patience = Instant(0)  # when to try again to release what is held, after the disk had no room
        self._turn: list[Step] = []
        self._watchers = Watchers()
        self._late = Late()
        self._relay: Relay | None = None
        self.journal = Journal(keeps=store.history)
        self._logged: Node | None = None  # the mail log when the last turn was settled
        for host in hosts.values():
            host.journal = self.journal

    def suffer(self, faults: Faults) -> None:
        """From now on the world has these faults and no others."""
        self.faults = faults
        for host in self.hosts.values():
            host.faults = faults.at(host.name)

    def open(self, host: str, protocol: str, peer: Peer, send: Send, kind: Kind = "typed") -> Link:
        """Connect `peer` to a server of `host`; the greeting goes out when the turn is settled."""
        self._opened += 1
        wire = Wire(self._opened, kind, protocol, host, peer)
        link = Link(wire, PROTOCOLS[protocol].open(self.hosts[host], peer), send)
        self.links[wire.number] = link
        records = link.session.greet()
        self._turn.append(Step(link, None, None, records, self._slowed(link, records)))
        return link

    def feed(self, link: Link, octets: bytes) -> None:
        """Octets arrived on a link; on one that is closed they are dropped.

        A TCP client that sends many commands at once, or one that takes long, gets some of the answers at a time: as
        long as the session `waits`, feed it when the client has read them, with no octets where none have come.
        """
        if link.closed:
            return
        # Only a commit to a disk can fail, and only then is a turn run again.
        state = link.session.state if self.store.durable else None
        records = _receive(link, octets)
        self._turn.append(Step(link, state, octets, records, self._slowed(link, records)))
        self._watchers.note(link)

    def _slowed(self, link: Link, records: list[Record]) -> int:
        host = self.hosts[link.wire.host]
        return slowed(host, records) if host.faults else 0

    def feed_eof(self, link: Link) -> None:
        """The peer of a link closed the connection, or the connection broke."""
        if not link.closed:
            state = link.session.state if self.store.durable else None
            self._turn.append(Step(link, state, None, link.session.receive_eof()))

    def abandon(self) -> None:
        """Forget a turn that could not be settled: nothing of it is stored, sent or told."""
        self._turn = []
        self.store.rollback()
        self.journal.head = self._logged

    @property
    def unsettled(self) -> bool:
        """Whether something waits for `settle`."""
        return bool(self._turn)

    def settle(self) -> None:
        """Commit; then send; then publish. Then what waits in queues goes on, until nothing more can at this time."""
        self.settle_turn()
        while self.carry():
            self.settle_turn()

    def carry(self) -> bool:
        """Let the client sides of the hosts hear what was answered, and begin what is due; whether anything was.

        What they send is settled with the next turn.
        """
        now, relay = self.clock.now(), self._relay
        if relay is not None and relay.hear(now):
            return True
        due = self.next_try()
        if due is None or due > now:
            return False
        try:
            return self.relay.start(now)
        except Full:
            self._patience = Instant(now + MINUTE)
            return False

    @property
    def relay(self) -> "Relay":
        """The client sides of all hosts."""
        if self._relay is None:
            from mailshell.world.relay import Relay  # no prompt waits for it before there is mail to send on

            self._relay = Relay(self)
        return self._relay

    def settle_turn(self) -> None:
        """Commit; then send; then publish."""
        try:
            self.store.commit()
        except Full as full:
            self.journal.head = self._logged
            self._run_again(full)
        for link in self._watchers.of(self.store.touched()):
            heard = link.session.hear()
            self._watchers.note(link)  # the mailbox may have another name now
            self._turn.append(Step(link, None, None, heard, self._slowed(link, heard)))
        before, self._logged = self._logged, self.journal.head
        turn, self._turn = self._turn, []
        self._say(self._late.sort(turn, self.clock.now()))
        self.journal.tell(before)

    def answered(self, link: Link) -> Instant | None:
        """When the last answer that is under way on a link will be there."""
        return self._late.of(link)

    def _say(self, turn: list[Step]) -> None:
        now = self.clock.now()
        out: dict[Link, list[bytes]] = {}
        for step in turn:
            link = step.link
            for record in step.records:
                if isinstance(record, SAID):
                    out.setdefault(link, []).extend(record.replies)
                elif isinstance(record, Closed):
                    self._close(link)
                    out.setdefault(link, [])
            if link not in out and link.session.waits:
                out[link] = []
        for link, replies in out.items():
            link.send(replies[0] if len(replies) == 1 else b"".join(replies), link.closed)
        add = self.transcript.add
        for step in turn:
            wire = step.link.wire
            for record in step.records:
                add(Entry(now, wire, record))

    def _close(self, link: Link) -> None:
        link.closed = True
        self._watchers.note(link)
        if link.wire.kind in ("tcp", "relay"):
            # Nobody can undo what a TCP client saw, and a connection between hosts is in the marks that need it.
            self.links.pop(link.wire.number, None)

    def _run_again(self, full: Full) -> None:
        """The commit failed and was rolled back: the same turn again, on a store that promises nothing."""
        turn, self._turn = self._turn, []
        restored: set[Link] = set()
        for step in turn:
            if step.state is not None and step.link not in restored:
                step.link.session.restore(step.state)
                restored.add(step.link)
        with self.store.refusing(full):
            for step in turn:
                if step.state is not None:
                    link, octets = step.link, step.octets
                    records = link.session.receive_eof() if octets is None else _receive(link, octets)
                    self._watchers.note(link)
                    step = step._replace(records=records)
                self._turn.append(step)

    def due(self) -> Instant | None:
        """When the next session wants to be woken, or something else is to happen."""
        deadlines = [link.session.deadline for link in self.links.values() if not link.closed]
        return min((one for one in (*deadlines, self.next_event()) if one is not None), default=None)

    def next_event(self) -> Instant | None:
        """When mail is released, sent on, or answered next."""
        release, heard = self.store.next_release, None if self._relay is None else self._relay.due()
        held = None if release is None else max(release, self._patience)
        moments = [one for one in (held, self.next_try(), heard, self._late.due) if one is not None]
        return min(moments) if moments else None

    def next_try(self) -> Instant | None:
        """When some host sends on what waits in its queue."""
        due = self.store.next_try
        return None if due is None else max(due, self._patience)

    def advance(self, to: Instant, *, idle: bool = True) -> None:
        """Turn the clock to `to`; what falls due on the way happens in its order, at its time.

        Without `idle` the jump counts as activity on typed and scripted links, so that a student who waits for a mail
        is not thrown out.
        """
        self.settle()
        if not idle:
            self._stir()
        while (at := self._first(to, idle)) is not None:
            self.clock.turn(max(at, self.clock.now()))
            self.tick(at, idle=idle)
            self.settle()
        self.clock.turn(to)
        if not idle:
            self._stir()

    def tick(self, at: Instant, *, idle: bool = True) -> None:
        """Do what is due, but for mail between hosts: answers that are late, mail that is held, sessions that sleep."""
        self._say(self._late.take(at))
        self._release(at)
        self._turn += [Step(link, None, None, link.session.wake()) for link in self._tired(at, idle)]

    def _first(self, to: Instant, idle: bool) -> Instant | None:
        """The first moment up to `to` at which something is to happen."""
        times = [self.next_event(), *(link.session.deadline for link in self._sleepers(idle))]
        return min((at for at in times if at is not None and at <= to), default=None)

    def _release(self, until: Instant) -> None:
        """Put what was held into its mailboxes, each message at its time; what finds no room is tried again later."""
        while self._patience <= until and (held := self.store.ripe(until)) is not None:
            self.clock.turn(max(held.release, self._patience, self.clock.now()))
            self.store.release(held)
            try:
                self.store.commit()
            except Full:
                self._patience = Instant(self.clock.now() + MINUTE)
                return
            for user in held.users:
                self.hosts[held.host].log(held.id, "delivered", f"{user}@{held.host}", text="INBOX")
            self._logged = self.journal.head

    def _stir(self) -> None:
        for link in self.links.values():
            if link.wire.kind in ("typed", "script"):
                link.session.touch()

    def _sleepers(self, idle: bool) -> Iterator[Link]:
        """The links that can be woken; without `idle` typed and scripted ones sleep on."""
        for link in self.links.values():
            if not link.closed and (idle or link.wire.kind not in ("typed", "script")):
                yield link

    def _tired(self, at: Instant, idle: bool) -> list[Link]:
        """The links whose deadline has come by then."""
        found = [(link.session.deadline, link) for link in self._sleepers(idle)]
        return [link for deadline, link in found if deadline is not None and deadline <= at]

    def route(self, host: Host, domain: str, turn: int) -> tuple[Stop, ...] | Unroutable:
        """Where a host sends the mail of a domain."""
        fault = self.struck(domain, NAMES)
        if fault is not None:
            return unknown(domain) if fault.kind == "name-not-found" else silent(domain)
        own = frozenset((host.name.lower(), host.address.lower(), *(one.lower() for one in host.domains)))
        return route(self.zone, domain, own, turn)

    def reach(self, address: str) -> Host | None:
        """The host at an address; None where nobody takes a connection."""
        host = self._addresses.get(address)
        return None if host is None or self.struck(host.name, ("host-down",)) is not None else host

    def struck(self, name: str, kinds: Collection[str]) -> Fault | None:
        """The fault that keeps others from a host, or from a name, now, of those of some kinds."""
        return next((fault for fault in self.faults.about(name, kinds) if drawn(fault, self.store)), None)

    def shut(self) -> None:
        """The TCP ports close: each open TCP connection hears of it when the turn is settled."""
        for link in list(self.links.values()):
            if link.wire.kind == "tcp" and not link.closed:
                self._turn.append(Step(link, None, None, link.session.shut()))

    def mark(self) -> Mark:
        """This moment; everything must be settled."""
        links = tuple((link, link.session.state, link.closed) for link in self.links.values())
        flow = None if self._relay is None else self._relay.flow
        return Mark(self.store.head, self.clock.now(), links, self.journal.head, flow, self.faults, self._late.pending)

    def rewind(self, mark: Mark) -> None:
        """Go to a moment that was marked, back or forward; raises Busy while a TCP link is open."""
        if any(link.wire.kind == "tcp" for link in self.links.values()):
            raise Busy("A client is connected over TCP. What it saw cannot be undone. Close it first.")
        self.store.rewind(mark.head)
        self.store.commit()
        self.clock.turn(mark.now)
        self.suffer(mark.faults)
        self._late.pending = mark.late
        self._patience = Instant(0)
        self.journal.head = self._logged = mark.log
        if self._relay is not None:
            self._relay.restore(mark.flow)
        known = {link: (state, closed) for link, state, closed in mark.links}
        self.links |= {link.wire.number: link for link in known}
        for link in self.links.values():
            if link in known:
                state, link.closed = known[link]
                link.session.restore(state)
            else:
                # It was opened later: until then it is as one that was cut, and holds no lock.
                link.closed = True
                link.session.receive_eof()
            self._watchers.note(link)


def _receive(link: Link, octets: bytes) -> list[Record]:
    """What the session of a link makes of octets.

    They all had arrived before any of its answers was sent: so what follows a command came from a client that did not
    wait. Only here that is known, and a command that should have been waited for gets a note.
    """
    session = link.session
    records = session.receive(octets, ANSWERS if link.wire.kind == "tcp" else None)
    if session.waits or (len(records) > 1 and len(records) > 1 + isinstance(records[0], Body)):
        for at, note in session.rushed(records):
            records[at] = _noted(records[at], note)
    return records


def _noted(record: Record, note: str) -> Record:
    assert isinstance(record, Exchange | Prompt | Closed), "only a command has an answer to wait for"
    if isinstance(record, Closed):
        return record._replace(because=f"{record.because} {note}")
    verdict = Verdict.TOLERATED if record.verdict is Verdict.ACCEPTED else record.verdict
    return record._replace(because=f"{record.because} {note}".strip(), verdict=verdict)
