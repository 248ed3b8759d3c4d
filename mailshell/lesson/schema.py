"""What a lesson may ask about the state: every name, its sort, what it is, and how it is read.

The table is published by `mailshell help lessons`, and versioned: a name that was ever there keeps its meaning.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from mailshell.core.near import near
from mailshell.core.session import EMPTY, Fact, Scalar, Sort
from mailshell.lesson.look import Letter, Look
from mailshell.protocols import PROTOCOLS

VERSION = 1
"""Of the table of names."""

KEY = "*"
"""Stands in a path for a key: the name of a mailbox, of a host, of a header field, or the number of a connection."""


class Entry(NamedTuple):
    """Something to ask: `read` gets the state, and the keys of the path."""

    path: tuple[str, ...]
    sort: Sort
    says: str
    read: Callable[[Look, tuple[str, ...]], Scalar]


class SchemaError(Exception):
    """A path leads to nothing: at which of its parts, and why."""

    def __init__(self, part: int, says: str) -> None:
        super().__init__(says)
        self.part = part
        self.says = says


class Part(NamedTuple):
    """One part of a path as it is written: after a dot, or in brackets (then it must be a key)."""

    text: str
    bracketed: bool = False


class _Node(NamedTuple):
    below: dict[str, "_Node"]
    entries: list[Entry]


class Schema:
    """The names, as a tree."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self.by_path = {entry.path: entry for entry in entries}
        self._root = _Node({}, [])
        for entry in entries:
            node = self._root
            for part in entry.path:
                node = node.below.setdefault(part, _Node({}, []))
            node.entries.append(entry)

    @property
    def roots(self) -> tuple[str, ...]:
        """What a name begins with."""
        return tuple(self._root.below)

    def find(self, parts: Sequence[Part]) -> tuple[Entry, tuple[int, ...]]:
        """The entry that a path leads to, and which of its parts are keys; raises SchemaError."""
        node, keys = self._root, []
        for place, part in enumerate(parts):
            inner = None if part.bracketed else node.below.get(part.text)
            if inner is None:
                inner = node.below.get(KEY)
                keys.append(place)
            if inner is None:
                raise SchemaError(place, self._unknown(parts, place, node))
            node = inner
        if not node.entries:
            names = [name for name in node.below if name != KEY] or ["a name in its place"]
            raise SchemaError(len(parts) - 1, f"{shown(parts)} has parts, and one is wanted: {', '.join(names)}.")
        return node.entries[0], tuple(keys)

    @staticmethod
    def _unknown(parts: Sequence[Part], place: int, node: _Node) -> str:
        before, wrong = shown(parts[:place]), shown(parts[: place + 1])
        full = {f"{before}.{name}" if before else name: name for name in node.below}
        if not full:
            return f"{before} has no parts."
        hint = near(parts[place].text, node.below)
        if not hint:
            return f"{wrong} is no name of the state. There are: {', '.join(full)}."
        meant = hint.removeprefix(" Did you mean ").removesuffix("?")
        return f"{wrong} is no name of the state. Did you mean {next(one for one in full if full[one] == meant)}?"


def shown(parts: Sequence[Part]) -> str:
    """A path as it is written."""
    out = ""
    for part in parts:
        out += f'["{part.text}"]' if part.bracketed else f".{part.text}" if out else part.text
    return out


@cache
def schema() -> Schema:
    """All names, those of the sessions of every protocol included."""
    facts = list({fact.name: fact for name in PROTOCOLS for fact in PROTOCOLS[name].facts()}.values())
    own = sorted([*_SESSION, *map(_fact, facts)], key=lambda entry: entry.path[0] != "session")
    return Schema([*_LAST, *own, *_links(facts), *_TRANSCRIPT, *_MAIL, *_QUEUE, *_WORLD])


def _fact(fact: Fact) -> Entry:
    return Entry(tuple(fact.name.split(".")), fact.sort, fact.says, lambda look, keys: look.fact(fact, look.current))


def _links(facts: Sequence[Fact]) -> list[Entry]:
    """What there is to ask of the current connection, for each connection by its number."""
    return [*map(_plain, _SESSION), *map(_of_link, facts)]


def _plain(one: Entry) -> Entry:
    name = one.path[1]
    return one._replace(
        path=("link", KEY, *one.path),
        read=lambda look, keys: look.session(name, one.sort, look.numbered(keys[0])),
    )


def _of_link(fact: Fact) -> Entry:
    path = ("link", KEY, *fact.name.split("."))
    return Entry(path, fact.sort, fact.says, lambda look, keys: look.fact(fact, look.numbered(keys[0])))


def _last(name: str, sort: Sort, says: str) -> Entry:
    return Entry(("last", name), sort, says, lambda look, keys: look.last[name] if look.last else EMPTY[sort])


_LAST = [
    _last("verb", "text", "the first word of the last command, in capitals; a tag is none"),
    _last("line", "text", "the last command, as it was typed"),
    _last("code", "number", "the code of its answer, as 250; 0 where there is none"),
    _last("status", "text", "how the answer begins: 250, +OK, -ERR, OK after a tag"),
    _last("enhanced", "text", "the enhanced status code, as 5.5.1"),
    _last("text", "text", "all lines of the answer, joined by spaces"),
    _last("verdict", "text", "accepted, tolerated (but not by the standard) or refused"),
    _last("why", "text", "what mailshell says about it"),
    _last("before", "text", "the phase in which it was typed, as ready"),
    _last("after", "text", "the phase after it"),
    _last("protocol", "text", "smtp, pop3, imap: of the connection it was typed on"),
    _last("host", "text", "the host at the other end of that"),
    Entry(("last", "local"), "text", "the last command of mailshell, as :wait 30m", lambda look, keys: look.local),
]


