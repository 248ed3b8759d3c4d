"""LOGOUT: end the session (RFC 3501 section 6.1.3)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import ANY
from mailshell.imap.replies import LOGGED_OUT
from mailshell.imap.wording import Reply

CARD = Card(
    "LOGOUT",
    "end the session",
    Cite(3501, "6.1.3"),
    parts={"tag": grammar.TAG_GLOSS, "LOGOUT": "verb: asks the server to close"},
    more="LOGOUT ends the session. The server says BYE, then answers the command, then closes. Messages with "
    "\\Deleted stay.",
)


class Logout(NamedTuple):
    """LOGOUT has no argument."""

    @property
    def card(self) -> Card:
        """The card of LOGOUT."""
        return CARD

    def line(self) -> bytes:
        """`a1 LOGOUT`."""
        return b"LOGOUT"

    def run(self, desk: Desk) -> Reply:
        """Say goodbye; the session closes after it."""
        desk.leave()
        return LOGGED_OUT(block=f"* BYE {desk.host.name} IMAP server logging out\r\n".encode("ascii"))


def parse(cursor: Cursor) -> Logout:
    """logout = "LOGOUT"."""
    cursor.done(grammar.END)
    return Logout()


COMMAND = Command(CARD, "LOGOUT", ANY, parse, ("a1 LOGOUT",), limits.COMMAND)
