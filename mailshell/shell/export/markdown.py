"""Course notes (Markdown for GitHub and pandoc): a heading a phase, the wire in code blocks, its meaning below."""

import re
from collections.abc import Iterator

from mailshell.shell.export.chapters import Block, Document, Remark, Wire
from mailshell.shell.text import width
from mailshell.shell.view import View

_SIGNS = re.compile(r"([\\`*_{}\[\]<&~^$|#])")
_LINKED = re.compile(r"@|://|www\.|:[\w+-]+:", re.I)
_LEAD = 40
"""Columns of a line of the wire that name it in a list."""


def write(document: Document, view: View) -> str:
    """The transcript as notes; at depth 0 the wire alone."""
    out = [f"# {prose(document.title)}"]
    for chapter in document.chapters:
        if chapter.title:
            out.append(f"## {prose(chapter.title)}")
        for block in chapter.blocks:
            out += _exchange(block)
    return "\n\n".join(out) + "\n"


def _exchange(block: Block) -> Iterator[str]:
    wires = [piece for piece in block if isinstance(piece, Wire)]
    if wires:
        yield fenced([line for wire in wires for line in _shown(wire)])
    items: list[str] = []
    place = ""
    for piece in block:
        if isinstance(piece, Remark):
            items.append(f"- **{piece.head or 'mailshell'}:** {prose(piece.text)}")
        elif piece.gloss:
            items += _meaning(piece, place)
            place = piece.place
    if items:
        yield "\n".join(items)


def _shown(wire: Wire) -> list[str]:
    return [wire.gutter + wire.text + wire.mark, *(f"   {row}" for row in wire.dump)]


def _meaning(wire: Wire, said: str) -> Iterator[str]:
    """What a line means; the place that was `said` last is not said again."""
    gloss = prose(wire.gloss.removeprefix("x "))
    yield f"- {_lead(wire.text)}{gloss}{_placed(wire.place if wire.place != said else '')}"
    for field in wire.fields:
        place = field.place if field.place != wire.place else ""
        yield f"  - {_lead(field.shown)}{prose(field.says.removeprefix('x '))}{_placed(place)}"


def _lead(text: str) -> str:
    """The beginning of a text as code, enough to know it by; nothing for spaces alone."""
    if not text.strip():
        return ""
    short = text if width(text) <= _LEAD else text[: _LEAD - 1] + "…"
    return f"{code(short)} "


def _placed(place: str) -> str:
    return f" ({place})" if place else ""


def fenced(lines: list[str]) -> str:
    """A block of code, with a fence longer than any in the lines."""
    fence = "`" * max(3, _longest("\n".join(lines)) + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def code(text: str) -> str:
    """Text as a code span."""
    tick = "`" * (_longest(text) + 1)
    # A span may not begin or end with its own sign; one space on both sides is taken off by the reader.
    edge = " " if text[:1] in "` " or text[-1:] in "` " else ""
    return f"{tick}{edge}{text}{edge}{tick}"


def _longest(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def prose(text: str) -> str:
    """Text in which no sign has a meaning; what GitHub would make a link of is code."""
    return " ".join(code(word) if _LINKED.search(word) else _SIGNS.sub(r"\\\1", word) for word in text.split())
