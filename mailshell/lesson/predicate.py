"""The little language of predicates: read with positions, and typed against what there is to ask.

    either = both ("or" both)*      both = single ("and" single)*      single = "not" single | value [op value]
    value = name | text | number | {name} | "[" value, ... "]" | "count" "(" value ")" | "(" either ")"

A text is a word, an address such as bob@nyu.edu, or stands in double quotes. There are no loops, no patterns and no
code, and the time to check a predicate grows with its length alone.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from mailshell.core.near import near
from mailshell.core.session import Sort
from mailshell.lesson.expression import (
    BRACES,
    Compare,
    Count,
    Every,
    Expression,
    Items,
    Name,
    Not,
    Number,
    Op,
    Some,
    Text,
    Vary,
    filled,
)
from mailshell.lesson.schema import Part, Schema, SchemaError

LONGEST = 1000
"""Characters of a predicate."""

_DEEPEST = 20  # brackets and nots inside one another
_TOKEN = re.compile(r'"[^"\n]*"|\{[^{}\n]*\}|==|!=|<=|>=|[<>()\[\],]|\.?[\w+-][\w@.+/-]*')
_SPACE = re.compile(r"\s*")
_KEYWORDS = frozenset({"and", "or", "not", "in", "contains", "count", "after"})
_SIGNS = {"=": "==", "&": "and", "|": "or", "!": "not", "'": '"'}  # of other languages
_OPS: Mapping[str, Op] = {
    **{"==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="},
    **{"in": "in", "contains": "contains"},
}
_SORTS: Mapping[Sort, str] = {
    "text": "a text",
    "number": "a number",
    "flag": "true or false",
    "texts": "a list of texts",
    "numbers": "a list of numbers",
}


class PredicateError(Exception):
    """A predicate that cannot be read: where, as an index into its text, and why."""

    def __init__(self, offset: int, says: str) -> None:
        super().__init__(says)
        self.offset = offset
        self.says = says


class Terms(NamedTuple):
    """What a predicate may speak of.

    `vary` has the values of each `{name}`. `strange` says why a key is no good after the path before it: an empty text
    where it is good.
    """

    schema: Schema
    vary: Mapping[str, tuple[str | int, ...]]
    strange: Callable[[tuple[str, ...], str], str] = lambda path, key: ""


class _Token(NamedTuple):
    text: str
    start: int
    end: int


class _Typed(NamedTuple):
    """An expression with its sort and where it begins; an empty list is of any sort of list (None)."""

    expression: Expression
    sort: Sort | None
    at: int


def read(text: str, terms: Terms, start: int = 0, end: int | None = None) -> Expression:
    """The predicate from `start` to `end`; raises PredicateError."""
    reader = _Reader(text, terms, start, len(text) if end is None else end)
    found = reader.either()
    if found.sort != "flag":
        says = f"this is {_named(found.sort)}, and something that is true or false is wanted, as in x == 1."
        raise PredicateError(found.at, says)
    reader.finish()
    return found.expression


def read_prediction(text: str, terms: Terms, start: int, end: int) -> tuple[Expression, Sort, tuple[str, ...]]:
    """What is predicted, its sort, and the lines after which it shows: `last.code after "DATA"`."""
    reader = _Reader(text, terms, start, end)
    found = reader.operand()
    if found.sort not in ("text", "number"):
        raise PredicateError(found.at, f"this is {_named(found.sort)}, and a text or a number is predicted.")
    lines = reader.after()
    reader.finish()
    return found.expression, found.sort, lines


def _named(sort: Sort | None) -> str:
    return "an empty list" if sort is None else _SORTS[sort]


class _Reader:
    """Goes through the tokens once, from the left to the right."""

    def __init__(self, text: str, terms: Terms, start: int, end: int) -> None:
        self._terms = terms
        self._depth = 0
        self._end = end
        if end - start > LONGEST:
            raise PredicateError(start, f"a predicate has {LONGEST} characters at most.")
        self._tokens: list[_Token] = []
        self._next = 0
        at = _skip(text, start, end)
        while at < end:
            found = _TOKEN.match(text, at, end)
            if found is None:
                says = (
                    "the quotes are not closed."
                    if text[at] == '"'
                    else f"{text[at]!r} has no meaning here.{_meant(text[at])}"
                )
                raise PredicateError(at, says)
            self._tokens.append(_Token(found[0], at, found.end()))
            at = _skip(text, found.end(), end)

    def finish(self) -> None:
        """Nothing more may follow."""
        if self._peek():
            raise PredicateError(self._at, f"{self._peek()} does not fit here; and, or, or the end is wanted.")

    def _peek(self) -> str:
        return self._tokens[self._next].text if self._next < len(self._tokens) else ""

    @property
    def _at(self) -> int:
        return self._tokens[self._next].start if self._next < len(self._tokens) else self._end

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _want(self, word: str) -> None:
        if self._peek() != word:
            raise PredicateError(self._at, f"{word} is wanted here.")
        self._next += 1

    def either(self) -> _Typed:
        """Parts with `or` between them."""
        return self._joined("or", self._both, Some)

    def _both(self) -> _Typed:
        return self._joined("and", self._single, Every)

    def _joined(
        self, word: str, part: Callable[[], _Typed], made: Callable[[tuple[Expression, ...]], Expression]
    ) -> _Typed:
        first = part()
        if self._peek() != word:
            return first
        parts = [first]
        while self._peek() == word:
            self._next += 1
            parts.append(part())
        for one in parts:
            self._flag(one, word)
        return _Typed(made(tuple(one.expression for one in parts)), "flag", first.at)

    @staticmethod
    def _flag(one: _Typed, word: str) -> None:
        if one.sort != "flag":
            raise PredicateError(one.at, f"{word} joins what is true or false, and this is {_named(one.sort)}.")

    def _single(self) -> _Typed:
        at = self._at
        if self._peek() == "not":
            self._next += 1
            with self._deeper(at):
                inner = self._single()
            self._flag(inner, "not")
            return _Typed(Not(inner.expression), "flag", at)
        left = self.operand()
        if self._peek() not in _OPS:
            return left
        op = self._take()
        right = self.operand()
        says = _clash(_OPS[op.text], left, right)
        if says:
            raise PredicateError(op.start, says)
        return _Typed(Compare(_OPS[op.text], left.expression, right.expression), "flag", at)

    def operand(self) -> _Typed:
        """One value."""
        at, text = self._at, self._peek()
        if not text:
            raise PredicateError(at, "something is missing here: a name, a text or a number.")
        if text == "(":
            self._next += 1
            with self._deeper(at):
                inner = self.either()
            self._want(")")
            return inner._replace(at=at)
        if text == "[":
            return self._items()
        if text == "count":
            return self._count()
        if text[0] == "{":
            name = self._vary()
            values = self._terms.vary[name.name]
            return _Typed(name, "number" if isinstance(values[0], int) else "text", at)
        if text[0] == '"':
            return _Typed(self._quoted(), "text", at)
        if text in _KEYWORDS or not (text[0].isalnum() or text[0] in "_+-"):
            raise PredicateError(at, f"{text} does not fit here: a name, a text or a number is wanted.")
        return self._word()

    def _deeper(self, at: int) -> "_Deeper":
        return _Deeper(self, at)

    def deepen(self, by: int, at: int) -> None:
        """Count how deep brackets stand inside one another."""
        self._depth += by
        if self._depth > _DEEPEST:
            raise PredicateError(at, f"brackets inside one another, more than {_DEEPEST} deep, are not read.")

    def _items(self) -> _Typed:
        at = self._take().start
        items: list[_Typed] = []
        while self._peek() != "]":
            if items:
                self._want(",")
            with self._deeper(at):
                items.append(self.operand())
            if items[-1].sort not in ("text", "number") or items[-1].sort != items[0].sort:
                raise PredicateError(items[-1].at, "a list has texts alone, or numbers alone.")
        self._next += 1
        sort: Sort | None = None if not items else "texts" if items[0].sort == "text" else "numbers"
        return _Typed(Items(tuple(one.expression for one in items)), sort, at)

    def _count(self) -> _Typed:
        at = self._take().start
        self._want("(")
        with self._deeper(at):
            inner = self.operand()
        if inner.sort not in ("texts", "numbers", None):
            raise PredicateError(inner.at, f"count() wants a list, and this is {_named(inner.sort)}.")
        self._want(")")
        return _Typed(Count(inner.expression), "number", at)

    def _vary(self) -> Vary:
        token = self._take()
        self._varies(token.text[1:-1], token.start)
        return Vary(token.text[1:-1])

    def _quoted(self) -> Text:
        token = self._take()
        for found in BRACES.finditer(token.text):
            self._varies(found[1], token.start + found.start())
        return Text(token.text[1:-1])

    def _varies(self, name: str, at: int) -> None:
        if name not in self._terms.vary:
            hint = near(name, self._terms.vary) or " The table [vary] of the lesson has the names."
            raise PredicateError(at, f"{{{name}}} is no name of this lesson.{hint}")

    def _word(self) -> _Typed:
        token = self._take()
        text = token.text
        if re.fullmatch(r"[0-9]{1,15}", text):
            return _Typed(Number(int(text)), "number", token.start)
        first = text.partition(".")[0]
        if first in self._terms.schema.roots and "@" not in text:
            return self._name(token)
        if "@" in text or "." not in text or re.fullmatch(r"[0-9.]+", text):
            return _Typed(Text(text), "text", token.start)
        hint = near(first, self._terms.schema.roots) or f' A text with a dot in it stands in quotes: "{text}".'
        raise PredicateError(token.start, f"{text} is no name of the state.{hint}")

    def _name(self, token: _Token) -> _Typed:
        parts: list[tuple[Part, Text | Vary, int]] = []
        self._dotted(token.text, token.start, parts)
        while self._peek() == "[" and self._at == self._tokens[self._next - 1].end:
            self._next += 1
            at = self._at
            if self._peek()[:1] == "{":
                name = self._vary()
                parts.append((Part(f"{{{name.name}}}", True), name, at))
            elif self._peek()[:1] == '"':
                key = self._quoted()
                parts.append((Part(key.value, True), key, at))
            else:
                raise PredicateError(at, 'a text in quotes is wanted here, as in mailbox["nyu.edu/bob"].')
            self._want("]")
            tail = self._peek()
            if tail.startswith(".") and self._at == self._tokens[self._next - 1].end:
                self._dotted(tail[1:], self._take().start + 1, parts)
        return self._resolved(token, parts)

    def _dotted(self, text: str, at: int, parts: list[tuple[Part, Text | Vary, int]]) -> None:
        for part in text.split("."):
            parts.append((Part(part), Text(part), at))
            at += len(part) + 1

    def _resolved(self, token: _Token, parts: list[tuple[Part, Text | Vary, int]]) -> _Typed:
        try:
            entry, keys = self._terms.schema.find([part for part, _, _ in parts])
        except SchemaError as error:
            raise PredicateError(parts[error.part][2], str(error)) from None
        for place in keys:
            part, _, at = parts[place]
            for key in self._variants(part.text):
                says = self._terms.strange(entry.path[:place], key)
                if says:
                    raise PredicateError(at, says)
        return _Typed(Name(entry.path, tuple(parts[key][1] for key in keys)), entry.sort, token.start)

    def _variants(self, key: str) -> dict[str, None]:
        """All that a key with names in braces may be."""
        count = max((len(values) for values in self._terms.vary.values()), default=1)
        vary = self._terms.vary.items()
        found = (filled(key, {name: values[turn % len(values)] for name, values in vary}) for turn in range(count))
        return dict.fromkeys(found)

    def after(self) -> tuple[str, ...]:
        """The lines after `after`."""
        self._want("after")
        lines: list[str] = []
        while not lines or self._peek() == ",":
            if lines:
                self._next += 1
            if self._peek()[:1] != '"':
                raise PredicateError(self._at, 'a line in quotes is wanted here, as in after "DATA".')
            lines.append(self._take().text[1:-1])
        return tuple(lines)


class _Deeper:
    """Inside it, brackets stand one deeper."""

    def __init__(self, reader: _Reader, at: int) -> None:
        self._reader = reader
        self._at = at

    def __enter__(self) -> None:
        self._reader.deepen(1, self._at)

    def __exit__(self, *error: object) -> None:
        self._reader.deepen(-1, self._at)


def _meant(sign: str) -> str:
    """What somebody who writes programs may have meant by a sign."""
    return f" Did you mean {_SIGNS[sign]}?" if sign in _SIGNS else ""


def _skip(text: str, at: int, end: int) -> int:
    found = _SPACE.match(text, at, end)
    return at if found is None else found.end()


def _clash(op: Op, left: _Typed, right: _Typed) -> str:
    """Why two values cannot be held against each other; empty where they can."""
    lists = ("texts", "numbers", None)
    if op in ("<", ">", "<=", ">="):
        wrong = next((one for one in (left, right) if one.sort != "number"), None)
        return "" if wrong is None else f"{op} wants numbers on both sides, and {_named(wrong.sort)} stands there."
    if op in ("in", "contains"):
        part, whole = (left, right) if op == "in" else (right, left)
        fits = {"texts": ("text",), "numbers": ("number",), "text": ("text",), None: ("text", "number")}
        if part.sort in fits.get(whole.sort, ()):
            return ""
        return f"{_named(whole.sort)} never contains {_named(part.sort)}."
    if left.sort == right.sort or (left.sort in lists and right.sort in lists and None in (left.sort, right.sort)):
        return ""
    return f"{_named(left.sort)} is never equal to {_named(right.sort)}."
