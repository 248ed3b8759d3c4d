"""Sets of messages as clients write them: `1,3:5,7:*` (RFC 3501 section 9, sequence-set)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

PATTERN = re.compile(
    rb"\$|(?:[1-9][0-9]{0,9}|\*)(?::(?:[1-9][0-9]{0,9}|\*))?(?:,(?:[1-9][0-9]{0,9}|\*)(?::(?:[1-9][0-9]{0,9}|\*))?)*"
)

Numbers = tuple[tuple[int, int], ...]
"""Pairs of a first and a last number; 0 stands for *, the last message."""

SAVED: Numbers = ((-1, -1),)
"""`$`: the messages that SEARCH RETURN (SAVE) has found last (RFC 5182 section 2.1)."""


def read(octets: bytes) -> Numbers:
    """What `PATTERN` has matched."""
    if octets == b"$":
        return SAVED
    found = []
    for piece in octets.split(b","):
        first, colon, last = piece.partition(b":")
        one = 0 if first == b"*" else int(first)
        found.append((one, (0 if last == b"*" else int(last)) if colon else one))
    return tuple(found)


def octets(numbers: Numbers) -> bytes:
    """The set as it is written."""
    if numbers == SAVED:
        return b"$"
    return b",".join(_one(first) if first == last else _one(first) + b":" + _one(last) for first, last in numbers)


def _one(number: int) -> bytes:
    return b"%d" % number if number else b"*"


def spans(numbers: Numbers, last: int) -> list[tuple[int, int]]:
    """The pairs in order, without overlaps, where `last` stands for *."""
    pairs = sorted(sorted((first or last, second or last)) for first, second in numbers)
    merged: list[tuple[int, int]] = []
    for low, high in pairs:
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return merged


def by_number(numbers: Numbers, count: int) -> list[int] | None:
    """The places, from 0, of messages by their sequence numbers; None where one of `count` messages does not exist."""
    found: list[int] = []
    for low, high in spans(numbers, count):
        if not 1 <= low <= high <= count:
            return None
        found += range(low - 1, high)
    return found


def by_uid(numbers: Numbers, uids: Sequence[int]) -> list[int]:
    """The places, from 0, of messages by their uids; those that do not exist are left out."""
    found: list[int] = []
    for low, high in spans(numbers, uids[-1]) if uids else ():
        found += range(bisect_left(uids, low), bisect_right(uids, high))
    return found


def compact(numbers: Sequence[int]) -> bytes:
    """Ascending numbers as a set: `1,3:5`."""
    pieces: list[bytes] = []
    start = before = 0
    for number in (*numbers, 0):
        if before and number != before + 1:
            pieces.append(b"%d" % start if start == before else b"%d:%d" % (start, before))
        if not before or number != before + 1:
            start = number
        before = number
    return b",".join(pieces)


def text(numbers: Sequence[int]) -> str:
    """The same, as text."""
    return compact(numbers).decode("ascii")
