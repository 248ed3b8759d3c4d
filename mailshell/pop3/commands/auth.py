"""AUTH: log in by a SASL mechanism (RFC 5034 section 4)."""

import re
from binascii import Error, a2b_base64, b2a_base64
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.mail.store import Account
from mailshell.pop3 import grammar, limits, login, reasons
from mailshell.pop3.desk import Desk, Dialogue
from mailshell.pop3.phases import ENTRY, Phase
from mailshell.pop3.replies import BAD_BASE64, BAD_LOGIN, CANCELLED, CHALLENGE, NO_MECHANISM
from mailshell.pop3.wording import Reply

CARD = Card(
    "AUTH",
    "log in by another mechanism",
    Cite(5034, "4"),
    parts={
        "AUTH": "verb: starts an exchange of a mechanism",
        "sasl-mech": "the name of the mechanism",
        "initial-response": "the first answer in BASE64, or = for an empty one; it is not shown",
    },
    more="AUTH names a SASL mechanism. The server asks with + and BASE64, the client answers in BASE64, and a line "
    "with one * gives up. The SASL line of CAPA lists the mechanisms.",
)
_MECHANISM = re.compile(rb"[A-Za-z0-9_-]{1,20}(?![^ \t])")
_INITIAL = re.compile(rb"=(?![^ \t])|(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})")
_NAME = Expect("sasl-mech", "the name of a mechanism, as in PLAIN")
_ANSWER = Expect("initial-response", "the first answer in BASE64, or =")


class Auth(NamedTuple):
    """AUTH with a mechanism and a first answer in BASE64; both may be missing, which is an empty text."""

    mechanism: str
    initial: str

    @property
    def card(self) -> Card:
        """The card of AUTH."""
        return CARD

    def line(self) -> bytes:
        """`AUTH PLAIN`."""
        return f"AUTH {self.mechanism} {self.initial}".rstrip().encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Start the exchange."""
        if not desk.offers("AUTH"):
            return reasons.not_offered("AUTH", desk)
        offered = list(desk.mechanisms) if desk.offers("SASL") else []
        if self.mechanism.upper() not in offered:
            named = f"{self.mechanism} is not one of them" if self.mechanism else "AUTH must name one"
            known = f"The mechanisms of this server are {' '.join(offered)}, and {named}." if offered else ""
            return NO_MECHANISM(known or "This server has no SASL mechanism, so AUTH leads nowhere.")
        dialogue = Dialogue(self.mechanism.upper())
        if self.initial:
            dialogue = _said(dialogue, b"" if self.initial == "=" else a2b_base64(self.initial))
        return turn(desk, dialogue)


class Response(NamedTuple):
    """What the client answers in an exchange; its octets are a body, for no grammar but that of the mechanism."""

    octets: bytes

    @property
    def card(self) -> Card:
        """The card of AUTH."""
        return CARD

    def line(self) -> bytes:
        """The answer."""
        return self.octets

    def run(self, desk: Desk) -> Reply:
        """Give the answer to the mechanism, or give up."""
        dialogue = desk.state.dialogue
        assert dialogue is not None, "the phase EXCHANGE has a dialogue"
        if self.octets == b"*":
            desk.move(Phase.AUTHORIZATION)
            return CANCELLED("The client sent *, and the session is where it was before AUTH.")
        try:
            answer = a2b_base64(self.octets, strict_mode=True)
        except Error:
            desk.move(Phase.AUTHORIZATION)
            return BAD_BASE64("The line is no BASE64: letters, digits, + and /, in groups of four, = only at the end.")
        return turn(desk, _said(dialogue, answer))


def _said(dialogue: Dialogue, answer: bytes) -> Dialogue:
    return dialogue._replace(answers=(*dialogue.answers, answer))


def turn(desk: Desk, dialogue: Dialogue) -> Reply:
    """What the mechanism says to all the answers so far: it asks on, or it is over."""
    outcome = desk.mechanisms[dialogue.mechanism](desk.host, dialogue.answers)
    if isinstance(outcome, bytes):
        desk.move(Phase.EXCHANGE, dialogue=dialogue)
        return CHALLENGE(challenge=b2a_base64(outcome, newline=False).decode("ascii"))
    if isinstance(outcome, Account):
        return login.enter(desk, outcome)
    desk.move(Phase.AUTHORIZATION)
    return BAD_LOGIN(f"The mechanism {dialogue.mechanism} does not take the answer for that of a user.")


def parse(cursor: Cursor) -> Auth:
    """auth-command = "AUTH" [SP sasl-mech [SP initial-response]] CRLF; alone it is an old question for the list."""
    mechanism = grammar.optional(cursor, "sasl-mech", _MECHANISM, _NAME)
    initial = grammar.optional(cursor, "initial-response", _INITIAL, _ANSWER, secret=True) if mechanism else ""
    cursor.done(grammar.END)
    return Auth(mechanism, initial)


COMMAND = Command(
    CARD, "AUTH [mechanism]", ENTRY, parse, ("AUTH PLAIN", "AUTH"), limits.COMMAND_LINE, "SASL", answers=True
)
