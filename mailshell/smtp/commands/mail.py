"""MAIL: open a mail transaction (RFC 5321 section 4.1.1.2)."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk, Envelope
from mailshell.smtp.extensions import MAIL
from mailshell.smtp.extensions.extension import read_parameters, refusals, write_parameters
from mailshell.smtp.grammar import Path
from mailshell.smtp.phases import Phase
from mailshell.smtp.replies import SENDER_OK, Reply

CARD = Card(
    "MAIL",
    "return path: where reports go",
    Cite(5321, "4.1.1.2"),
    parts={
        "MAIL": "verb: opens a mail transaction",
        "FROM": "fixed keyword: no space after the colon",
        "Reverse-path": 'return path: bounces go here; <> means "no bounces"',
        "Null-path": "null return path: nobody gets a report, so no report can loop",
        "esmtp-param": "parameter: this server does not know it",
        "SIZE": "parameter: the size of the message in octets",
        "BODY": "parameter: whether the message has octets above 127",
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
        return f"MAIL FROM:{self.reverse_path.text}{write_parameters(self.parameters)}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Open the transaction, unless a parameter is refused."""
        for refusal in refusals(self.parameters, MAIL, desk):
            return refusal
        desk.move(Phase.SENDER, Envelope(self.reverse_path, self.parameters))
        return SENDER_OK(address=self.reverse_path.address or "<>") if desk.classic else SENDER_OK()


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
