"""Commands that history left behind: still recognized, refused in every phase, each with its story."""

import re
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Expect, Phase

Desk = TypeVar("Desk")
Answer = TypeVar("Answer")

ARGUMENT = "argument"
"""The rule that marks what stands after the verb; no server here reads it."""

_REST = re.compile(rb"(?: [ -~]*)?")
_END = Expect("CRLF", "the command is refused with or without an argument")


class Relic(NamedTuple, Generic[Desk, Answer]):
    """A relic as it was sent: `rest` is all after the verb, `refuse` gives the answer of a server."""

    card: Card
    refuse: Callable[[Desk], Answer]
    rest: bytes

    def line(self) -> bytes:
        """`SEND FROM:<alice@lancs.uk>`."""
        return self.card.name.encode("ascii") + self.rest

    def run(self, desk: Desk) -> Answer:
        """Refuse."""
        return self.refuse(desk)


def relic(
    card: Card,
    syntax: str,
    examples: tuple[str, ...],
    refuse: Callable[[Desk], Answer],
    *,
    when: frozenset[Phase],
    limit: int,
) -> Command[Desk, Answer]:
    """The command of a relic: whatever stands after the verb, the answer is the same in every phase of `when`."""

    def parse(cursor: Cursor) -> Relic[Desk, Answer]:
        """The verb, and the rest of the line as it is."""
        start = cursor.at
        rest = cursor.need(_REST, _END)
        cursor.mark(ARGUMENT, start + 1)
        cursor.done(_END)
        return Relic(card, refuse, rest)

    return Command(card, syntax, when, parse, examples, limit, relic=True)
