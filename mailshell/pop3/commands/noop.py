"""NOOP: do nothing, and answer (RFC 1939 section 5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import OPEN
from mailshell.pop3.replies import NOTHING_DONE
from mailshell.pop3.wording import Reply

CARD = Card(
    "NOOP",
    "do nothing; are you there?",
    Cite(1939, "5"),
    parts={"NOOP": "verb: no operation"},
    more="NOOP changes nothing. A client sends it so that the server does not give up waiting.",
)


class Noop(NamedTuple):
    """NOOP has no argument."""

    @property
    def card(self) -> Card:
        """The card of NOOP."""
        return CARD

    def line(self) -> bytes:
        """`NOOP`."""
        return b"NOOP"

    def run(self, desk: Desk) -> Reply:
        """Nothing."""
        return NOTHING_DONE()


def parse(cursor: Cursor) -> Noop:
    """noop = "NOOP" CRLF."""
    cursor.done(grammar.END)
    return Noop()


COMMAND = Command(CARD, "NOOP", OPEN, parse, ("NOOP",), limits.COMMAND_LINE)
