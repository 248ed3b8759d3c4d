"""COPY: put messages into another mailbox too (RFC 3501 section 6.4.7, RFC 4315 section 3)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import chosen, grammar, limits, sets, uids
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import COPIED, NO_ROOM, SOME_GONE, TRY_CREATE
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "COPY",
    "put messages into another mailbox too",
    Cite(3501, "6.4.7"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "COPY": "verb: copies messages to another mailbox",
        "sequence-set": "the messages: numbers, ranges with a colon, * for the last one",
        "mailbox": "the mailbox that gets the copies",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="COPY puts copies of messages at the end of another mailbox, with their flags and dates. All are copied, or "
    "none.",
)
BY_UID = uids.card(CARD)


class Copy(NamedTuple):
    """COPY with a set and a mailbox."""

    uid: bool
    numbers: sets.Numbers
    name: str

    @property
    def card(self) -> Card:
        """The card of COPY."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`COPY 1 Trash`."""
        return b" ".join((self.card.name.encode("ascii"), sets.octets(self.numbers), grammar.sent_name(self.name)))

    def run(self, desk: Desk) -> Reply:
        """Copy all of them, or none."""
        found = chosen.choose(desk, self.numbers, uid=self.uid)
        if isinstance(found, Reply):
            return found
        to = desk.find(self.name)
        if to is None:
            return TRY_CREATE(f"The user has no mailbox {self.name}. Nothing was copied.")
        if found.missing:
            return SOME_GONE(f"Messages that are gone: {found.missing}. Nothing was copied.")
        host = desk.host
        try:
            copies = host.store.add(to.key, [one._replace(save_date=host.written) for one in found.messages])
        except Full as full:
            return NO_ROOM(str(full))
        if not copies or not desk.offers("UIDPLUS"):
            return COPIED()
        here, there = sets.compact([one.uid for one in found.messages]), sets.compact([one.uid for one in copies])
        return COPIED(code=f"COPYUID {to.box.uidvalidity} {here.decode('ascii')} {there.decode('ascii')}")


def _parsed(cursor: Cursor, *, uid: bool) -> Copy:
    """copy = "COPY" SP sequence-set SP mailbox."""
    grammar.space(cursor)
    numbers = grammar.sequence_set(cursor)
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    cursor.done(grammar.END)
    return Copy(uid, numbers, name)


def parse(cursor: Cursor) -> Copy:
    """COPY with sequence numbers."""
    return _parsed(cursor, uid=False)


def parse_uid(cursor: Cursor) -> Copy:
    """COPY with uids."""
    return _parsed(cursor, uid=True)


COMMAND = Command(CARD, "COPY set mailbox", OPEN, parse, ("a1 COPY 1 Trash",), limits.COMMAND)
UID = uids.twin(COMMAND, BY_UID, parse_uid)
