"""LOGIN: name and password (RFC 3501 section 6.2.3)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits, login
from mailshell.imap.desk import Desk
from mailshell.imap.phases import ENTRY
from mailshell.imap.wording import Reply
from mailshell.mail.prep import prepared

CARD = Card(
    "LOGIN",
    "name and password",
    Cite(3501, "6.2.3"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "LOGIN": "verb: says who you are, and proves it",
        "userid": "the name of the user",
        "password": "the password; it is not shown",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="LOGIN sends name and password as they are, for everybody on the way to read. Both may stand in quotes, or "
    "come as counted octets.",
)
_PASSWORD = Expect("password", "the password", like="hungry")


class Login(NamedTuple):
    """LOGIN with a name and a password."""

    user: str
    password: str

    @property
    def card(self) -> Card:
        """The card of LOGIN."""
        return CARD

    def line(self) -> bytes:
        """`LOGIN bob hungry`."""
        return b" ".join((b"LOGIN", grammar.written(self.user.encode()), grammar.written(self.password.encode())))

    def run(self, desk: Desk) -> Reply:
        """Let the user in, if the password is right."""
        account = login.find(desk, self.user)
        if account is None or prepared(self.password) != prepared(account.password):
            return login.refused(desk, self.user)
        return login.enter(desk, account)


def parse(cursor: Cursor) -> Login:
    """login = "LOGIN" SP userid SP password."""
    grammar.space(cursor)
    user = grammar.text(cursor, "userid", grammar.USER)
    grammar.space(cursor)
    password = grammar.text(cursor, "password", _PASSWORD, secret=True)
    cursor.done(grammar.END)
    return Login(user, password)


COMMAND = Command(CARD, "LOGIN user password", ENTRY, parse, ("a1 LOGIN bob hungry",), limits.COMMAND)
