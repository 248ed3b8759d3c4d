"""FETCH: ask for messages, or for something of them (RFC 3501 section 6.4.5)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import binary, chosen, grammar, items, limits, modseqs, sections, sets, uids
from mailshell.imap.binary import Binary
from mailshell.imap.desk import CONDSTORE, Desk
from mailshell.imap.fetched import Fetched
from mailshell.imap.items import ITEMS, MACROS, Item, Wanted
from mailshell.imap.phases import OPEN
from mailshell.imap.sections import OLD, Section
from mailshell.imap.wording import Reply

CARD = Card(
    "FETCH",
    "ask for data of messages",
    Cite(3501, "6.4.5"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "FETCH": "verb: asks for data of messages",
        "sequence-set": "the messages: numbers, ranges with a colon, * for the last one",
        "macro": "a word that stands for several items",
        "fetch-att": "an item: what is asked of each message",
        "section-part": "the number of a part of the message",
        "section-text": "what of the message or the part",
        "header-fld-name": "the name of a header field",
        "partial": "a piece: the first octet, and how many",
        "fetch-modifier": "only messages with a higher mod-sequence",
        "mod-sequence-value": modseqs.GLOSS,
        "literal": grammar.LITERAL_GLOSS,
    },
    more="FETCH asks for flags, sizes, headers, parts or whole messages. A client over a slow line asks for the "
    "parts that it wants to show. BODY[...] sets \\Seen, BODY.PEEK[...] does not.",
)
BY_UID = uids.card(CARD)
_CHANGED = Expect("(CHANGEDSINCE", "only messages that have changed since", needs=CONDSTORE)
_BINARY = ((b"BINARY.SIZE[", True, False), (b"BINARY.PEEK[", False, True), (b"BINARY[", False, False))
_LONGER_FIRST = tuple(sorted(ITEMS, key=lambda item: f"{item.name}~"))
"""By name; one that begins with the whole name of another comes before it."""


class Fetch(NamedTuple):
    """FETCH with a set and items; with `since` only of messages that have a higher mod-sequence."""

    uid: bool
    numbers: sets.Numbers
    items: tuple[Item | Section | Binary, ...]
    since: int = 0

    @property
    def card(self) -> Card:
        """The card of FETCH."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`FETCH 1 (FLAGS)`."""
        words = " ".join(item.name for item in self.items).encode("latin-1")
        since = b" (CHANGEDSINCE %d)" % self.since if self.since else b""
        return b"%b %b (%b)%b" % (self.card.name.encode("ascii"), sets.octets(self.numbers), words, since)

    def run(self, desk: Desk) -> Reply:
        """Answer with a column an item, and a row a message."""
        if items.FLAGS in self.items:
            # What is told before the flags counts for the numbers too: * is the last message that the client knows of.
            desk.sync(expunges=False, aware=bool(self.since) or items.MODSEQ in self.items)
        found = chosen.choose(desk, self.numbers, uid=self.uid)
        if isinstance(found, Reply):
            return found
        wanted: tuple[Wanted, ...] = self.items
        if self.since and items.MODSEQ not in wanted:
            wanted = (*wanted, items.MODSEQ)
        if self.uid and items.UID not in wanted:
            wanted = (items.UID, *wanted)
        told = modseqs.enable(desk) if items.MODSEQ in wanted else b""
        if self.since:
            rows = [row for row in zip(found.numbers, found.messages, strict=True) if row[1].modseq > self.since]
            found = found._replace(numbers=[one for one, _ in rows], messages=[one for _, one in rows])
        places = tuple(number - 1 for number in found.numbers)
        missing = None if self.uid or self.numbers == sets.SAVED else found.missing
        return Fetched(wanted, places, missing, holds=not self.uid).run(desk).led(told, "")


def _one(cursor: Cursor) -> Item | Section | Binary:
    """fetch-att."""
    cursor.rule, start = "fetch-att", cursor.at
    for word, peek in ((b"BODY.PEEK[", True), (b"BODY[", False)):
        if cursor.word(word, Expect(word.decode("ascii"), "a section of the message; without PEEK it sets \\Seen")):
            cursor.mark("fetch-att", start)
            return sections.read(cursor, peek=peek)
    for item in _LONGER_FIRST:
        if cursor.word(item.name.encode("ascii"), Expect(item.name, item.card.says, needs=item.needs)):
            cursor.mark("fetch-att", start)
            return item
    for word, size, peek in _BINARY:
        if cursor.word(word, Expect(word.decode("ascii"), "a part without its transfer encoding", needs="BINARY")):
            cursor.mark("fetch-att", start)
            return binary.read(cursor, peek=peek, size=size)
    for name, (kind, seen) in OLD.items():
        if cursor.word(name.encode("ascii"), Expect(name, "an older name of a section")):
            cursor.mark("fetch-att", start)
            return Section(kind=kind, peek=not seen, old=name)
    raise Stop


def _all(cursor: Cursor) -> tuple[Item | Section | Binary, ...]:
    start = cursor.at
    for name, found in MACROS.items():
        if cursor.word(name.encode("ascii"), Expect(name, " ".join(item.name for item in found))):
            cursor.mark("macro", start)
            return found
    if not cursor.word(b"(", grammar.OPEN):
        return (_one(cursor),)
    several = [_one(cursor)]
    while not cursor.word(b")", grammar.CLOSE):
        grammar.space(cursor)
        several.append(_one(cursor))
    return tuple(several)


def _parsed(cursor: Cursor, *, uid: bool) -> Fetch:
    """The arguments of FETCH.

    fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
    [SP "(" "CHANGEDSINCE" SP mod-sequence-value ")"].
    """
    grammar.space(cursor)
    numbers = grammar.sequence_set(cursor, uid=uid)
    grammar.space(cursor)
    wanted, since = _all(cursor), 0
    start = cursor.at
    if cursor.word(b" (CHANGEDSINCE ", _CHANGED):
        cursor.mark("fetch-modifier", start)
        since = modseqs.read(cursor, least=1)
        cursor.need_word(b")", grammar.CLOSE)
    cursor.done(grammar.END)
    return Fetch(uid, numbers, wanted, since)


def parse(cursor: Cursor) -> Fetch:
    """FETCH with sequence numbers."""
    return _parsed(cursor, uid=False)


def parse_uid(cursor: Cursor) -> Fetch:
    """FETCH with uids."""
    return _parsed(cursor, uid=True)


COMMAND = Command(
    CARD, "FETCH set items", OPEN, parse,
    (
        "a1 FETCH 1 (FLAGS ENVELOPE)", "a1 FETCH 1:* FAST", "a1 FETCH 1 BODY[]", "a1 FETCH 1 BODY.PEEK[1.MIME]<0.100>",
        "a1 FETCH 1 BODY.PEEK[HEADER.FIELDS (Subject)]", "a1 FETCH 1:* FLAGS (CHANGEDSINCE 5)",
    ),
    limits.COMMAND,
)  # fmt: skip
UID = uids.twin(COMMAND, BY_UID, parse_uid)
