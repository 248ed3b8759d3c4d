"""RSET: take all marks off (RFC 1939 section 5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits
from mailshell.pop3.desk import Desk
from mailshell.pop3.drop import NONE, counted
from mailshell.pop3.phases import OPEN
from mailshell.pop3.replies import UNMARKED
from mailshell.pop3.wording import Reply

CARD = Card(
    "RSET",
    "delete nothing after all",
    Cite(1939, "5"),
    parts={"RSET": "verb: takes the marks of DELE off"},
    more="RSET takes the marks of DELE off all messages. It does not end the session, and it does not close the "
    "maildrop.",
)


class Rset(NamedTuple):
    """RSET has no argument."""

    @property
    def card(self) -> Card:
        """The card of RSET."""
        return CARD

    def line(self) -> bytes:
        """`RSET`."""
        return b"RSET"

    def run(self, desk: Desk) -> Reply:
        """Take the marks off."""
        drop = desk.drop._replace(marks=NONE)
        desk.put(drop)
        because = "EXPIRE 0: what RETR has sent is removed at QUIT all the same." if drop.sent.size else ""
        return UNMARKED(because, counts=counted(drop.left, drop.octets))


def parse(cursor: Cursor) -> Rset:
    """rset = "RSET" CRLF."""
    cursor.done(grammar.END)
    return Rset()


COMMAND = Command(CARD, "RSET", OPEN, parse, ("RSET",), limits.COMMAND_LINE)
