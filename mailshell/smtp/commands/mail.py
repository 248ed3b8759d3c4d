"""MAIL: open a mail transaction (RFC 5321 section 4.1.1.2)."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.clock import Instant, iso_date
from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.smtp import faults, grammar, limits
from mailshell.smtp.desk import Desk, Envelope
from mailshell.smtp.extensions import MAIL, RCPT, futurerelease, mtpriority, smtputf8
from mailshell.smtp.extensions.extension import read_parameters, refusals, write_parameters
from mailshell.smtp.grammar import Path
from mailshell.smtp.phases import Phase
from mailshell.smtp.replies import ASCII_SENDER, BAD_SENDER, PRIORITY_CHANGED, SENDER_OK, TOO_MANY_MESSAGES
from mailshell.smtp.wording import Reply

CARD = Card(
    "MAIL",
    "new mail; return path for reports",
    Cite(5321, "4.1.1.2"),
    parts={
        "MAIL": "verb: opens a mail transaction",
        "FROM": "fixed keyword: no space after the colon",
        "Reverse-path": 'return path: reports go here; <> means "no reports"',
        "Null-path": "null return path: nobody gets a report, so no report can loop",
        "esmtp-param": "a parameter that this server does not know",
        "SIZE": "parameter: the size of the message in octets",
        "BODY": "parameter: may the message have octets above 127?",
        "RET": "parameter: what a report of failure brings back",
        "ENVID": "parameter: the name of the envelope, for reports",
        "BY": "parameter: deliver within so many seconds",
        "HOLDFOR": "parameter: hold the message for so many seconds",
        "HOLDUNTIL": "parameter: hold the message until this moment",
        "MT-PRIORITY": "parameter: priority from -9 to 9",
        "REQUIRETLS": "parameter: TLS on every step of the way",
        "SMTPUTF8": "parameter: addresses or header fields in UTF-8",
    },
    more="MAIL opens a transaction and names the return path, the address for reports about failed delivery. It is "
    "part of the envelope. The From field that a reader sees is part of the message, and may say something else.",
)


class Mail(NamedTuple):
    """MAIL FROM:<reverse-path> with its parameters."""

    reverse_path: Path
    parameters: Mapping[str, str]

    @property
    def card(self) -> Card:
        """The card of MAIL."""
        return CARD

    def line(self) -> bytes:
        """`MAIL FROM:<alice@lancs.uk> SIZE=412`."""
        return f"MAIL FROM:{self.reverse_path.text}{write_parameters(self.parameters)}".encode()

    def run(self, desk: Desk) -> Reply:
        """Open the transaction, unless a parameter is refused."""
        if desk.host.traits.transactions is not None and (reply := _one_more(desk, desk.host.traits.transactions)):
            return reply
        for refusal in refusals(self.parameters, MAIL, desk, "RCPT", RCPT):
            return refusal
        path = self.reverse_path
        if not path.is_ascii and (reply := _outside_ascii(self, desk)):
            return reply
        if reply := faults.by_address(path) or faults.struck("MAIL", path, desk):
            return reply
        if self.parameters:
            return _with_wishes(self, desk, desk.host.now())
        desk.move(Phase.SENDER, Envelope(path, self.parameters))
        return SENDER_OK(address=path.address or "<>") if desk.classic else SENDER_OK()


def _one_more(desk: Desk, limit: int) -> Reply | None:
    """Count this MAIL; 452 where the session has had its share (RFC 9422 section 4.1 counts refused ones too)."""
    if desk.state.mails >= limit:
        return TOO_MANY_MESSAGES(
            f"{desk.host.name} takes {limit} MAIL commands on one connection. Send QUIT, then connect again."
        )
    desk.state = desk.state._replace(mails=desk.state.mails + 1)
    return None


def _outside_ascii(mail: Mail, desk: Desk) -> Reply | None:
    if because := smtputf8.unknown(mail.reverse_path, desk):
        return BAD_SENDER(because)
    if "SMTPUTF8" in mail.parameters:
        return None
    return ASCII_SENDER("The address has characters outside ASCII. With SMTPUTF8 after it the server takes them.")


def _with_wishes(mail: Mail, desk: Desk, opened: Instant) -> Reply:
    """Open a transaction that has parameters; the envelope keeps the priority that the client may have."""
    wanted = mail.parameters.get("MT-PRIORITY", "0")
    granted = mtpriority.granted(wanted, desk)
    kept = mail.parameters if granted == wanted else {**mail.parameters, "MT-PRIORITY": granted}
    desk.move(Phase.SENDER, Envelope(mail.reverse_path, kept, opened=opened))
    if granted != wanted:
        because = f"You are outside the network of {desk.host.name}: you may lower a priority, but not raise it."
        return PRIORITY_CHANGED(because, priority=granted)
    held = futurerelease.release(kept, opened)
    return SENDER_OK("" if held is None else f"The message will be held until {iso_date(held)}.")


def parse(cursor: Cursor) -> Mail:
    """mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF."""
    grammar.keyword(cursor, "FROM", "the keyword before the return path")
    reverse_path = grammar.path(cursor, "Reverse-path", null=True)
    parameters = read_parameters(cursor, MAIL)
    cursor.done(grammar.END)
    return Mail(reverse_path, parameters)


COMMAND = Command(
    CARD,
    "MAIL FROM:<address>",
    frozenset({Phase.READY}),
    parse,
    ("MAIL FROM:<alice@lancs.uk>", "MAIL FROM:<alice@lancs.uk> SIZE=412 BODY=8BITMIME", "MAIL FROM:<>"),
    limits.COMMAND_LINE + sum(parameter.octets for _, parameter in MAIL.values()),
)
