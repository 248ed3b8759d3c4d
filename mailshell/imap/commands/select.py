"""SELECT: open a mailbox (RFC 3501 section 6.3.1)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits, opening
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.wording import Reply

CARD = Card(
    "SELECT",
    "open a mailbox",
    Cite(3501, "6.3.1"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "SELECT": "verb: opens a mailbox for reading and writing",
        "mailbox": "the name of the mailbox; INBOX has no case",
        "literal": grammar.LITERAL_GLOSS,
        **opening.PARTS,
    },
    more="SELECT opens a mailbox, so that FETCH, STORE and others work on its messages. The server says first how many "
    "there are, which flags can be used, and what uids are good for. One that was open is closed first.",
)


class Select(NamedTuple):
    """SELECT with the name of a mailbox; `aware`: mod-sequences are told from now on."""

    name: str
    aware: bool = False

    @property
    def card(self) -> Card:
        """The card of SELECT."""
        return CARD

    def line(self) -> bytes:
        """`SELECT INBOX`."""
        return b"SELECT " + grammar.sent_name(self.name) + (b" (CONDSTORE)" if self.aware else b"")

    def run(self, desk: Desk) -> Reply:
        """Open it."""
        return opening.run(desk, self.name, writable=True, aware=self.aware)


def parse(cursor: Cursor) -> Select:
    """select = "SELECT" SP mailbox [SP "(" "CONDSTORE" ")"]."""
    return Select(*opening.arguments(cursor))


COMMAND = Command(
    CARD,
    "SELECT mailbox",
    INSIDE,
    parse,
    ("a1 SELECT INBOX", "a1 SELECT Sent", "a1 SELECT INBOX (CONDSTORE)"),
    limits.COMMAND,
)
