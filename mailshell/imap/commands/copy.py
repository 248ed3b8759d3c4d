"""COPY: put messages into another mailbox too (RFC 3501 section 6.4.7, RFC 4315 section 3)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import copying, grammar, limits, sets, uids
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import COPIED
from mailshell.imap.wording import Reply

CARD = Card(
    "COPY",
    "put messages into another mailbox too",
    Cite(3501, "6.4.7"),
    parts={"COPY": "verb: copies messages to another mailbox", **copying.PARTS},
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
        found = copying.copy(desk, self.numbers, self.name, uid=self.uid)
        return found if isinstance(found, Reply) else COPIED(code=found.code)


def parse(cursor: Cursor) -> Copy:
    """copy = "COPY" SP sequence-set SP mailbox."""
    return Copy(False, *copying.arguments(cursor, uid=False))


def parse_uid(cursor: Cursor) -> Copy:
    """COPY with uids."""
    return Copy(True, *copying.arguments(cursor, uid=True))


COMMAND = Command(CARD, "COPY set mailbox", OPEN, parse, ("a1 COPY 1 Trash",), limits.COMMAND)
UID = uids.twin(COMMAND, BY_UID, parse_uid)
