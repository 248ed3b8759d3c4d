"""VRFY: ask whether a name is a mailbox (RFC 5321 section 4.1.1.6)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import AMBIGUOUS, CANNOT_VERIFY, NO_SUCH_USER, NOT_LOCAL, VERIFIED, Reply

CARD = Card(
    "VRFY",
    "is this name a mailbox here?",
    Cite(5321, "4.1.1.6"),
    parts={"VRFY": "verb: asks about a name", "String": "the name of a user, or an address"},
    more="VRFY asks whether a name belongs to a mailbox. Servers on the Internet mostly answer 252, because "
    "spammers used VRFY to collect addresses.",
)
_NAME = Expect(" String", "a space and the name of a user, or an address")


class Vrfy(NamedTuple):
    """VRFY with a user name, or a local part and a domain."""

    name: str
    domain: str

    @property
    def card(self) -> Card:
        """The card of VRFY."""
        return CARD

    def line(self) -> bytes:
        """`VRFY bob`."""
        if self.domain:
            return f"VRFY {grammar.Path(self.name, self.domain).address}".encode("ascii")
        return f"VRFY {grammar.quote(self.name)}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Look for the name among the accounts: local parts first, then full names."""
        host = desk.host
        if not host.is_local(self.domain):
            if desk.peer.inside:
                return CANNOT_VERIFY(f"{self.domain} is not a domain of {host.name}.")
            return NOT_LOCAL(f"{self.domain} is not a domain of {host.name}, which passes on nothing for you.")
        account = host.account(self.name)
        words = self.name.lower()
        found = [account] if account else [one for one in host.accounts() if words in one.name.lower().split()]
        if not found:
            return NO_SUCH_USER(f"{host.name} has no mailbox and no user named {self.name}.")
        rows = [(_ascii(one.name), grammar.Path(_ascii(one.user), host.name).address) for one in found]
        if len(rows) == 1:
            return VERIFIED(name=rows[0][0], address=rows[0][1])
        because = f"{self.name} fits {len(rows)} users of {host.name}."
        return AMBIGUOUS(because, lines=tuple(f"{name} <{address}>" for name, address in rows))


def _ascii(text: str) -> str:
    """Text as a reply may have it: what is no visible ASCII character becomes `?` (RFC 6531 section 3.7.4.2)."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)


def parse(cursor: Cursor) -> Vrfy:
    """vrfy = "VRFY" SP String CRLF; local-part@domain is taken without quotes (RFC 5321 section 3.5.1)."""
    cursor.need_word(b" ", _NAME)
    start = cursor.at
    path = grammar.mailbox(cursor)
    cursor.mark("String", start)
    cursor.done(grammar.END)
    return Vrfy(path.local, path.domain)


COMMAND = Command(CARD, "VRFY name", ANY, parse, ("VRFY bob", "VRFY bob@nyu.edu"), limits.COMMAND_LINE)
