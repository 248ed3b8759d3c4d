"""LSUB: which names are subscribed to? (RFC 3501 section 6.3.9)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits, listing
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import LISTED
from mailshell.imap.wording import Reply

CARD = Card(
    "LSUB",
    "which names are subscribed to?",
    Cite(3501, "6.3.9"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "LSUB": "verb: asks for the names on the list of SUBSCRIBE",
        "mailbox": "the reference: stands before the pattern; mostly empty",
        "list-mailbox": "the pattern: * is anything, % anything but /",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="LSUB shows the names that SUBSCRIBE has put on the list and that fit a pattern. A name that fits only "
    "because one below it is on the list has the attribute \\Noselect.",
)


class Lsub(NamedTuple):
    """LSUB with a reference and a pattern."""

    reference: str
    pattern: str

    @property
    def card(self) -> Card:
        """The card of LSUB."""
        return CARD

    def line(self) -> bytes:
        """`LSUB "" *`."""
        return b" ".join((b"LSUB", grammar.sent_name(self.reference), grammar.sent_name(self.pattern)))

    def run(self, desk: Desk) -> Reply:
        """List what is on the list and fits; a level above, where % does not reach the name itself."""
        known = frozenset(desk.host.store.subscriptions(desk.host.name, desk.state.user))
        every = known | listing.above(known) if "%" in self.pattern else known
        found = listing.fitting(every, self.reference, (self.pattern,))
        lines = ((name, [] if name in known else ["\\Noselect"]) for name in found)
        return LISTED(block=listing.rows("LSUB", lines), verb="LSUB")


def parse(cursor: Cursor) -> Lsub:
    """lsub = "LSUB" SP mailbox SP list-mailbox."""
    grammar.space(cursor)
    reference = grammar.mailbox(cursor)
    grammar.space(cursor)
    pattern = grammar.pattern(cursor)
    cursor.done(grammar.END)
    return Lsub(reference, pattern)


COMMAND = Command(CARD, 'LSUB "" pattern', INSIDE, parse, ('a1 LSUB "" *',), limits.COMMAND)
