"""The tables of what servers may say: `mailshell/tables/*.tsv`, a header row and tab-separated cells."""

import os

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tables")


def rows(name: str) -> list[dict[str, str]]:
    """Every row of a table as column and cell."""
    with open(os.path.join(_FOLDER, f"{name}.tsv"), encoding="utf-8") as file:
        head, *lines = (line.split("\t") for line in file.read().splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]
