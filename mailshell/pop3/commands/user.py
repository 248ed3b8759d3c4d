"""USER: name the user (RFC 1939 section 7)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.pop3 import grammar, limits, reasons
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import BEFORE, ENTRY, Phase
from mailshell.pop3.replies import USER_OK
from mailshell.pop3.wording import Reply

CARD = Card(
    "USER",
    "who are you?",
    Cite(1939, "7"),
    parts={"USER": "verb: names the user", "name": "the name of the user; on this server without @ and domain"},
    more="USER names the mailbox, and PASS proves that it is yours. The server says +OK to any name: a wrong one is "
    "refused only with the password, so that nobody finds out which users there are.",
)


class User(NamedTuple):
    """USER with a name."""

    name: str

    @property
    def card(self) -> Card:
        """The card of USER."""
        return CARD

    def line(self) -> bytes:
        """`USER bob`."""
        return f"USER {self.name}".encode()

    def run(self, desk: Desk) -> Reply:
        """Keep the name until PASS."""
        if (refusal := reasons.beyond_ascii(self.name, desk)) is not None:
            return refusal
        again = desk.state.phase is Phase.PASSWORD
        desk.move(Phase.PASSWORD, self.name)
        return USER_OK(slip=grammar.SECOND_USER.says) if again else USER_OK()


def parse(cursor: Cursor) -> User:
    """user = "USER" SP name CRLF."""
    name = grammar.name(cursor)
    cursor.done(grammar.END)
    return User(name)


COMMAND = Command(CARD, "USER name", BEFORE, parse, ("USER bob", "user bob"), limits.COMMAND_LINE, needs="USER")
STRICT = COMMAND._replace(when=ENTRY)
"""On a strict server: after USER was accepted, RFC 1939 section 7 has PASS and QUIT alone."""
