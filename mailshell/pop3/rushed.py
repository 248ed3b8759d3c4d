"""Which commands a client may send before it has read the answer to an earlier one (RFC 2449 section 6.6)."""

from collections.abc import Iterator

from mailshell.core.command import Table
from mailshell.core.record import Prompt, Record
from mailshell.core.rushed import DROPPED, EARLY, followed, verb
from mailshell.pop3.desk import Desk
from mailshell.pop3.wording import Reply

_ASK = "Until CAPA lists PIPELINING, a client sends one command at a time (RFC 2449 section 6.6)."
_CHALLENGE = "A client cannot know its answer before it has read the challenge (RFC 5034 section 4)."


def notes(
    records: list[Record], desk: Desk, table: Table[Desk, Reply], *, dropped: bool, waits: bool
) -> Iterator[tuple[int, str]]:
    """The records whose answer the client should have waited for, by their indices, each with what was wrong.

    `waits` says that more of the client's commands wait for their turn, `dropped` that more came after QUIT. No record
    holds that, so the note stands at the end of the connection.
    """
    grouped = desk.offers("PIPELINING")
    for at, record in followed(records, waits=waits):
        if isinstance(record, Prompt):
            yield at, f"{EARLY} {_CHALLENGE}"
        elif not grouped and verb(record, table):
            yield at, f"{EARLY} {_ASK}"
    if dropped:
        yield len(records) - 1, DROPPED if grouped else f"{DROPPED} {_ASK}"
