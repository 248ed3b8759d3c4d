"""What SEARCH can look for, one key each (RFC 3501 section 6.4.4)."""

import re
from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.clock import DAY, Instant
from mailshell.core.record import Card, Cite
from mailshell.imap import dates, flags
from mailshell.imap.view import View
from mailshell.mail.message import unfolded
from mailshell.mail.store import Message, StateError, Store

Value = str | bytes | int
"""An argument of a key: a flag or the name of a field, a string in small letters, a number or a day."""


_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:((?:[^\r]|\r(?!\n)|\r\n[ \t])*+)", re.MULTILINE)


class Row:
    """One message that is looked at; its octets are read when a key asks for them."""

    __slots__ = ("_fields", "_octets", "message", "store", "view")

    def __init__(self, store: Store, view: View, message: Message) -> None:
        self.store = store
        self.view = view
        self.message = message
        self._octets: bytes | None = None
        self._fields: list[tuple[bytes, bytes]] | None = None

    @property
    def octets(self) -> bytes:
        """The octets of the message; none, where they cannot be read."""
        if self._octets is None:
            try:
                self._octets = self.store.octets(self.message.body)
            except (StateError, KeyError):
                self._octets = b""
        return self._octets

    @property
    def fields(self) -> list[tuple[bytes, bytes]]:
        """The header: names in small letters, values on one line."""
        if self._fields is None:
            octets = self.octets
            end = octets.find(b"\r\n\r\n")
            found = _FIELD.finditer(octets, 0, len(octets) if end < 0 else end + 2)
            self._fields = [(one[1].lower(), unfolded(one[2])) for one in found]
        return self._fields

    def values(self, name: bytes) -> list[bytes]:
        """The values of a field."""
        return [value for known, value in self.fields if known == name]


Test = Callable[[Row, tuple[Value, ...]], bool]


class Key(NamedTuple):
    """A key: its name, its card, the kinds of its arguments, and whether a message fits."""

    name: str
    card: Card
    takes: tuple[str, ...]
    test: Test


def _key(name: str, says: str, test: Test, *takes: str) -> Key:
    return Key(name, Card(name, says, Cite(3501, "6.4.4"), more=f"SEARCH {name}: {says}."), takes, test)


def _has(flag: str) -> Test:
    return lambda row, values: flag in row.message.flags


def _lacks(flag: str) -> Test:
    return lambda row, values: flag not in row.message.flags


def _field(name: bytes) -> Test:
    return lambda row, values: any(_within(values[0], value) for value in row.values(name))


def _within(wanted: Value, value: bytes) -> bool:
    assert isinstance(wanted, bytes), "strings are octets"
    return wanted in lowered(value)


def lowered(octets: bytes) -> bytes:
    """Octets in small letters, as far as they are text in UTF-8."""
    return octets.lower() if octets.isascii() else octets.decode("utf-8", "replace").casefold().encode()


def _header(row: Row, values: tuple[Value, ...]) -> bool:
    name, wanted = values
    assert isinstance(name, bytes), "the name of a field is octets"
    return any(_within(wanted, value) for value in row.values(name))


def _body(row: Row, values: tuple[Value, ...]) -> bool:
    octets = row.octets
    return _within(values[0], octets[octets.find(b"\r\n\r\n") + 4 :] if b"\r\n\r\n" in octets else b"")


def _arrived(row: Row) -> int:
    """The day of the internal date, in its zone: days are compared without time and zone."""
    return dates.day_of(row.message.internal_date, row.message.zone)


def _sent(row: Row) -> int:
    """The day of the Date field; 0 where there is none that can be read."""
    found = row.values(b"date")
    at = dates.of_field(found[0]) if found else None
    return 0 if at is None else dates.day_of(at)


def _day(value: Value) -> int:
    assert isinstance(value, int), "days are moments"
    return dates.day_of(Instant(value // DAY * DAY))


def _number(value: Value) -> int:
    assert isinstance(value, int), "sizes are numbers"
    return value


def _recent(row: Row) -> bool:
    return row.view.is_recent(row.message.uid)


def _new(row: Row, values: tuple[Value, ...]) -> bool:
    return _recent(row) and flags.SEEN not in row.message.flags


def _keyword(row: Row, values: tuple[Value, ...]) -> bool:
    return values[0] in row.message.flags


KEYS = (
    _key("ALL", "all messages", lambda row, values: True),
    _key("ANSWERED", "messages with \\Answered", _has("\\Answered")),
    _key("BCC", "text in the Bcc field", _field(b"bcc"), "astring"),
    _key("BEFORE", "the internal date is before a day", lambda row, values: _arrived(row) < _day(values[0]), "date"),
    _key("BODY", "text in the body", _body, "astring"),
    _key("CC", "text in the Cc field", _field(b"cc"), "astring"),
    _key("DELETED", "messages with \\Deleted", _has("\\Deleted")),
    _key("DRAFT", "messages with \\Draft", _has("\\Draft")),
    _key("FLAGGED", "messages with \\Flagged", _has("\\Flagged")),
    _key("FROM", "text in the From field", _field(b"from"), "astring"),
    _key("HEADER", "text in a field of that name", _header, "header-fld-name", "astring"),
    _key("KEYWORD", "messages with a keyword", _keyword, "flag-keyword"),
    _key("LARGER", "more octets than that", lambda row, values: row.message.size > _number(values[0]), "number"),
    _key("NEW", "recent messages without \\Seen", _new),
    _key("OLD", "messages that are not recent", lambda row, values: not _recent(row)),
    _key("ON", "the internal date is that day", lambda row, values: _arrived(row) == _day(values[0]), "date"),
    _key("RECENT", "recent messages", lambda row, values: _recent(row)),
    _key("SEEN", "messages with \\Seen", _has("\\Seen")),
    _key("SENTBEFORE", "the Date field is before a day", lambda row, values: 0 < _sent(row) < _day(values[0]), "date"),
    _key("SENTON", "the Date field is that day", lambda row, values: _sent(row) == _day(values[0]), "date"),
    _key("SENTSINCE", "the Date field is not before a day", lambda row, values: _sent(row) >= _day(values[0]), "date"),
    _key(
        "SINCE", "the internal date is not before a day", lambda row, values: _arrived(row) >= _day(values[0]), "date"
    ),
    _key("SMALLER", "fewer octets than that", lambda row, values: row.message.size < _number(values[0]), "number"),
    _key("SUBJECT", "text in the Subject field", _field(b"subject"), "astring"),
    _key("TEXT", "text in the header or the body", lambda row, values: _within(values[0], row.octets), "astring"),
    _key("TO", "text in the To field", _field(b"to"), "astring"),
    _key("UNANSWERED", "messages without \\Answered", _lacks("\\Answered")),
    _key("UNDELETED", "messages without \\Deleted", _lacks("\\Deleted")),
    _key("UNDRAFT", "messages without \\Draft", _lacks("\\Draft")),
    _key("UNFLAGGED", "messages without \\Flagged", _lacks("\\Flagged")),
    _key(
        "UNKEYWORD",
        "messages without a keyword",
        lambda row, values: not _keyword(row, values),
        "flag-keyword",
    ),
    _key("UNSEEN", "messages without \\Seen", _lacks(flags.SEEN)),
)
"""Every key but those that stand for others: NOT, OR, UID, a set of numbers, and keys in parentheses."""
