"""UTF8: allow messages in UTF-8 (RFC 6856 section 2.1)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import ENTRY
from mailshell.pop3.replies import UTF8_ON
from mailshell.pop3.wording import Reply

CARD = Card(
    "UTF8",
    "send me messages in UTF-8",
    Cite(6856, "2.1"),
    parts={"UTF8": "verb: switches UTF-8 mode on"},
    more="UTF8 says that the client can read messages whose header has characters outside ASCII. It comes before the "
    "login. Without it the server refuses to send such a message.",
)


class Utf8(NamedTuple):
    """UTF8 has no argument."""

    @property
    def card(self) -> Card:
        """The card of UTF8."""
        return CARD

    def line(self) -> bytes:
        """`UTF8`."""
        return b"UTF8"

    def run(self, desk: Desk) -> Reply:
        """Switch it on."""
        desk.state = desk.state._replace(utf8=True)
        return UTF8_ON()


def parse(cursor: Cursor) -> Utf8:
    """utf8 = "UTF8" CRLF."""
    cursor.done(grammar.END)
    return Utf8()


COMMAND = Command(CARD, "UTF8", ENTRY, parse, ("UTF8",), limits.COMMAND_LINE, needs="UTF8")
