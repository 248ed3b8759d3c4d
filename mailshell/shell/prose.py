"""Prose of lessons as lines of text. Stars mark words, and backticks what one types."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from mailshell.shell.text import safe, wrap
from mailshell.shell.theme import paint
from mailshell.shell.view import View

if TYPE_CHECKING:  # the toolbar of every session knows this module
    from mailshell.lesson.parts import Block

_MARKED = re.compile(r"`[^`]*`|\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<!\w)\*(?=\S)([^*]+?)(?<=\S)\*(?!\w)")

INDENT = 3
"""Columns before what mailshell says below its gutter."""


def bare(text: str) -> str:
    """A text without its stars; backticks stay, as they say which words are typed."""
    return _MARKED.sub(lambda found: found[1] or found[2] or found[0], text)


def prose(blocks: Iterable["Block"], fill: Callable[[str], str], view: View) -> list[str]:
    """Blocks as lines; `fill` puts the learner's values into a text. An empty line parts two paragraphs."""
    out: list[str] = []
    before = ""
    for block in blocks:
        if before and not before == block.kind == "item":
            out.append("")
        before = block.kind
        if block.kind == "code":
            lines = fill(block.text).split("\n")
            out += [
                " " * (INDENT + 2) + paint(safe(line, ascii_only=view.ascii), "client", view.theme) for line in lines
            ]
        else:
            out += paragraph(fill(block.text), view, "- " if block.kind == "item" else "")
    return out


def paragraph(text: str, view: View, head: str = "", indent: int = INDENT) -> list[str]:
    """A text wrapped behind a head; what it marks is in the colour of what a client sends."""
    words = _words(safe(text, ascii_only=view.ascii))
    rows = wrap(" ".join(word for word, _ in words), max(view.width - indent - len(head) - 1, 20))
    out, at = [], iter(words)
    for number, row in enumerate(rows):
        painted = " ".join(_painted(next(at), view) for _ in row.split())
        out.append(" " * indent + (head if number == 0 else " " * len(head)) + painted)
    return out


Word = tuple[str, tuple[tuple[str, bool], ...]]
"""A word, and its parts, each with whether it is marked."""


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A text in pieces without its stars, each with whether it is marked."""
    at = 0
    for found in _MARKED.finditer(text):
        yield text[at : found.start()], False
        yield found[1] or found[2] or found[0], True
        at = found.end()
    yield text[at:], False


def _words(text: str) -> list[Word]:
    """The words of a text. One that is marked in part, as when a full stop follows the stars, is still one word."""
    words: list[list[tuple[str, bool]]] = [[]]
    for piece, strong in _pieces(text):
        for number, part in enumerate(re.split(r"\s+", piece)):
            if number:
                words.append([])
            if part:
                words[-1].append((part, strong))
    return [("".join(part for part, _ in word), tuple(word)) for word in words if word]


def _painted(word: Word, view: View) -> str:
    return "".join(paint(part, "client", view.theme) if strong else part for part, strong in word[1])
