"""CREATE: make a mailbox (RFC 3501 section 6.3.3)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits, names
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import MAILBOX_DONE, NAME_CANNOT, NAME_TAKEN, NO_ROOM
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "CREATE",
    "make a mailbox",
    Cite(3501, "6.3.3"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "CREATE": "verb: makes a mailbox",
        "mailbox": "the name of the mailbox",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="CREATE makes an empty mailbox. Names above it, with a slash between the levels, are made too. A slash at "
    "the end says that names below it will come.",
)


class Create(NamedTuple):
    """CREATE and the name of a mailbox."""

    name: str

    @property
    def card(self) -> Card:
        """The card of CREATE."""
        return CARD

    def line(self) -> bytes:
        """`CREATE Drafts`."""
        return b"CREATE " + grammar.sent_name(self.name)

    def run(self, desk: Desk) -> Reply:
        """Make it, and the names above it that are missing."""
        name = self.name.removesuffix(names.SEPARATOR)
        if because := names.wrong(name):
            return NAME_CANNOT(because)
        if desk.find(name) is not None:
            return NAME_TAKEN(f"{name} exists.")
        try:
            for one in (*names.parents(name), name):
                if desk.find(one) is None:
                    desk.host.store.create(desk.key(one))
        except Full as full:
            return NO_ROOM(str(full))
        return MAILBOX_DONE(verb="CREATE")


def parse(cursor: Cursor) -> Create:
    """create = "CREATE" SP mailbox."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    cursor.done(grammar.END)
    return Create(name)


COMMAND = Command(CARD, "CREATE mailbox", INSIDE, parse, ("a1 CREATE Friends",), limits.COMMAND)
