"""CHECK: ask for a checkpoint (RFC 3501 section 6.4.1)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import CHECKED
from mailshell.imap.wording import Reply

CARD = Card(
    "CHECK",
    "write everything down",
    Cite(3501, "6.4.1"),
    parts={"tag": grammar.TAG_GLOSS, "CHECK": "verb: asks for a checkpoint"},
    more="CHECK asks for a checkpoint of the open mailbox. RFC 9051 has dropped it: a client sends NOOP.",
)


class Check(NamedTuple):
    """CHECK has no argument."""

    @property
    def card(self) -> Card:
        """The card of CHECK."""
        return CARD

    def line(self) -> bytes:
        """`a1 CHECK`."""
        return b"CHECK"

    def run(self, desk: Desk) -> Reply:
        """Nothing is left to be done: each answer comes after its commit."""
        return CHECKED()


def parse(cursor: Cursor) -> Check:
    """check = "CHECK"."""
    cursor.done(grammar.END)
    return Check()


COMMAND = Command(CARD, "CHECK", OPEN, parse, ("a1 CHECK",), limits.COMMAND)
