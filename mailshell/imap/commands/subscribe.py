"""SUBSCRIBE: put a name on the list of LSUB (RFC 3501 section 6.3.6)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits, reasons
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import MAILBOX_DONE, NO_ROOM
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "SUBSCRIBE",
    "keep a name on the list of LSUB",
    Cite(3501, "6.3.6"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "SUBSCRIBE": "verb: subscribes to a name",
        "mailbox": "the name of the mailbox",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="SUBSCRIBE puts a name on the list that LSUB shows. Mail readers show those mailboxes.",
)


class Subscribe(NamedTuple):
    """SUBSCRIBE and the name of a mailbox."""

    name: str

    @property
    def card(self) -> Card:
        """The card of SUBSCRIBE."""
        return CARD

    def line(self) -> bytes:
        """`SUBSCRIBE Drafts`."""
        return b"SUBSCRIBE " + grammar.sent_name(self.name)

    def run(self, desk: Desk) -> Reply:
        """Put the name on the list."""
        if desk.find(self.name) is None:
            return reasons.no_mailbox(desk, self.name)
        try:
            desk.host.store.subscribe(desk.key(self.name))
        except Full as full:
            return NO_ROOM(str(full))
        return MAILBOX_DONE(verb="SUBSCRIBE")


def parse(cursor: Cursor) -> Subscribe:
    """subscribe = "SUBSCRIBE" SP mailbox."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    cursor.done(grammar.END)
    return Subscribe(name)


COMMAND = Command(CARD, "SUBSCRIBE mailbox", INSIDE, parse, ("a1 SUBSCRIBE Friends",), limits.COMMAND)
