"""TOML with positions: what a file says, where its keys and values stand, and what is wrong with it.

The parser of the standard library tells no positions. So a text that it has read is walked once more, when somebody
asks where something stands; of the walk only the ends of strings, keys and brackets are asked.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Leads to a value: the names of tables and keys, and numbers of elements, counted from 0."""

LARGEST = 16 << 20
"""A larger file is not read, in octets."""

_DEEPEST = 60  # tables and lists inside one another
_PARTS = 60  # of a dotted key: the parser's time grows with their square
_DOTTED = re.compile(rf"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{_PARTS}}}""")
_LONG_NUMBER = re.compile(r"\d{4000}")


_OPEN = "the text that begins with a quote has no quote at its end in this line."


class Problem(NamedTuple):
    """What is wrong in a text, in a sentence, and where: `offset` in characters. One that is not `grave` is a hint."""

    offset: int
    says: str
    grave: bool = True


class TomlError(Exception):
    """A text is no TOML; `text` is it, as far as it can be read, and `problem` the first that is wrong."""

    def __init__(self, text: str, problem: Problem) -> None:
        super().__init__(problem.says)
        self.text = text
        self.problem = problem


class Document:
    """A TOML file that could be read: its text, with line ends of one octet, and what it says."""

    def __init__(self, octets: bytes) -> None:
        if len(octets) > LARGEST:
            raise TomlError("", Problem(0, f"the file has more than {LARGEST:,} octets, and is not read."))
        try:
            self.text = octets.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            before = octets[: error.start].decode("utf-8").replace("\r\n", "\n")
            raise TomlError(before + "\ufffd", Problem(len(before), "this octet is no UTF-8.")) from None
        if found := _DOTTED.search(self.text):
            raise TomlError(self.text, Problem(found.start(), f"a key of more than {_PARTS} parts is not read."))
        self.tree: Mapping[str, object] = self._parsed()

    def _parsed(self) -> Mapping[str, object]:
        try:
            tree = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            reason, _, place = str(error).partition(" (at ")
            says = _OPEN if reason == "Illegal character '\\n'" else f"{reason[:1].lower()}{reason[1:]}."
            raise TomlError(self.text, Problem(_offset(self.text, place), says)) from None
        except RecursionError:
            raise TomlError(self.text, Problem(_deepest(self.text), _TOO_DEEP)) from None
        except ValueError:  # the standard library turns no text of thousands of digits into a number
            found = _LONG_NUMBER.search(self.text)
            says = "a number of so many digits is not read."
            raise TomlError(self.text, Problem(found.start() if found else 0, says)) from None
        if _depth(tree) > _DEEPEST:
            raise TomlError(self.text, Problem(_deepest(self.text), _TOO_DEEP))
        return tree

    def key(self, path: Path) -> int:
        """Where the key of a value stands, or, for an element of a list, the element."""
        return self._place(path)[0]

    def value(self, path: Path) -> int:
        """Where a value stands; of a table with a header, the header."""
        return self._place(path)[1]

    def _place(self, path: Path) -> tuple[int, int]:
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path, (0, 0))

    @cached_property
    def _places(self) -> dict[Path, tuple[int, int]]:
        walk = _Walk(self.text)
        walk.document()
        return walk.places


_TOO_DEEP = f"tables or lists inside one another, more than {_DEEPEST} deep, are not read."


def _depth(tree: object) -> int:
    """How deep lists and tables stand inside one another."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        inner: list[object] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        level = [one for one in inner if isinstance(one, dict | list)]
    return depth


def _deepest(text: str) -> int:
    """About where brackets stand too deep in one another; brackets in strings count here, where it is too late."""
    depth = 0
    for found in re.finditer(r"[][{}]", text):
        depth += 1 if found[0] in "[{" else -1
        if depth > _DEEPEST:
            return found.start()
    return 0


def _offset(text: str, place: str) -> int:
    """Where `line 3, column 5)` is, as an index into the text; its end for `end of document)`."""
    numbers = re.findall(r"\d+", place)
    if not numbers:
        return len(text.rstrip("\n"))
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: int(numbers[0]) - 1]) + int(numbers[1]) - 1


_SPACE = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_BETWEEN = re.compile(r"[ \t]*([.=\]]?)[ \t]*")
_PLAIN = re.compile(
    r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|[^]},\n#\"']*",
    re.DOTALL,
)


class _Walk:
    """Goes through a text that is valid, and notes where each key and value of it begins."""

    def __init__(self, text: str) -> None:
        self.places: dict[Path, tuple[int, int]] = {}
        self._text = text
        self._at = 0
        self._counts: dict[Path, int] = {}  # how many tables each list of tables has so far

    def document(self) -> None:
        """Each line that begins something: the header of a table, or a key."""
        table: Path = ()
        while self._next():
            before = self._at
            if self._text[before] == "[":
                table = self._header()
            else:
                self._pair(table)
            if self._at == before:  # no valid text after all; who asks gets what was found
                return

    def _next(self) -> str:
        """The next character that is neither space nor comment; empty at the end."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _header(self) -> Path:
        start, many = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        names = self._names()
        self._at += many  # `_names` has taken the first bracket
        path: Path = ()
        for name, at in names:
            path = (*path, name)
            self.places.setdefault(path, (at, start))
            if (name, at) != names[-1] and path in self._counts:
                path = (*path, self._counts[path] - 1)
        if many:
            number = self._counts.get(path, 0)
            self._counts[path] = number + 1
            path = (*path, number)
        self.places[path] = (names[-1][1] if names else start, start)
        return path

    def _names(self) -> list[tuple[str, int]]:
        """The parts of a key, each with its place, up to the `=` or `]` after it."""
        names = []
        while self._text[self._at : self._at + 1] in (" ", "\t"):
            self._at += 1
        while key := _KEY.match(self._text, self._at):
            names.append((_name(key[0]), self._at))
            between = _BETWEEN.match(self._text, key.end())
            self._at = between.end() if between else key.end()
            if not between or between[1] != ".":
                break
        return names

    def _pair(self, table: Path) -> None:
        names = self._names()
        path = table
        for name, at in names:
            path = (*path, name)
            self.places.setdefault(path, (at, at))
        if names:
            self._value(path, names[-1][1])

    def _value(self, path: Path, key: int) -> None:
        self.places[path] = (key, self._at)
        first = self._text[self._at : self._at + 1]
        if first not in ("[", "{"):
            found = _PLAIN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            return
        self._at += 1
        number = 0
        while (here := self._next()) not in ("]", "}", ""):
            before = self._at
            if here == ",":
                self._at += 1
            elif first == "{":
                self._pair(path)
            else:
                self._value((*path, number), self._at)
                number += 1
            if self._at == before:
                return
        self._at += 1


def _name(key: str) -> str:
    """A part of a key, without its quotes."""
    if key.startswith('"'):
        return next(iter(tomllib.loads(f"{key} = 0")))
    return key.removeprefix("'").removesuffix("'")
