"""The forms that are lines already: what stands on the screen, without colours; and JSON."""

from mailshell.shell.events import dump
from mailshell.shell.export.chapters import Document
from mailshell.shell.view import View


def text(document: Document, view: View) -> str:
    """The transcript as `:log` keeps it."""
    lines = []
    for chapter in document.chapters:
        lines += [*chapter.rule, *(line for block in chapter.blocks for piece in block for line in piece.lines)]
    return "".join("".join(piece for _, piece in line) + "\n" for line in lines)


def events(document: Document, view: View) -> str:
    """One JSON object a line, as `run --json` prints them."""
    return "".join(dump(event).decode("ascii") for event in document.events)
