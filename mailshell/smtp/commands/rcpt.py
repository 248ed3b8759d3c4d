"""RCPT: name one recipient (RFC 5321 section 4.1.1.3)."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk, Envelope
from mailshell.smtp.extensions import RCPT
from mailshell.smtp.extensions.extension import read_parameters, refusals, write_parameters
from mailshell.smtp.grammar import Path
from mailshell.smtp.phases import TRANSACTION, Phase
from mailshell.smtp.replies import (
    NO_SUCH_USER,
    RECIPIENT_OK,
    RELAY_DENIED,
    TOO_MANY_RECIPIENTS,
    WILL_RELAY,
    Reply,
)

CARD = Card(
    "RCPT",
    "one recipient",
    Cite(5321, "4.1.1.3"),
    parts={
        "RCPT": "verb: names one recipient",
        "TO": "fixed keyword: no space after the colon",
        "Forward-path": "recipient: the mailbox that gets the message",
        "esmtp-param": "parameter: this server does not know it",
    },
    more="RCPT names one recipient and is sent once for each. It is part of the envelope: only the addresses here "
    "decide who gets the message, not the To field inside it.",
)


class Rcpt(NamedTuple):
    """RCPT TO:<forward-path> with its parameters."""

    forward_path: Path
    parameters: Mapping[str, str]

    @property
    def card(self) -> Card:
        """The card of RCPT."""
        return CARD

    def line(self) -> bytes:
        """`RCPT TO:<bob@nyu.edu>`."""
        return f"RCPT TO:{self.forward_path.text}{write_parameters(self.parameters)}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Add the recipient to the envelope, or say why not."""
        envelope = desk.state.envelope
        assert envelope is not None, "RCPT is legal only in a transaction"
        for refusal in refusals(self.parameters, RCPT, desk):
            return refusal
        reply = self._answer(desk, envelope)
        if reply.refuses:
            desk.move(desk.state.phase, envelope._replace(refused=envelope.refused + 1))
        else:
            desk.move(Phase.RECIPIENTS, envelope._replace(recipients=(*envelope.recipients, self.forward_path)))
        return reply

    def _answer(self, desk: Desk, envelope: Envelope) -> Reply:
        path, host = self.forward_path, desk.host
        address = path.address
        if len(envelope.recipients) >= desk.recipient_limit:
            because = f"This server takes {desk.recipient_limit} recipients for one message, and already has that many."
            return TOO_MANY_RECIPIENTS(because)
        if host.is_local(path.domain):
            if host.account(path.local) is not None:
                return RECIPIENT_OK(address=address)
            return NO_SUCH_USER(f"{host.name} has no mailbox named {path.local}.")
        if desk.peer.inside:
            return WILL_RELAY(address=address)
        who = ", ".join(dict.fromkeys((desk.peer.name, desk.peer.address)))
        return RELAY_DENIED(
            f"{path.domain} is not a domain of {host.name}, and you ({who}) are "
            f"outside its network. It passes mail on only for computers inside."
        )


def parse(cursor: Cursor) -> Rcpt:
    """rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] CRLF."""
    grammar.keyword(cursor, "TO", "the keyword before the recipient")
    forward_path = grammar.path(cursor, "Forward-path", postmaster=True)
    parameters = read_parameters(cursor, RCPT)
    cursor.done(grammar.END)
    return Rcpt(forward_path, parameters)


COMMAND = Command(
    CARD,
    "RCPT TO:<address>",
    TRANSACTION,
    parse,
    ("RCPT TO:<bob@nyu.edu>", "RCPT TO:<Postmaster>"),
    limits.COMMAND_LINE + sum(parameter.octets for _, parameter in RCPT.values()),
)
