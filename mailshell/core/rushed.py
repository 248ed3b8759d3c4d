"""Commands that a client sent before it had read the answer to an earlier one; a protocol says where that is wrong.

A server carries them out one by one all the same, because it must not look at when they came. The one who fed the
session knows that, and asks whether it was wrong.
"""

from collections.abc import Iterator
from typing import TypeVar

from mailshell.core.command import Table
from mailshell.core.record import HEARD, Exchange, Fault, Prompt, Record

Desk = TypeVar("Desk")
Answer = TypeVar("Answer")

EARLY = "The client did not wait for this answer."
DROPPED = "What it sent after QUIT is dropped."


def followed(records: list[Record], *, waits: bool) -> Iterator[tuple[int, Exchange | Prompt]]:
    """The commands that more octets of the client came after, each with its place among the records.

    `waits`: more came than the records hold.
    """
    last = len(records) - (not waits)
    while 0 < last < len(records) and not isinstance(records[last], HEARD):
        last -= 1
    for at in range(last):
        record = records[at]
        if isinstance(record, (Exchange, Prompt)):
            yield at, record


def verb(record: Exchange | Prompt, table: Table[Desk, Answer]) -> str:
    """The name of the command, refused or not; empty where the server knows no such command."""
    if not isinstance(record.parsed, Fault):
        return record.parsed.card.name
    command = table.find(record.octets.rstrip(b"\r\n").split(b" ", 1)[0])
    return "" if command is None else command.card.name
