"""A picture (SVG): every piece of a line in its cells, whatever the font, and nothing from outside."""

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from mailshell.shell.export.cells import CONTROL, clusters, control, rows
from mailshell.shell.export.chapters import Document, Line
from mailshell.shell.export.sheet import FONT, Sheet, sheets, style
from mailshell.shell.text import width
from mailshell.shell.theme import Role
from mailshell.shell.view import View

_ROLES: tuple[Role, ...] = ("client", "server", "notice", "refusal", "note", "rule", "mark")
_SIZE = 14
_CELL = 8.4  # six tenths of the size, about what every monospace font has
_LINE = 22.0
_EDGE = 28.0
_APART = 8.0  # between exchanges, beside the height of a line


def write(document: Document, view: View) -> str:
    """The transcript as it stands on the screen, `view.width` columns wide."""
    light, dark = sheets(view.theme)
    drawn, high = _drawn(document, view)
    wide = view.width * _CELL + 2 * _EDGE
    box = f'width="{_number(wide)}" height="{_number(high)}"'
    inside = f'width="{_number(wide - 1)}" height="{_number(high - 1)}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} viewBox="0 0 {_number(wide)} {_number(high)}">',
            f"<title>{escape(document.title)}</title>",
            f"<style>{_style(light, dark)}</style>",
            f'<rect class="back" x="0.5" y="0.5" {inside} rx="8"/>',
            f'<g xml:space="preserve" font-size="{_SIZE}">',
            *drawn,
            "</g>",
            "</svg>\n",
        ]
    )


def _style(light: Sheet, dark: Sheet) -> str:
    # One line goes from left to right, cell by cell, whatever its letters would do in running text.
    text = f"text{{font-family:{FONT};white-space:pre;direction:ltr}}tspan{{unicode-bidi:isolate-override}}"
    rules = "".join([text, *_colours(light)])
    return rules if dark == light else f"{rules}@media (prefers-color-scheme:dark){{{''.join(_colours(dark))}}}"


def _colours(sheet: Sheet) -> Iterator[str]:
    yield f".back{{fill:{sheet.back};stroke:{sheet.line}}}.line{{stroke:{sheet.line}}}"
    yield f"text{{fill:{sheet.front}}}"
    yield from style(sheet, "fill", _ROLES)


def _drawn(document: Document, view: View) -> tuple[list[str], float]:
    """The lines, and where they end."""
    out: list[str] = []
    at = _EDGE - 6
    for chapter in document.chapters:
        if chapter.rule:
            at += _LINE + _APART * bool(out)
            out.append(_heading(chapter.title, at, view.width))
        for number, block in enumerate(chapter.blocks):
            at += _APART * bool(number)
            for line in (line for piece in block for line in piece.lines):
                for row in rows(line, view.width):
                    at += _LINE
                    out += _line(row, at)
    return out, at + _EDGE


def _heading(title: str, at: float, columns: int) -> str:
    start, end = _EDGE + (width(title) + 2) * _CELL, _EDGE + columns * _CELL
    rule = f'<path class="line" d="M{_number(start)} {_number(at - 4.5)}H{_number(end)}"/>' if start < end else ""
    return _text("rule", _EDGE, at, title) + rule


def _line(row: Line, at: float) -> Iterator[str]:
    x = _EDGE
    for role, text in row:
        for run in _runs(text):
            if run.strip(" "):
                yield _text(role, x, at, run)
            x += width(run) * _CELL


def _runs(text: str) -> Iterator[str]:
    """A text cut where ASCII begins and ends, a letter and its marks never apart."""
    if text.isascii():
        yield text
    else:
        yield from ("".join(run) for _, run in groupby(clusters(text), str.isascii))


def _text(role: Role | None, x: float, y: float, run: str) -> str:
    """A run of one role; outside ASCII each character has its own place, so that no font can move the next one."""
    name = f' class="{role}"' if role else ""
    head = f'<text{name} y="{_number(y)}"'
    if run.isascii():
        return f'{head} x="{_number(x)}" textLength="{_number(len(run) * _CELL)}">{escape(run)}</text>'
    cells = []
    for cluster in clusters(run):
        small = CONTROL.fullmatch(cluster)
        letters = control(cluster) if small else escape(cluster)
        size = f' font-size="{_number(_CELL / len(letters) / 0.6)}"' if small else ""
        cells.append(f'<tspan x="{_number(x)}"{size}>{letters}</tspan>')
        x += width(cluster) * _CELL
    return f"{head}>{''.join(cells)}</text>"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
