"""RETR: the whole of a message (RFC 1939 section 5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits, numbers
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import OPEN
from mailshell.pop3.replies import MESSAGE
from mailshell.pop3.wording import Reply

CARD = Card(
    "RETR",
    "send me this message",
    Cite(1939, "5"),
    parts={"RETR": "verb: retrieves a message", "msg": "the number of the message"},
    more="RETR sends the whole message, header and body. It stays on the server until DELE marks it and QUIT removes "
    "it. A server whose CAPA answer has EXPIRE 0 removes it at QUIT without DELE.",
)
_GOES = "EXPIRE 0: this server keeps no mail that was fetched, so QUIT removes the message without DELE."


class Retr(NamedTuple):
    """RETR with a number."""

    number: int

    @property
    def card(self) -> Card:
        """The card of RETR."""
        return CARD

    def line(self) -> bytes:
        """`RETR 1`."""
        return b"RETR %d" % self.number

    def run(self, desk: Desk) -> Reply:
        """Send the message."""
        found = numbers.find(desk, self.number)
        if isinstance(found, Reply):
            return found
        octets = numbers.octets(desk, found)
        if isinstance(octets, Reply):
            return octets
        because = numbers.noted(desk, octets)
        if desk.keeps == 0:
            because = f"{because} {_GOES}".strip()
            if self.number not in desk.drop.sent:
                desk.put(desk.drop._replace(sent=desk.drop.sent.add(self.number, found.size)))
        return MESSAGE(because, numbers.lines(octets), octets=str(found.size))


def parse(cursor: Cursor) -> Retr:
    """retr = "RETR" SP msg CRLF."""
    return Retr(grammar.message(cursor))


COMMAND = Command(CARD, "RETR number", OPEN, parse, ("RETR 1",), limits.COMMAND_LINE)
