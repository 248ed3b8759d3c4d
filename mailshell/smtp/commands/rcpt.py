"""RCPT: name one recipient (RFC 5321 section 4.1.1.3)."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.smtp import faults, grammar, limits
from mailshell.smtp.desk import Desk, Envelope
from mailshell.smtp.extensions import MAIL, RCPT, deliverby, size, smtputf8
from mailshell.smtp.extensions.extension import read_parameters, refusals, write_parameters
from mailshell.smtp.extensions.limits import EXTENSION as LIMITS
from mailshell.smtp.grammar import Path
from mailshell.smtp.phases import TRANSACTION, Phase
from mailshell.smtp.replies import (
    ASCII_RECIPIENT,
    BAD_RECIPIENT,
    NO_SUCH_USER,
    RECIPIENT_OK,
    RELAY_DENIED,
    TOO_MANY_RECIPIENTS,
    WILL_RELAY,
)
from mailshell.smtp.wording import Reply

CARD = Card(
    "RCPT",
    "one recipient",
    Cite(5321, "4.1.1.3"),
    parts={
        "RCPT": "verb: names one recipient",
        "TO": "fixed keyword: no space after the colon",
        "Forward-path": "recipient: the mailbox that gets the message",
        "esmtp-param": "a parameter that this server does not know",
        "NOTIFY": "parameter: when to send a report about this recipient",
        "ORCPT": "parameter: the recipient as the sender wrote it",
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
        return f"RCPT TO:{self.forward_path.text}{write_parameters(self.parameters)}".encode()

    def run(self, desk: Desk) -> Reply:
        """Add the recipient to the envelope, or say why not."""
        envelope = desk.state.envelope
        assert envelope is not None, "RCPT is legal only in a transaction"
        for refusal in refusals(self.parameters, RCPT, desk, "MAIL", MAIL):
            return refusal
        path = self.forward_path
        reply = faults.by_address(path) or self._answer(desk, envelope)
        if not reply.refuses:
            reply = size.no_room_for(path, desk, envelope) or faults.over_quota(path, desk) or reply
        if not reply.refuses:
            reply = faults.struck("RCPT", path, desk) or reply
        if reply.refuses:
            desk.move(desk.state.phase, envelope._replace(refused=envelope.refused + 1))
        else:
            if self.parameters:
                envelope = envelope._replace(asked={**envelope.asked, path: self.parameters})
            desk.move(Phase.RECIPIENTS, envelope._replace(recipients=(*envelope.recipients, path)))
        return reply

    def _answer(self, desk: Desk, envelope: Envelope) -> Reply:
        path, host = self.forward_path, desk.host
        address = path.address
        if len(envelope.recipients) >= desk.recipient_limit:
            because = f"This server takes {desk.recipient_limit} recipients for one message, and already has that many."
            return TOO_MANY_RECIPIENTS(because)
        if envelope.refused and _commands_used(desk, envelope):
            because = f"This server takes {desk.recipient_limit} RCPT commands for one message, refused ones counted."
            return TOO_MANY_RECIPIENTS(because)
        if not path.is_ascii and (reply := _outside_ascii(path, desk, envelope)):
            return reply
        if host.is_local(path.domain):
            if host.members(path.local):
                return RECIPIENT_OK(address=address)
            named = f"named {path.local}" if path.is_ascii else "of that name"
            return NO_SUCH_USER(f"{host.name} has no mailbox {named}.")
        if desk.peer.inside:
            if envelope.parameters and (reply := deliverby.late(desk, envelope, path.domain)):
                return reply
            return WILL_RELAY(address=address)
        if host.is_backup(path.domain):
            because = f"{host.name} is a backup mail exchanger of {path.domain}: it takes this mail from everybody."
            return WILL_RELAY(because, address=address)
        who = ", ".join(dict.fromkeys((desk.peer.name, desk.peer.address)))
        return RELAY_DENIED(
            f"{path.domain if path.is_ascii else 'That'} is not a domain of {host.name}, and you ({who}) are "
            f"outside its network. It passes on mail only for computers inside."
        )


def _commands_used(desk: Desk, envelope: Envelope) -> bool:
    """Whether RCPTMAX is reached, which counts refused commands too (RFC 9422 section 4.2)."""
    used = len(envelope.recipients) + envelope.refused
    return desk.state.extended and used >= desk.recipient_limit and LIMITS.offered(desk)


def _outside_ascii(path: Path, desk: Desk, envelope: Envelope) -> Reply | None:
    if because := smtputf8.unknown(path, desk):
        return BAD_RECIPIENT(because)
    if "SMTPUTF8" in envelope.parameters:
        return None
    return ASCII_RECIPIENT("The address has characters outside ASCII, and MAIL did not say SMTPUTF8.")


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
