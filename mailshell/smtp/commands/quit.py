"""QUIT: end the session (RFC 5321 section 4.1.1.10)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import ANY, Phase
from mailshell.smtp.replies import CLOSING
from mailshell.smtp.wording import Reply

CARD = Card(
    "QUIT",
    "end the session",
    Cite(5321, "4.1.1.10"),
    parts={"QUIT": "verb: asks the server to close the connection"},
    more="The server answers 221 and closes the connection. An open transaction is dropped.",
)


class Quit(NamedTuple):
    """QUIT has no argument."""

    @property
    def card(self) -> Card:
        """The card of QUIT."""
        return CARD

    def line(self) -> bytes:
        """`QUIT`."""
        return b"QUIT"

    def run(self, desk: Desk) -> Reply:
        """Say goodbye; the session closes after it."""
        desk.move(Phase.CLOSED, None)
        return CLOSING(host=desk.host.name)


def parse(cursor: Cursor) -> Quit:
    """quit = "QUIT" CRLF."""
    cursor.done(grammar.END)
    return Quit()


COMMAND = Command(CARD, "QUIT", ANY, parse, ("QUIT",), limits.COMMAND_LINE)
