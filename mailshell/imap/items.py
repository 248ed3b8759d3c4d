"""What FETCH can ask of a message, one name an item (RFC 3501 section 6.4.5).

An item is a column: from many messages it makes as many answers in one go, each with the name of the item in front.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from mailshell.core.record import Card, Cite
from mailshell.imap import dates, flags, structure, usual
from mailshell.imap.updates import shown
from mailshell.imap.view import View
from mailshell.mail.message import Entity, parse
from mailshell.mail.store import Message, Store


class Text:
    """The octets of a message, and its structure, which is read when somebody asks for it first."""

    __slots__ = ("_entity", "octets")

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self._entity: Entity | None = None

    @property
    def entity(self) -> Entity:
        """The structure."""
        if self._entity is None:
            self._entity = parse(self.octets)
        return self._entity


class Source:
    """The messages that a FETCH works on, in their order, as a session sees them."""

    __slots__ = ("_texts", "messages", "store", "view")

    def __init__(self, store: Store, view: View, messages: list[Message]) -> None:
        self.store = store
        self.view = view
        self.messages = messages
        self._texts: dict[int, Text] = {}

    def texts(self) -> list[Text]:
        """The text of each message: it is read once, however many sections of it are wanted."""
        for message in self.messages:
            if message.body not in self._texts:
                self._texts[message.body] = Text(self.store.octets(message.body))
        return [self._texts[message.body] for message in self.messages]

    def digests(self, kind: str, make: Callable[[bytes], Mapping[str, bytes]]) -> list[bytes]:
        """What `make` makes of the octets of each message, under that name; made once only."""
        return self.store.digests(kind, make, [one.body for one in self.messages])


Column = Callable[[Source], list[bytes]]


class Wanted(Protocol):
    """Something that a FETCH asks of each message: an item of this table, or a section of the body."""

    @property
    def name(self) -> str:
        """How it is asked for."""

    @property
    def seen(self) -> bool:
        """Whether asking for it sets \\Seen."""

    @property
    def column(self) -> Column:
        """The answers."""


class Item(NamedTuple):
    """A wanted item without arguments."""

    name: str
    card: Card
    column: Column
    seen: bool = False
    needs: str = ""


def _flags(source: Source) -> list[bytes]:
    if not source.view.recent:
        text = flags.octets
        return [b"FLAGS (%b)" % text(one.flags) for one in source.messages]
    view = source.view
    return [b"FLAGS (%b)" % shown(view, one.uid, one.flags) for one in source.messages]


def _uid(source: Source) -> list[bytes]:
    return [b"UID %d" % one.uid for one in source.messages]


def _date(source: Source) -> list[bytes]:
    return [b"INTERNALDATE " + dates.text(one.internal_date, one.zone) for one in source.messages]


def _size(source: Source) -> list[bytes]:
    return [b"RFC822.SIZE %d" % one.size for one in source.messages]


def _envelope(source: Source) -> list[bytes]:
    return source.digests("ENVELOPE", usual.digests)


def _structure(source: Source) -> list[bytes]:
    return source.digests("BODYSTRUCTURE", usual.digests)


def _modseq(source: Source) -> list[bytes]:
    return [b"MODSEQ (%d)" % one.modseq for one in source.messages]


def _body(source: Source) -> list[bytes]:
    return source.digests("BODY", structure.short)


def _item(name: str, says: str, section: str, more: str, column: Column) -> Item:
    return Item(name, Card(name, says, Cite(3501, section), more=more), column)


ITEMS = (
    _item("FLAGS", "the flags of the message", "2.3.2", "FLAGS asks for the flags, and sets none.", _flags),
    _item("UID", "the number that lasts", "2.3.1.1", "The uid of a message never changes in its mailbox.", _uid),
    _item(
        "INTERNALDATE", "when the server got it", "2.3.3",
        "The date that the server keeps beside the message: when it arrived, or what APPEND said.", _date,
    ),
    _item("RFC822.SIZE", "its size in octets", "2.3.4", "The size counts CR LF as two octets.", _size),
    _item(
        "ENVELOPE", "its header, taken apart", "2.3.5",
        "Date, subject, from, sender, reply-to, to, cc, bcc, in-reply-to and message-id, read by the server. It is not "
        "the envelope of SMTP.",
        _envelope,
    ),
    _item(
        "BODYSTRUCTURE", "its parts, described", "2.3.6",
        "The tree of the parts by MIME, with type, encoding and size of each, so that a client can fetch one part "
        "over a slow line.",
        _structure,
    ),
    _item("BODY", "its parts, described in short", "6.4.5", "BODYSTRUCTURE without what was added to it later.", _body),
    Item(
        "MODSEQ",
        Card(
            "MODSEQ", "a number that grows with each change", Cite(7162, "3.1.4.2"),
            more="The mod-sequence of the message. Each change of its flags gives it a higher one than all messages "
            "in the mailbox have.",
        ),
        _modseq,
        needs="CONDSTORE",
    ),
)  # fmt: skip
"""Every item without arguments."""

FLAGS, UID, MODSEQ = ITEMS[0], ITEMS[1], ITEMS[-1]

CHANGING: tuple[Wanted, ...] = (FLAGS, MODSEQ)
"""What is other than before where the same FETCH sets \\Seen."""

MACROS: dict[str, tuple[Item, ...]] = {
    "ALL": (ITEMS[0], ITEMS[2], ITEMS[3], ITEMS[4]),
    "FAST": (ITEMS[0], ITEMS[2], ITEMS[3]),
    "FULL": (ITEMS[0], ITEMS[2], ITEMS[3], ITEMS[4], ITEMS[6]),
}
"""Words that stand for several items."""
