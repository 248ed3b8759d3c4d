"""What the sections of a lesson file have in common: code spans with names, words in braces, transcripts, prose."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from mailshell.core import script
from mailshell.core.fields import ENOUGH
from mailshell.core.near import near
from mailshell.core.script import Item, ScriptError
from mailshell.core.toml import Problem
from mailshell.lesson.expression import BRACES, Expression
from mailshell.lesson.markdown import Fence, Line, Piece, pieces
from mailshell.lesson.parts import Block, Lines
from mailshell.lesson.predicate import PredicateError, Terms, read
from mailshell.world.play import LOCAL, SHOWS

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""How steps, goals and all else that has a name is named."""

GIVEN = ("session", "given")
"""The words of a fence that is played when its step begins."""

CODE = re.compile(r"`([^`]*)`")
_HEAD = re.compile(r"\s*([A-Za-z]+)(?:\s+([^\s:`]+))?\s*:\s*")
_LINES = 300  # of a fence


class Code(NamedTuple):
    """`check name: predicate`: the name, where the rest begins and ends, and where the code span does."""

    word: str
    name: str
    start: int
    end: int
    outer: tuple[int, int]


class Reading:
    """Reads sections of one lesson file; `problems` is the list that what is wrong is added to."""

    def __init__(self, text: str, terms: Terms, problems: list[Problem]) -> None:
        self.text = text
        self.terms = terms
        self._problems = problems

    def wrong(self, offset: int, says: str) -> None:
        """Note what is wrong at a place."""
        if len(self._problems) <= ENOUGH:
            self._problems.append(Problem(offset, says))

    def closed(self, found: Iterable[Piece | Fence]) -> None:
        """Every fence has an end."""
        for piece in found:
            if isinstance(piece, Fence) and not piece.closed:
                self.wrong(piece.offset, "the fence ``` is not closed.")

    def session(self, fence: Fence) -> Lines:
        """The lines of a transcript; their items have the numbers of the lines in the file."""
        if len(fence.lines) > _LINES:
            self.wrong(fence.offset, f"a fence has {_LINES} lines at most.")
            return Lines()
        items: list[Item] = []
        for line in fence.lines:
            items += self._item(line)
        if not any(item.what in ("send", "local") for item in items):
            self.wrong(fence.offset, "this fence has no line to send, as in C: NOOP.")
        return Lines(tuple(items), fence.offset)

    def _item(self, line: Line) -> list[Item]:
        try:
            found = [item for item in script.read(line.text + "\n").items if item.what != "comment"]
            for item in found:
                script.octets(item.text)
        except ScriptError as error:
            self.wrong(line.offset, f"{str(error).removeprefix('line 1: ')}.")
            return []
        self.braces(line.text, line.offset)
        for item in found:
            if item.what == "ask":
                self.wrong(line.offset, "a question belongs into the section Predict.")
            elif item.what == "local":
                self.local(item.text, line.offset)
        number = self.text.count("\n", 0, line.offset) + 1
        return [item._replace(number=number) for item in found]

    def local(self, text: str, offset: int) -> None:
        """Note a command of mailshell that lessons do not have."""
        word = text.split(" ", 1)[0]
        if word not in LOCAL and word not in SHOWS:
            hint = near(word, LOCAL) or f" There are: {' '.join(LOCAL)}."
            self.wrong(offset, f"{word} is no command that a lesson can give.{hint}")

    def items(self, found: list[Piece | Fence], wants: str) -> list[Piece]:
        """The items of a list; `wants` is said of all else."""
        for piece in found:
            if isinstance(piece, Fence) or piece.kind != "item":
                self.wrong(self.start(piece), wants)
        return [piece for piece in found if isinstance(piece, Piece) and piece.kind == "item"]

    @staticmethod
    def start(piece: Piece | Fence) -> int:
        """Where a piece begins."""
        return piece.offset if isinstance(piece, Fence) else piece.start

    def code(self, piece: Piece, words: tuple[str, ...], wants: str) -> Code | None:
        """The code span of a piece that begins with one of some words."""
        for found in CODE.finditer(self.text, piece.start, piece.end):
            head = _HEAD.match(self.text, found.start(1), found.end(1))
            if head is None:
                continue
            if head[1] not in words:
                hint = near(head[1], words)
                if hint:
                    self.wrong(head.start(1), f"{head[1]} has no meaning here.{hint}")
                    return None
                continue
            name = head[2] or ""
            if not NAME.fullmatch(name):
                at = head.start(2) if name else head.end(1)
                self.wrong(at, f"a name is wanted here, of small letters, digits and dashes: `{head[1]} name: ...`.")
                return None
            return Code(head[1], name, head.end(), found.end(1), found.span())
        self.wrong(piece.start, wants)
        return None

    def unique(self, name: str, known: Iterable[str], code: Code) -> None:
        """Note a name that is taken."""
        if name in known:
            self.wrong(code.outer[0], f"the name {name} is taken already.")

    def predicate(self, code: Code) -> Expression | None:
        """The predicate of a code span; None where it cannot be read, which is noted."""
        try:
            return read(self.text, self.terms, code.start, code.end)
        except PredicateError as error:
            self.wrong(error.offset, error.says)
            return None

    def said(self, piece: Piece, code: Code) -> str:
        """What a piece says besides its code span."""
        before, after = (piece.start, code.outer[0]), (code.outer[1], piece.end)
        says = " ".join((self.text[slice(*before)] + " " + self.text[slice(*after)]).split())
        if not says:
            self.wrong(piece.start, "a sentence is missing here, for those who learn.")
        self.braces(self.text[slice(*before)], before[0])
        self.braces(self.text[slice(*after)], after[0])
        return says

    def plain(self, piece: Piece) -> str:
        """The words of a piece on one line."""
        text = self.text[piece.start : piece.end]
        self.braces(text, piece.start)
        return " ".join(text.split())

    def braces(self, text: str, offset: int) -> None:
        """Every {name} in a text must be one of the lesson."""
        for found in BRACES.finditer(text):
            if found[1] not in self.terms.vary:
                hint = near(found[1], self.terms.vary) or " The table [vary] of the lesson has the names."
                self.wrong(offset + found.start(), f"{found[0]} is no name of this lesson.{hint}")

    def block(self, piece: Piece | Fence) -> Block:
        """A piece as prose."""
        if isinstance(piece, Piece):
            return Block(piece.kind, self.plain(piece), piece.start)
        for line in piece.lines:
            self.braces(line.text, line.offset)
        return Block("code", "\n".join(line.text for line in piece.lines), piece.offset)


def prose(reading: Reading, found: Iterable[Line]) -> tuple[Block, ...]:
    """Lines that are there to be read; those that are played are no part of them."""
    those = pieces(found)
    reading.closed(those)
    return blocks(reading, those)


def blocks(reading: Reading, found: Iterable[Piece | Fence]) -> tuple[Block, ...]:
    """Pieces as prose, without those that are played."""
    return tuple(reading.block(one) for one in found if not (isinstance(one, Fence) and one.words == GIVEN))
