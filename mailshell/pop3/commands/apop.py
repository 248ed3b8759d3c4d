"""APOP: log in without sending the password (RFC 1939 section 7)."""

import re
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.mail.prep import prepared
from mailshell.pop3 import grammar, limits, login, reasons
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import ENTRY
from mailshell.pop3.wording import Reply

CARD = Card(
    "APOP",
    "log in with a digest, no password",
    Cite(1939, "7"),
    parts={
        "APOP": "verb: names the user and proves who it is",
        "name": "the name of the user",
        "digest": "MD5 of the timestamp in the greeting and the password; it is not shown",
    },
    more="The client joins the timestamp of the greeting, with its angle brackets, and the password, and sends the "
    "MD5 digest of that in 32 hex digits. The password never travels, and a digest that somebody copied is of no use "
    "later. The server must keep the password in clear. MD5 is weak today, and TLS took the place of APOP.",
)
_DIGEST = re.compile(rb"[0-9a-f]{32}(?![^ \t])")
_HEX = Expect("digest", "32 hex digits, in lower case", like="c4c9334bac560ecc979e58001b3e22fb")


class Apop(NamedTuple):
    """APOP with a name and a digest."""

    name: str
    digest: str

    @property
    def card(self) -> Card:
        """The card of APOP."""
        return CARD

    def line(self) -> bytes:
        """`APOP bob c4c9334bac560ecc979e58001b3e22fb`."""
        return f"APOP {self.name} {self.digest}".encode()

    def run(self, desk: Desk) -> Reply:
        """Open the maildrop, if the digest is the one that the server computes."""
        if (refusal := reasons.beyond_ascii(self.name, desk)) is not None:
            return refusal
        account = login.find(desk, self.name)
        if account is None or self.digest != digest(desk.stamp, account.password):
            wrong = f"The digest is not that of {desk.stamp} with the password of {self.name} after it."
            return login.refused(desk, self.name, wrong)
        return login.enter(desk, account)


def digest(stamp: str, password: str) -> str:
    """The digest of a timestamp, angle brackets included, and a password."""
    # Imported here because few sessions use APOP.
    from hashlib import md5

    return md5(f"{stamp}{prepared(password) or password}".encode(), usedforsecurity=False).hexdigest()


def parse(cursor: Cursor) -> Apop:
    """apop = "APOP" SP name SP digest CRLF."""
    name = grammar.name(cursor)
    cursor.need_word(b" ", grammar.SPACE)
    cursor.rule, start = "digest", cursor.at
    found = cursor.need(_DIGEST, _HEX)
    cursor.mark("digest", start, secret=True)
    cursor.done(grammar.END)
    return Apop(name, found.decode("ascii"))


COMMAND = Command(
    CARD,
    "APOP name digest",
    ENTRY,
    parse,
    ("APOP bob c4c9334bac560ecc979e58001b3e22fb",),
    limits.COMMAND_LINE,
    needs="APOP",
)
