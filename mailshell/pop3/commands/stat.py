"""STAT: how many messages, how many octets (RFC 1939 section 5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import OPEN
from mailshell.pop3.replies import DROP_LISTING
from mailshell.pop3.wording import Reply

CARD = Card(
    "STAT",
    "how much mail is there?",
    Cite(1939, "5"),
    parts={"STAT": "verb: asks for the number and the size of the mail"},
    more="STAT answers with the number of messages and their octets together. Messages that are marked as deleted do "
    "not count.",
)


class Stat(NamedTuple):
    """STAT has no argument."""

    @property
    def card(self) -> Card:
        """The card of STAT."""
        return CARD

    def line(self) -> bytes:
        """`STAT`."""
        return b"STAT"

    def run(self, desk: Desk) -> Reply:
        """Count what is not marked."""
        drop = desk.drop
        return DROP_LISTING(count=str(drop.left), octets=str(drop.octets_left))


def parse(cursor: Cursor) -> Stat:
    """stat = "STAT" CRLF."""
    cursor.done(grammar.END)
    return Stat()


COMMAND = Command(CARD, "STAT", OPEN, parse, ("STAT",), limits.COMMAND_LINE)