def _session(name: str, sort: Sort, says: str) -> Entry:
    return Entry(("session", name), sort, says, lambda look, keys: look.session(name, sort, look.current))


_SESSION = [
    _session("protocol", "text", "smtp, pop3, imap: of the connection that lines go to"),
    _session("host", "text", "the host at the other end of it"),
    _session("phase", "text", "where it stands, as greeted, ready, transaction"),
    _session("open", "flag", "it is not closed"),
    _session("inside", "flag", "the client is inside the host's own network"),
]


def _story(name: str, sort: Sort, says: str, read: Callable[[Look], Scalar]) -> Entry:
    return Entry(("transcript", name), sort, says, lambda look, keys: read(look))


_TRANSCRIPT = [
    _story("count", "number", "how many commands were sent", lambda look: len(look.said)),
    _story("lines", "texts", "the commands as they were typed", lambda look: _texts(look, "line")),
    _story("verbs", "texts", "their first words, in capitals", lambda look: _texts(look, "verb")),
    _story("statuses", "texts", "how each answer began: 250, +OK", lambda look: _texts(look, "status")),
    _story("refused", "number", "how many were refused", lambda look: _texts(look, "verdict").count("refused")),
    _story("local", "texts", "the commands of mailshell, as :wait 30m", lambda look: look.locals),
]
"""What was done since the step began, and not undone."""


def _texts(look: Look, name: str) -> tuple[str, ...]:
    return tuple(str(one[name]) for one in look.said)


def _box(name: str, sort: Sort, says: str, read: Callable[[list[Letter]], Scalar]) -> Entry:
    return Entry(("mailbox", KEY, name), sort, says, lambda look, keys: read(look.mailbox(keys[0])))


def _letter(which: str, name: str, sort: Sort, says: str, read: Callable[[Letter], Scalar]) -> Entry:
    def of(look: Look, keys: tuple[str, ...]) -> Scalar:
        found = look.mailbox(keys[0])
        return read(found[-1 if which == "newest" else 0]) if found else EMPTY[sort]

    return Entry(("mailbox", KEY, which, name), sort, says, of)


def _field(which: str) -> Entry:
    def of(look: Look, keys: tuple[str, ...]) -> Scalar:
        found = look.mailbox(keys[0])
        return found[-1 if which == "newest" else 0].field(keys[1]) if found else ""

    return Entry(("mailbox", KEY, which, "header", KEY), "text", "a header field of it, as header.subject", of)


_MAIL = [
    _box("count", "number", "how many messages it has", len),
    _box("octets", "number", "how many octets they have", lambda found: sum(letter.size for letter in found)),
    _box("subjects", "texts", "their subjects, the oldest first", lambda found: _each(found, "subject")),
    _box("senders", "texts", "their return paths", lambda found: _each(found, "return-path")),
    *(
        entry
        for which in ("newest", "oldest")
        for entry in (
            _letter(which, "sender", "text", "the return path of that message", lambda one: one.field("return-path")),
            _letter(which, "octets", "number", "how many octets it has", lambda one: one.size),
            _letter(which, "text", "text", "its body", lambda one: one.body),
            _letter(which, "hops", "number", "how many Received fields it has", lambda one: one.count("received")),
            _field(which),
        )
    ),
]
"""NAME is a user of the lesson's host, or "host/user", or "host/user/mailbox"."""


def _each(found: list[Letter], name: str) -> tuple[str, ...]:
    return tuple(letter.field(name) for letter in found)


def _queue(name: str, sort: Sort, says: str) -> list[Entry]:
    own = Entry(("queue", name), sort, says, lambda look, keys: look.queue(look.host)[name])
    return [own, Entry(("queue", KEY, name), sort, says, lambda look, keys: look.queue(keys[0])[name])]


_QUEUE = [
    *_queue("count", "number", "how many messages wait in the queue of the lesson's host"),
    *_queue("recipients", "texts", "for whom they are"),
    *_queue("senders", "texts", "their return paths"),
    *_queue("attempts", "number", "how often the one that waits longest was tried"),
    *_queue("next", "number", "minutes until the next attempt"),
    *_queue("answer", "text", "the last answer about the one that waits longest"),
]
"""Of another host: queue["nyu.edu"].count."""

_WORLD = [
    Entry(("clock", "time"), "text", "as 2015-03-09T10:00:00Z", lambda look, keys: look.time),
    Entry(("clock", "elapsed"), "number", "minutes since the step began", lambda look, keys: look.elapsed),
    Entry(("faults",), "texts", "the kinds of faults in force", lambda look, keys: look.faults),
    Entry(("links", "count"), "number", "how many connections there are", lambda look, keys: len(look.links)),
    Entry(
        *(("links", "open"), "number", "how many of them are open"),
        lambda look, keys: sum(not link.closed for link in look.links.values()),
    ),
]
