"""NOOP: do nothing, and answer (RFC 5321 section 4.1.1.9)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import NOTHING_DONE
from mailshell.smtp.wording import Reply

CARD = Card(
    "NOOP",
    "do nothing; are you there?",
    Cite(5321, "4.1.1.9"),
    parts={"NOOP": "verb: no operation", "String": "ignored by the server"},
    more="NOOP changes nothing. A client uses it to see whether the connection still stands.",
)
_ARGUMENT = Expect("word", "a word; the server ignores it", like="hello")


class Noop(NamedTuple):
    """NOOP with an argument that has no meaning (None: no argument)."""

    argument: str | None

    @property
    def card(self) -> Card:
        """The card of NOOP."""
        return CARD

    def line(self) -> bytes:
        """`NOOP`."""
        return b"NOOP" if self.argument is None else f"NOOP {grammar.quote(self.argument)}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Nothing."""
        return NOTHING_DONE()


def parse(cursor: Cursor) -> Noop:
    """noop = "NOOP" [ SP String ] CRLF."""
    return Noop(grammar.argument(cursor, _ARGUMENT))


COMMAND = Command(CARD, "NOOP", ANY, parse, ("NOOP", "NOOP hello"), limits.COMMAND_LINE)
