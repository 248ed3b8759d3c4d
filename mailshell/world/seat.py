"""One person, or one script, at the world: the connections that it holds, and its way through time."""

import re
from collections.abc import Callable, Mapping

from mailshell.core.clock import Instant
from mailshell.core.near import among
from mailshell.core.session import Peer
from mailshell.core.transcript import Entry, Kind
from mailshell.mail import faults
from mailshell.mail.faults import Fault, Faults
from mailshell.protocols import PROTOCOLS, verbs
from mailshell.world.history import History, Moment
from mailshell.world.world import Link, World

RESET = ":reset"
"""The cause of a return to the start."""

OTHERS = "what others did over TCP"
"""The cause of changes that no typed line has made."""


_NAME = re.compile(r"[^\W\d_][\w.-]{0,19}")

_UNREACHED = {
    "host-down": "{} does not answer: the connection cannot be opened.",
    "name-not-found": "The name server says that there is no {}.",
    "name-server-silent": "The name server does not answer, so nobody knows where {} is.",
}


class SeatError(Exception):
    """A local command that cannot be carried out; str() says why and what to do."""


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
        self.history = History(world.mark(), world.clock.now(), world.transcript.count)
        self.kept: Callable[[str], None] = lambda name: None
        """Told of the name under which what was undone is kept, when something else takes its place."""
        self._story: tuple[int, list[tuple[str, list[Entry]]]] = (-1, [])  # of which moment

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
            raise SeatError(f"{host} is no host of this world.{among(host, world.hosts)}")
        self._catch_up()
        fault = world.struck(host, _UNREACHED)
        if fault is not None:
            self._catch_up(f"connect to {host}")
            raise SeatError(f"{_UNREACHED[fault.kind].format(host)} {fault.because}")
        number = number or max(self.links, default=0) + 1
        first = world.transcript.count
        self._open(host, protocol, number)
        self._done(f"connect to {host}", first)
        return number

    def _open(self, host: str, protocol: str, number: int) -> None:
        mine = host.lower() == self.peer.name.lower() or self.world.hosts[host].trusts(self.peer.address)
        peer = self.peer._replace(inside=mine)
        link = self.world.open(host, protocol, peer, _no_wire, self.kind)
        self.links = {**self.links, number: link}
        self.numbers[link.wire.number] = self.current = number
        self._hear(link)

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
        first = self.world.transcript.count
        self.world.feed(self.link, octets)
        self._hear(self.link)
        self._done(cause or octets.split(b"\r\n", 1)[0][:40].decode("ascii", "backslashreplace"), first)

    def _hear(self, link: Link) -> None:
        """Wait for the answers on a connection, where a fault makes them late: the clock moves on."""
        self.world.settle()
        at = self.world.answered(link)
        if at is not None:
            self.world.advance(at, idle=False)

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
        first, typed = self.world.transcript.count, self.current
        if not link.closed:
            self.world.feed_eof(link)
            self.world.settle()
        if len(self.links) > 1:
            self.links = {each: other for each, other in self.links.items() if other is not link}
        if self.current not in self.links:
            self.current = max(self.links)
        self._done(f":close {number}", first, typed)

    def wait(self, microseconds: int, *, idle: bool = False, cause: str = ":wait") -> None:
        """Turn the clock on."""
        self._catch_up()
        first = self.world.transcript.count
        self.world.advance(Instant(self.world.clock.now() + microseconds), idle=idle)
        self._done(cause, first)

    def until(self, over: Callable[[], bool], limit: Instant, cause: str) -> None:
        """Turn the clock from one thing that is due to the next until `over` holds, but not beyond `limit`.

        Where nothing is due any more it stands still.
        """
        world = self.world
        self._catch_up()
        first = world.transcript.count
        while not over() and (at := world.next_event()) is not None:
            world.advance(min(max(at, world.clock.now()), limit), idle=False)
            if at > limit:
                break
        self._done(cause, first)

    def fault(self, text: str) -> Fault:
        """Put a fault into the world; raises SeatError for words that name none."""
        try:
            fault = faults.parse(text, self.world.hosts, (".", *verbs()))
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
        if self.history.now.depth <= 1:
            raise SeatError("There is nothing to undo.")
        return self._before(self.history.now)

    def redo(self) -> str:
        """Go forward again to what was undone, and name it."""
        self._catch_up()
        ahead = self.history.ahead
        if not ahead:
            raise SeatError("There is nothing to redo.")
        self._go(ahead[0])
        return ahead[0].cause

    def back(self, place: int) -> str:
        """Go right before the cause of entry number `place` of the transcript, on whatever branch, and name it."""
        self._catch_up()
        moment = self.history.of_entry(place)
        if moment.depth <= 1:
            raise SeatError("That opened the first connection: nothing is before it.")
        return self._before(moment)

    def go(self, moment: Moment) -> None:
        """Go to a moment of this seat; the connection that lines go to stays the same one, where it is there."""
        self._catch_up()
        current = self.current
        self._go(moment)
        self.current = current if current in self.links else self.current

    def _before(self, moment: Moment) -> str:
        self._go(self.history.before(moment))
        if moment.current in self.links:
            self.current = moment.current
        return moment.cause

    def _go(self, moment: Moment) -> None:
        self.world.rewind(moment.mark)
        self.history.go(moment)
        self._take_up(moment)

    def _take_up(self, moment: Moment) -> None:
        if moment.links:
            # Before the first connection there is none to go to: the one that was undone stays, closed.
            self.links = moment.links
            self.current = moment.current if moment.current in moment.links else max(moment.links)

    def branch(self, name: str) -> bool:
        """Go to the end of a branch; a name that is new begins one here. Whether it is new; raises SeatError."""
        self._catch_up()
        known = self.history.named(name)
        if known is None:
            if _NAME.fullmatch(name) is None:
                raise SeatError("The name of a branch is a letter, and up to 19 letters, digits, dots and dashes more.")
            self.history.switch(name)
            return True
        tip = self.history.tip(known)
        self.world.rewind(tip.mark)
        self.history.switch(known)
        self._take_up(tip)
        return False

    def reset(self, then: Callable[[], None] = lambda: None) -> None:
        """Go back to the world as it was at the start, and open the first connection anew; this can be undone too.

        `then` is called when the world has gone back, before the connection greets.
        """
        self._catch_up()
        typed = self.current
        self.world.rewind(self.history.start.mark)
        then()
        first = self.world.transcript.count
        if self.links:
            number = min(self.links)
            wire = self.links[number].wire
            self.links = {}
            self._open(wire.host, wire.protocol, number)
        self._done(RESET, first, typed)

    def story(self) -> list[tuple[str, list[Entry]]]:
        """What is in force: each cause since the last reset, undone ones left out, with its entries.

        It is put together once a moment, however often somebody asks.
        """
        now = self.history.now
        if self._story[0] != now.number:
            moments = self.history.path[1:]
            resets = [index for index, moment in enumerate(moments) if moment.cause == RESET]
            self._story = (now.number, self.told(moments[resets[-1] :] if resets else moments))
        return self._story[1]

    def told(self, moments: list[Moment]) -> list[tuple[str, list[Entry]]]:
        """The causes of moments that lie on one line, in order, each with its entries."""
        if not moments:
            return []
        # Taken out once: reaching into the middle of a long transcript costs its length.
        entries = self.world.transcript.since(moments[0].first, moments[-1].last)
        start = moments[-1].last - len(entries)  # what a bounded transcript has dropped is missing at the front
        return [
            (moment.cause, entries[max(moment.first - start, 0) : max(moment.last - start, 0)]) for moment in moments
        ]

    def _catch_up(self, cause: str = OTHERS) -> None:
        """What has changed since the last cause, by others, is a cause of its own, so that undo can name it."""
        if self.world.store.head != self.history.now.mark.head:
            self._done(cause)

    def _done(self, cause: str, first: int | None = None, typed: int | None = None) -> None:
        """A cause has happened: its first entry, and the connection where it was typed, if that is another one now."""
        first = self.world.transcript.count if first is None else first
        self.world.settle()
        world, entries = self.world, (first, self.world.transcript.count)
        current = self.current if typed is None else typed
        kept = self.history.add(world.clock.now(), world.mark(), cause, entries, self.links, current)
        if kept:
            self.kept(kept)


def _no_wire(octets: bytes, close: bool) -> None:
    """A link inside the process has no wire: its records tell everything."""
