"""DELE: mark a message as deleted (RFC 1939 section 5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits, numbers
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import OPEN
from mailshell.pop3.replies import MARKED
from mailshell.pop3.wording import Reply

CARD = Card(
    "DELE",
    "mark this message as deleted",
    Cite(1939, "5"),
    parts={"DELE": "verb: marks a message as deleted", "msg": "the number of the message"},
    more="DELE marks a message. It cannot be used any more in this session, and QUIT removes it. Until then RSET "
    "takes the mark off. A session that ends without QUIT removes nothing.",
)


class Dele(NamedTuple):
    """DELE with a number."""

    number: int

    @property
    def card(self) -> Card:
        """The card of DELE."""
        return CARD

    def line(self) -> bytes:
        """`DELE 1`."""
        return b"DELE %d" % self.number

    def run(self, desk: Desk) -> Reply:
        """Mark the message."""
        found = numbers.find(desk, self.number)
        if isinstance(found, Reply):
            return found
        drop = desk.drop
        desk.put(drop._replace(marks=drop.marks.add(self.number, found.size)))
        return MARKED(number=str(self.number))


def parse(cursor: Cursor) -> Dele:
    """dele = "DELE" SP msg CRLF."""
    return Dele(grammar.message(cursor))


COMMAND = Command(CARD, "DELE number", OPEN, parse, ("DELE 1",), limits.COMMAND_LINE)
