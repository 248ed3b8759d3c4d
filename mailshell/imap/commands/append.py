"""APPEND: put a message into a mailbox (RFC 3501 section 6.3.11, RFC 4315 section 3).

The octets of the message stand aside: the grammar sees the number in braces alone.
"""

import re
from typing import NamedTuple

from mailshell.core.clock import Instant
from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import dates, flags, grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import APPENDED, NO_ROOM, OVER_QUOTA, TOO_BIG, TRY_CREATE
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "APPEND",
    "put a message into a mailbox",
    Cite(3501, "6.3.11"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "APPEND": "verb: brings a message",
        "mailbox": "the mailbox that gets the message",
        "flag": "a flag that the message has from the start",
        "date-time": "the internal date of the message; without it, now",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="APPEND puts a message at the end of a mailbox. A mail reader does so with a copy of what it has sent. The "
    "octets of the message come as a literal.",
)
_MESSAGE = re.compile(rb"\{([0-9]{1,10})\+?\}(?:\r\n)?")
_SIZE = Expect("{size}", "the number of octets of the message, as in {310}", like="{310}")


class Append(NamedTuple):
    """APPEND with a mailbox, flags, a date, and the size of the message."""

    name: str
    flags: frozenset[str]
    date: tuple[Instant, int] | None
    size: int

    @property
    def card(self) -> Card:
        """The card of APPEND."""
        return CARD

    def line(self) -> bytes:
        """`APPEND Sent (\\Seen) {310}`."""
        marks = b"(%b) " % flags.octets(self.flags) if self.flags else b""
        date = dates.text(*self.date) + b" " if self.date is not None else b""
        return b"APPEND %b %b%b{%d}" % (grammar.sent_name(self.name), marks, date, self.size)

    def refusal(self, desk: Desk) -> Reply | None:
        """Why the message is not wanted; known before its octets come."""
        if self.size > desk.limit:
            return TOO_BIG(f"The message has {self.size:,} octets. This server takes {desk.limit:,}.")
        mailbox = desk.find(self.name)
        if mailbox is None:
            return TRY_CREATE(f"The user has no mailbox {self.name}.")
        quota = desk.host.traits.quota
        if quota is not None and desk.host.taken(mailbox.key.user) + self.size > quota:
            return OVER_QUOTA(f"All mailboxes of the user together may have {quota:,} octets.")
        full = desk.host.store.full(self.size)
        return None if full is None else NO_ROOM(str(full))

    def run(self, desk: Desk) -> Reply:
        """Store the message."""
        if (refusal := self.refusal(desk)) is not None:
            return refusal
        (octets,) = desk.state.texts or (b"",)
        store, key = desk.host.store, desk.key(self.name)
        at, zone = self.date or (desk.host.written, 0)
        try:
            message = store.append(key, store.keep(octets), at=at, zone=zone, flags=self.flags)
        except Full as full:
            return NO_ROOM(str(full))
        mailbox = desk.find(self.name)
        if mailbox is None or not desk.offers("UIDPLUS"):
            return APPENDED()
        return APPENDED(code=f"APPENDUID {mailbox.box.uidvalidity} {message.uid}")


def parse(cursor: Cursor) -> Append:
    """append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    grammar.space(cursor)
    found, date = frozenset[str](), None
    if cursor.octets[cursor.at : cursor.at + 1] == b"(":
        found = grammar.flag_list(cursor)
        grammar.space(cursor)
    if cursor.octets[cursor.at : cursor.at + 1] == b'"':
        date = dates.date_time(cursor)
        grammar.space(cursor)
    cursor.rule, start = "literal", cursor.at
    announced = cursor.need(_MESSAGE, _SIZE)
    cursor.mark("literal", start)
    cursor.done(grammar.END)
    return Append(name, found, date, int(announced[1 : announced.index(b"}")].rstrip(b"+")))


COMMAND = Command(
    CARD, "APPEND mailbox (flags) {size}", INSIDE, parse,
    ("a1 APPEND Sent {310}", 'a1 APPEND Sent (\\Seen) "09-Mar-2015 10:00:00 +0000" {310}'), limits.COMMAND,
)  # fmt: skip
