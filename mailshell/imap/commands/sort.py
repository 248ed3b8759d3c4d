"""SORT: which messages fit, and in which order? (RFC 5256 section 3)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits, ordering, query, searching, uids
from mailshell.imap.desk import Desk
from mailshell.imap.ordering import ORDERS, Criterion
from mailshell.imap.phases import OPEN
from mailshell.imap.query import Tree
from mailshell.imap.replies import SORTED, UNREADABLE
from mailshell.imap.searching import Hunt
from mailshell.imap.wording import Reply
from mailshell.mail.store import StateError

CARD = Card(
    "SORT",
    "which messages fit, in an order",
    Cite(5256, "3"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "SORT": "verb: looks for messages, and orders them",
        "sort-key": "what the order goes by; REVERSE before it: from the last to the first",
        **searching.PARTS,
    },
    more="SORT is SEARCH with an order: the sort keys stand in parentheses, and the first one counts most. The charset "
    "must be said. What is alike stays in the order of the mailbox.",
)
BY_UID = uids.card(CARD)
_REVERSE = Expect("REVERSE", "the next key, from the last to the first")


class Sort(NamedTuple):
    """SORT with criteria, a charset, and keys."""

    uid: bool
    criteria: tuple[Criterion, ...]
    charset: str
    keys: Tree

    @property
    def card(self) -> Card:
        """The card of SORT."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`SORT (REVERSE DATE) UTF-8 ALL`."""
        criteria = " ".join(f"{'REVERSE ' if one.reverse else ''}{one.order.name}" for one in self.criteria)
        head = f"{self.card.name} ({criteria}) {self.charset} ".encode("ascii")
        return head + b" ".join(map(query.words, self.keys.terms))

    def run(self, desk: Desk) -> Reply:
        """Look, and put in order."""
        return self.look(desk, Hunt())

    def look(self, desk: Desk, hunt: Hunt) -> Reply:
        """Look from there on, and put in order."""
        reads = ordering.known if any(one.order.reads for one in self.criteria) else None
        found = searching.find(self, desk, hunt, reads)
        if isinstance(found, Reply):
            return found
        try:
            numbers = ordering.ordered(found.pool, found.numbers, self.criteria)
        except (StateError, KeyError) as error:
            return UNREADABLE(str(error))
        return SORTED(block=found.block(b"SORT", numbers), holds=not self.uid)


def _criterion(cursor: Cursor) -> Criterion:
    """sort-criterion = ["REVERSE" SP] sort-key."""
    cursor.rule, start = "sort-key", cursor.at
    reverse = cursor.word(b"REVERSE ", _REVERSE)
    order = next(
        (one for one in ORDERS if cursor.word(one.name.encode("ascii"), Expect(one.name, one.card.says))), None
    )
    if order is None:
        raise Stop
    cursor.mark("sort-key", start)
    return Criterion(order, reverse)


def _parsed(cursor: Cursor, *, uid: bool) -> Sort:
    """sort = "SORT" SP "(" sort-criterion *(SP sort-criterion) ")" SP charset 1*(SP search-key)."""
    grammar.space(cursor)
    cursor.need_word(b"(", grammar.OPEN)
    criteria = [_criterion(cursor)]
    while not cursor.word(b")", grammar.CLOSE):
        grammar.space(cursor)
        criteria.append(_criterion(cursor))
    grammar.space(cursor)
    return Sort(uid, tuple(criteria), *searching.criteria(cursor))


def parse(cursor: Cursor) -> Sort:
    """SORT for sequence numbers."""
    return _parsed(cursor, uid=False)


def parse_uid(cursor: Cursor) -> Sort:
    """SORT for uids."""
    return _parsed(cursor, uid=True)


COMMAND = Command(
    CARD, "SORT (keys) charset keys", OPEN, parse, ("a1 SORT (SUBJECT REVERSE DATE) UTF-8 ALL",), limits.COMMAND, "SORT"
)
UID = uids.twin(COMMAND, BY_UID, parse_uid, needs="SORT")
