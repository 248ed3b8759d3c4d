"""What SEARCH can look for, one key each (RFC 3501 section 6.4.4, RFC 5032).

A key is a column: from many messages it makes as many answers, whether they fit, in one go.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from mailshell.core.clock import DAY, SECOND, Instant
from mailshell.core.record import Card, Cite
from mailshell.imap import dates, flags, texts
from mailshell.imap.collation import collated
from mailshell.imap.view import View
from mailshell.mail.store import Message, Store

Value = str | int
"""An argument of a key: a text, a flag, the name of a field, a number, or a day as a moment."""

_BLOCK = 256
"""Messages whose texts are in memory at once, besides those that the store keeps."""


class Pool(NamedTuple):
    """The messages that a search looks at, in the order of the mailbox, as a session sees them."""

    store: Store
    view: View
    now: Instant
    messages: list[Message]

    def digests(self, kind: str, make: Callable[[bytes], bytes]) -> Iterator[bytes]:
        """What `make` makes of the octets of each message, made once only. Raises as `Store.digests` does."""
        bodies = [one.body for one in self.messages]
        for at in range(0, len(bodies), _BLOCK):
            yield from self.store.digests(kind, lambda octets: {kind: make(octets)}, bodies[at : at + _BLOCK])

    def headers(self) -> Iterator[bytes]:
        """The header of each message, as `texts.header` makes it."""
        return self.digests("header", texts.header)

    def bodies(self) -> Iterator[bytes]:
        """The text of the body of each message."""
        return self.digests("body", texts.body)

    def sent(self) -> Iterator[int | None]:
        """The day in the Date field of each message, in its own zone."""
        return (int(one) if one else None for one in self.digests("sent", texts.sent))


Test = Callable[[Pool, tuple[Value, ...]], list[bool]]


class Key(NamedTuple):
    """A key: its name, its card, the kinds of its arguments, and which messages fit.

    `reads`: the octets of the messages are read for it. `needs`: the capability that has it.
    """

    name: str
    card: Card
    takes: tuple[str, ...]
    test: Test
    reads: bool
    needs: str


def _key(name: str, says: str, test: Test, *takes: str, reads: bool = False) -> Key:
    return Key(name, Card(name, says, Cite(3501, "6.4.4"), more=f"SEARCH {name}: {says}."), takes, test, reads, "")


def _has(flag: str) -> Test:
    return lambda pool, values: [flag in one.flags for one in pool.messages]


def _lacks(flag: str) -> Test:
    return lambda pool, values: [flag not in one.flags for one in pool.messages]


def _field(name: str, make: Callable[[bytes, bytes], bytes] = texts.addresses) -> Test:
    def test(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
        wanted = collated(str(values[0]))
        return [one != b"" and wanted in one for one in pool.digests(name, digest)]

    digest = partial(make, name.encode("ascii"))
    return test


def _header(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
    head, wanted, within = texts.heading(str(values[0])), collated(str(values[1])), texts.within
    return [wanted in one and within(one, head, wanted) for one in pool.headers()]


def _body(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
    wanted = collated(str(values[0]))
    return [wanted in one for one in pool.bodies()]


def _text(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
    wanted = collated(str(values[0]))
    return [wanted in head or wanted in body for head, body in zip(pool.headers(), pool.bodies(), strict=True)]


def _arrived(fits: Callable[[int, int], bool]) -> Test:
    """The day of the internal date, in its zone: days are compared without time and zone."""
    return lambda pool, values: [
        fits(dates.day_of(one.internal_date, one.zone), int(values[0]) // DAY) for one in pool.messages
    ]


def _sent(fits: Callable[[int, int], bool]) -> Test:
    """The day of the Date field; what has none fits no day."""
    return lambda pool, values: [day is not None and fits(day, int(values[0]) // DAY) for day in pool.sent()]


def _size(fits: Callable[[int, int], bool]) -> Test:
    return lambda pool, values: [fits(one.size, int(values[0])) for one in pool.messages]


def _age(fits: Callable[[int, int], bool]) -> Test:
    """How many seconds ago the message arrived."""
    return lambda pool, values: [
        fits(pool.now // SECOND - one.internal_date // SECOND, int(values[0])) for one in pool.messages
    ]


def _recent(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
    recent = pool.view.is_recent
    return [recent(one.uid) for one in pool.messages]


def _old(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
    return [not one for one in _recent(pool, values)]


def _new(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
    pairs = zip(_recent(pool, values), pool.messages, strict=True)
    return [recent and flags.SEEN not in message.flags for recent, message in pairs]


def _keyword(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
    wanted = str(values[0]).lower()
    return [any(flag.lower() == wanted for flag in one.flags) for one in pool.messages]


def _no_keyword(pool: Pool, values: tuple[Value, ...]) -> list[bool]:
    return [not one for one in _keyword(pool, values)]


def _within(name: str, says: str, more: str, test: Test) -> Key:
    return Key(name, Card(name, says, Cite(5032, "2"), more=more), ("nz-number",), test, False, "WITHIN")


KEYS = (
    _key("ALL", "all messages", lambda pool, values: [True] * len(pool.messages)),
    _key("ANSWERED", "messages with \\Answered", _has("\\Answered")),
    _key("BCC", "text in the Bcc field", _field("bcc"), "astring", reads=True),
    _key("BEFORE", "the internal date is before a day", _arrived(int.__lt__), "date"),
    _key("BODY", "text in the body", _body, "astring", reads=True),
    _key("CC", "text in the Cc field", _field("cc"), "astring", reads=True),
    _key("DELETED", "messages with \\Deleted", _has("\\Deleted")),
    _key("DRAFT", "messages with \\Draft", _has("\\Draft")),
    _key("FLAGGED", "messages with \\Flagged", _has("\\Flagged")),
    _key("FROM", "text in the From field", _field("from"), "astring", reads=True),
    _key("HEADER", "text in a field of that name", _header, "header-fld-name", "astring", reads=True),
    _key("KEYWORD", "messages with a keyword", _keyword, "flag-keyword"),
    _key("LARGER", "more octets than that", _size(int.__gt__), "number"),
    _key("NEW", "recent messages without \\Seen", _new),
    _key("OLD", "messages that are not recent", _old),
    _key("ON", "the internal date is that day", _arrived(int.__eq__), "date"),
    _key("RECENT", "recent messages", _recent),
    _key("SEEN", "messages with \\Seen", _has(flags.SEEN)),
    _key("SENTBEFORE", "the Date field is before a day", _sent(int.__lt__), "date", reads=True),
    _key("SENTON", "the Date field is that day", _sent(int.__eq__), "date", reads=True),
    _key("SENTSINCE", "the Date field is not before a day", _sent(int.__ge__), "date", reads=True),
    _key("SINCE", "the internal date is not before a day", _arrived(int.__ge__), "date"),
    _key("SMALLER", "fewer octets than that", _size(int.__lt__), "number"),
    _key("SUBJECT", "text in the Subject field", _field("subject", texts.field), "astring", reads=True),
    _key("TEXT", "text in the header or the body", _text, "astring", reads=True),
    _key("TO", "text in the To field", _field("to"), "astring", reads=True),
    _key("UNANSWERED", "messages without \\Answered", _lacks("\\Answered")),
    _key("UNDELETED", "messages without \\Deleted", _lacks("\\Deleted")),
    _key("UNDRAFT", "messages without \\Draft", _lacks("\\Draft")),
    _key("UNFLAGGED", "messages without \\Flagged", _lacks("\\Flagged")),
    _key("UNKEYWORD", "messages without a keyword", _no_keyword, "flag-keyword"),
    _key("UNSEEN", "messages without \\Seen", _lacks(flags.SEEN)),
    _within(
        "OLDER", "the internal date is that long ago",
        "SEARCH OLDER n: the message came n seconds ago or earlier, by the clock of the server.", _age(int.__ge__),
    ),
    _within(
        "YOUNGER", "the internal date is not so long ago",
        "SEARCH YOUNGER n: the message came n seconds ago or later, by the clock of the server.", _age(int.__le__),
    ),
    Key(
        "MODSEQ",
        Card(
            "MODSEQ", "the mod-sequence is that or higher", Cite(7162, "3.1.5"),
            more="SEARCH MODSEQ n: the mod-sequence of the message is n or higher. The name of a flag may stand before "
            "n. This server has one mod-sequence for all flags of a message, so it passes over the name.",
        ),
        ("mod-sequence-value",), lambda pool, values: [one.modseq >= int(values[0]) for one in pool.messages], False,
        "CONDSTORE",
    ),
)  # fmt: skip
"""Every key but those that stand for others: NOT, OR, UID, a set of numbers, and keys in parentheses."""
