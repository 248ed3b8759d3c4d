"""EXPUNGE and UID EXPUNGE: remove what has the flag Deleted (RFC 3501 section 6.4.3, RFC 4315 section 2.1)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import chosen, expunging, grammar, limits, sets
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import EXPUNGED, NO_ROOM, READ_ONLY
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "EXPUNGE",
    "remove what has \\Deleted",
    Cite(3501, "6.4.3"),
    parts={"tag": grammar.TAG_GLOSS, "EXPUNGE": "verb: removes the messages that have \\Deleted"},
    more="EXPUNGE removes all messages of the mailbox that have \\Deleted, for good. The server tells each of them, "
    "and higher numbers go down by one.",
)
BY_UID = Card(
    "UID EXPUNGE",
    "remove these, if they have \\Deleted",
    Cite(4315, "2.1"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "UID EXPUNGE": "verb: removes messages that are named, if they have \\Deleted",
        "sequence-set": "the uids of the messages",
    },
    more="UID EXPUNGE removes the messages that have \\Deleted and whose uids are in the set. Others with \\Deleted "
    "stay.",
)


class Expunge(NamedTuple):
    """EXPUNGE of all, or of a set of uids."""

    numbers: sets.Numbers | None

    @property
    def card(self) -> Card:
        """The card of EXPUNGE."""
        return CARD if self.numbers is None else BY_UID

    def line(self) -> bytes:
        """`EXPUNGE`."""
        return b"EXPUNGE" if self.numbers is None else b"UID EXPUNGE " + sets.octets(self.numbers)

    def run(self, desk: Desk) -> Reply:
        """Remove them, and tell their numbers from the last one back."""
        if not desk.view.writable:
            return READ_ONLY("EXAMINE opened the mailbox, so nothing can be removed.")
        desk.sync(expunges=True)
        wanted = None
        if self.numbers is not None:
            places = chosen.places(desk, self.numbers, uid=True)
            if isinstance(places, Reply):
                return places
            wanted = {desk.view.uids[at] for at in places}
        try:
            gone = expunging.remove(desk, wanted)
        except Full as full:
            return NO_ROOM(str(full))
        return EXPUNGED(block=desk.without(gone))


def parse(cursor: Cursor) -> Expunge:
    """expunge = "EXPUNGE"."""
    cursor.done(grammar.END)
    return Expunge(None)


def parse_uid(cursor: Cursor) -> Expunge:
    """uid-expunge = "UID" SP "EXPUNGE" SP sequence-set."""
    grammar.space(cursor)
    numbers = grammar.sequence_set(cursor, uid=True)
    cursor.done(grammar.END)
    return Expunge(numbers)


COMMAND = Command(CARD, "EXPUNGE", OPEN, parse, ("a1 EXPUNGE",), limits.COMMAND)
UID = Command(BY_UID, "UID EXPUNGE set", OPEN, parse_uid, ("a1 UID EXPUNGE 1:2",), limits.COMMAND, needs="UIDPLUS")
