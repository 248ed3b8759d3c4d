"""PASS: the password, right after USER (RFC 1939 section 7)."""

import re
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.core.utf8 import CHARACTER
from mailshell.mail.prep import prepared
from mailshell.pop3 import grammar, limits, login, reasons
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import Phase
from mailshell.pop3.wording import Reply

CARD = Card(
    "PASS",
    "the password",
    Cite(1939, "7"),
    parts={"PASS": "verb: proves who you are", "string": "the password, all to the end of the line; it is not shown"},
    more="PASS sends the password as it is, for everybody on the way to read. All that follows the first space "
    "belongs to it, spaces too. If it is right, the server locks the maildrop for this session.",
)
_STRING = re.compile(rb"(?:[ -~]|" + CHARACTER + rb")+")
_PASSWORD = Expect("string", "the password", like="hungry")


class Pass(NamedTuple):
    """PASS with the password."""

    password: str

    @property
    def card(self) -> Card:
        """The card of PASS."""
        return CARD

    def line(self) -> bytes:
        """`PASS hungry`."""
        return f"PASS {self.password}".encode()

    def run(self, desk: Desk) -> Reply:
        """Open the maildrop, if the password is that of the user."""
        user = desk.state.user
        if (refusal := reasons.beyond_ascii(self.password, desk)) is not None:
            return refusal
        account = login.find(desk, user)
        if account is None or prepared(self.password) != prepared(account.password):
            wrong = f"That is not the password of {user}. Name the user again, then try another."
            if self.password.endswith(" "):
                wrong += " What you sent ends in a space, and PASS takes that for a part of the password."
            return login.refused(desk, user, wrong)
        return login.enter(desk, account)


def parse(cursor: Cursor) -> Pass:
    """pass = "PASS" SP string CRLF."""
    cursor.need_word(b" ", grammar.SPACE)
    cursor.rule, start = "string", cursor.at
    found = cursor.need(_STRING, _PASSWORD)
    cursor.mark("string", start, secret=True)
    cursor.done(grammar.END)
    return Pass(found.decode("utf-8"))


COMMAND = Command(
    CARD, "PASS password", frozenset({Phase.PASSWORD}), parse, ("PASS hungry",), limits.COMMAND_LINE, needs="USER"
)
