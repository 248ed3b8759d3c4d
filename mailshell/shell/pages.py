"""The pages of `mailshell help` that explain files, not commands."""

import re

from mailshell.core.session import Sort
from mailshell.lesson import shipped as lessons
from mailshell.lesson.schema import KEY, VERSION, Entry, schema
from mailshell.shell.text import wrap
from mailshell.world import shipped as worlds

_SORTS: dict[Sort, str] = {
    "text": "text",
    "number": "number",
    "flag": "true/false",
    "texts": "texts",
    "numbers": "numbers",
}
_KEYS = {"mailbox": "NAME", "queue": "HOST", "link": "N", "header": "FIELD"}
_NAMES = 36  # columns of a name
_ROOTS = 14  # columns of a word that names begin with

_LEAST = 30  # columns that a text beside a key needs

_BESIDE = re.compile(r"( *\S.*?  +)\S")
"""The start of a row with a key on its left."""


def page(name: str) -> str:
    """The page of that name, of those that `mailshell help` lists."""
    if name == "world-file":
        return worlds.page()
    if name == "lessons":
        return lessons.page().replace("@ROOTS@", "\n".join(_roots()))
    return lessons.names_page().replace("@VERSION@", str(VERSION)).replace("@NAMES@", "\n".join(_names()))


def fitted(text: str, columns: int) -> str:
    """A page with no line longer than so many columns, where its words allow that; what a row says stays beside it."""
    return "".join(f"{row}\n" for line in text.splitlines() for row in _row(line, columns))


def _row(line: str, columns: int) -> list[str]:
    if len(line) <= columns:
        return [line]
    indent, beside = len(line) - len(line.lstrip()), _BESIDE.match(line)
    margin = len(beside[1]) if beside is not None else indent
    if columns - margin < _LEAST:
        rows = wrap(line, columns - indent - 4)
        return [" " * indent + rows[0], *(" " * (indent + 4) + row for row in rows[1:])]
    rows = wrap(line[margin:], columns - margin)
    return [line[:margin] + rows[0], *(" " * margin + row for row in rows[1:])]


def _names() -> list[str]:
    """A row for every name of the state."""
    return [f"  {_written(entry):<{_NAMES}} {_SORTS[entry.sort]:<11} {entry.says}" for entry in _told()]


def _roots() -> list[str]:
    """A row for every word that a name begins with, and what may follow it."""
    found: dict[str, list[str]] = {}
    for entry in _told():
        root, _, rest = _written(entry).partition(".NAME." if entry.path[1:2] == (KEY,) else ".")
        found.setdefault(root + (".NAME" if entry.path[1:2] == (KEY,) else ""), []).append(rest)
    return [f"  {root:<{_ROOTS}}{' '.join(rests)}".rstrip() for root, rests in found.items()]


def _told() -> list[Entry]:
    """The names in the order of the table; what is the same for several stands once."""
    return [
        entry
        for entry in schema().entries
        if not (entry.path[0] == "link" or entry.path[2:3] == ("oldest",) or entry.path[:2] == ("queue", KEY))
    ]


def _written(entry: Entry) -> str:
    words = [_KEYS[entry.path[place - 1]] if part == KEY else part for place, part in enumerate(entry.path)]
    return ".".join(words)
