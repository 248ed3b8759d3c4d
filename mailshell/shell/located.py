"""An error in a text file: its place, the line, a caret under the column."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailshell.shell.text import cut, safe, width

if TYPE_CHECKING:
    from mailshell.core.toml import Problem  # it loads tomllib, which a world that ships in code does not need

_LONGEST = 100  # columns of a line that are shown; of a longer one, those round the place
_BEFORE = 60
_MOST = 20  # mistakes of one file that are shown


def told(path: str, text: str, problems: "Sequence[Problem]") -> list[str]:
    """Each problem of a file as `located` shows it; of very many the first ones."""
    out = []
    for problem in problems[:_MOST]:
        says = problem.says if problem.grave else f"hint: {problem.says}"
        out.append(located(path, text, problem.offset, says))
    if len(problems) > _MOST:
        out.append(f"{safe(path)}: and {len(problems) - _MOST} more.")
    return out


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
