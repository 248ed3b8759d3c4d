"""LIST: which mailboxes are there? (RFC 3501 section 6.3.8)."""

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
    "LIST",
    "which mailboxes are there?",
    Cite(3501, "6.3.8"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "LIST": "verb: asks for names of mailboxes",
        "mailbox": "the reference: stands before the pattern; mostly empty",
        "list-mailbox": "the pattern: * is anything, % anything but /",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="LIST shows the names that fit a pattern, each with attributes and the separator of levels. An empty pattern "
    "asks for the separator alone.",
)


class List(NamedTuple):
    """LIST with a reference and a pattern."""

    reference: str
    pattern: str

    @property
    def card(self) -> Card:
        """The card of LIST."""
        return CARD

    def line(self) -> bytes:
        """`LIST "" *`."""
        return b" ".join((b"LIST", grammar.sent_name(self.reference), grammar.sent_name(self.pattern)))

    def run(self, desk: Desk) -> Reply:
        """List what fits."""
        if not self.pattern:
            return LISTED(block=listing.rows(desk, "LIST", [("", ["\\Noselect"])]), verb="LIST")
        known = {box.key.name for box in desk.host.store.mailboxes(desk.host.name, desk.state.user)}
        found = listing.fitting(known, self.reference, self.pattern)
        lines = ((name, listing.attributes(desk, name, known)) for name in found)
        return LISTED(block=listing.rows(desk, "LIST", lines), verb="LIST")


def parse(cursor: Cursor) -> List:
    """list = "LIST" SP mailbox SP list-mailbox."""
    grammar.space(cursor)
    reference = grammar.mailbox(cursor)
    grammar.space(cursor)
    pattern = grammar.pattern(cursor)
    cursor.done(grammar.END)
    return List(reference, pattern)


COMMAND = Command(CARD, 'LIST "" pattern', INSIDE, parse, ('a1 LIST "" *', 'a1 LIST "" %'), limits.COMMAND)
