"""What has happened in a world, in order, for everybody who looks: the screen, lessons, exports, JSON."""

from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Literal, NamedTuple

from mailshell.core.clock import Instant
from mailshell.core.record import HEARD, SAID, Body, Record
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
    octets = len(record.octets) if isinstance(record, HEARD) else 0
    if isinstance(record, SAID):
        for reply in record.replies:
            octets += len(reply)
    return octets


class Transcript:
    """Entries in order, the oldest dropped where a `limit` in octets is set; listeners hear of each new one."""

    def __init__(self, limit: int | None = None) -> None:
        self.entries: deque[Entry] = deque()
        self.limit = limit
        self.count = 0
        """How many entries were ever added."""
        self._size = 0
        self._sizes: deque[int] = deque()
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
            size = octets_of(kept.record) + _ENTRY
            self._sizes.append(size)
            self._size += size
            while self._size > self.limit and self.entries:
                self.entries.popleft()
                self._size -= self._sizes.popleft()
        self.entries.append(kept)
        self.count += 1
        for listener in self._listeners:
            listener(entry)

    def since(self, first: int, last: int) -> list[Entry]:
        """Entries number `first` up to `last` (not included), as far as they are still kept."""
        dropped = self.count - len(self.entries)
        return list(islice(self.entries, max(first - dropped, 0), max(last - dropped, 0)))

    def subscribe(self, listener: Callable[[Entry], None]) -> None:
        """Call `listener` with every entry from now on."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[Entry], None]) -> None:
        """Stop calling `listener`."""
        self._listeners.remove(listener)
