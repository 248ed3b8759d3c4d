"""HELO: say the client's name, without extensions (RFC 5321 section 4.1.1.1)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.smtp import limits
from mailshell.smtp.commands.ehlo import name
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import HELO_OK
from mailshell.smtp.wording import Reply

CARD = Card(
    "HELO",
    "hello, without extensions",
    Cite(5321, "4.1.1.1"),
    parts={"HELO": "verb: hello in the SMTP of 1982", "Domain": "the client's own host name"},
    more="HELO is the hello of the first SMTP (RFC 821, 1982). It offers no extensions. Clients of today send EHLO.",
)


class Helo(NamedTuple):
    """HELO with the name of the client."""

    domain: str

    @property
    def card(self) -> Card:
        """The card of HELO."""
        return CARD

    def line(self) -> bytes:
        """`HELO lancs.uk`."""
        return f"HELO {self.domain}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Greet the client; nothing is offered."""
        desk.greeted(self.domain, extended=False)
        return HELO_OK(host=desk.host.name, client=self.domain)


def parse(cursor: Cursor) -> Helo:
    """helo = "HELO" SP Domain CRLF; an address literal is taken as well, as most servers do."""
    return Helo(name(cursor))


COMMAND = Command(CARD, "HELO your.host.name", ANY, parse, ("HELO lancs.uk",), limits.COMMAND_LINE)
