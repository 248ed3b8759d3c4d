"""EXAMINE: open a mailbox for reading only (RFC 3501 section 6.3.2)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits, opening
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.wording import Reply

CARD = Card(
    "EXAMINE",
    "open a mailbox, change nothing",
    Cite(3501, "6.3.2"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "EXAMINE": "verb: opens a mailbox for reading only",
        "mailbox": "the name of the mailbox; INBOX has no case",
        "literal": grammar.LITERAL_GLOSS,
        **opening.PARTS,
    },
    more="EXAMINE does what SELECT does, but nothing in the mailbox changes: no flag is set, nothing is removed, and "
    "the recent messages stay recent for the next session.",
)


class Examine(NamedTuple):
    """EXAMINE with the name of a mailbox; `aware`: mod-sequences are told from now on."""

    name: str
    aware: bool = False

    @property
    def card(self) -> Card:
        """The card of EXAMINE."""
        return CARD

    def line(self) -> bytes:
        """`EXAMINE INBOX`."""
        return b"EXAMINE " + grammar.sent_name(self.name) + (b" (CONDSTORE)" if self.aware else b"")

    def run(self, desk: Desk) -> Reply:
        """Open it."""
        return opening.run(desk, self.name, writable=False, aware=self.aware)


def parse(cursor: Cursor) -> Examine:
    """examine = "EXAMINE" SP mailbox [SP "(" "CONDSTORE" ")"]."""
    return Examine(*opening.arguments(cursor))


COMMAND = Command(
    CARD, "EXAMINE mailbox", INSIDE, parse, ("a1 EXAMINE INBOX", "a1 EXAMINE INBOX (CONDSTORE)"), limits.COMMAND
)
