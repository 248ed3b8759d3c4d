"""The phases of an SMTP session, and when each verb is legal.

RFC 5321 names no states; these are ours, after the order that its sections 3.1, 3.3, 4.1.4 and 4.3.2 prescribe:

    GREETED --EHLO/HELO--> READY --MAIL--> SENDER --RCPT--> RECIPIENTS --DATA--> MESSAGE --"."--> READY
    RSET goes back to READY (to GREETED before EHLO/HELO), QUIT to CLOSED from everywhere but MESSAGE.
"""

from mailshell.core import record
from mailshell.core.record import Card, Cite


class Phase(record.Phase):
    """Where an SMTP conversation stands."""

    GREETED = "greeting"
    READY = "ready: no sender yet"
    SENDER = "sender known: no recipient yet"
    RECIPIENTS = "sender and recipient known"
    MESSAGE = "message: ends at a line with one dot"
    CLOSED = "closed"


ANY = frozenset({Phase.GREETED, Phase.READY, Phase.SENDER, Phase.RECIPIENTS})
"""Every phase that reads commands."""

TRANSACTION = frozenset({Phase.SENDER, Phase.RECIPIENTS})
"""A mail transaction is open: MAIL was accepted."""

CARDS: dict[record.Phase, Card] = {
    Phase.GREETED: Card(
        "greeting",
        "the client has not said its name",
        Cite(5321, "3.1"),
        more="The server has greeted. The client says its name with EHLO (or HELO) before it sends mail.",
        next="EHLO your.host.name",
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
        "the return path is known, a recipient is missing",
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
    Phase.MESSAGE: Card(
        "message",
        "every line is message text",
        Cite(5321, "4.1.1.4"),
        more="No line is a command now. A line with a single dot ends the message.",
        next="the message, then a line with one dot",
    ),
    Phase.CLOSED: Card("closed", "the connection is over", Cite(5321, "3.8"), more="Nothing more can be sent."),
}
