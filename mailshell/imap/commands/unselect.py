"""UNSELECT: close the mailbox (RFC 3691 section 2)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import CLOSED
from mailshell.imap.wording import Reply

CARD = Card(
    "UNSELECT",
    "close the mailbox, remove nothing",
    Cite(3691, "2"),
    parts={"tag": grammar.TAG_GLOSS, "UNSELECT": "verb: closes the open mailbox"},
    more="UNSELECT closes the mailbox as CLOSE does, but removes no message.",
)


class Unselect(NamedTuple):
    """UNSELECT has no argument."""

    @property
    def card(self) -> Card:
        """The card of UNSELECT."""
        return CARD

    def line(self) -> bytes:
        """`a1 UNSELECT`."""
        return b"UNSELECT"

    def run(self, desk: Desk) -> Reply:
        """Close."""
        desk.select(None)
        return CLOSED(verb="UNSELECT")


def parse(cursor: Cursor) -> Unselect:
    """unselect = "UNSELECT"."""
    cursor.done(grammar.END)
    return Unselect()


COMMAND = Command(CARD, "UNSELECT", OPEN, parse, ("a1 UNSELECT",), limits.COMMAND, needs="UNSELECT")
