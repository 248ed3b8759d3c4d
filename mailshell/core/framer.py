"""Octets to lines, before any grammar: a line ends at LF, and whether CR stands before it is kept.

Frame first, parse second: a command that ends in a bare LF is one frame, to be refused whole, so that no octet of it
is ever read as a command of its own.
"""


class Framer:
    """Cut lines from a stream, holding at most `limit` octets of a line that has not ended.

    Of a line over the limit only the first octets are kept, and the last `tail` ones; `lost` counts the octets that
    the last line lost so.
    """

    __slots__ = ("_at", "_buffer", "_dropped", "_limit", "_tail", "lost")

    def __init__(self, limit: int, tail: int = 0) -> None:
        self._limit = limit
        self._tail = tail
        self.lost = 0
        self._buffer = b""
        self._at = 0  # lines before it were cut: a buffer of many lines is copied once, not once a line
        self._dropped = 0

    @property
    def pending(self) -> tuple[bytes, int]:
        """The octets that wait for the rest of their line, and the count of those dropped; can be set (undo)."""
        return self._buffer[self._at :], self._dropped

    @pending.setter
    def pending(self, value: tuple[bytes, int]) -> None:
        self._buffer, self._dropped = value
        self._at = 0

    @property
    def empty(self) -> bool:
        """Whether everything that was fed has been taken."""
        return self._at == len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        self._buffer = self._buffer[self._at :] + data if len(self._buffer) > self._at else data
        self._at = 0

    def line(self) -> bytes | None:
        """The next line with its end, or None while its end has not arrived."""
        start, buffer = self._at, self._buffer
        end = buffer.find(b"\n", start) + 1
        if not end:
            rest = buffer[start:] if start else buffer
            if len(rest) > self._limit:
                self._dropped += len(rest) - self._limit
                rest = self._short(rest)
            self._buffer, self._at = rest, 0
            return None
        over = max(end - start - self._limit, 0)
        self.lost, self._dropped = self._dropped + over, 0
        self._at = end
        return self._short(buffer[start:end]) if over else buffer[start:end]

    def _short(self, line: bytes) -> bytes:
        """What is kept of a line over the limit."""
        return line[: self._limit - self._tail] + line[len(line) - self._tail :]

    def take(self) -> bytes:
        """Everything that has arrived and was not cut yet, for a phase that reads no lines."""
        data = self._buffer[self._at :] if self._at else self._buffer
        self._buffer, self._at = b"", 0
        return data

    def give_back(self, data: bytes) -> None:
        """Put octets that were taken and not used before what has arrived since."""
        self._buffer, self._at = data + self._buffer[self._at :], 0

    def clear(self) -> None:
        """Drop everything: nothing after the end of a session, or before a TLS handshake, is ever run."""
        self._buffer, self._at, self._dropped = b"", 0, 0


def lines(octets: bytes) -> list[bytes]:
    """Octets cut after each LF, and after nothing else; the last line may have no end."""
    cut = octets.split(b"\n")
    last = cut.pop()
    return [line + b"\n" for line in cut] + ([last] if last else [])
