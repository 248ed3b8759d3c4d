"""MOVE: put messages into another mailbox instead (RFC 6851)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import copying, grammar, limits, sets, uids
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import MOVED, READ_ONLY
from mailshell.imap.wording import Reply

CARD = Card(
    "MOVE",
    "put messages into another mailbox instead",
    Cite(6851, "3.1"),
    parts={"MOVE": "verb: moves messages to another mailbox", **copying.PARTS},
    more="MOVE puts messages at the end of another mailbox and removes them from this one, in one step. Without MOVE a "
    "client needs COPY, STORE with \\Deleted, and EXPUNGE. All are moved, or none.",
)
BY_UID = uids.card(CARD)._replace(cite=Cite(6851, "3.2"))


class Move(NamedTuple):
    """MOVE with a set and a mailbox."""

    uid: bool
    numbers: sets.Numbers
    name: str

    @property
    def card(self) -> Card:
        """The card of MOVE."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`MOVE 1 Trash`."""
        return b" ".join((self.card.name.encode("ascii"), sets.octets(self.numbers), grammar.sent_name(self.name)))

    def run(self, desk: Desk) -> Reply:
        """Move all of them, or none; COPYUID comes before the EXPUNGE of each (RFC 6851 section 4.3)."""
        if not desk.view.writable:
            return READ_ONLY("EXAMINE opened the mailbox, so nothing can be moved out of it.")
        found = copying.copy(desk, self.numbers, self.name, uid=self.uid, moves=True)
        if isinstance(found, Reply):
            return found
        desk.sync(expunges=True)  # the copies too, where they are in the open mailbox
        desk.host.store.remove(desk.view.key, found.uids)
        code = f"* OK [{found.code}] The messages have these uids now\r\n".encode("ascii") if found.code else b""
        block = code + desk.without(found.uids)
        # RFC 6851 section 4.4: the client knows by it that it has missed nothing.
        return MOVED(block=block, code=f"HIGHESTMODSEQ {desk.view.modseq}" if desk.aware and found.uids else "")


def parse(cursor: Cursor) -> Move:
    """move = "MOVE" SP sequence-set SP mailbox."""
    return Move(False, *copying.arguments(cursor, uid=False))


def parse_uid(cursor: Cursor) -> Move:
    """MOVE with uids."""
    return Move(True, *copying.arguments(cursor, uid=True))


COMMAND = Command(CARD, "MOVE set mailbox", OPEN, parse, ("a1 MOVE 1 Trash",), limits.COMMAND, needs="MOVE")
UID = uids.twin(COMMAND, BY_UID, parse_uid, needs="MOVE")
