"""SEARCH: which messages fit? (RFC 3501 section 6.4.4)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits, query, sets, uids
from mailshell.imap.desk import Desk
from mailshell.imap.keys import Row
from mailshell.imap.phases import OPEN
from mailshell.imap.query import Query, Tree
from mailshell.imap.replies import BAD_CHARSET, NO_SUCH_NUMBER, SEARCHED
from mailshell.imap.wording import Reply

CARD = Card(
    "SEARCH",
    "which messages fit?",
    Cite(3501, "6.4.4"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "SEARCH": "verb: looks for messages",
        "charset": "the charset of the strings",
        "search-key": "a key: what is looked for",
        "sequence-set": "messages: numbers, ranges with a colon, * for the last one",
        "astring": "the text that is looked for, in any case of its letters",
        "header-fld-name": "the name of a header field",
        "date": "a day",
        "number": "a number of octets",
        "flag-keyword": "a keyword",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="SEARCH gives the numbers of the messages that fit all its keys. The server looks, and no message crosses "
    "the line.",
)
BY_UID = uids.card(CARD)
_CHARSET = Expect("CHARSET", "the charset of the strings comes first")
_NAME = Expect("charset", "a charset, as in UTF-8", like="UTF-8")
_KNOWN = frozenset({"", "US-ASCII", "UTF-8"})


class Search(NamedTuple):
    """SEARCH with a charset (empty: not said) and keys, of which all must fit."""

    uid: bool
    charset: str
    keys: Tree

    @property
    def card(self) -> Card:
        """The card of SEARCH."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`SEARCH UNSEEN`."""
        charset = f" CHARSET {self.charset}" if self.charset else ""
        return f"{self.card.name}{charset} ".encode("ascii") + b" ".join(map(query.words, self.keys.terms))

    def run(self, desk: Desk) -> Reply:
        """Look."""
        if self.charset not in _KNOWN:
            return BAD_CHARSET(f"This server reads US-ASCII and UTF-8, and not {self.charset}.", holds=not self.uid)
        view, mailbox, store = desk.view, desk.mailbox, desk.host.store
        count = len(view.uids)
        if any(sets.by_number(one.numbers, count) is None for one in query.numbers(self.keys)):
            return NO_SUCH_NUMBER(f"The mailbox has {count} messages, as far as this session has been told.")

        def places(one: query.Numbers) -> frozenset[int]:
            found = sets.by_uid(one.numbers, view.uids) if one.uid else sets.by_number(one.numbers, count)
            return frozenset(view.uids[at] for at in found or ())

        test = query.fits(self.keys, places)
        rows, messages = ([], []) if mailbox is None else view.found(range(count), mailbox)
        fitting = zip([one.uid for one in messages] if self.uid else rows, messages, strict=True)
        found = [number for number, message in fitting if test(Row(store, view, message))]
        block = b"* SEARCH" + b"".join([b" %d" % number for number in found]) + b"\r\n"
        return SEARCHED(block=block, holds=not self.uid)


def _parsed(cursor: Cursor, *, uid: bool) -> Search:
    """search = "SEARCH" [SP "CHARSET" SP astring] 1*(SP search-key)."""
    grammar.space(cursor)
    charset, start = "", cursor.at
    if cursor.word(b"CHARSET ", _CHARSET):
        charset = grammar.text(cursor, "charset", _NAME).upper()
        if not charset.isascii() or not charset.isprintable() or " " in charset:
            raise cursor.refuse(start, _NAME)
        grammar.space(cursor)
    keys: list[Query] = [query.read(cursor)]
    while cursor.word(b" ", grammar.SPACE):
        keys.append(query.read(cursor))
    cursor.done(grammar.END)
    return Search(uid, charset, Tree("AND", tuple(keys)))


def parse(cursor: Cursor) -> Search:
    """SEARCH for sequence numbers."""
    return _parsed(cursor, uid=False)


def parse_uid(cursor: Cursor) -> Search:
    """SEARCH for uids."""
    return _parsed(cursor, uid=True)


COMMAND = Command(
    CARD, "SEARCH keys", OPEN, parse,
    ("a1 SEARCH UNSEEN", "a1 SEARCH FROM alice SINCE 1-Mar-2015", "a1 SEARCH OR SUBJECT lunch NOT 1:2"), limits.COMMAND,
)  # fmt: skip
UID = uids.twin(COMMAND, BY_UID, parse_uid)
