"""The keys of a SEARCH as a tree: how it is read, and which messages fit (RFC 3501 section 9, search-key)."""

import re
from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Expect
from mailshell.imap import dates, grammar, sets
from mailshell.imap.keys import KEYS, Key, Row, Value, lowered

NESTING = 32
"""Ours: keys inside each other."""

_NUMBER = re.compile(rb"[0-9]{1,10}")
_FIELD = Expect("header-fld-name", "the name of a header field, as in Subject", like="Subject")
_TEXT = Expect("astring", "the text that is looked for", like="lunch")
_SIZE = Expect("number", "a number of octets", like="4096")
_KEYWORD = Expect("flag-keyword", "a keyword, as in $Forwarded", like="$Forwarded")
_NOT = Expect("NOT", "messages that do not fit the next key")
_OR = Expect("OR", "messages that fit one of the next two keys")
_UID = Expect("UID", "messages with these uids")
_BY_LENGTH = tuple(sorted(KEYS, key=lambda key: -len(key.name)))


class Term(NamedTuple):
    """A key with its arguments."""

    key: Key
    values: tuple[Value, ...]


class Numbers(NamedTuple):
    """A set of sequence numbers, or of uids."""

    uid: bool
    numbers: sets.Numbers


class Tree(NamedTuple):
    """Several keys: all of them fit, or one of them, or the one does not."""

    how: str
    terms: "tuple[Term | Numbers | Tree, ...]"


Query = Term | Numbers | Tree


def words(query: Query) -> bytes:
    """The query as one would type it."""
    if isinstance(query, Numbers):
        return (b"UID " if query.uid else b"") + sets.octets(query.numbers)
    if isinstance(query, Term):
        pairs = zip(query.key.takes, query.values, strict=True)
        return b" ".join([query.key.name.encode("ascii"), *(_written(kind, value) for kind, value in pairs)])
    inside = b" ".join(map(words, query.terms))
    return b"(" + inside + b")" if query.how == "AND" else query.how.encode("ascii") + b" " + inside


def _written(kind: str, value: Value) -> bytes:
    if isinstance(value, int):
        return dates.day(value) if kind == "date" else b"%d" % value
    return grammar.written(value) if isinstance(value, bytes) else value.encode("ascii")


def read(cursor: Cursor, depth: int = 0) -> Query:
    """search-key."""
    if depth > NESTING:
        raise cursor.refuse(cursor.at, Expect("search-key", f"no more than {NESTING} keys inside each other"))
    if cursor.octets[cursor.at : cursor.at + 1] in (*(b"%d" % digit for digit in range(10)), b"*"):
        return Numbers(False, grammar.sequence_set(cursor))
    if cursor.word(b"(", grammar.OPEN):
        return _several(cursor, depth)
    cursor.rule, start = "search-key", cursor.at
    for word, expect, count in ((b"NOT ", _NOT, 1), (b"OR ", _OR, 2)):
        if cursor.word(word, expect):
            cursor.at -= 1
            cursor.mark("search-key", start)
            return Tree(expect.what, tuple(_next(cursor, depth) for _ in range(count)))
    if cursor.word(b"UID ", _UID):
        cursor.at -= 1
        cursor.mark("search-key", start)
        grammar.space(cursor)
        return Numbers(True, grammar.sequence_set(cursor))
    for key in _BY_LENGTH:
        if cursor.word(key.name.encode("ascii"), Expect(key.name, key.card.says)):
            cursor.mark("search-key", start)
            return Term(key, tuple(_value(cursor, kind) for kind in key.takes))
    raise Stop


def _next(cursor: Cursor, depth: int) -> Query:
    grammar.space(cursor)
    return read(cursor, depth + 1)


def _several(cursor: Cursor, depth: int) -> Tree:
    found = [read(cursor, depth + 1)]
    while not cursor.word(b")", grammar.CLOSE):
        found.append(_next(cursor, depth))
    return Tree("AND", tuple(found))


def _value(cursor: Cursor, kind: str) -> Value:
    grammar.space(cursor)
    start = cursor.at
    if kind == "date":
        return dates.date(cursor)
    if kind == "number":
        cursor.rule = kind
        found = int(cursor.need(_NUMBER, _SIZE))
        cursor.mark(kind, start)
        return found
    if kind == "flag-keyword":
        return grammar.atom(cursor, kind, _KEYWORD)
    return lowered(grammar.astring(cursor, kind, _FIELD if kind == "header-fld-name" else _TEXT))


def numbers(query: Query) -> list[Numbers]:
    """The sets of sequence numbers in a query, which may name messages that do not exist."""
    if isinstance(query, Numbers):
        return [] if query.uid else [query]
    return [] if isinstance(query, Term) else [one for term in query.terms for one in numbers(term)]


def fits(query: Query, places: Callable[[Numbers], frozenset[int]]) -> Callable[[Row], bool]:
    """Whether a message fits; `places` are the uids of a set."""
    if isinstance(query, Numbers):
        wanted = places(query)
        return lambda row: row.message.uid in wanted
    if isinstance(query, Term):
        test, values = query.key.test, query.values
        return lambda row: test(row, values)
    tests = [fits(term, places) for term in query.terms]
    if query.how == "NOT":
        return lambda row: not tests[0](row)
    if query.how == "OR":
        return lambda row: tests[0](row) or tests[1](row)
    return lambda row: all(test(row) for test in tests)
