"""The tables of what servers, clients and messages elsewhere may hold, and mailshell itself never sends.

A table is `mailshell/tables/NAME.tsv`: a header row, cells between tabs, `-` for nothing. It is read when somebody
looks something up, and then kept.
"""

import os
from functools import cache

from mailshell.core.record import Cite

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tables")

Cells = dict[str, str]


@cache
def rows(name: str) -> tuple[Cells, ...]:
    """Every row of a table as column and cell."""
    with open(os.path.join(_FOLDER, f"{name}.tsv"), encoding="utf-8") as file:
        head, *lines = (line.split("\t") for line in file.read().splitlines())
    return tuple(dict(zip(head, line, strict=True)) for line in lines)


@cache
def _index(name: str, column: str) -> dict[str, tuple[Cells, ...]]:
    found: dict[str, tuple[Cells, ...]] = {}
    for row in rows(name):
        key = row[column].upper()
        found[key] = (*found.get(key, ()), row)
    return found


def find(name: str, column: str, value: str) -> tuple[Cells, ...]:
    """The rows of a table with this value in a column, in any case of its letters."""
    return _index(name, column).get(value.upper(), ())


def cite(section: str) -> Cite | None:
    """The first place that a `section` cell names, or None where it names an RFC without a section, or none."""
    words = section.split(";")[0].split()
    if len(words) == 4 and words[0] == "RFC" and words[2] in ("section", "appendix"):
        return Cite(int(words[1]), words[3])
    return None
