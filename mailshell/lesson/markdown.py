"""The Markdown of lessons, line by line: headings, paragraphs, lists and fences, each with its place in the file.

That is all that a lesson file needs, and a whole parser of Markdown takes longer to import than the prompt to appear.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

FENCE = "```"
_HEADING = re.compile(r"(#{1,6}) +(.*?)\s*(?:\{(#[^{}]*)\})?\s*$")
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
        heading = None if fenced else _HEADING.match(line.text)
        if heading is None:
            out[-1][1].append(line)
            continue
        words = heading[3] or ""
        at = line.offset + (heading.start(3) if words else 0)
        attributes = tuple((word[0], at + word.start()) for word in _ATTRIBUTE.finditer(words))
        out.append((Heading(len(heading[1]), heading[2], attributes, line.offset + heading.start(2)), []))
    return [Chapter(heading, tuple(below)) for heading, below in out]


def pieces(found: Iterable[Line]) -> list[Piece | Fence]:
    """The paragraphs, items and fences of some lines."""
    out: list[Piece | Fence] = []
    going: Piece | None = None  # goes on with the next line
    fence: Fence | None = None
    for line in found:
        if fence is not None:
            fence = _fenced(fence, line)
            if fence.closed:
                out.append(fence)
                fence = None
        elif line.text.startswith(FENCE):
            fence = Fence(tuple(line.text[3:].split()), (), line.offset, False)
            out += [going] if going is not None else []
            going = None
        elif not line.text.strip():
            out += [going] if going is not None else []
            going = None
        else:
            begun = _begun(line)
            if begun is None and going is not None:
                going = _longer(going, line)
            else:
                out += [going] if going is not None else []
                going = begun or Piece("text", line.offset, line.offset + len(line.text))
    return [*out, *(one for one in (going, fence) if one is not None)]


def _fenced(fence: Fence, line: Line) -> Fence:
    if line.text.startswith(FENCE):
        return fence._replace(closed=True)
    return fence._replace(lines=(*fence.lines, line))


def _begun(line: Line) -> Piece | None:
    """An item that begins with this line."""
    found = _ITEM.match(line.text)
    if found is None:
        return None
    return Piece("item", line.offset + found.end(), line.offset + len(line.text), found[3])


def _longer(piece: Piece, line: Line) -> Piece:
    text = line.text.lstrip()
    if text.startswith(">"):
        rest = text[1:].lstrip()
        return piece._replace(answer=(*piece.answer, Line(line.offset + len(line.text) - len(rest), rest)))
    if piece.answer:
        return piece._replace(answer=(*piece.answer, Line(line.offset, line.text)))
    return piece._replace(end=line.offset + len(line.text))
