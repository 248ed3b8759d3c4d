"""Which commands a client may send before it has read the answer to an earlier one (RFC 3501 section 5.5).

IMAP lets a client send several commands at once: the server carries them out in their order. Only the answer to an
exchange cannot be known before, and what follows LOGOUT is dropped.
"""

from collections.abc import Iterator

from mailshell.core.record import Prompt, Record
from mailshell.core.rushed import DROPPED, EARLY, followed
from mailshell.imap.phases import Phase
from mailshell.imap.replies import GO_ON

_CHALLENGE = "A client cannot know its answer before it has read the challenge (RFC 3501 section 6.2.2)."
_LITERAL = "The server may refuse a literal, and then its octets are read as a command (RFC 3501 section 4.3)."


def notes(records: list[Record], *, dropped: bool, waits: bool) -> Iterator[tuple[int, str]]:
    """The records whose answer the client should have waited for, by their indices, each with what was wrong."""
    for at, record in followed(records, waits=waits):
        if isinstance(record, Prompt) and record.after is Phase.EXCHANGE:
            yield at, f"{EARLY} {_CHALLENGE}"
        elif isinstance(record, Prompt) and record.card.name == GO_ON.card.name:
            yield at, f"{EARLY} {_LITERAL}"
    if dropped:
        yield len(records) - 1, DROPPED.replace("QUIT", "LOGOUT")
