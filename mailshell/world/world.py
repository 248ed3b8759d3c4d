"""The one loop round every session: feed, commit, send, publish.

    feed      octets go into a session, records come out
    settle    commit what was promised; then send; then publish
    advance   turn the clock, release what was held, and wake whoever has waited too long
    rewind    go to an earlier, or later, mark

No octet leaves before its promise is committed. The shell settles once a line, `serve` once a loop turn.
"""

from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.clock import MINUTE, Instant, VirtualClock
from mailshell.core.record import SAID, Body, Closed, Exchange, Prompt, Record, Verdict
from mailshell.core.session import Peer, Session, State
from mailshell.core.transcript import Entry, Kind, Transcript, Wire
from mailshell.mail.host import Host
from mailshell.mail.store import Full, Store
from mailshell.protocols import PROTOCOLS

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

    __slots__ = ("closed", "send", "session", "wire")

    def __init__(self, wire: Wire, session: Session, send: Send) -> None:
        self.wire = wire
        self.session = session
        self.send = send
        self.closed = False


class Mark(NamedTuple):
    """A moment of the world, to go back to: the store's head, the time, every in-process connection."""

    head: int
    now: Instant
    links: tuple[tuple[Link, State, bool], ...]


class Step(NamedTuple):
    """What one link did in this turn.

    `state` (before it) and `octets` (None: the end of the connection) are kept so that the turn can be run again.
    """

    link: Link
    state: State | None
    octets: bytes | None
    records: list[Record]


