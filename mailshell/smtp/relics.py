"""Commands that history left behind: still recognized, refused with 502, each with its story (RFC 5321 appendix F)."""

import re
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Expect
from mailshell.smtp import eras, limits, reasons
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import NOT_IMPLEMENTED
from mailshell.smtp.wording import Reply

ARGUMENT = "argument"
"""The rule that marks what stands after the verb; no server here reads it."""

_REST = re.compile(rb"(?: [ -~]*)?")
_END = Expect("CRLF", "the command is refused with or without an argument")


class Relic(NamedTuple):
    """A relic as it was sent: `rest` is all after the verb, `instead` says what to send in its place."""

    card: Card
    instead: str
    rest: bytes

    def line(self) -> bytes:
        """`SEND FROM:<alice@lancs.uk>`."""
        return self.card.name.encode("ascii") + self.rest

    def run(self, desk: Desk) -> Reply:
        """Refuse: 502, or 500 from a server of a time that had not seen the command."""
        name = self.card.name
        if not eras.known(name, desk.host.traits.era):
            return reasons.not_yet(name, desk)
        return NOT_IMPLEMENTED(f"This server knows {name} and does not carry it out. {self.instead}")


def relic(card: Card, syntax: str, examples: tuple[str, ...], instead: str) -> Command[Desk, Reply]:
    """The command of a relic: whatever stands after the verb, the answer is the same in every phase."""

    def parse(cursor: Cursor) -> Relic:
        """The verb, and the rest of the line as it is."""
        start = cursor.at
        rest = cursor.need(_REST, _END)
        cursor.mark(ARGUMENT, start + 1)
        cursor.done(_END)
        return Relic(card, instead, rest)

    return Command(card, syntax, ANY, parse, examples, limits.COMMAND_LINE, relic=True)
