"""The pages of `mailshell help` that explain files, not commands."""

from mailshell.core.session import Sort
from mailshell.lesson import shipped as lessons
from mailshell.lesson.schema import KEY, VERSION, Entry, schema
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


def page(name: str) -> str:
    """The page of that name, of those that `mailshell help` lists."""
    if name == "world-file":
        return worlds.page()
    return lessons.page().replace("@VERSION@", str(VERSION)).replace("@NAMES@", "\n".join(_names()))


def _names() -> list[str]:
    """A row for every name of the state, in the order of the table; what is the same for several stands once."""
    rows = []
    for entry in schema().entries:
        again = entry.path[0] == "link" or entry.path[2:3] == ("oldest",) or entry.path[:2] == ("queue", KEY)
        if not again:
            rows.append(f"  {_written(entry):<{_NAMES}} {_SORTS[entry.sort]:<11} {entry.says}")
    return rows


def _written(entry: Entry) -> str:
    words = [_KEYS[entry.path[place - 1]] if part == KEY else part for place, part in enumerate(entry.path)]
    return ".".join(words)
