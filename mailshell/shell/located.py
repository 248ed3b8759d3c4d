"""An error in a text file: its place, the line, a caret under the column."""

from mailshell.shell.text import cut, safe, width

_LONGEST = 100  # columns of a line that are shown; of a longer one, those round the place
_BEFORE = 60


def located(path: str, text: str, offset: int, reason: str) -> str:
    """The error as lines that a terminal does not obey: `path:line:column: reason`, then the line and the caret."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    row, column = text.count("\n", 0, offset) + 1, offset - start + 1
    shift = max(column - _BEFORE, 0) if (len(text) if end < 0 else end) - start > _LONGEST else 0
    head, line = ("…" if shift else ""), text[start + shift : len(text) if end < 0 else end]
    margin = " " * len(str(row))
    caret = " " * width(head + safe(text[start + shift : offset])) + "^"
    return (
        f"{safe(path)}:{row}:{column}: {safe(reason)}\n"
        f"  {row} | {head}{cut(safe(line[:1000]), _LONGEST)}\n  {margin} | {caret}"
    )
