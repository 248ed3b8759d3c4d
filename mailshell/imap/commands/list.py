"""LIST: which mailboxes are there? (RFC 3501 section 6.3.8, RFC 5258, RFC 5819, RFC 6154 section 2)."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits, listing
from mailshell.imap.commands import status
from mailshell.imap.desk import Desk
from mailshell.imap.listing import Known
from mailshell.imap.phases import INSIDE
from mailshell.imap.replies import LISTED
from mailshell.imap.wording import Reply

SELECTION = {
    "SUBSCRIBED": "only names that the user has subscribed to",
    "REMOTE": "mailboxes on other servers too",
    "RECURSIVEMATCH": "also names with such a name below them",
    "SPECIAL-USE": "only mailboxes that have a use",
}
"""The selection options: which names are told (RFC 5258 section 3.1, RFC 6154 section 2)."""

RETURNS = {
    "SUBSCRIBED": "tell which names are subscribed to",
    "CHILDREN": "tell which names have names below them",
    "SPECIAL-USE": "tell what each mailbox is for",
    "STATUS": "tell numbers of each mailbox",
}
"""The return options: what is told of each name (RFC 5258 section 3.2, RFC 6154 section 2, RFC 5819 section 2)."""

_NEEDS = {"SPECIAL-USE": "SPECIAL-USE", "STATUS": "LIST-STATUS"}

CARD = Card(
    "LIST",
    "which mailboxes are there?",
    Cite(3501, "6.3.8"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "LIST": "verb: asks for names of mailboxes",
        **{f"list-select-opt {name}": says for name, says in SELECTION.items()},
        "mailbox": "the reference: stands before the pattern; mostly empty",
        "list-mailbox": "the pattern: * is anything, % anything but /",
        **{f"return-option {name}": says for name, says in RETURNS.items()},
        "status-att": "what STATUS tells of each mailbox",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="LIST shows the names that fit a pattern, each with attributes and the separator of levels. An empty pattern "
    "asks for the separator alone. With LIST-EXTENDED there may be several patterns in parentheses, options before "
    "them that say which names are told, and options after RETURN that say what is told of each.",
)
_SELECT = Expect("(", "options begin: which names are told", needs="LIST-EXTENDED")
_PATTERNS = Expect("(", "several patterns begin", needs="LIST-EXTENDED")
_RETURN = Expect(" RETURN (", "what is told of each name", needs="LIST-EXTENDED")
_ALONE = Expect("list-select-base-opt", "SUBSCRIBED beside RECURSIVEMATCH, which needs it", like="SUBSCRIBED")


class List(NamedTuple):
    """LIST with a reference and patterns; `select`, `returns` and `several` are what LIST-EXTENDED adds.

    They are None or False where they were not written. `items` are those of STATUS in the return options.
    """

    reference: str
    patterns: tuple[str, ...]
    several: bool = False
    select: tuple[str, ...] | None = None
    returns: tuple[str, ...] | None = None
    items: tuple[status.Item, ...] = ()

    @property
    def card(self) -> Card:
        """The card of LIST."""
        return CARD

    @property
    def extended(self) -> bool:
        """Whether it has something that LIST-EXTENDED brought."""
        return self.several or self.select is not None or self.returns is not None

    def line(self) -> bytes:
        """`LIST "" *`."""
        select = b"" if self.select is None else f" ({' '.join(self.select)})".encode("ascii")
        patterns = b" ".join(map(grammar.sent_name, self.patterns))
        options = (f"STATUS {status.written(self.items)}" if one == "STATUS" else one for one in self.returns or ())
        returns = b"" if self.returns is None else f" RETURN ({' '.join(options)})".encode("ascii")
        shown = b"(%b)" % patterns if self.several else patterns
        return b"LIST%b %b %b%b" % (select, grammar.sent_name(self.reference), shown, returns)

    def run(self, desk: Desk) -> Reply:
        """List what fits."""
        if self.extended:
            return LISTED(block=self._chosen(desk, listing.known(desk)), verb="LIST")
        if not self.patterns[0]:
            return LISTED(block=listing.row("LIST", "", ["\\Noselect"]), verb="LIST")
        known = listing.known(desk)
        found = listing.fitting({*known.uses, *known.parents}, self.reference, self.patterns)
        lines = ((name, listing.attributes(desk, name, known)) for name in found)
        return LISTED(block=listing.rows("LIST", lines), verb="LIST")

    def _chosen(self, desk: Desk, known: Known) -> bytes:
        """The lines of an extended LIST; a name that does not meet the options is told for those below it."""
        select = frozenset(self.select or ())
        meets = frozenset(known.uses)
        if "SUBSCRIBED" in select:
            meets = known.subscribed
        if "SPECIAL-USE" in select:
            meets = frozenset(name for name in meets if known.uses.get(name))
        recursive = "RECURSIVEMATCH" in select
        lead = listing.above(meets) if recursive or not select & {"SUBSCRIBED", "SPECIAL-USE"} else set[str]()
        # An empty pattern is passed over where LIST is an extended one (RFC 5258 section 3).
        fits = listing.fitting(meets | lead, self.reference, [one for one in self.patterns if one])
        # A name above is redundant where all that it stands for are told themselves (section 3.5).
        needed = listing.above(meets.difference(fits))
        lines = []
        for name in fits:
            if name in meets or name in needed:
                child = '("CHILDINFO" ("SUBSCRIBED"))' if recursive and name in lead else ""
                lines.append(listing.row("LIST", name, self._attributes(desk, name, known), child))
                mailbox = desk.find(name) if self.items and name in meets else None
                if mailbox is not None:
                    lines.append(status.row(desk, mailbox, self.items))
        return b"".join(lines)

    def _attributes(self, desk: Desk, name: str, known: Known) -> list[str]:
        """The attributes of a name in an extended LIST: what was asked, and what the server tells unasked."""
        asked = {*(self.select or ()), *(self.returns or ())}
        found = [] if name in known.uses else ["\\NonExistent"]
        if "SUBSCRIBED" in asked and name in known.subscribed:
            found.append("\\Subscribed")
        if "CHILDREN" in asked or desk.offers("CHILDREN") or (name in known.parents and name not in known.uses):
            found.append(listing.children(name, known))
        if desk.offers("SPECIAL-USE"):
            found += known.uses.get(name, "").split()
        return found


def _option(cursor: Cursor, rule: str, options: Mapping[str, str]) -> str:
    cursor.rule, start = rule, cursor.at
    for name in sorted(options, key=lambda one: -len(one)):
        if cursor.word(name.encode("ascii"), Expect(name, options[name], needs=_NEEDS.get(name, ""))):
            cursor.mark(f"{rule} {name}", start)
            return name
    raise Stop


def _select(cursor: Cursor) -> tuple[str, ...]:
    """The rest of list-select-opts, after "("; RECURSIVEMATCH needs an option that stands by itself."""
    found: list[str] = []
    while not cursor.word(b")", grammar.CLOSE):
        if found:
            grammar.space(cursor)
        found.append(_option(cursor, "list-select-opt", SELECTION))
    if "RECURSIVEMATCH" in found and "SUBSCRIBED" not in found:
        raise cursor.refuse(cursor.at - 1, _ALONE)
    grammar.space(cursor)
    return tuple(dict.fromkeys(found))


def _returns(cursor: Cursor) -> tuple[tuple[str, ...], tuple[status.Item, ...]]:
    """The rest of list-return-opts, after "("; with the items of STATUS."""
    found: list[str] = []
    items: tuple[status.Item, ...] = ()
    while not cursor.word(b")", grammar.CLOSE):
        if found:
            grammar.space(cursor)
        found.append(_option(cursor, "return-option", RETURNS))
        if found[-1] == "STATUS":
            grammar.space(cursor)
            items = status.items(cursor)
    return tuple(dict.fromkeys(found)), items


def _patterns(cursor: Cursor) -> tuple[str, ...]:
    """The rest of patterns, after "("."""
    found = [grammar.pattern(cursor)]
    while not cursor.word(b")", grammar.CLOSE):
        grammar.space(cursor)
        found.append(grammar.pattern(cursor))
    return tuple(dict.fromkeys(found))


def parse(cursor: Cursor) -> List:
    """list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]."""
    grammar.space(cursor)
    select = _select(cursor) if cursor.word(b"(", _SELECT) else None
    reference = grammar.mailbox(cursor)
    grammar.space(cursor)
    several = cursor.word(b"(", _PATTERNS)
    patterns = _patterns(cursor) if several else (grammar.pattern(cursor),)
    returns, items = _returns(cursor) if cursor.word(b" RETURN (", _RETURN) else (None, ())
    cursor.done(grammar.END)
    return List(reference, patterns, several, select, returns, items)


COMMAND = Command(
    CARD, 'LIST "" pattern', INSIDE, parse,
    (
        'a1 LIST "" *', 'a1 LIST "" %', 'a1 LIST (SUBSCRIBED) "" * RETURN (SPECIAL-USE CHILDREN)',
        'a1 LIST "" (INBOX Work/*) RETURN (STATUS (MESSAGES UNSEEN))',
    ), limits.COMMAND,
)  # fmt: skip
