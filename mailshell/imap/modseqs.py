"""Mod-sequences: numbers that grow with each change of a message, and who is told them (RFC 7162 section 3.1)."""

import re

from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Expect
from mailshell.imap import grammar
from mailshell.imap.desk import CONDSTORE, Desk

LIMIT = (1 << 63) - 1
"""The highest mod-sequence (RFC 7162 section 3.1)."""

GLOSS = "a mod-sequence: each change of flags gives the message a higher one"
_NUMBER = re.compile(rb"[0-9]{1,19}")
_ENTRY = re.compile(rb'"(?i:/flags/)(?:\\\\)?[^\x00-\x20\x7f-\xff(){%*"\\\]]+"')
_NAME = Expect("entry-name", 'the name of a flag, as in "/flags/$x"', like='"/flags/$x"')
_TYPES = {"priv": "flags of this user alone", "shared": "flags of all users", "all": "both kinds of flags"}
_VALUE = Expect("mod-sequence-value", "a mod-sequence, as in 5", like="5")


def read(cursor: Cursor, *, least: int = 0) -> int:
    """mod-sequence-valzer, or mod-sequence-value where `least` is 1."""
    cursor.rule, start = "mod-sequence-value", cursor.at
    found = int(cursor.need(_NUMBER, _VALUE))
    if not least <= found <= LIMIT:
        raise cursor.refuse(start, Expect("mod-sequence-value", f"a number from {least} to {LIMIT}"))
    cursor.mark("mod-sequence-value", start)
    return found


def wanted(cursor: Cursor) -> int:
    """[entry-name SP entry-type-req SP] mod-sequence-valzer: what the key MODSEQ looks for (RFC 7162 section 3.1.5)."""
    start = cursor.at
    if cursor.match(_ENTRY, _NAME) is not None:
        cursor.mark("entry-name", start)
        grammar.space(cursor)
        cursor.rule, start = "entry-type-req", cursor.at
        if not any(cursor.word(word.upper().encode("ascii"), Expect(word, says)) for word, says in _TYPES.items()):
            raise Stop
        cursor.mark("entry-type-req", start)
        grammar.space(cursor)
    return read(cursor)


def enable(desk: Desk) -> bytes:
    """Tell mod-sequences from now on; the untagged response with that of the open mailbox, where it was not told yet.

    All changes up to that number are known to the session.
    """
    if desk.aware:
        return b""
    desk.state = desk.state._replace(enabled=desk.state.enabled | {CONDSTORE})
    view = desk.state.view
    return b"" if view is None else highest(view.modseq)


def highest(modseq: int) -> bytes:
    """`* OK [HIGHESTMODSEQ 5] ...`."""
    return b"* OK [HIGHESTMODSEQ %d] No message has a higher mod-sequence\r\n" % modseq
