"""UIDL: the unique-ids of the messages (RFC 1939 section 7)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits, numbers
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import OPEN
from mailshell.pop3.replies import UNIQUE_LINE, UNIQUE_LISTING
from mailshell.pop3.wording import Reply

CARD = Card(
    "UIDL",
    "a lasting name for each message",
    Cite(1939, "7"),
    parts={"UIDL": "verb: lists the unique-ids", "msg": "the number of one message, to hear of it alone"},
    more="A number is good for one session only. The unique-id of a message stays the same in all sessions, so a "
    "client that leaves mail on the server finds out which messages are new.",
)


class Uidl(NamedTuple):
    """UIDL, of one message or (None) of all."""

    number: int | None

    @property
    def card(self) -> Card:
        """The card of UIDL."""
        return CARD

    def line(self) -> bytes:
        """`UIDL`."""
        return b"UIDL" if self.number is None else b"UIDL %d" % self.number

    def run(self, desk: Desk) -> Reply:
        """List what is not marked."""
        drop = desk.drop
        if self.number is None:
            rows = [f"{number} {drop.unique_id(message)}\r\n" for number, message in drop.listed()]
            return UNIQUE_LISTING(block="".join(rows).encode("ascii"))
        found = numbers.find(desk, self.number)
        if isinstance(found, Reply):
            return found
        return UNIQUE_LINE(number=str(self.number), id=drop.unique_id(found))


def parse(cursor: Cursor) -> Uidl:
    """uidl = "UIDL" [SP msg] CRLF."""
    return Uidl(grammar.any_message(cursor))


COMMAND = Command(CARD, "UIDL [number]", OPEN, parse, ("UIDL", "UIDL 1"), limits.COMMAND_LINE, needs="UIDL")
