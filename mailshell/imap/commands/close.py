"""CLOSE: close the mailbox, and remove what has the flag Deleted (RFC 3501 section 6.4.2)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import expunging, grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import CLOSED, NO_ROOM
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "CLOSE",
    "close the mailbox, remove the deleted",
    Cite(3501, "6.4.2"),
    parts={"tag": grammar.TAG_GLOSS, "CLOSE": "verb: closes the open mailbox"},
    more="CLOSE removes the messages that have \\Deleted and closes the mailbox. It does not tell which it has "
    "removed. After EXAMINE it removes nothing.",
)


class Close(NamedTuple):
    """CLOSE has no argument."""

    @property
    def card(self) -> Card:
        """The card of CLOSE."""
        return CARD

    def line(self) -> bytes:
        """`a1 CLOSE`."""
        return b"CLOSE"

    def run(self, desk: Desk) -> Reply:
        """Remove what has the flag, and close."""
        if desk.view.writable:
            try:
                expunging.remove(desk)
            except Full as full:
                return NO_ROOM(str(full))
        desk.select(None)
        return CLOSED(verb="CLOSE")


def parse(cursor: Cursor) -> Close:
    """close = "CLOSE"."""
    cursor.done(grammar.END)
    return Close()


COMMAND = Command(CARD, "CLOSE", OPEN, parse, ("a1 CLOSE",), limits.COMMAND)
