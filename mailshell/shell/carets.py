"""The marks under a line: where each of its fields is, what it is called, and the section that says so."""

from itertools import pairwise

from mailshell.core.explain import Note, Row
from mailshell.shell.text import cut, safe, show

_STARS = b"********"
_PIECE = 32
"""So many columns of a field are shown beside its name."""


def cited(notes: list[Note], row: Row) -> list[str]:
    """For each note the place that it rests on, where that is not said already."""
    said = [row.cite, *(note.cite or row.cite for note in notes[1:])]
    places = [f"RFC {cite.rfc}, {cite.section}" if cite is not None else "" for cite in said]
    return places[:1] + [place if place not in (places[0], before) else "" for before, place in pairwise(places)]


def starred(octets: bytes, spans: tuple[tuple[int, int], ...]) -> tuple[bytes, list[int]]:
    """Octets with stars in the place of each span; for each octet, and the end, where it stands in the result."""
    out = b""
    places: list[int] = []
    for start, end in spans:
        piece = octets[len(places) : start]
        places += [*range(len(out), len(out) + len(piece)), *[len(out) + len(piece)] * (end - start)]
        out += piece + _STARS
    rest = octets[len(places) :]
    return out + rest, [*places, *range(len(out), len(out) + len(rest) + 1)]


def named(note: Note, piece: str, text: str, cite: str) -> str:
    """A field by its name, with the `piece` of the line that it is, what it is, and the place that says so."""
    says = text.removeprefix("x ")
    if piece:
        says = says.removeprefix(piece.strip('"') + ": ")  # said once is enough
    text = f"{note.rule} {piece}: {says}" if piece else f"{note.rule}: {says}"
    return f"{text} ({cite})" if cite else text


def piece(note: Note, row: Row, *, secrets: bool, ascii_only: bool) -> str:
    """The start of a field in quotes; empty for a secret, and where the name of the field says it already."""
    if not secrets and any(first < note.end and note.start < last for first, last in row.secret):
        return ""
    end = min(note.end, note.start + 8 * _PIECE)  # no more is shown of it
    found = show(row.octets[note.start : end], "off", ascii_only=ascii_only).text
    if not found or found.upper() in note.rule.upper():
        return ""
    found = safe(cut(found, _PIECE), ascii_only=ascii_only)
    return found if found.startswith('"') else f'"{found}"'


def carets(starts: list[int], ends: list[int]) -> str:
    """A line that marks each field; between fields that touch, one column stays free."""
    row = ""
    for start, end, follower in zip(starts, ends, [*starts[1:], -1], strict=True):
        length = end - start - (1 if end == follower else 0)
        row += " " * (start - len(row)) + "^" * max(length, 1)
    return row
