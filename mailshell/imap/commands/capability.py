"""CAPABILITY: list what the server can do (RFC 3501 section 6.1.1)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits
from mailshell.imap.capabilities import listed
from mailshell.imap.desk import Desk
from mailshell.imap.phases import ANY
from mailshell.imap.replies import CAPABILITY_DONE
from mailshell.imap.wording import Reply

CARD = Card(
    "CAPABILITY",
    "what can you do?",
    Cite(3501, "6.1.1"),
    parts={"tag": grammar.TAG_GLOSS, "CAPABILITY": "verb: asks for the capabilities"},
    more="CAPABILITY lists what the server can do. Many servers tell it with the greeting and after the login as well.",
)


class Capability(NamedTuple):
    """CAPABILITY has no argument."""

    @property
    def card(self) -> Card:
        """The card of CAPABILITY."""
        return CARD

    def line(self) -> bytes:
        """`a1 CAPABILITY`."""
        return b"CAPABILITY"

    def run(self, desk: Desk) -> Reply:
        """List them."""
        return CAPABILITY_DONE(block=f"* CAPABILITY {listed(desk)}\r\n".encode("ascii"))


def parse(cursor: Cursor) -> Capability:
    """capability = "CAPABILITY"."""
    cursor.done(grammar.END)
    return Capability()


COMMAND = Command(CARD, "CAPABILITY", ANY, parse, ("a1 CAPABILITY",), limits.COMMAND)
