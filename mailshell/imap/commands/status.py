"""STATUS: numbers of a mailbox that is not open (RFC 3501 section 6.3.10)."""

from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import flags, grammar, limits, modseqs, reasons
from mailshell.imap.desk import CONDSTORE, Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import STATUS_DONE
from mailshell.imap.wording import Reply
from mailshell.mail.store import Mailbox


class Item(NamedTuple):
    """Something that STATUS tells of a mailbox; `needs` is the capability that brings it, empty for RFC 3501."""

    name: str
    says: str
    number: Callable[[Desk, Mailbox], int]
    needs: str = ""


def _recent(desk: Desk, mailbox: Mailbox) -> int:
    return len(mailbox.newer(mailbox.box.recent))


def _unseen(desk: Desk, mailbox: Mailbox) -> int:
    return sum(flags.SEEN not in one.flags for one in mailbox.messages.values())


def _size(desk: Desk, mailbox: Mailbox) -> int:
    return sum(one.size for one in mailbox.messages.values())


ITEMS = (
    Item("MESSAGES", "how many messages", lambda desk, mailbox: len(mailbox.messages)),
    Item("RECENT", "how many that no session was told of", _recent),
    Item("UIDNEXT", "the next message gets this uid, or a higher one", lambda desk, mailbox: mailbox.box.uidnext),
    Item(
        "UIDVALIDITY",
        "uids keep their meaning as long as this is the same",
        lambda desk, mailbox: mailbox.box.uidvalidity,
    ),
    Item("UNSEEN", "how many without \\Seen", _unseen),
    Item("HIGHESTMODSEQ", "no message has a higher mod-sequence", lambda desk, mailbox: mailbox.box.modseq, CONDSTORE),
    Item("SIZE", "the octets of all messages together", _size, "STATUS=SIZE"),
    Item("APPENDLIMIT", "the biggest message that APPEND takes", lambda desk, mailbox: desk.limit, "APPENDLIMIT"),
)

CARD = Card(
    "STATUS",
    "numbers of a mailbox",
    Cite(3501, "6.3.10"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "STATUS": "verb: asks for numbers of a mailbox",
        "mailbox": "a mailbox that is not open in this session",
        "status-att": "what is asked",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="STATUS tells numbers of a mailbox without opening it. It is not meant for the mailbox that is open: the "
    "server tells what changes there anyway.",
)


class Status(NamedTuple):
    """STATUS with a mailbox and items."""

    name: str
    items: tuple[Item, ...]

    @property
    def card(self) -> Card:
        """The card of STATUS."""
        return CARD

    def line(self) -> bytes:
        """`STATUS Sent (MESSAGES)`."""
        return b"STATUS %b %b" % (grammar.sent_name(self.name), written(self.items).encode("ascii"))

    def run(self, desk: Desk) -> Reply:
        """Count."""
        mailbox = desk.find(self.name)
        if mailbox is None:
            return reasons.no_mailbox(desk, self.name)
        told = modseqs.enable(desk) if any(item.needs == CONDSTORE for item in self.items) else b""
        return STATUS_DONE(block=told + row(desk, mailbox, self.items))


def written(items: tuple[Item, ...]) -> str:
    """`(MESSAGES UNSEEN)`."""
    return f"({' '.join(item.name for item in items)})"


def row(desk: Desk, mailbox: Mailbox, items: tuple[Item, ...]) -> bytes:
    """The untagged response with the numbers of a mailbox."""
    words = " ".join(f"{item.name} {item.number(desk, mailbox)}" for item in items).encode("ascii")
    return b"* STATUS %b (%b)\r\n" % (grammar.sent_name(mailbox.key.name), words)


def _item(cursor: Cursor) -> Item:
    cursor.rule, start = "status-att", cursor.at
    for item in sorted(ITEMS, key=lambda one: -len(one.name)):
        if cursor.word(item.name.encode("ascii"), Expect(item.name, item.says, needs=item.needs)):
            cursor.mark("status-att", start)
            return item
    raise Stop


def items(cursor: Cursor) -> tuple[Item, ...]:
    """ "(" status-att *(SP status-att) ")"; each item counts once, as some have to look at every message."""
    cursor.need_word(b"(", grammar.OPEN)
    found = [_item(cursor)]
    while not cursor.word(b")", grammar.CLOSE):
        grammar.space(cursor)
        found.append(_item(cursor))
    return tuple(dict.fromkeys(found))


def parse(cursor: Cursor) -> Status:
    """status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    grammar.space(cursor)
    found = items(cursor)
    cursor.done(grammar.END)
    return Status(name, found)


COMMAND = Command(
    CARD, "STATUS mailbox (items)", INSIDE, parse, ("a1 STATUS Sent (MESSAGES UNSEEN)",), limits.COMMAND, "IMAP4rev1"
)
