"""TOP: the header of a message and the first lines of its body (RFC 1939 section 7)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits, numbers
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import OPEN
from mailshell.pop3.replies import TOP_OF_MESSAGE
from mailshell.pop3.wording import Reply

CARD = Card(
    "TOP",
    "send me the top of this message",
    Cite(1939, "7"),
    parts={
        "TOP": "verb: retrieves the top of a message",
        "msg": "the number of the message",
        "n": "how many lines of the body; 0 for the header alone",
    },
    more="TOP sends the header, the empty line after it, and the first lines of the body. A client shows a list of "
    "mail with it, without loading the messages.",
)


class Top(NamedTuple):
    """TOP with a number, and how many lines of the body."""

    number: int
    rows: int

    @property
    def card(self) -> Card:
        """The card of TOP."""
        return CARD

    def line(self) -> bytes:
        """`TOP 1 10`."""
        return b"TOP %d %d" % self

    def run(self, desk: Desk) -> Reply:
        """Send the top of the message."""
        found = numbers.find(desk, self.number)
        if isinstance(found, Reply):
            return found
        octets = numbers.octets(desk, found)
        if isinstance(octets, Reply):
            return octets
        top = octets[: _end(octets, len(numbers.header(octets)), self.rows)]
        return TOP_OF_MESSAGE(numbers.noted(desk, top), numbers.lines(top))


def _end(octets: bytes, at: int, count: int) -> int:
    """Where so many lines after `at` end, or the octets."""
    while count and at < len(octets):
        found = octets.find(b"\r\n", at)
        if found < 0:
            return len(octets)
        at, count = found + 2, count - 1
    return at


def parse(cursor: Cursor) -> Top:
    """top = "TOP" SP msg SP n CRLF."""
    found = grammar.number(cursor, "msg", grammar.MESSAGE)
    count = grammar.number(cursor, "n", grammar.LINES)
    cursor.done(grammar.END)
    return Top(found, count)


COMMAND = Command(CARD, "TOP number lines", OPEN, parse, ("TOP 1 0", "TOP 1 10"), limits.COMMAND_LINE, needs="TOP")
