"""CAPA: list what the server can do (RFC 2449 section 5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits
from mailshell.pop3.capabilities import listed
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import ANY
from mailshell.pop3.replies import CAPABILITIES
from mailshell.pop3.wording import Reply

CARD = Card(
    "CAPA",
    "what can you do?",
    Cite(2449, "5"),
    parts={"CAPA": "verb: asks for the capabilities"},
    more="CAPA lists the capabilities of the server, one a line: optional commands, and ways in which it behaves. A "
    "server without CAPA answers -ERR.",
)


class Capa(NamedTuple):
    """CAPA has no argument."""

    @property
    def card(self) -> Card:
        """The card of CAPA."""
        return CARD

    def line(self) -> bytes:
        """`CAPA`."""
        return b"CAPA"

    def run(self, desk: Desk) -> Reply:
        """List them."""
        return CAPABILITIES(block="".join(f"{words}\r\n" for words in listed(desk)).encode("ascii"))


def parse(cursor: Cursor) -> Capa:
    """capa = "CAPA" CRLF."""
    cursor.done(grammar.END)
    return Capa()


COMMAND = Command(CARD, "CAPA", ANY, parse, ("CAPA",), limits.COMMAND_LINE, needs="CAPA")
