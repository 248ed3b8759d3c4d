"""NOOP: do nothing, and hear what is new (RFC 3501 section 6.1.2)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import ANY
from mailshell.imap.replies import NOOP_DONE
from mailshell.imap.wording import Reply

CARD = Card(
    "NOOP",
    "do nothing; tell what is new",
    Cite(3501, "6.1.2"),
    parts={"tag": grammar.TAG_GLOSS, "NOOP": "verb: asks for nothing"},
    more="NOOP changes nothing. The server may tell what has happened in the open mailbox, and the clock of the "
    "autologout starts anew.",
)


class Noop(NamedTuple):
    """NOOP has no argument."""

    @property
    def card(self) -> Card:
        """The card of NOOP."""
        return CARD

    def line(self) -> bytes:
        """`a1 NOOP`."""
        return b"NOOP"

    def run(self, desk: Desk) -> Reply:
        """Do nothing; what is new is told with every answer."""
        return NOOP_DONE()


def parse(cursor: Cursor) -> Noop:
    """noop = "NOOP"."""
    cursor.done(grammar.END)
    return Noop()


COMMAND = Command(CARD, "NOOP", ANY, parse, ("a1 NOOP",), limits.COMMAND)
