"""DELETE: remove a mailbox (RFC 3501 section 6.3.4)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits, reasons
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import MAILBOX_DONE, NAME_CANNOT, NO_ROOM
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "DELETE",
    "remove a mailbox",
    Cite(3501, "6.3.4"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "DELETE": "verb: removes a mailbox",
        "mailbox": "the name of the mailbox",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="DELETE removes a mailbox with its messages. Names below it stay. INBOX cannot be removed.",
)


class Delete(NamedTuple):
    """DELETE and the name of a mailbox."""

    name: str

    @property
    def card(self) -> Card:
        """The card of DELETE."""
        return CARD

    def line(self) -> bytes:
        """`DELETE Drafts`."""
        return b"DELETE " + grammar.sent_name(self.name)

    def run(self, desk: Desk) -> Reply:
        """Remove it for good."""
        mailbox = desk.find(self.name)
        if mailbox is None:
            return reasons.no_mailbox(desk, self.name)
        if self.name == "INBOX":
            return NAME_CANNOT("INBOX is where mail arrives, so it cannot be removed.")
        try:
            desk.host.store.delete(mailbox.key)
        except Full as full:
            return NO_ROOM(str(full))
        return MAILBOX_DONE(verb="DELETE")


def parse(cursor: Cursor) -> Delete:
    """delete = "DELETE" SP mailbox."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    cursor.done(grammar.END)
    return Delete(name)


COMMAND = Command(CARD, "DELETE mailbox", INSIDE, parse, ("a1 DELETE Friends",), limits.COMMAND)
