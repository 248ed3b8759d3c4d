"""RSET: drop the transaction (RFC 5321 section 4.1.1.5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import RESET
from mailshell.smtp.wording import Reply

CARD = Card(
    "RSET",
    "drop the transaction",
    Cite(5321, "4.1.1.5"),
    parts={"RSET": "verb: forgets sender, recipients and message"},
    more="RSET forgets the sender and the recipients. The connection and the client's name stay.",
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
        """Drop the transaction."""
        desk.clear()
        return RESET()


def parse(cursor: Cursor) -> Rset:
    """rset = "RSET" CRLF."""
    cursor.done(grammar.END)
    return Rset()


COMMAND = Command(CARD, "RSET", ANY, parse, ("RSET",), limits.COMMAND_LINE)
