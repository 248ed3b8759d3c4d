"""What has happened in a world, in order, for everybody who looks: the screen, lessons, exports, JSON."""

from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

from mailshell.core.clock import Instant
from mailshell.core.record import Body, Exchange, Notice, Opened, Prompt, Record
from mailshell.core.session import Peer

Kind = Literal["typed", "tcp", "relay", "script"]

SERVE_LIMIT = 16 * 1024 * 1024
"""Octets that the transcript of `serve` keeps."""

_ENTRY = 512
"""About what an entry costs in memory beside its octets."""

_PIECE = 4096
"""A bounded transcript keeps so many octets of one piece of a body: a stored message is not copied into it."""


class Wire(NamedTuple):
    """Which connection an entry belongs to; numbers are never used twice."""

    number: int
    kind: Kind
    protocol: str
    host: str
    peer: Peer


class Entry(NamedTuple):
    """One record, when it happened, and on which connection."""

    at: Instant
    wire: Wire
    record: Record


def octets_of(record: Record) -> int:
    """The octets that a record holds."""
    if isinstance(record, Body):
        return len(record.octets)
    if isinstance(record, Exchange | Prompt):
        return len(record.octets) + sum(map(len, record.replies))
    return sum(map(len, record.replies)) if isinstance(record, Opened | Notice) else 0


class Transcript:
    """Entries in order, the oldest dropped where a `limit` in octets is set; listeners hear of each new one."""

    def __init__(self, limit: int | None = None) -> None:
        self.entries: deque[Entry] = deque()
        self.limit = limit
        self._size = 0
        self._listeners: list[Callable[[Entry], None]] = []

    def add(self, entry: Entry) -> None:
        """Keep an entry, and tell the listeners."""
        kept = entry
        if self.limit is not None:
            record = entry.record
            if isinstance(record, Body) and len(record.octets) > _PIECE:
                # A copy, so that the block it was cut from can go.
                body = Body(record.octets[:_PIECE], record.omitted + len(record.octets) - _PIECE)
                kept = Entry(entry.at, entry.wire, body)
            self._size += octets_of(kept.record) + _ENTRY
            while self._size > self.limit and self.entries:
                self._size -= octets_of(self.entries.popleft().record) + _ENTRY
        self.entries.append(kept)
        for listener in self._listeners:
            listener(entry)

    def subscribe(self, listener: Callable[[Entry], None]) -> None:
        """Call `listener` with every entry from now on."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[Entry], None]) -> None:
        """Stop calling `listener`."""
        self._listeners.remove(listener)
