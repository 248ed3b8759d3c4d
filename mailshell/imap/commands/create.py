"""CREATE: make a mailbox (RFC 3501 section 6.3.3, RFC 6154 section 3)."""

import re
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits, listing, names, reasons
from mailshell.imap.desk import Desk
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import MAILBOX_DONE, NAME_TAKEN, NO_ROOM, USE_CANNOT
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
        "create-param USE": "what follows is what the mailbox is for",
        "use-attr": "a use, as LIST shows it",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="CREATE makes an empty mailbox. Names above it, with a slash between the levels, are made too. A slash at "
    "the end says that names below it will come. With CREATE-SPECIAL-USE it may say what the mailbox is for.",
)
_USE = Expect(" (USE (", "what the mailbox is for", needs="CREATE-SPECIAL-USE")
_ATTRIBUTE = Expect("use-attr", "a use, as in \\Archive", tuple(listing.USES.items()), "\\Archive")
_PATTERN = re.compile(rb'\\[^\x00-\x20\x7f-\xff(){%*"\\\]]+')


class Create(NamedTuple):
    """CREATE and the name of a mailbox; `uses` is None where USE was not written."""

    name: str
    uses: tuple[str, ...] | None = None

    @property
    def card(self) -> Card:
        """The card of CREATE."""
        return CARD

    def line(self) -> bytes:
        """`CREATE Drafts`."""
        uses = "" if self.uses is None else f" (USE ({' '.join(self.uses)}))"
        return b"CREATE " + grammar.sent_name(self.name) + uses.encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Make it, and the names above it that are missing."""
        name = self.name.removesuffix(names.SEPARATOR)
        if (wrong := reasons.wrong_name(name)) is not None:
            return wrong
        if desk.find(name) is not None:
            return NAME_TAKEN(f"{name} exists.")
        if because := self._useless(desk):
            return USE_CANNOT(because)
        try:
            for one in names.parents(name):
                if desk.find(one) is None:
                    desk.host.store.create(desk.key(one))
            desk.host.store.create(desk.key(name), " ".join(self.uses or ()))
        except Full as full:
            return NO_ROOM(str(full))
        return MAILBOX_DONE(verb="CREATE")

    def _useless(self, desk: Desk) -> str:
        """Why a mailbox cannot have one of the uses, in a sentence; empty where it can."""
        taken = {use: name for name, uses in listing.known(desk).uses.items() for use in uses.split()}
        for use in self.uses or ():
            if use not in listing.USES:
                return f"This server knows no mailbox for {use}. It knows {' '.join(listing.USES)}."
            if use in taken:
                return f"{taken[use]} is the mailbox for {use}. This server has one mailbox for each use."
        return ""


def _uses(cursor: Cursor) -> tuple[str, ...]:
    """The rest of create-param, after "USE" SP "("."""
    spelled = {one.upper(): one for one in listing.USES}
    found: list[str] = []
    while not cursor.word(b")", grammar.CLOSE):
        if found:
            grammar.space(cursor)
        cursor.rule, start = "use-attr", cursor.at
        use = cursor.need(_PATTERN, _ATTRIBUTE).decode("ascii")
        cursor.mark("use-attr", start)
        found.append(spelled.get(use.upper(), use))
    cursor.need_word(b")", grammar.CLOSE)
    return tuple(dict.fromkeys(found))


def parse(cursor: Cursor) -> Create:
    """create = "CREATE" SP mailbox [SP "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")"]."""
    grammar.space(cursor)
    name = grammar.mailbox(cursor, grammar.NEW)
    start, uses = cursor.at, None
    if cursor.word(b" (USE (", _USE):
        cursor.mark("create-param USE", start + 2)
        uses = _uses(cursor)
    cursor.done(grammar.END)
    return Create(name, uses)


COMMAND = Command(
    CARD,
    "CREATE mailbox",
    INSIDE,
    parse,
    ("a1 CREATE Friends", "a1 CREATE Old (USE (\\Archive))"),
    limits.COMMAND,
)
