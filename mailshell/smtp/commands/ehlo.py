"""EHLO: say the client's name and ask for the extensions (RFC 5321 section 4.1.1.1)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import EHLO_OK
from mailshell.smtp.wording import Reply

CARD = Card(
    "EHLO",
    "hello; list your extensions",
    Cite(5321, "4.1.1.1"),
    parts={
        "EHLO": "verb: hello in extended SMTP",
        "Domain": "the client's own host name, or its IP address in brackets",
    },
    more="The client says its name and asks which service extensions the server has. An open transaction is dropped. "
    "A client whose EHLO is refused falls back to HELO.",
)


class Ehlo(NamedTuple):
    """EHLO with the name of the client."""

    domain: str

    @property
    def card(self) -> Card:
        """The card of EHLO."""
        return CARD

    def line(self) -> bytes:
        """`EHLO lancs.uk`."""
        return f"EHLO {self.domain}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Greet the client by name and list what this host offers."""
        desk.greeted(self.domain, extended=True)
        words = tuple(extension.words(desk) for extension in EXTENSIONS if extension.offered(desk))
        return EHLO_OK(host=desk.host.name, client=self.domain, lines=words)


def name(cursor: Cursor) -> str:
    """SP ( Domain / address-literal ), then the end of the line."""
    cursor.need_word(b" ", Expect(" Domain", "a space and the name of the client"))
    cursor.rule = "Domain"
    start = cursor.at
    domain = grammar.host(cursor)
    cursor.mark("Domain", start)
    cursor.done(grammar.END)
    return domain


def parse(cursor: Cursor) -> Ehlo:
    """ehlo = "EHLO" SP ( Domain / address-literal ) CRLF."""
    return Ehlo(name(cursor))


COMMAND = Command(
    CARD, "EHLO your.host.name", ANY, parse, ("EHLO lancs.uk", "EHLO [192.0.2.1]"), limits.COMMAND_LINE, needs="EHLO"
)
