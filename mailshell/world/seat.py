"""One person, or one script, at the world: the connections that it holds, and its undo and redo."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from mailshell.core.clock import Instant
from mailshell.core.session import Peer
from mailshell.core.transcript import Entry, Kind
from mailshell.mail import faults
from mailshell.mail.faults import Fault, Faults, drawn
from mailshell.protocols import PROTOCOLS
from mailshell.world.world import Link, Mark, World

RESET = ":reset"
"""The cause of a return to the start."""

OTHERS = "what others did over TCP"
"""The cause of changes that no typed line has made."""


_UNREACHED = {
    "host-down": "{} does not answer: the connection cannot be opened.",
    "name-not-found": "The name server says that there is no {}.",
    "name-server-silent": "The name server does not answer, so nobody knows where {} is.",
}


class SeatError(Exception):
    """A local command that cannot be carried out; str() says why and what to do."""


class Moment(NamedTuple):
    """The world after one cause, what the cause was, the entries that it made, the connections of the seat.

    `number` counts the causes that led to it; `current` is the connection on which the cause was typed.
    """

    number: int
    mark: Mark
    cause: str
    first: int
    last: int
    links: Mapping[int, Link]
    current: int


class Seat:
    """Connections 1, 2, ... of one person; `current` is the one that typed lines go to (0 before the first).

    `links` is replaced and never changed: thousands of moments share it.

    `numbers` gives, for each connection of the world that the seat ever opened, its number here: one that was closed
    and opened again keeps its number.
    """

    def __init__(self, world: World, peer: Peer, kind: Kind = "typed") -> None:
        self.world = world
        self.peer = peer
        self.kind: Kind = kind
        self.links: Mapping[int, Link] = {}
        self.current = 0
        self.numbers: dict[int, int] = {}
        self._moments = [Moment(0, world.mark(), "", 0, world.transcript.count, {}, 0)]
        self._at = 0

    @property
    def link(self) -> Link:
        """The connection that typed lines go to; raises SeatError before the first."""
        if not self.links:
            raise SeatError("There is no connection yet.")
        return self.links[self.current]

    def number_of(self, wire_number: int) -> int | None:
        """The seat's own number of a connection of the world, or None where it is somebody else's."""
        return self.numbers.get(wire_number)

    def connect(self, host: str, protocol: str, number: int | None = None) -> int:
        """Open a connection and make it the current one; raises SeatError for a host or protocol that is not there."""
        world = self.world
        if protocol not in PROTOCOLS:
            raise SeatError(f"{protocol} is no protocol of mailshell. There are: {' '.join(PROTOCOLS)}.")
        if host not in world.hosts:
            raise SeatError(f"{host} is no host of this world. There are: {' '.join(world.hosts)}.")
        known = world.faults
        fault = known.down(host) or known.lost(host) or known.mute(host)
        if fault is not None and drawn(fault, world.store):
            raise SeatError(f"{_UNREACHED[fault.kind].format(host)} {fault.because}")
        self._catch_up()
        number = number or max(self.links, default=0) + 1
        self._open(host, protocol, number)
        self._done(f"connect to {host}")
        return number

    def _open(self, host: str, protocol: str, number: int) -> None:
        mine = host.lower() == self.peer.name.lower() or self.world.hosts[host].trusts(self.peer.address)
        peer = self.peer._replace(inside=mine)
        link = self.world.open(host, protocol, peer, _no_wire, self.kind)
        self.links = {**self.links, number: link}
        self.numbers[link.wire.number] = self.current = number

    def switch(self, number: int) -> None:
        """Make another connection the current one."""
        self._numbered(number)
        self.current = number

    def _numbered(self, number: int) -> Link:
        if number not in self.links:
            raise SeatError(f"There is no connection {number}. There are: {' '.join(map(str, self.links))}.")
        return self.links[number]

    def send(self, octets: bytes, cause: str = "") -> None:
        """Send octets on the current connection, as they are."""
        self._catch_up()
        self.world.feed(self.link, octets)
        self._done(cause or octets.split(b"\r\n", 1)[0][:40].decode("ascii", "backslashreplace"))

    def drop(self) -> None:
        """Cut the current connection without a word."""
        self._catch_up()
        self.world.feed_eof(self.link)
        self._done(":drop")

    def close(self, number: int) -> None:
        """Cut a connection and forget it; the last one stays, closed, so that it can be opened again."""
        link = self._numbered(number)
        if link.closed and len(self.links) == 1:
            raise SeatError("The connection is closed already. Enter alone opens it again.")
        self._catch_up()
        first = self.world.transcript.count
        if not link.closed:
            self.world.feed_eof(link)
            self.world.settle()
        if len(self.links) > 1:
            self.links = {each: other for each, other in self.links.items() if other is not link}
        if self.current not in self.links:
            self.current = max(self.links)
        self._done(f":close {number}", first)

    def wait(self, microseconds: int, *, idle: bool = False, cause: str = ":wait") -> None:
        """Turn the clock on."""
        self._catch_up()
        first = self.world.transcript.count
        self.world.advance(Instant(self.world.clock.now() + microseconds), idle=idle)
        self._done(cause, first)

    def fault(self, text: str) -> Fault:
        """Put a fault into the world; raises SeatError for words that name none."""
        verbs = {topic.card.name for engine in PROTOCOLS.values() for topic in engine.topics if topic.syntax}
        try:
            fault = faults.parse(text, self.world.hosts, sorted(verbs | {"."}))
        except ValueError as error:
            raise SeatError(str(error)) from None
        self._change(self.world.faults.put(fault), f":fault {faults.text(fault)}")
        return self.world.faults.all[-1]

    def heal(self, which: str) -> list[Fault]:
        """Take a fault away by its number, those of a kind, or `all`; those that went. Raises SeatError."""
        before = self.world.faults
        try:
            self._change(before.without(which), f":heal {which}")
        except ValueError as error:
            raise SeatError(str(error)) from None
        return [fault for fault in before.all if fault not in self.world.faults.all]

    def _change(self, now: Faults, cause: str) -> None:
        self._catch_up()
        self.world.suffer(now)
        self._done(cause)

    def undo(self) -> str:
        """Go back before the last cause, and name it; the first connection is no cause of the person's."""
        self._catch_up()
        if self._at <= 1:
            raise SeatError("There is nothing to undo.")
        undone = self._moments[self._at]
        self._go(self._at - 1)
        if undone.current in self.links:
            self.current = undone.current
        return undone.cause

    def redo(self) -> str:
        """Go forward again to what was undone, and name it."""
        if self._at + 1 == len(self._moments):
            raise SeatError("There is nothing to redo.")
        self._go(self._at + 1)
        return self._moments[self._at].cause

    def go(self, moment: Moment) -> None:
        """Go to a moment of this seat; raises SeatError where other causes have taken its place."""
        self._catch_up()
        if moment.number >= len(self._moments) or self._moments[moment.number] is not moment:
            raise SeatError("There is no way back: what was undone there is gone.")
        current = self.current
        self._go(moment.number)
        self.current = current if current in self.links else self.current

    def _go(self, at: int) -> None:
        moment = self._moments[at]
        self.world.rewind(moment.mark)
        self._at = at
        if moment.links:
            # Before the first connection there is none to go to: the one that was undone stays, closed.
            self.links, self.current = moment.links, moment.current

    def reset(self, then: Callable[[], None] = lambda: None) -> None:
        """Go back to the world as it was at the start, and open the first connection anew; this can be undone too.

        `then` is called when the world has gone back, before the connection greets.
        """
        self._catch_up()
        self.world.rewind(self._moments[0].mark)
        then()
        if self.links:
            number = min(self.links)
            wire = self.links[number].wire
            self.links = {}
            self._open(wire.host, wire.protocol, number)
        self._done(RESET)

    def story(self) -> list[tuple[str, list[Entry]]]:
        """What is in force: each cause since the last reset, undone ones left out, with its entries."""
        moments = self._moments[1 : self._at + 1]
        resets = [index for index, moment in enumerate(moments) if moment.cause == RESET]
        kept = moments[resets[-1] :] if resets else moments
        if not kept:
            return []
        # Taken out once: reaching into the middle of a long transcript costs its length.
        entries = self.world.transcript.since(kept[0].first, kept[-1].last)
        start = kept[-1].last - len(entries)  # what a bounded transcript has dropped is missing at the front
        return [(moment.cause, entries[max(moment.first - start, 0) : max(moment.last - start, 0)]) for moment in kept]

    @property
    def moment(self) -> Moment:
        """The moment after the last cause in force."""
        return self._moments[self._at]

    def holds(self, moment: Moment) -> bool:
        """Whether a moment of this seat is in force: neither undone, nor replaced by another one after that."""
        return moment.number <= self._at and self._moments[moment.number] is moment

    def _catch_up(self) -> None:
        """What others have changed since the last cause is a cause of its own, so that undo can name it."""
        if self.world.store.head != self._moments[self._at].mark.head:
            self._done(OTHERS)

    def _done(self, cause: str, first: int | None = None) -> None:
        first = self.world.transcript.count if first is None else first
        self.world.settle()
        del self._moments[self._at + 1 :]
        count = self.world.transcript.count
        self._at += 1
        self._moments.append(Moment(self._at, self.world.mark(), cause, first, count, self.links, self.current))


def _no_wire(octets: bytes, close: bool) -> None:
    """A link inside the process has no wire: its records tell everything."""
