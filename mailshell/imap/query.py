"""The keys of a SEARCH as a tree: how it is read, and which messages fit (RFC 3501 section 9, search-key)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import compress
from operator import attrgetter
from typing import NamedTuple

from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Expect
from mailshell.imap import dates, grammar, modseqs, sets
from mailshell.imap.keys import KEYS, Key, Pool, Value
from mailshell.mail.store import Message

NESTING = 32
"""Ours: keys inside each other."""

KEYWORD = Expect("flag-keyword", "a keyword, as in $Forwarded", like="$Forwarded")
"""The one argument of KEYWORD and UNKEYWORD."""

_NUMBER = re.compile(rb"[0-9]{1,10}")
_COUNT = re.compile(rb"[1-9][0-9]{0,9}")
_FIELD = Expect("header-fld-name", "the name of a header field, as in Subject", like="Subject")
_TEXT = Expect("astring", "the text that is looked for", like="lunch")
_SIZE = Expect("number", "a number of octets", like="4096")
_SECONDS = Expect("nz-number", "a number of seconds, as in 3600", like="3600")
_NOT = Expect("NOT", "messages that do not fit the next key")
_OR = Expect("OR", "messages that fit one of the next two keys")
_UID = Expect("UID", "messages with these uids")
_LONGER_FIRST = tuple(
    (key.name.encode("ascii"), Expect(key.name, key.card.says, needs=key.needs), key)
    for key in sorted(KEYS, key=lambda key: f"{key.name}~")
)
"""By name; one that begins with the whole name of another comes before it."""

_ALONE = {one[0]: (one,) for one in _LONGER_FIRST}
_NAME = re.compile(rb"[A-Za-z]+")


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
    return value.encode("ascii") if kind == "flag-keyword" else grammar.written(value.encode())


def read(cursor: Cursor, depth: int = 0) -> Query:
    """search-key."""
    if depth > NESTING:
        raise cursor.refuse(cursor.at, Expect("search-key", f"no more than {NESTING} keys inside each other"))
    if cursor.octets[cursor.at : cursor.at + 1] in (*(b"%d" % digit for digit in range(10)), b"*", b"$"):
        return Numbers(False, grammar.sequence_set(cursor, uid=False))
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
        return Numbers(True, grammar.sequence_set(cursor, uid=True))
    name = None if cursor.near else _NAME.match(cursor.octets, start)
    for word, expect, key in _LONGER_FIRST if name is None else _ALONE.get(name[0].upper(), _LONGER_FIRST):
        if cursor.word(word, expect):
            cursor.mark("search-key", start)
            return Term(key, tuple(_value(cursor, kind) for kind in key.takes))
    raise Stop


def every(cursor: Cursor) -> Tree:
    """search-key *(SP search-key), to the end of the line."""
    keys = [read(cursor)]
    last = cursor.at
    while cursor.word(b" ", grammar.SPACE):
        try:
            keys.append(read(cursor))
        except Stop:
            if cursor.octets[last:].strip(b" \t"):
                raise
            cursor.at = last  # it is white space at the end, as after any command
            break
        last = cursor.at
    cursor.done(grammar.END)
    return Tree("AND", tuple(keys))


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
    if kind == "date":
        return dates.date(cursor)
    if kind == "mod-sequence-value":
        return modseqs.wanted(cursor)
    if kind in ("number", "nz-number"):
        cursor.rule, start = kind, cursor.at
        found = int(cursor.need(_NUMBER, _SIZE) if kind == "number" else cursor.need(_COUNT, _SECONDS))
        cursor.mark(kind, start)
        return found
    if kind == "flag-keyword":
        return grammar.atom(cursor, kind, KEYWORD)
    expect = _FIELD if kind == "header-fld-name" else _TEXT
    # What is no text in UTF-8 is nowhere, and some other charset is refused later.
    return grammar.astring(cursor, kind, expect).decode("utf-8", "replace")


def leaves(query: Query) -> Iterator[Term | Numbers]:
    """The terms and the sets of numbers in a query, as they come."""
    if isinstance(query, Tree):
        for term in query.terms:
            yield from leaves(term)
    else:
        yield query


Spans = list[tuple[int, int]]
"""Uids as pairs of a first and a last one, in their order."""

_uid = attrgetter("uid")


def fitting(query: Query, pool: Pool, uids: Mapping[Numbers, Spans]) -> list[Message]:
    """The messages that fit, in their order; `uids` are those of each set in the query.

    Raises as `Store.digests` does.
    """
    messages = pool.messages
    if isinstance(query, Numbers):
        return _cut(messages, uids[query])
    if isinstance(query, Term):
        return list(compress(messages, query.key.test(pool, query.values)))
    if query.how == "AND":
        for term in query.terms:
            pool = pool._replace(messages=fitting(term, pool, uids))
        return pool.messages
    found = {one.uid for one in fitting(query.terms[0], pool, uids)}
    rest = [one for one in messages if one.uid not in found]
    if query.how == "NOT":
        return rest
    found.update(one.uid for one in fitting(query.terms[1], pool._replace(messages=rest), uids))
    return [one for one in messages if one.uid in found]


def _cut(messages: list[Message], spans: Spans) -> list[Message]:
    """The messages whose uids lie in some spans."""
    found = list[Message]()
    if messages:
        first = bisect_left(spans, messages[0].uid, key=lambda span: span[1])
        last = bisect_right(spans, messages[-1].uid, key=lambda span: span[0])
        for low, high in spans[first:last]:
            found += messages[bisect_left(messages, low, key=_uid) : bisect_right(messages, high, key=_uid)]
    return found


def ordered(tree: Tree) -> Tree:
    """The same query, quicker: of keys that must all fit each comes once, and what reads messages comes last."""
    terms = [ordered(one) if isinstance(one, Tree) else one for one in tree.terms]
    if tree.how == "AND":
        terms = sorted({words(one): one for one in terms}.values(), key=reads)
    return tree._replace(terms=tuple(terms))


def reads(query: Query) -> bool:
    """Whether the octets of messages are read for it."""
    return any(isinstance(one, Term) and one.key.reads for one in leaves(query))