class World:
    """Hosts, their store, a clock, the connections, and what happened."""

    def __init__(self, hosts: dict[str, Host], store: Store, clock: VirtualClock, transcript: Transcript) -> None:
        self.hosts = hosts
        self.store = store
        self.clock = clock
        self.transcript = transcript
        self.links: dict[int, Link] = {}
        self._opened = 0
        self._patience = Instant(0)  # when to try again to release what is held, after the disk had no room
        self._turn: list[Step] = []

    def open(self, host: str, protocol: str, peer: Peer, send: Send, kind: Kind = "typed") -> Link:
        """Connect `peer` to a server of `host`; the greeting goes out when the turn is settled."""
        self._opened += 1
        wire = Wire(self._opened, kind, protocol, host, peer)
        link = Link(wire, PROTOCOLS[protocol].open(self.hosts[host], peer), send)
        self.links[wire.number] = link
        self._turn.append(Step(link, None, None, link.session.greet()))
        return link

    def feed(self, link: Link, octets: bytes) -> None:
        """Octets arrived on a link; on one that is closed they are dropped.

        A TCP client that sends many commands at once gets some answers at a time: as long as the session `waits`, feed
        it when the client has read them, with no octets where none have come.
        """
        if link.closed:
            return
        # Only a commit to a disk can fail, and only then is a turn run again.
        state = link.session.state if self.store.durable else None
        self._turn.append(Step(link, state, octets, _receive(link, octets)))

    def feed_eof(self, link: Link) -> None:
        """The peer of a link closed the connection, or the connection broke."""
        if not link.closed:
            state = link.session.state if self.store.durable else None
            self._turn.append(Step(link, state, None, link.session.receive_eof()))

    def abandon(self) -> None:
        """Forget a turn that could not be settled: nothing of it is stored, sent or told."""
        self._turn = []
        self.store.rollback()

    @property
    def unsettled(self) -> bool:
        """Whether something waits for `settle`."""
        return bool(self._turn)

    def settle(self) -> None:
        """Commit; then send; then publish."""
        try:
            self.store.commit()
        except Full as full:
            self._run_again(full)
        turn, self._turn = self._turn, []
        now = self.clock.now()
        out: dict[Link, list[bytes]] = {}
        for link, _, _, records in turn:
            for record in records:
                if isinstance(record, SAID):
                    out.setdefault(link, []).extend(record.replies)
                elif isinstance(record, Closed):
                    self._close(link)
                    out.setdefault(link, [])
        for link, replies in out.items():
            link.send(replies[0] if len(replies) == 1 else b"".join(replies), link.closed)
        add = self.transcript.add
        for link, _, _, records in turn:
            wire = link.wire
            for record in records:
                add(Entry(now, wire, record))

    def _close(self, link: Link) -> None:
        link.closed = True
        if link.wire.kind == "tcp":
            # Nobody can undo what a TCP client saw, so nothing of the link is kept.
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
                    step = step._replace(records=records)
                self._turn.append(step)

    def due(self) -> Instant | None:
        """When the next session wants to be woken, or the next message that is held to be released."""
        deadlines = [link.session.deadline for link in self.links.values() if not link.closed]
        deadlines += [self.release_due()]
        return min((one for one in deadlines if one is not None), default=None)

    def release_due(self) -> Instant | None:
        """When the next message that is held wants to be released."""
        release = self.store.next_release
        return None if release is None else max(release, self._patience)

    def advance(self, to: Instant, *, idle: bool = True) -> None:
        """Turn the clock to `to`; what falls due on the way happens in its order, at its time.

        Without `idle` the jump counts as activity on typed and scripted links, so that a student who waits for a mail
        is not thrown out.
        """
        self.settle()
        if not idle:
            self._stir()
        while late := self._late(to, idle):
            for at, link in late:
                self._release(at)
                self.clock.turn(max(at, self.clock.now()))
                self._turn.append(Step(link, None, None, link.session.wake()))
                self.settle()
        self._release(to)
        self.clock.turn(to)
        if not idle:
            self._stir()

    def _release(self, until: Instant) -> None:
        """Put what was held into its mailboxes, each message at its time; what finds no room is tried again later."""
        for held in self.store.held():
            at = max(held.release, self._patience)
            if at > until:
                return
            self.clock.turn(max(at, self.clock.now()))
            self.store.release(held)
            try:
                self.store.commit()
            except Full:
                self._patience = Instant(self.clock.now() + MINUTE)
                return

    def _stir(self) -> None:
        for link in self.links.values():
            if link.wire.kind in ("typed", "script"):
                link.session.touch()

    def _late(self, to: Instant, idle: bool) -> list[tuple[Instant, Link]]:
        """The sessions whose deadline passes by `to`, in the order of their deadlines."""
        found: list[tuple[Instant, Link]] = []
        for link in self.links.values():
            deadline = link.session.deadline
            patient = not idle and link.wire.kind in ("typed", "script")
            if not link.closed and not patient and deadline is not None and deadline <= to:
                found.append((deadline, link))
        return sorted(found, key=lambda one: one[0])

    def shut(self) -> None:
        """The TCP ports close: each open TCP connection hears of it when the turn is settled."""
        for link in list(self.links.values()):
            if link.wire.kind == "tcp" and not link.closed:
                self._turn.append(Step(link, None, None, link.session.shut()))

    def mark(self) -> Mark:
        """This moment; everything must be settled."""
        links = tuple((link, link.session.state, link.closed) for link in self.links.values())
        return Mark(self.store.head, self.clock.now(), links)

    def rewind(self, mark: Mark) -> None:
        """Go to a moment that was marked, back or forward; raises Busy while a TCP link is open."""
        if any(link.wire.kind == "tcp" for link in self.links.values()):
            raise Busy("A client is connected over TCP. What it saw cannot be undone. Close it first.")
        self.store.rewind(mark.head)
        self.store.commit()
        self.clock.turn(mark.now)
        self._patience = Instant(0)
        known = {link: (state, closed) for link, state, closed in mark.links}
        for link in self.links.values():
            if link in known:
                state, link.closed = known[link]
                link.session.restore(state)
            else:
                # It was opened later: until then it is as one that was cut, and holds no lock.
                link.closed = True
                link.session.receive_eof()


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
