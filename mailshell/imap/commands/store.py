"""STORE: change the flags of messages (RFC 3501 section 6.4.6)."""

from typing import Literal, NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import chosen, flags, grammar, limits, sets, uids, updates
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import NO_ROOM, READ_ONLY, SOME_GONE, STORED
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

CARD = Card(
    "STORE",
    "change flags of messages",
    Cite(3501, "6.4.6"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "STORE": "verb: changes the flags of messages",
        "sequence-set": "the messages: numbers, ranges with a colon, * for the last one",
        "store-att-flags": "FLAGS: put these; +FLAGS: add; -FLAGS: take away; .SILENT: do not tell",
        "flag": "a flag: one of the system with a backslash, or a keyword",
    },
    more="STORE changes the flags of messages. The server answers with the flags as they are now. \\Deleted marks a "
    "message for EXPUNGE.",
)
BY_UID = uids.card(CARD)

Sign = Literal["", "+", "-"]
_ITEMS: dict[bytes, tuple[Sign, bool]] = {
    b"+FLAGS.SILENT": ("+", True),
    b"-FLAGS.SILENT": ("-", True),
    b"FLAGS.SILENT": ("", True),
    b"+FLAGS": ("+", False),
    b"-FLAGS": ("-", False),
    b"FLAGS": ("", False),
}
"""Each item with its sign, and whether it is silent."""


class Store(NamedTuple):
    """STORE with a set, a sign, and flags."""

    uid: bool
    numbers: sets.Numbers
    sign: Sign
    silent: bool
    flags: frozenset[str]

    @property
    def card(self) -> Card:
        """The card of STORE."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`STORE 1 +FLAGS (\\Seen)`."""
        item = f"{self.sign}FLAGS{'.SILENT' if self.silent else ''}".encode("ascii")
        return b"%b %b %b (%b)" % (
            self.card.name.encode("ascii"), sets.octets(self.numbers), item, flags.octets(self.flags)
        )  # fmt: skip

    def run(self, desk: Desk) -> Reply:
        """Change them, all under one mod-sequence."""
        if not desk.view.writable:
            return READ_ONLY("EXAMINE opened the mailbox, so no flag can change.")
        desk.sync(expunges=self.uid)
        found = chosen.choose(desk, self.numbers, uid=self.uid)
        if isinstance(found, Reply):
            return found
        after = {message.uid: self._after(message.flags) for message in found.messages}
        try:
            desk.host.store.flag(desk.view.key, after) if after else None
        except Full as full:
            return NO_ROOM(str(full), holds=True)
        fresh = desk.changed()
        block = b"" if self.silent else self._told(desk, found.numbers, after)
        if found.missing:
            return SOME_GONE(f"Messages that are gone: {found.missing}.", fresh + block, holds=not self.uid)
        return STORED(block=fresh + block, holds=not self.uid)

    def _after(self, before: frozenset[str]) -> frozenset[str]:
        if self.sign == "+":
            return before | self.flags
        return before - self.flags if self.sign == "-" else self.flags

    def _told(self, desk: Desk, numbers: list[int], after: dict[int, frozenset[str]]) -> bytes:
        view = desk.view
        rows = zip(numbers, after.items(), strict=True)
        form = b"* %d FETCH (FLAGS (%b) UID %d)\r\n" if self.uid else b"* %d FETCH (FLAGS (%b))\r\n"
        return b"".join(
            form % (number, updates.shown(view, uid, found), *((uid,) if self.uid else ()))
            for number, (uid, found) in rows
        )


def _parsed(cursor: Cursor, *, uid: bool) -> Store:
    """store = "STORE" SP sequence-set SP store-att-flags."""
    grammar.space(cursor)
    numbers = grammar.sequence_set(cursor)
    grammar.space(cursor)
    cursor.rule, start = "store-att-flags", cursor.at
    word = next((one for one in _ITEMS if cursor.word(one, Expect(one.decode("ascii"), "which flags, and how"))), None)
    if word is None:
        raise Stop
    cursor.mark("store-att-flags", start)
    grammar.space(cursor)
    if cursor.octets[cursor.at : cursor.at + 1] == b"(":
        wanted = grammar.flag_list(cursor)
    else:
        found = [grammar.flag(cursor)]
        while cursor.word(b" ", grammar.SPACE):
            found.append(grammar.flag(cursor))
        wanted = frozenset(found)
    cursor.done(grammar.END)
    return Store(uid, numbers, *_ITEMS[word], wanted)


def parse(cursor: Cursor) -> Store:
    """STORE with sequence numbers."""
    return _parsed(cursor, uid=False)


def parse_uid(cursor: Cursor) -> Store:
    """STORE with uids."""
    return _parsed(cursor, uid=True)


COMMAND = Command(
    CARD, "STORE set FLAGS (flags)", OPEN, parse,
    ("a1 STORE 1 +FLAGS (\\Deleted)", "a1 STORE 1:2 -FLAGS.SILENT (\\Seen)"),
    limits.COMMAND,
)  # fmt: skip
UID = uids.twin(COMMAND, BY_UID, parse_uid)
