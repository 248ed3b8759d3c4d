"""The tables of what servers may say: `mailshell/tables/*.tsv`, a header row and tab-separated cells."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / "tables"


def rows(name: str) -> list[dict[str, str]]:
    """Every row of a table as column and cell."""
    text = (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    head, *lines = (line.split("\t") for line in text.splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]
