"""A message as it arrives, piece by piece, as a value that costs nothing to remember and to go back to."""

from typing import NamedTuple


class Chunk(NamedTuple):
    """A piece of the message and, before it, the rest: a list that costs nothing to remember and to go back to."""

    before: "Chunk | None"
    octets: bytes


_SMALL = 4096


def chain(chunk: Chunk | None, piece: bytes) -> Chunk:
    """The list with one piece more; small pieces are joined, so that one octet at a time does not cost a chunk each."""
    before = chunk
    while before is not None and len(before.octets) <= len(piece) < _SMALL:
        piece = before.octets + piece
        before = before.before
    return Chunk(before, piece)


def joined(chunk: Chunk | None) -> bytes:
    """The pieces in one."""
    pieces = []
    while chunk is not None:
        pieces.append(chunk.octets)
        chunk = chunk.before
    return pieces[0] if len(pieces) == 1 else b"".join(reversed(pieces))
