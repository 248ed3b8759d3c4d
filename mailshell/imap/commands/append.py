"""APPEND: put messages into a mailbox (RFC 3501 section 6.3.11, RFC 3502, RFC 4315 section 3).

The octets of the messages stand aside: the grammar sees the numbers in braces alone.
"""

import re
from typing import NamedTuple

from mailshell.core.clock import Instant
from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import dates, flags, grammar, limits, reasons, sets
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import APPENDED, EMPTY, LONE_LF, NO_ROOM, OVER_QUOTA, TOO_BIG, UNKNOWN_CTE, WITH_NUL
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full, Message, Store
from mailshell.mail.transfer import without_nul

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
        "literal": f"{grammar.LITERAL_GLOSS}; ~ : NUL may be among them",
    },
    more="APPEND puts a message at the end of a mailbox. A mail reader does so with a copy of what it has sent. The "
    "octets of the message come as a literal. With MULTIAPPEND more messages may follow in the same command, and the "
    "mailbox gets all of them or none.",
)
_MESSAGE = re.compile(rb"(~?)\{([0-9]{1,10})\+?\}(?:\r\n|\Z)")
_FLAGS = Expect("(", "flags that the message has from the start")
_SIZE = Expect("{size}", "the number of octets of the message, as in {310}", like="{310}")


class Draft(NamedTuple):
    """A message that is to come: its flags, its date, how many octets it has, and whether NUL may be among them."""

    flags: frozenset[str]
    date: tuple[Instant, int] | None
    size: int
    binary: bool

    def words(self) -> bytes:
        """`(\\Seen) {310}`."""
        marks = b"(%b) " % flags.octets(self.flags) if self.flags else b""
        date = dates.text(*self.date) + b" " if self.date is not None else b""
        return b"%b%b%b{%d}" % (marks, date, b"~" if self.binary else b"", self.size)


class Append(NamedTuple):
    """APPEND with a mailbox, and the messages for it."""

    name: str
    drafts: tuple[Draft, ...]

    @property
    def card(self) -> Card:
        """The card of APPEND."""
        return CARD

    def line(self) -> bytes:
        """`APPEND Sent (\\Seen) {310}`."""
        return b"APPEND %b %b" % (grammar.sent_name(self.name), b"\r\n ".join(draft.words() for draft in self.drafts))

    def refusal(self, desk: Desk) -> Reply | None:
        """Why the messages are not wanted; known before the octets of the last one come."""
        mailbox = desk.find(self.name)
        if mailbox is None:
            return reasons.nowhere(self.name)
        if not self.drafts[-1].size:
            return EMPTY("A client may give APPEND up so.")
        limit, size = desk.limit, sum(draft.size for draft in self.drafts)
        if self.drafts[-1].size > limit:
            return TOO_BIG(f"The message has {self.drafts[-1].size:,} octets. This server takes {limit:,}.")
        if size > max(limit, limits.MESSAGE):
            return TOO_BIG(f"The messages have {size:,} octets. This server takes {limits.MESSAGE:,} in one command.")
        quota = desk.host.traits.quota
        if quota is not None and desk.host.taken(mailbox.key.user) + size > quota:
            return OVER_QUOTA(f"All mailboxes of the user together may have {quota:,} octets.")
        if (crowded := reasons.crowded(mailbox.box, (draft.flags for draft in self.drafts))) is not None:
            return crowded
        full = desk.host.store.full(size)
        return None if full is None else NO_ROOM(str(full))

    def run(self, desk: Desk) -> Reply:
        """Store the messages, all or none (RFC 3502 section 6.3.11)."""
        if (refusal := self.refusal(desk)) is not None:
            return refusal
        store, key, now = desk.host.store, desk.key(self.name), desk.host.written
        pairs = list(zip(self.drafts, desk.state.texts, strict=True))
        if any(b"\0" in octets for draft, octets in pairs if not draft.binary):
            return WITH_NUL("The octet NUL stands in a message that came as a plain literal.")
        alone = any(octets.count(b"\n") > octets.count(b"\r\n") for draft, octets in pairs if not draft.binary)
        if alone and desk.strict:
            return LONE_LF("Lines of the message end in LF without CR.")
        texts = [_text(*one) for one in pairs]
        if None in texts:
            return UNKNOWN_CTE("The octet NUL stands outside of a part that has Content-Transfer-Encoding: binary.")
        arrived = zip(self.drafts, texts, strict=True)
        try:
            added = desk.put(key, [_message(store, draft, text, now) for draft, text in arrived if text is not None])
        except Full as full:
            return NO_ROOM(str(full))
        mailbox, slip = store.mailbox(key), grammar.LONE_LF.says if alone else ""
        if mailbox is None or not desk.offers("UIDPLUS"):
            return APPENDED(slip=slip)
        return APPENDED(code=f"APPENDUID {mailbox.box.uidvalidity} {sets.text([one.uid for one in added])}", slip=slip)


def _text(draft: Draft, octets: bytes) -> bytes | None:
    """The octets as the mailbox takes them: BODY[] cannot show a NUL (RFC 3516 section 6). None where NUL must stay."""
    return without_nul(octets) if draft.binary and b"\0" in octets else octets


def _message(store: Store, draft: Draft, octets: bytes, now: Instant) -> Message:
    at, zone = draft.date or (now, 0)
    return store.draft(store.keep(octets), at=at, zone=zone, flags=draft.flags)


def _draft(cursor: Cursor) -> Draft:
    """append-message = [SP flag-list] [SP date-time] SP literal."""
    grammar.space(cursor)
    found: frozenset[str] = frozenset()
    date = None
    if cursor.word(b"(", _FLAGS):
        found = grammar.flags_inside(cursor)
        grammar.space(cursor)
    if cursor.octets[cursor.at : cursor.at + 1] == b'"':
        date = dates.date_time(cursor)
        grammar.space(cursor)
    else:
        cursor.miss(dates.DATE_TIME)
    cursor.rule, start = "literal", cursor.at
    announced = cursor.need(_MESSAGE, _SIZE)
    cursor.mark("literal", start)
    number = announced[announced.index(b"{") + 1 : announced.index(b"}")].rstrip(b"+")
    binary = announced.startswith(b"~")
    if binary:
        cursor.use("BINARY", start)
    return Draft(found, date, int(number), binary)


def parse(cursor: Cursor) -> Append:
    """append = "APPEND" SP mailbox 1*append-message."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    drafts = [_draft(cursor)]
    while cursor.octets[cursor.at :].strip(b" \t"):
        cursor.use("MULTIAPPEND", cursor.at)
        drafts.append(_draft(cursor))
    cursor.done(grammar.END)
    return Append(name, tuple(drafts))


COMMAND = Command(
    CARD, "APPEND mailbox (flags) {size}", INSIDE, parse,
    ("a1 APPEND Sent {310}", 'a1 APPEND Sent (\\Seen) "09-Mar-2015 10:00:00 +0000" {310}'), limits.COMMAND,
)  # fmt: skip
