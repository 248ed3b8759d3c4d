"""Lines in the cells of a terminal: which characters share a cell, and where a long line goes on below."""

import re
from collections.abc import Iterator

from mailshell.shell.export.chapters import Line
from mailshell.shell.text import width

_NAMES: list[str] = re.findall(
    r"\S+",
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US SP DEL",
)
CONTROL = re.compile("[␀-␡]")
"""A symbol for a control character; many a font has none of them."""


def control(symbol: str) -> str:
    """The letters of a symbol for a control character, as ASCII names it."""
    return _NAMES[ord(symbol) - 0x2400]


def clusters(text: str) -> Iterator[str]:
    """Each character with the marks that combine with it."""
    start = 0
    for at in range(1, len(text)):
        if width(text[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def rows(line: Line, columns: int) -> Iterator[Line]:
    """A line cut at the edge, as a terminal does it; at least one row."""
    row: Line = []
    used = 0
    for role, text in line:
        piece = ""
        for cluster in clusters(text):
            if used + width(cluster) > columns and used:
                yield [*row, (role, piece)] if piece else row
                row, piece, used = [], "", 0
            piece += cluster
            used += width(cluster)
        if piece:
            row.append((role, piece))
    yield row
