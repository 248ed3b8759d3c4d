"""IDLE: hear at once what changes (RFC 2177)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE, Phase
from mailshell.imap.replies import IDLE_DONE, IDLING, NOT_DONE
from mailshell.imap.wording import Reply

CARD = Card(
    "IDLE",
    "tell me at once what changes",
    Cite(2177, "3"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "IDLE": "verb: asks to be told of each change as it happens",
        "DONE": "ends IDLE; it has no tag",
    },
    more="After IDLE the server tells what happens in the open mailbox without being asked. The client sends DONE when "
    "it wants to send a command. It should say IDLE again before 29 minutes are over.",
)


class Idle(NamedTuple):
    """IDLE has no argument."""

    @property
    def card(self) -> Card:
        """The card of IDLE."""
        return CARD

    def line(self) -> bytes:
        """`IDLE`."""
        return b"IDLE"

    def run(self, desk: Desk) -> Reply:
        """Wait for DONE."""
        desk.wait(Phase.IDLE)
        because = "" if desk.state.view is not None else "No mailbox is open, so there is nothing to tell."
        return IDLING(because)


class Done(NamedTuple):
    """The line that ends IDLE."""

    octets: bytes

    @property
    def card(self) -> Card:
        """The card of IDLE."""
        return CARD

    def line(self) -> bytes:
        """`DONE`."""
        return b"DONE"

    def run(self, desk: Desk) -> Reply:
        """End IDLE, whatever the line is."""
        if self.octets.upper() == b"DONE\r\n":
            return IDLE_DONE()
        return NOT_DONE(
            "In IDLE a client sends DONE and CR LF. Any other line ends IDLE as well, and is not carried out."
        )


def parse(cursor: Cursor) -> Idle:
    """idle = "IDLE" CRLF "DONE"."""
    cursor.done(grammar.END)
    return Idle()


COMMAND = Command(CARD, "IDLE", INSIDE, parse, ("a1 IDLE",), limits.COMMAND, needs="IDLE")
