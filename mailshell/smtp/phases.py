"""The phases of an SMTP session, and when each verb is legal.

RFC 5321 names no states; these are ours, after the order that its sections 3.1, 3.3, 4.1.4 and 4.3.2 prescribe:

    GREETED --EHLO/HELO--> READY --MAIL--> SENDER --RCPT--> RECIPIENTS --DATA--> MESSAGE --"."--> READY
    RECIPIENTS --BDAT--> CHUNK --its octets--> CHUNKS --BDAT LAST--> CHUNK --its octets--> READY
    A BDAT that fails leads to FAILED (RFC 3030 section 2).
    RSET goes back to READY (to GREETED before EHLO/HELO), QUIT to CLOSED from everywhere but MESSAGE and CHUNK.
"""

from mailshell.core import record
from mailshell.core.record import Card, Cite


class Phase(record.Phase):
    """Where an SMTP conversation stands."""

    GREETED = "greeting"
    READY = "ready: no sender yet"
    SENDER = "sender known: no recipient yet"
    RECIPIENTS = "sender and recipient known"
    CHUNKS = "message begun: the next chunk"
    FAILED = "transaction failed: RSET drops it"
    MESSAGE = "message: ends at a line with one dot"
    CHUNK = "chunk: counted octets"
    CLOSED = "closed"


ANY = frozenset({Phase.GREETED, Phase.READY, Phase.SENDER, Phase.RECIPIENTS, Phase.CHUNKS, Phase.FAILED})
"""Every phase that reads commands."""

TEXT = frozenset({Phase.MESSAGE, Phase.CHUNK})
"""The phases that read the message, and no commands."""

COUNTED = frozenset({Phase.CHUNKS, Phase.FAILED, Phase.CHUNK})
"""The phases that only a server with BDAT has."""

TRANSACTION = frozenset({Phase.SENDER, Phase.RECIPIENTS})
"""A mail transaction is open: MAIL was accepted."""


def breaks(verb: str, phase: record.Phase) -> bool:
    """Whether this verb, refused in this phase, leaves a transaction that only RSET can clear (RFC 3030 section 2)."""
    if verb == "BDAT":
        return phase in TRANSACTION or phase is Phase.CHUNKS or phase is Phase.FAILED
    return verb == "DATA" and phase is Phase.CHUNKS


def onward(phase: record.Phase, *, ehlo: bool) -> str:
    """What to send next in a phase, to a server that has EHLO, or to one that does not."""
    if phase is Phase.GREETED and not ehlo:
        return "HELO, and your host name"
    return CARDS[phase].next


CARDS: dict[record.Phase, Card] = {
    Phase.GREETED: Card(
        "greeting",
        "the client has not said its name",
        Cite(5321, "3.2"),
        more="The server has greeted. The client says its name before it sends mail: with EHLO, or with HELO where the "
        "server has no EHLO.",
        next="EHLO or HELO, and your host name",
    ),
    Phase.READY: Card(
        "ready",
        "no mail transaction is open",
        Cite(5321, "3.3"),
        more="Client and server know each other. MAIL opens a mail transaction.",
        next="MAIL FROM:<you@example.org>",
    ),
    Phase.SENDER: Card(
        "sender",
        "sender known, no recipient yet",
        Cite(5321, "3.3"),
        more="MAIL was accepted. RCPT names a recipient; it is sent once for each.",
        next="RCPT TO:<somebody@example.org>",
    ),
    Phase.RECIPIENTS: Card(
        "recipients",
        "the envelope is complete",
        Cite(5321, "3.3"),
        more="At least one recipient was accepted. More may follow, or DATA starts the message.",
        next="DATA, or one more RCPT",
    ),
    Phase.CHUNKS: Card(
        "chunks",
        "part of the message is here",
        Cite(3030, "2"),
        more="The server has at least one chunk. Each BDAT adds a chunk, and the one with LAST ends the message.",
        next="BDAT size, or BDAT size LAST",
    ),
    Phase.FAILED: Card(
        "failed",
        "the transaction has failed",
        Cite(3030, "2"),
        more="The server refused a BDAT, or DATA came where only BDAT may. The server drops what it has of the message "
        "and takes no more of it. RSET drops the transaction; EHLO and HELO do so too.",
        next="RSET",
    ),
    Phase.MESSAGE: Card(
        "message",
        "every line is message text",
        Cite(5321, "4.1.1.4"),
        more="No line is a command now. A line with a single dot ends the message.",
        next="the message, then a line with one dot",
    ),
    Phase.CHUNK: Card(
        "chunk",
        "counted octets of the message",
        Cite(3030, "2"),
        more="The server counts as many octets as BDAT said, CR LF as two. None of them is a command or ends the "
        "chunk. The answer comes after the last one. A client that does not send them all cuts the connection, as "
        ":drop does for a typed one.",
        next="the octets of the chunk",
    ),
    Phase.CLOSED: Card("closed", "the connection is over", Cite(5321, "3.8"), more="Nothing more can be sent."),
}
