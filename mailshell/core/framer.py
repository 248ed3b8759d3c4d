"""Octets to lines, before any grammar: a line ends at LF, and whether CR stands before it is kept.

Frame first, parse second: a command that ends in a bare LF is one frame, to be refused whole, so that no octet of it
is ever read as a command of its own.
"""

from typing import NamedTuple


class Frame(NamedTuple):
    """One line with its line end; of a line over the limit only the first octets are kept, and all are counted."""

    octets: bytes
    size: int

    @property
    def whole(self) -> bool:
        """Whether every octet was kept."""
        return self.size == len(self.octets)


class Framer:
    """Cut lines from a stream, holding at most `limit` octets of a line that has not ended."""

    __slots__ = ("_buffer", "_dropped", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = b""
        self._dropped = 0

    @property
    def pending(self) -> tuple[bytes, int]:
        """The octets that wait for the rest of their line, and the count of those dropped; can be set (undo)."""
        return self._buffer, self._dropped

    @pending.setter
    def pending(self, value: tuple[bytes, int]) -> None:
        self._buffer, self._dropped = value

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        self._buffer = self._buffer + data if self._buffer else data

    def line(self) -> Frame | None:
        """The next whole line, or None while its end has not arrived."""
        buffer, limit = self._buffer, self._limit
        end = buffer.find(b"\n") + 1
        if not end:
            if len(buffer) > limit:
                self._dropped += len(buffer) - limit
                self._buffer = buffer[:limit]
            return None
        self._buffer = buffer[end:]
        if not self._dropped and end <= limit:
            return Frame(buffer[:end], end)
        size, self._dropped = end + self._dropped, 0
        return Frame(buffer[: min(end, limit)], size)

    def take(self) -> bytes:
        """Everything that has arrived and was not cut yet, for a phase that reads no lines."""
        data, self._buffer = self._buffer, b""
        return data

    def give_back(self, data: bytes) -> None:
        """Put octets that were taken and not used before what has arrived since."""
        self._buffer = data + self._buffer

    def clear(self) -> None:
        """Drop everything: nothing after the end of a session, or before a TLS handshake, is ever run."""
        self._buffer, self._dropped = b"", 0
