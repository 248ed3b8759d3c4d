"""A recording (asciicast v2): the conversation at a pace for reading, each phase a marker to jump to.

The format: https://docs.asciinema.org/manual/asciicast/v2/
"""

import json

from mailshell.shell.export.cells import clusters, rows
from mailshell.shell.export.chapters import Block, Document, Line, Wire
from mailshell.shell.export.sheet import sheets
from mailshell.shell.theme import ANSI16, NAMES, Theme, paint, rgb
from mailshell.shell.view import View

_ROWS = 24
_KEY = 0.05  # seconds for one typed character,
_TYPED = 1.5  # but no line takes longer than this
_LINE = 0.2
_WORD = 0.15  # a reader needs about this for one word of an explanation,
_PAUSE = (0.6, 4.0)  # and gets at least, and at most, so long after an exchange


class _Tape:
    """Events at growing times."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self._at = 0.0

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self._at += seconds

    def add(self, kind: str, data: str) -> None:
        """Something happens now."""
        self.events.append(json.dumps([round(self._at, 3), kind, data], ensure_ascii=False))


def write(document: Document, view: View) -> str:
    """The transcript as a recording of a terminal `view.width` columns wide."""
    tape = _Tape()
    for chapter in document.chapters:
        if chapter.rule:
            tape.add("m", chapter.title)
        for line in chapter.rule:
            tape.add("o", _painted(line, view.theme) + "\r\n")
            tape.wait(_LINE)
        for block in chapter.blocks:
            _play(block, view, tape)
    return "\n".join([json.dumps(_header(document, view)), *tape.events, ""])


def _header(document: Document, view: View) -> dict[str, object]:
    lines = [line for chapter in document.chapters for line in chapter.rule]
    lines += [line for chapter in document.chapters for block in chapter.blocks for one in block for line in one.lines]
    # The cursor stands below the last line.
    high = sum(1 for line in lines for _ in rows(line, view.width)) + 1
    known: dict[str, object] = {"version": 2, "width": view.width, "height": min(high, _ROWS), "title": document.title}
    if view.theme is ANSI16:
        return known
    sheet, _ = sheets(view.theme)
    palette = ":".join(rgb(name) for name in (*NAMES, *(f"bright-{name}" for name in NAMES)))
    return known | {"theme": {"fg": sheet.front, "bg": sheet.back, "palette": palette}}


def _play(block: Block, view: View, tape: _Tape) -> None:
    for piece in block:
        first, *others = piece.lines or ([],)
        if isinstance(piece, Wire) and piece.role == "client":
            first = _typed(first, piece, view.theme, tape)
        for line in [first, *others]:
            tape.add("o", _painted(line, view.theme) + "\r\n")
        tape.wait(_LINE)
    said = sum(len(one.gloss.split()) if isinstance(one, Wire) else len(one.text.split()) for one in block)
    tape.wait(min(max(said * _WORD, _PAUSE[0]), _PAUSE[1]))


def _typed(line: Line, wire: Wire, theme: Theme, tape: _Tape) -> Line:
    """Type what the client sends; what is left of the line appears with Enter."""
    start, _, end = paint(" ", wire.role, theme).partition(" ")
    tape.add("o", start + wire.gutter)
    pace = min(_KEY, _TYPED / max(len(wire.text), 1))
    for cluster in clusters(wire.text):
        tape.wait(pace)
        tape.add("o", cluster)
    tape.wait(_LINE)
    tape.add("o", end)
    role, text = line[0]
    return [(role, text[len(wire.gutter + wire.text) :]), *line[1:]]


def _painted(line: Line, theme: Theme) -> str:
    return "".join(text if role is None else paint(text, role, theme) for role, text in line)
