"""The Markdown of lessons, line by line: headings, paragraphs, lists and fences, each with its place in the file.

That is all that a lesson file needs, and a whole parser of Markdown takes longer to import than the prompt to appear.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

FENCE = "```"
_HASHES = re.compile(r"(#{1,6}) +")
_ITEM = re.compile(r"( {0,3})(-|\*|\d{1,3}[.)])(?: +(?:\[([ xX])\] +)?|$)")
_ATTRIBUTE = re.compile(r"[#\w=-]+")


class Line(NamedTuple):
    """A line without its end, and where it begins."""

    offset: int
    text: str


class Heading(NamedTuple):
    """`## Title {#id key=value}`; `attributes` are the words in braces, each with its place."""

    level: int
    title: str
    attributes: tuple[tuple[str, int], ...]
    offset: int


class Chapter(NamedTuple):
    """A heading (None before the first), and the lines up to the next one."""

    heading: Heading | None
    lines: tuple[Line, ...]


class Fence(NamedTuple):
    """Lines between fences; `words` stand after the opening one."""

    words: tuple[str, ...]
    lines: tuple[Line, ...]
    offset: int
    closed: bool


class Piece(NamedTuple):
    """A paragraph or an item of a list: from `start` to `end`.

    `box` is what stands in the brackets of `- [ ]`, None where there are none. `answer` are the lines with `>` below.
    """

    kind: Literal["text", "item"]
    start: int
    end: int
    box: str | None = None
    answer: tuple[Line, ...] = ()


def lines(text: str, start: int) -> Iterator[Line]:
    """The lines of a text from a place on."""
    for line in text[start:].split("\n"):
        yield Line(start, line)
        start += len(line) + 1


def chapters(found: Iterable[Line]) -> list[Chapter]:
    """What stands under each heading; in a fence nothing is a heading."""
    out: list[tuple[Heading | None, list[Line]]] = [(None, [])]
    fenced = False
    for line in found:
        fenced ^= line.text.startswith(FENCE)
        heading = None if fenced else _heading(line)
        if heading is None:
            out[-1][1].append(line)
        else:
            out.append((heading, []))
    return [Chapter(heading, tuple(below)) for heading, below in out]


def _heading(line: Line) -> Heading | None:
    found = _HASHES.match(line.text)
    if found is None:
        return None
    start, end = found.end(), len(line.text.rstrip())
    words = line.text.rfind("{#", start, end) if line.text.endswith("}", start, end) else -1
    inside = line.text[words + 1 : end - 1] if words >= 0 else ""
    at = line.offset + words + 1
    attributes = tuple((word[0], at + word.start()) for word in _ATTRIBUTE.finditer(inside))
    title = line.text[start : words if words >= 0 else end].strip()
    return Heading(len(found[1]), title, attributes, line.offset + start)


def pieces(found: Iterable[Line]) -> list[Piece | Fence]:
    """The paragraphs, items and fences of some lines."""
    out: list[Piece | Fence] = []
    group: list[Line] = []  # of the paragraph or the item that goes on
    fence: list[Line] | None = None  # of the fence that is not closed yet, the opening line included
    for line in found:
        if fence is not None:
            if line.text.startswith(FENCE):
                out.append(_fence(fence, closed=True))
                fence = None
            else:
                fence.append(line)
            continue
        opens, empty = line.text.startswith(FENCE), not line.text.strip()
        if group and (opens or empty or _ITEM.match(line.text)):
            out.append(_piece(group))
            group = []
        if opens:
            fence = [line]
        elif not empty:
            group.append(line)
    out += [_piece(group)] if group else []
    return out if fence is None else [*out, _fence(fence, closed=False)]


def _fence(found: list[Line], *, closed: bool) -> Fence:
    return Fence(tuple(found[0].text.removeprefix(FENCE).split()), tuple(found[1:]), found[0].offset, closed)


def _piece(found: list[Line]) -> Piece:
    """A paragraph or an item; of an item all from its first line with > on is the answer."""
    first = found[0]
    item = _ITEM.match(first.text)
    if item is None:
        return Piece("text", first.offset, found[-1].offset + len(found[-1].text))
    cut = next((at for at, line in enumerate(found) if at and line.text.lstrip().startswith(">")), len(found))
    end = found[cut - 1].offset + len(found[cut - 1].text)
    return Piece("item", first.offset + item.end(), end, item[3], tuple(map(_answered, found[cut:])))


def _answered(line: Line) -> Line:
    rest = line.text.lstrip().removeprefix(">").lstrip()
    return Line(line.offset + len(line.text) - len(rest), rest)
