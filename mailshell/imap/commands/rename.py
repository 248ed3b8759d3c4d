"""RENAME: give a mailbox another name (RFC 3501 section 6.3.5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite
from mailshell.imap import grammar, limits, names, reasons
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import MAILBOX_DONE, NAME_CANNOT, NAME_TAKEN, NO_ROOM
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full, Mailbox

CARD = Card(
    "RENAME",
    "give a mailbox another name",
    Cite(3501, "6.3.5"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "RENAME": "verb: changes the name of a mailbox",
        "mailbox": "the old name, then the new one",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="RENAME changes the name of a mailbox and of those below it, or of "
    "those alone where the name is no mailbox. The messages keep their uids. RENAME of INBOX "
    "moves its messages to the new mailbox, and INBOX stays, empty.",
)


class Rename(NamedTuple):
    """RENAME with the old and the new name."""

    old: str
    new: str

    @property
    def card(self) -> Card:
        """The card of RENAME."""
        return CARD

    def line(self) -> bytes:
        """`RENAME Friends People`."""
        return b" ".join((b"RENAME", grammar.sent_name(self.old), grammar.sent_name(self.new)))

    def run(self, desk: Desk) -> Reply:
        """Rename it, and what is below it."""
        store, new = desk.host.store, self.new.removesuffix(names.SEPARATOR)
        mailbox, inbox, below = desk.find(self.old), self.old == "INBOX", self.old + names.SEPARATOR
        every = [one.key.name for one in store.mailboxes(desk.host.name, desk.state.user)]
        olds = [] if inbox else [name for name in every if name == self.old or name.startswith(below)]
        if mailbox is None and not olds:
            return reasons.no_mailbox(desk, self.old)
        moves = {name: new + name[len(self.old) :] for name in olds}
        wrong = next(filter(None, map(reasons.wrong_name, (new, *moves.values()))), None)
        if wrong is not None:
            return wrong
        if not inbox and new.startswith(below):
            return NAME_CANNOT(f"{new} lies below {self.old}.")
        taken = next((to for to in (new, *moves.values()) if desk.find(to) is not None), None)
        if taken is not None:
            return NAME_TAKEN(f"{taken} exists.")
        try:
            for one in names.parents(new):
                if desk.find(one) is None:
                    store.create(desk.key(one))
            block = _emptied(desk, mailbox, new) if inbox and mailbox is not None else b""
            for before, to in moves.items():
                store.rename(desk.key(before), to)
        except Full as full:
            return NO_ROOM(str(full))
        return MAILBOX_DONE(verb="RENAME", block=block)


def _emptied(desk: Desk, inbox: Mailbox, new: str) -> bytes:
    """Move all messages of INBOX to a new mailbox; the untagged EXPUNGE of each, where INBOX is open."""
    store, view = desk.host.store, desk.state.view
    is_open = view is not None and view.key == inbox.key
    if is_open:
        desk.sync(expunges=True)
    to = store.create(desk.key(new))
    messages = list(inbox.messages.values())
    uids = [one.uid for one in messages]
    store.add(to.key, messages)
    store.remove(inbox.key, uids)
    if not is_open or not uids:
        return b""
    desk.note("EXPUNGE came because RENAME of INBOX moves its messages.")
    return desk.without(uids)


def parse(cursor: Cursor) -> Rename:
    """rename = "RENAME" SP mailbox SP mailbox."""
    grammar.space(cursor)
    old = grammar.mailbox(cursor)
    grammar.space(cursor)
    new = grammar.mailbox(cursor, grammar.NEW)
    cursor.done(grammar.END)
    return Rename(old, new)


COMMAND = Command(CARD, "RENAME old new", INSIDE, parse, ("a1 RENAME Friends People",), limits.COMMAND)
