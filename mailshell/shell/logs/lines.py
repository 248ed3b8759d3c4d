"""The lines of a log: who said each, and how much of a long one is kept."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from mailshell.shell.text import middle_left_out

Who = Literal["client", "server", "note", "reason"]

PIECE = 65_536
"""So many octets of a line are read at once; the rest of it is the next piece."""

LONGEST = 12_288
"""Octets of a line that is held whole: the longest one of any standard is a line of AUTH (RFC 4954 section 4)."""

_KEPT = 1_000  # octets of a longer line, from its start and from its end


class Said(NamedTuple):
    """One line of a log: who said it, its octets (line end included), and on which connection.

    A `note` is what the program itself says, a `reason` an explanation that the file holds. `protocol` is empty where
    the log does not name it.
    """

    who: Who
    octets: bytes
    link: int = 1
    protocol: str = ""


Reader = Callable[[Iterable[bytes]], Iterator[Said]]


def cut(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, in pieces where they are long."""
    return iter(lambda: file.readline(PIECE), b"")


def whole(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines from their pieces; in one over LONGEST a count stands in the place of its middle."""
    line = Line()
    for piece in pieces:
        line.add(piece)
        if piece.endswith(b"\n"):
            yield line.take()
    if line.size:
        yield line.take()


class Line:
    """A line that comes in pieces; no more of it is held than is shown."""

    def __init__(self) -> None:
        self.size = 0
        self._start = self._end = b""

    def add(self, piece: bytes) -> None:
        """The next piece."""
        self.size += len(piece)
        room = LONGEST - len(self._start)
        self._start += piece[:room]
        self._end = (self._end + piece[room:])[-_KEPT:]

    def take(self) -> bytes:
        """The line; then the next one begins."""
        start, end, size = self._start, self._end, self.size
        self.size, self._start, self._end = 0, b"", b""
        if size <= LONGEST:
            return start
        return middle_left_out(start + end, _KEPT, _KEPT, size)


def ended(line: bytes) -> bytes:
    """A line of a log with the line end that it had on the wire."""
    return line.rstrip(b"\r\n") + b"\r\n"
