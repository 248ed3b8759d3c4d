"""AUTHENTICATE: log in by a mechanism, with questions and answers (RFC 3501 section 6.2.2).

The exchange is here, the mechanisms are not: none is offered yet. An engine can be given some to show the exchange.
"""

from binascii import Error, a2b_base64, b2a_base64
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits, login
from mailshell.imap.desk import Desk, Dialogue
from mailshell.imap.phases import ENTRY, Phase
from mailshell.imap.replies import BAD_BASE64, BAD_LOGIN, CANCELLED, CHALLENGE, NO_MECHANISM
from mailshell.imap.wording import Reply
from mailshell.mail.store import Account

CARD = Card(
    "AUTHENTICATE",
    "log in by another mechanism",
    Cite(3501, "6.2.2"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "AUTHENTICATE": "verb: starts an exchange of a mechanism",
        "auth-type": "the name of the mechanism",
    },
    more="AUTHENTICATE names a SASL mechanism. The server asks with + and BASE64, the client answers in BASE64, and a "
    "line with one * gives up. The capabilities that begin with AUTH= name the mechanisms.",
)
_NAME = Expect("auth-type", "the name of a mechanism, as in PLAIN", like="PLAIN")


class Authenticate(NamedTuple):
    """AUTHENTICATE with a mechanism."""

    mechanism: str

    @property
    def card(self) -> Card:
        """The card of AUTHENTICATE."""
        return CARD

    def line(self) -> bytes:
        """`AUTHENTICATE PLAIN`."""
        return b"AUTHENTICATE " + self.mechanism.encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Start the exchange."""
        offered = list(desk.mechanisms)
        if self.mechanism.upper() not in offered:
            known = f"The mechanisms of this server are {' '.join(offered)}." if offered else ""
            return NO_MECHANISM(known or "This server has no SASL mechanism, so AUTHENTICATE leads nowhere.")
        return turn(desk, Dialogue(self.mechanism.upper()))


class Response(NamedTuple):
    """What the client answers in an exchange; its octets are a body, for no grammar but that of the mechanism."""

    octets: bytes

    @property
    def card(self) -> Card:
        """The card of AUTHENTICATE."""
        return CARD

    def line(self) -> bytes:
        """The answer."""
        return self.octets

    def run(self, desk: Desk) -> Reply:
        """Give the answer to the mechanism, or give up."""
        dialogue = desk.state.dialogue
        assert dialogue is not None, "the phase EXCHANGE has a dialogue"
        if self.octets == b"*":
            return CANCELLED("The client sent *, and nobody is logged in.")
        try:
            answer = a2b_base64(self.octets, strict_mode=True)
        except Error:
            return BAD_BASE64("The line is no BASE64: letters, digits, + and /, in groups of four, = only at the end.")
        return turn(desk, dialogue._replace(answers=(*dialogue.answers, answer)))


def turn(desk: Desk, dialogue: Dialogue) -> Reply:
    """What the mechanism says to all the answers so far: it asks on, or it is over."""
    outcome = desk.mechanisms[dialogue.mechanism](desk.host, dialogue.answers)
    if isinstance(outcome, bytes):
        desk.wait(Phase.EXCHANGE, dialogue)
        return CHALLENGE(challenge=b2a_base64(outcome, newline=False).decode("ascii"))
    if isinstance(outcome, Account):
        return login.enter(desk, outcome)
    return BAD_LOGIN(f"The mechanism {dialogue.mechanism} does not take the answer for that of a user.")


def parse(cursor: Cursor) -> Authenticate:
    """authenticate = "AUTHENTICATE" SP auth-type."""
    grammar.space(cursor)
    mechanism = grammar.atom(cursor, "auth-type", _NAME)
    cursor.done(grammar.END)
    return Authenticate(mechanism)


COMMAND = Command(CARD, "AUTHENTICATE mechanism", ENTRY, parse, ("a1 AUTHENTICATE PLAIN",), limits.COMMAND)
