"""LIST: the numbers and sizes of the messages (RFC 1939 section 5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits, numbers
from mailshell.pop3.desk import Desk
from mailshell.pop3.drop import counted
from mailshell.pop3.phases import OPEN
from mailshell.pop3.replies import SCAN_LINE, SCAN_LISTING
from mailshell.pop3.wording import Reply

CARD = Card(
    "LIST",
    "which messages, how big?",
    Cite(1939, "5"),
    parts={"LIST": "verb: lists the messages", "msg": "the number of one message, to hear of it alone"},
    more="LIST answers with a line for each message: its number in this session, and its size in octets. Messages "
    "that are marked as deleted are left out.",
)


class List(NamedTuple):
    """LIST, of one message or (None) of all."""

    number: int | None

    @property
    def card(self) -> Card:
        """The card of LIST."""
        return CARD

    def line(self) -> bytes:
        """`LIST`."""
        return b"LIST" if self.number is None else b"LIST %d" % self.number

    def run(self, desk: Desk) -> Reply:
        """List what is not marked."""
        if self.number is None:
            drop = desk.drop
            rows = b"".join([b"%d %d\r\n" % (number, message.size) for number, message in drop.listed()])
            return SCAN_LISTING(block=rows, counts=counted(drop.left, drop.octets_left))
        found = numbers.find(desk, self.number)
        if isinstance(found, Reply):
            return found
        return SCAN_LINE(number=str(self.number), octets=str(found.size))


def parse(cursor: Cursor) -> List:
    """list = "LIST" [SP msg] CRLF."""
    return List(grammar.any_message(cursor))


COMMAND = Command(CARD, "LIST [number]", OPEN, parse, ("LIST", "LIST 1"), limits.COMMAND_LINE)
