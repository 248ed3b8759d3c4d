"""One TCP connection, and what all connections of a server share: octets in, octets out, nothing else."""

import asyncio
import ipaddress
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from mailshell.core.clock import Instant
from mailshell.core.record import Closed
from mailshell.core.session import Peer
from mailshell.core.transcript import Entry
from mailshell.mail.store import StateError
from mailshell.protocols import PROTOCOLS
from mailshell.world.world import Link, World

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LINES = 4 * 1024
"""Octets read at once where lines are expected: the answers to so many are what a connection may have to hold."""

BLOCK = 64 * 1024
"""Octets read at once where a message is expected."""

LINGER = 30.0
"""Seconds that a peer has to read the final octets before its connection is cut."""

SLACK = 0.1
"""Seconds by which a deadline may be missed."""


class Hub:
    """What the connections of one server share: the world, its clock, a buffer to read into, the end of a turn.

    All that arrives in one turn of the loop happens at one time, and is settled together when the turn is over: one
    commit serves all connections, and their answers leave in one go, which wakes a busy client once instead of often
    (measured: a quarter of the CPU time of a message). One buffer for all spares the allocation of one for every read
    (half of what asyncio itself costs). `broken` is called when the state file fails: nothing can be
    promised then. A clock that is not `ticking` is turned by somebody else, and nobody is timed out.
    """

    def __init__(
        self,
        world: World,
        networks: tuple[Network, ...],
        limit: int,
        broken: Callable[[StateError], None],
        *,
        ticking: bool = True,
    ) -> None:
        self.world = world
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.view = memoryview(bytearray(BLOCK))
        self.lines = self.view[:LINES]
        self._networks = networks
        self._limit = limit
        self._crowded = False
        self._broken = broken
        self._ticking = ticking
        self._in_turn = False
        self._timer: asyncio.TimerHandle | None = None
        self._wakes = 0.0
        self.over = False

    def start_turn(self) -> None:
        """Read the time, once a turn; what is fed from here on is settled when the turn ends."""
        if not self._in_turn:
            self._in_turn = True
            if self._ticking:
                self.world.clock.turn(_now())
            self.loop.call_soon(self.settle)

    def settle(self) -> None:
        """Settle what was fed; when that fails, nobody hears of a promise that was not kept."""
        self._in_turn = False
        if self.over:
            return
        try:
            self.world.settle_turn()
            if self.world.carry():
                self.start_turn()  # mail between hosts goes on in turns of its own, and others are served meanwhile
            self.arm(self.world.next_event())
        except StateError as error:
            self._fail(error)
        except Exception as error:
            # Some promise of this turn was not kept, and nobody can say whose.
            complain(f"internal error while mail was saved: {error!r}; every connection was cut; please report it")
            self.world.abandon()
            self.abort_all()

    def _fail(self, error: StateError) -> None:
        self.over = True
        self.abort_all()
        self._broken(error)

    def drop_feed(self) -> None:
        """Forget what a feed that failed has changed, where nothing else waits for a commit."""
        if not self.world.unsettled:
            self.world.store.rollback()

    def admit(self, address: str, host: str) -> Peer | None:
        """The peer at an address, for a server of `host`; None when there are too many connections."""
        if len(self.connections) >= self._limit:
            if not self._crowded:
                complain(f"{self._limit:,} connections are open; further ones are closed at once")
            self._crowded = True
            return None
        self._crowded = False
        inside = bool(self._networks) and _within(address, self._networks)
        return Peer(address, address, inside or self.world.hosts[host].trusts(address))

    def arm(self, deadline: Instant | None) -> None:
        """Wake the world at a deadline. Deadlines only move later, so one timer does for all connections."""
        if deadline is None or not self._ticking:
            return
        # A little later than due: deadlines that lie close together need one turn.
        at = self.loop.time() + max(deadline - _now(), 0) / 1e6 + SLACK
        if self._timer is None or at < self._wakes:
            if self._timer is not None:
                self._timer.cancel()
            self._wakes = at
            self._timer = self.loop.call_at(at, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self.settle()
        if self.over:
            return
        self.world.clock.turn(_now())
        try:
            self.world.tick(self.world.clock.now())
        except StateError as error:
            return self._fail(error)
        except Exception as error:
            self._cut_sleeper(error)
        self.settle()
        if not self.over:
            self.arm(self.world.due())

    def _cut_sleeper(self, error: Exception) -> None:
        """The session that is due cannot be woken: cut its connection."""
        due = self.world.due()
        for connection in list(self.connections):
            if connection.link is not None and connection.link.session.deadline == due:
                return connection.fail(error)

    def abort_all(self) -> None:
        """Cut every connection without a word."""
        for connection in list(self.connections):
            connection.abort()

    async def stop(self, grace: float) -> None:
        """Settle the turn, send what it answers, close every connection; `grace` is how many seconds that may take."""
        self.start_turn()
        self.world.shut()
        self.settle()
        self.over = True
        if self._timer is not None:
            self._timer.cancel()
        for connection in list(self.connections):
            connection.close()
        end = self.loop.time() + grace
        while self.connections and self.loop.time() < end:
            await asyncio.sleep(0.01)
        self.abort_all()


class Connection(asyncio.BufferedProtocol):
    """One TCP connection: it feeds a link of the world, and sends what the link answers."""

    __slots__ = ("_hub", "_place", "_transport", "link")

    def __init__(self, hub: Hub, place: tuple[str, str]) -> None:
        self._hub = hub
        self._place = place  # host and protocol
        self._transport: asyncio.Transport | None = None
        self.link: Link | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A peer has connected."""
        assert isinstance(transport, asyncio.Transport)
        hub = self._hub
        name = transport.get_extra_info("peername")  # None when the peer has gone again
        peer = hub.admit(str(name[0]), self._place[0]) if name is not None and not hub.over else None
        if peer is None:
            transport.abort()
            return
        self._transport = transport
        hub.connections.add(self)
        hub.start_turn()
        try:
            self.link = hub.world.open(*self._place, peer, self._send, "tcp")
        except Exception as error:
            self.fail(error)
            return
        hub.arm(self.link.session.deadline)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Room for what arrives: one for all connections, as everything is copied out at once."""
        link = self.link
        if link is None or PROTOCOLS[link.wire.protocol].reads_lines(link.session.phase):
            return self._hub.lines
        return self._hub.view

    def buffer_updated(self, nbytes: int) -> None:
        """Octets arrived."""
        self._feed(bytes(self._hub.view[:nbytes]))

    def _feed(self, octets: bytes) -> None:
        hub, link = self._hub, self.link
        if link is None:
            return
        hub.start_turn()
        try:
            hub.world.feed(link, octets)
        except Exception as error:
            self.fail(error)

    def eof_received(self) -> bool:
        """The peer sends no more. What it sent before is answered first: the end of the link closes the connection."""
        self._end()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over, from whichever side."""
        self._hub.connections.discard(self)
        self._transport = None
        self._end()
        self.link = None

    def _end(self) -> None:
        hub, link = self._hub, self.link
        if link is None or link.closed or hub.over:
            return
        hub.start_turn()
        try:
            hub.world.feed_eof(link)
        except Exception as error:
            self.fail(error)

    def pause_writing(self) -> None:
        """The peer does not read its answers: it gets no more of them until it does."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The peer has read: it may send more, after the answers to what it has sent already."""
        if self._transport is not None:
            self._transport.resume_reading()
            self._feed(b"")

    def _send(self, octets: bytes, last: bool) -> None:
        if self._transport is None:
            return
        if octets:
            self._transport.write(octets)
        if last:
            self.close()
        elif self.link is not None and self.link.session.waits and self._transport.is_reading():
            # The system took it all: let the others have their turn, then go on.
            self._transport.pause_reading()
            self._hub.loop.call_soon(self.resume_writing)

    def close(self) -> None:
        """Close when the final octets have gone out; a peer that never reads them is cut off some time later."""
        transport = self._transport
        if transport is not None:
            transport.close()
            if transport.get_write_buffer_size():
                self._hub.loop.call_later(LINGER, transport.abort)

    def abort(self) -> None:
        """Cut the connection at once; nothing more is sent on it, and nothing is fed."""
        transport, self._transport = self._transport, None
        if self.link is not None:
            _forget(self._hub.world, self.link)
        if transport is not None:
            transport.abort()

    def fail(self, error: Exception) -> None:
        """A mistake of ours must not hurt the others: say so, and cut this connection."""
        hub, link = self._hub, self.link
        which = "a new connection" if link is None else f"connection {link.wire.number}"
        complain(f"internal error on {which}: {error!r}; please report it")
        hub.drop_feed()
        hub.settle()
        if link is not None and not link.closed:
            closed = Closed("server", link.session.phase, "The server made a mistake and cut the connection.")
            hub.world.transcript.add(Entry(hub.world.clock.now(), link.wire, closed))
        self.abort()


def complain(text: str) -> None:
    """One line on stderr, which need not be there."""
    with suppress(OSError, ValueError, AttributeError):
        print(f"mailshell: {text}", file=sys.stderr, flush=True)


def _forget(world: World, link: Link) -> None:
    link.closed = True
    world.links.pop(link.wire.number, None)


def _now() -> Instant:
    return Instant(time.time_ns() // 1000)


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    peer = ipaddress.ip_address(address)
    return any(peer in network for network in networks)
