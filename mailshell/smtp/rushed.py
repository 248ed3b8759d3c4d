"""Which commands a client may send before it has read the answer to an earlier one (RFC 2920 section 3.1)."""

from collections.abc import Iterator

from mailshell.core.command import Table
from mailshell.core.record import Exchange, Prompt, Record, Verdict
from mailshell.core.rushed import DROPPED, EARLY, followed
from mailshell.core.rushed import verb as verb_of
from mailshell.smtp.desk import Desk
from mailshell.smtp.wording import Reply

_ANYWHERE = frozenset({"RSET", "MAIL", "RCPT", "SEND", "SOML", "SAML", "BDAT", "."})
"""What more may follow at once; BDAT is there by RFC 3030 section 4.2, the dot is the end of message content."""

_HELLO = frozenset({"EHLO", "HELO"})


def notes(
    records: list[Record], desk: Desk, table: Table[Desk, Reply], *, extended: bool, dropped: bool, waits: bool
) -> Iterator[tuple[int, str]]:
    """The records whose answer the client should have waited for, by their indices, each with what was wrong.

    All that the records hold had come before the first answer was sent; `extended` says that EHLO had been accepted
    before, `waits` that more of the client's commands wait for their turn, `dropped` that more came after QUIT. No
    record holds that, so the note stands at the end of the connection.
    """
    grouped = extended and desk.offers("PIPELINING")
    for at, record in followed(records, waits=waits):
        verb = verb_of(record, table)
        if grouped and verb in _ANYWHERE:
            continue
        if note := _note(record, verb, desk, grouped=grouped):
            yield at, note
        if verb in _HELLO and record.verdict is not Verdict.REFUSED:
            grouped = verb == "EHLO" and desk.offers("PIPELINING")
    if dropped:
        yield len(records) - 1, f"{DROPPED} {_rule('QUIT', desk, grouped=grouped)}"


def _note(record: Exchange | Prompt, verb: str, desk: Desk, *, grouped: bool) -> str:
    if not verb:
        return ""
    asked = isinstance(record, Prompt)
    if asked and verb == "BDAT":
        return ""  # The octets of a chunk follow its line, without a wait.
    early = EARLY
    if verb == "DATA" and asked:
        early = "The client did not wait for 354, and a server that refuses DATA reads what follows it as commands."
    elif verb == "DATA":
        early = "The client did not wait for 354, and this server refused DATA: it reads what follows as commands."
    return f"{early} {_rule(verb, desk, grouped=grouped)}"


def _rule(verb: str, desk: Desk, *, grouped: bool) -> str:
    if grouped:
        return f"{verb} must be the last of a group of commands (RFC 2920 section 3.1)."
    if desk.early:
        return "A client sends one command at a time (RFC 821 section 2)."
    return "Until EHLO is answered with PIPELINING, a client sends one command at a time (RFC 5321 section 2.1)."
