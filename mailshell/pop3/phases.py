"""The phases of a POP3 session, and when each verb is legal.

RFC 1939 section 3 has three states: AUTHORIZATION, TRANSACTION and UPDATE. Two phases of ours lie inside AUTHORIZATION,
and UPDATE is over before QUIT is answered:

    AUTHORIZATION --USER--> PASSWORD --PASS--> TRANSACTION --QUIT--> (UPDATE) --> CLOSED
    AUTHORIZATION --APOP--> TRANSACTION
    AUTHORIZATION --AUTH--> EXCHANGE --its answers--> TRANSACTION
    QUIT in AUTHORIZATION or PASSWORD leads to CLOSED without UPDATE.
"""

from collections.abc import Callable

from mailshell.core import record
from mailshell.core.record import Card, Cite


class Phase(record.Phase):
    """Where a POP3 conversation stands."""

    AUTHORIZATION = "authorization: who are you?"
    PASSWORD = "user named: the password comes next"
    EXCHANGE = "authentication: the server asks"
    TRANSACTION = "transaction: the maildrop is open"
    CLOSED = "closed"


LEADS = {Phase.PASSWORD: "USER", Phase.EXCHANGE: "SASL"}
"""What a server must offer for a phase to be reached, where not every server has it."""

ENTRY = frozenset({Phase.AUTHORIZATION})
OPEN = frozenset({Phase.TRANSACTION})
BEFORE = frozenset({Phase.AUTHORIZATION, Phase.PASSWORD})
ANY = frozenset({Phase.AUTHORIZATION, Phase.PASSWORD, Phase.TRANSACTION})
"""Every phase that reads commands."""


def onward(phase: record.Phase, offers: Callable[[str], bool]) -> str:
    """What to send next in a phase, to a server that may not offer every way to log in."""
    if phase is not Phase.AUTHORIZATION:
        return CARDS[phase].next
    return next((step for way, step in _LOGINS.items() if offers(way)), "QUIT: this server offers no login")


_LOGINS = {
    "USER": "USER and your name",
    "APOP": "APOP, your name and the digest",
    "SASL": "AUTH and a mechanism",
}
"""The ways to log in, by what a server offers for each."""

UPDATE = Card(
    "update",
    "the marked messages are removed",
    Cite(1939, "6"),
    more="QUIT in the transaction phase leads to UPDATE. The server removes the messages that are marked as deleted, "
    "gives the lock of the maildrop back and closes. A connection that ends in any other way removes nothing.",
    next="nothing: the server does it while it answers QUIT",
)

CARDS: dict[record.Phase, Card] = {
    Phase.AUTHORIZATION: Card(
        "authorization",
        "the client has not said who it is",
        Cite(1939, "4"),
        more="The server has greeted. The client names a user and proves that it is that user, before it sees any "
        "mail.",
        next=_LOGINS["USER"],
    ),
    Phase.PASSWORD: Card(
        "password",
        "the user is named, the password is missing",
        Cite(1939, "7"),
        more="USER was accepted, which does not say that there is such a user. PASS comes right after it, or QUIT.",
        next="PASS and the password",
    ),
    Phase.EXCHANGE: Card(
        "exchange",
        "a mechanism asks, the client answers",
        Cite(5034, "4"),
        more="AUTH was accepted. No line is a command now: each is an answer in BASE64. A line with one * gives up.",
        next="the answer in BASE64, or *",
    ),
    Phase.TRANSACTION: Card(
        "transaction",
        "the maildrop is open and locked",
        Cite(1939, "5"),
        more="The messages have numbers from 1, and keep them as long as the session lasts. No other session can open "
        "this maildrop. DELE marks a message, and only QUIT removes what is marked.",
        next="STAT, LIST, RETR, or QUIT",
    ),
    Phase.CLOSED: Card("closed", "the connection is over", Cite(1939, "6"), more="Nothing more can be sent."),
}
