"""UNSUBSCRIBE: take a name off the list of LSUB (RFC 3501 section 6.3.7)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import MAILBOX_DONE, NO_ROOM
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "UNSUBSCRIBE",
    "take a name off the list of LSUB",
    Cite(3501, "6.3.7"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "UNSUBSCRIBE": "verb: takes a name off the list",
        "mailbox": "the name of the mailbox",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="UNSUBSCRIBE takes a name off the list that LSUB shows. The mailbox stays.",
)


class Unsubscribe(NamedTuple):
    """UNSUBSCRIBE and the name of a mailbox."""

    name: str

    @property
    def card(self) -> Card:
        """The card of UNSUBSCRIBE."""
        return CARD

    def line(self) -> bytes:
        """`UNSUBSCRIBE Drafts`."""
        return b"UNSUBSCRIBE " + grammar.sent_name(self.name)

    def run(self, desk: Desk) -> Reply:
        """Take the name off the list, where it is on it."""
        try:
            desk.host.store.subscribe(desk.key(self.name), wanted=False)
        except Full as full:
            return NO_ROOM(str(full))
        return MAILBOX_DONE(verb="UNSUBSCRIBE")


def parse(cursor: Cursor) -> Unsubscribe:
    """unsubscribe = "UNSUBSCRIBE" SP mailbox."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    cursor.done(grammar.END)
    return Unsubscribe(name)


COMMAND = Command(CARD, "UNSUBSCRIBE mailbox", INSIDE, parse, ("a1 UNSUBSCRIBE Friends",), limits.COMMAND)
