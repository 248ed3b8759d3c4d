"""VRFY: ask whether a name is a mailbox (RFC 5321 section 4.1.1.6)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.mail.store import Account
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import smtputf8
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import (
    AMBIGUOUS,
    CANNOT_VERIFY,
    LIST_VERIFIED,
    NO_SUCH_USER,
    NOT_LOCAL,
    UTF8_WANTED,
    VERIFIED,
    WILL_FORWARD,
)
from mailshell.smtp.wording import Reply

CARD = Card(
    "VRFY",
    "is this name a mailbox here?",
    Cite(5321, "4.1.1.6"),
    parts={
        "VRFY": "verb: asks about a name",
        "String": "the name of a user, or an address",
        "SMTPUTF8": "parameter: the reply may have characters outside ASCII",
    },
    more="VRFY asks whether a name belongs to a mailbox. Servers on the Internet mostly answer 252, because "
    "spammers used VRFY to collect addresses.",
)
_NAME = Expect(" name", "a space and the name of a user, or an address")


class Vrfy(NamedTuple):
    """VRFY with a user name, or a local part and a domain."""

    name: str
    domain: str
    utf8: bool = False

    @property
    def card(self) -> Card:
        """The card of VRFY."""
        return CARD

    def line(self) -> bytes:
        """`VRFY bob`."""
        return write_name("VRFY", self.name, self.domain, self.utf8)

    def run(self, desk: Desk) -> Reply:
        """Look for the name among the accounts: local parts first, then full names."""
        host = desk.host
        if self.utf8 and (reply := smtputf8.refused(desk)):
            return reply
        if not host.is_local(self.domain):
            if desk.early and desk.peer.inside:
                return WILL_FORWARD(address=grammar.Path(self.name, self.domain).address)
            return elsewhere(desk, self.domain)
        group = host.mailing_list(self.name)
        if group is not None:
            return LIST_VERIFIED(name=_ascii(group.title), address=grammar.Path(group.name, host.name).address)
        found = host.named(self.name)
        if not found:
            return NO_SUCH_USER(f"{host.name} has no mailbox and no user {named(self.name)}.")
        if not self.utf8 and not all(one.user.isascii() for one in found):
            return UTF8_WANTED("The address has characters outside ASCII. VRFY with SMTPUTF8 after the name shows it.")
        rows = tuple(entry(one, utf8=self.utf8) for one in found)
        if len(rows) == 1:
            return VERIFIED(entry=rows[0])
        because = f"{shown(self.name, 'The name')} fits {len(found)} users of {host.name}."
        return AMBIGUOUS(because, lines=rows)


def read_name(cursor: Cursor, expect: Expect) -> tuple[str, str, bool]:
    """SP String [ SP "SMTPUTF8" ]: the name, the domain after it or nothing, and whether UTF-8 may come back."""
    cursor.need_word(b" ", expect)
    start = cursor.at
    path = grammar.mailbox(cursor)
    cursor.mark("String", start)
    utf8 = smtputf8.read_word(cursor)
    cursor.done(grammar.END)
    return path.local, path.domain, utf8


def write_name(verb: str, name: str, domain: str, utf8: bool) -> bytes:
    """The command that `read_name` reads, line end left out."""
    text = grammar.Path(name, domain).address if domain else grammar.quote(name)
    return f"{verb} {text}{' SMTPUTF8' if utf8 else ''}".encode()


def elsewhere(desk: Desk, domain: str) -> Reply:
    """What a server says of a name at another server (RFC 5321 section 3.5.3); 252 came after 1982."""
    because = f"{shown(domain)} is not a domain of {desk.host.name}"
    if not desk.peer.inside:
        return NOT_LOCAL(f"{because}, which passes on nothing for you.")
    return NOT_LOCAL(f"{because}.") if desk.early else CANNOT_VERIFY(f"{because}.")


def entry(account: Account, *, utf8: bool = False) -> str:
    """`Bob <bob@nyu.edu>`: an account as a reply names it (RFC 5321 section 3.5.1, RFC 6531 section 3.7.4.2)."""
    name, user = (account.name, account.user) if utf8 else (_ascii(account.name), _ascii(account.user))
    return f"{_printable(name)} <{grammar.Path(user, account.host).address}>"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def shown(text: str, otherwise: str = "That") -> str:
    """A name as a sentence may have it: one that is not ASCII is not repeated."""
    return text if text.isascii() else otherwise


def named(name: str) -> str:
    """`named bob`, for a sentence; a name that is not ASCII is not repeated."""
    return f"named {name}" if name.isascii() else "of that name"


def _ascii(text: str) -> str:
    """Text as a reply may have it: what is no visible ASCII character becomes `?` (RFC 6531 section 3.7.4.2)."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)


def parse(cursor: Cursor) -> Vrfy:
    """vrfy = "VRFY" SP String [ SP "SMTPUTF8" ] CRLF; local-part@domain needs no quotes (RFC 5321 section 3.5.1)."""
    return Vrfy(*read_name(cursor, _NAME))


COMMAND = Command(CARD, "VRFY name", ANY, parse, ("VRFY bob", "VRFY bob@nyu.edu"), limits.COMMAND_LINE)
