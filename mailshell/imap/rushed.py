"""Which commands a client may send before it has read the answer to an earlier one (RFC 3501 section 5.5).

IMAP lets a client send several commands at once: the server carries them out in their order. But the answer to an
exchange cannot be known before, an answer may change the sequence numbers, and what follows LOGOUT is dropped.
"""

from collections.abc import Iterator

from mailshell.core.record import Exchange, Fault, Parsed, Prompt, Record
from mailshell.core.rushed import DROPPED, EARLY, followed
from mailshell.imap import query, sets
from mailshell.imap.commands.copy import Copy
from mailshell.imap.commands.fetch import Fetch
from mailshell.imap.commands.move import Move
from mailshell.imap.commands.search import Search
from mailshell.imap.commands.sort import Sort
from mailshell.imap.commands.store import Store
from mailshell.imap.commands.thread import Thread
from mailshell.imap.phases import Phase
from mailshell.imap.replies import GO_ON

_CHALLENGE = "A client cannot know its answer before it has read the challenge (RFC 3501 section 6.2.2)."
_LITERAL = "The server may refuse a literal, and then its octets are read as a command (RFC 3501 section 4.3)."
_NUMBERS = "It may bring EXPUNGE, and then the numbers in {name} mean other messages (RFC 3501 section 5.5)."
_QUIET = frozenset({"FETCH", "STORE", "SEARCH", "SORT", "THREAD"})
"""The commands whose answers bring no EXPUNGE."""
_OPENING = frozenset({"SELECT", "EXAMINE"})
"""The commands after which numbers are those of another mailbox: no answer before them changes what they mean."""


def notes(records: list[Record], *, dropped: bool, waits: bool) -> Iterator[tuple[int, str]]:
    """The records whose answer the client should have waited for, by their indices, each with what was wrong."""
    early = list(followed(records, waits=waits))
    numbered = _numbered(records) if early else []
    for at, record in early:
        if isinstance(record, Prompt) and record.after is Phase.EXCHANGE:
            yield at, f"{EARLY} {_CHALLENGE}"
        elif isinstance(record, Prompt) and record.card.name == GO_ON.card.name:
            yield at, f"{EARLY} {_LITERAL}"
        elif isinstance(record, Exchange) and numbered[at + 1] and _expunges(record):
            yield at, f"{EARLY} {_NUMBERS.format(name=numbered[at + 1])}"
    if dropped:
        yield len(records) - 1, DROPPED.replace("QUIT", "LOGOUT")


def _expunges(record: Exchange) -> bool:
    """Whether the answer may have brought EXPUNGE: one to a command that was carried out with a mailbox open."""
    parsed, opened = record.parsed, record.before in (Phase.SELECTED, Phase.IDLE) and record.after is Phase.SELECTED
    return opened and not isinstance(parsed, Fault) and parsed.card.name not in _QUIET | _OPENING


def _numbered(records: list[Record]) -> list[str]:
    """For each place among the records the next command with numbers of this mailbox; empty where none comes."""
    name, names = "", [""]
    for record in reversed(records):
        if isinstance(record, Exchange) and not isinstance(record.parsed, Fault):
            if _counts(record.parsed):
                name = record.parsed.card.name
            elif record.parsed.card.name in _OPENING:
                name = ""
        names.append(name)
    return names[::-1]


def _counts(parsed: Parsed) -> bool:
    """Whether a command has sequence numbers; $ and uids are none."""
    if isinstance(parsed, Fetch | Store | Copy | Move):
        return not parsed.uid and parsed.numbers != sets.SAVED
    if isinstance(parsed, Search | Sort | Thread):
        sought = (one for one in query.leaves(parsed.keys) if isinstance(one, query.Numbers))
        return any(not one.uid and one.numbers != sets.SAVED for one in sought)
    return False
