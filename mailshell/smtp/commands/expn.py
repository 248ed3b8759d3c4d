"""EXPN: ask who is on a mailing list (RFC 5321 section 4.1.1.7)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.mail.host import MailingList
from mailshell.mail.store import Account
from mailshell.smtp import limits
from mailshell.smtp.commands.vrfy import elsewhere, entry, read_name, shown, write_name
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import smtputf8
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import (
    AMBIGUOUS,
    CANNOT_EXPAND,
    EXPANDED,
    LIST_CLOSED,
    NO_SUCH_LIST,
    NOT_IMPLEMENTED,
    USER_EXPANDED,
    UTF8_WANTED,
)
from mailshell.smtp.wording import Reply, Wording

CARD = Card(
    "EXPN",
    "who is on this mailing list?",
    Cite(5321, "4.1.1.7"),
    parts={
        "EXPN": "verb: asks for the members of a list",
        "String": "the name of a list, or its address",
        "SMTPUTF8": "parameter: the reply may have characters outside ASCII",
    },
    more="EXPN asks for the members of a mailing list, one mailbox a line. Few servers on the Internet tell, because "
    "spammers used EXPN to collect addresses.",
)
_NAME = Expect(" name", "a space and the name of a mailing list")


class Expn(NamedTuple):
    """EXPN with the name of a list, or a local part and a domain."""

    name: str
    domain: str
    utf8: bool = False

    @property
    def card(self) -> Card:
        """The card of EXPN."""
        return CARD

    def line(self) -> bytes:
        """`EXPN friends`."""
        return write_name("EXPN", self.name, self.domain, self.utf8)

    def run(self, desk: Desk) -> Reply:
        """Name the members; a server that is told not to says neither yes nor no (RFC 5321 section 7.3)."""
        host = desk.host
        if not desk.offers("EXPN"):
            if desk.early:
                return NOT_IMPLEMENTED("This server does not offer EXPN.")
            return CANNOT_EXPAND("This server does not show who is on a list, whatever the name.")
        if self.utf8 and (reply := smtputf8.refused(desk)):
            return reply
        if not host.is_local(self.domain):
            return elsewhere(desk, self.domain)
        found = host.mailing_list(self.name)
        return self._users(desk) if found is None else self._members(desk, found)

    def _members(self, desk: Desk, found: MailingList) -> Reply:
        if not found.shown and not desk.peer.inside:
            return LIST_CLOSED(f"{desk.host.name} shows the list {found.name} only to its own network.")
        return self._listed(EXPANDED, desk.host.members(found.name))

    def _users(self, desk: Desk) -> Reply:
        accounts = desk.host.named(self.name)
        if not accounts:
            return NO_SUCH_LIST(f"{desk.host.name} has no list and no user named {shown(self.name, 'so')}.")
        if len(accounts) == 1:
            return self._listed(USER_EXPANDED, accounts)
        because = f"{shown(self.name, 'The name')} fits {len(accounts)} users of {desk.host.name}."
        return AMBIGUOUS(because, lines=tuple(entry(one, utf8=self.utf8) for one in accounts))

    def _listed(self, wording: Wording, accounts: tuple[Account, ...]) -> Reply:
        """One mailbox a line."""
        if not self.utf8 and not all(one.user.isascii() for one in accounts):
            return UTF8_WANTED("An address has characters outside ASCII. EXPN with SMTPUTF8 after the name shows it.")
        first, *others = (entry(one, utf8=self.utf8) for one in accounts)
        return wording(first=first, lines=tuple(others))


def parse(cursor: Cursor) -> Expn:
    """expn = "EXPN" SP String [ SP "SMTPUTF8" ] CRLF; local-part@domain is taken without quotes, as in VRFY."""
    return Expn(*read_name(cursor, _NAME))


COMMAND = Command(
    CARD,
    "EXPN name",
    ANY,
    parse,
    ("EXPN friends", "EXPN friends@nyu.edu"),
    limits.COMMAND_LINE,
    needs="EXPN",
    answers=True,
)
