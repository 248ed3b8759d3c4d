"""STORE: change the flags of messages (RFC 3501 section 6.4.6)."""

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import chosen, flags, grammar, limits, modseqs, reasons, sets, uids, updates
from mailshell.imap.desk import CONDSTORE, Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.replies import MODIFIED, NO_ROOM, READ_ONLY, SOME_GONE, STORED
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full, Message

CARD = Card(
    "STORE",
    "change flags of messages",
    Cite(3501, "6.4.6"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "STORE": "verb: changes the flags of messages",
        "sequence-set": "the messages: numbers, ranges with a colon, * for the last one",
        "store-modifier": "only messages that have not changed since",
        "mod-sequence-value": modseqs.GLOSS,
        "store-att-flags": "FLAGS: put these; +FLAGS: add; -FLAGS: take away; .SILENT: do not tell",
        "flag": "a flag: one of the system with a backslash, or a keyword",
    },
    more="STORE changes the flags of messages. The server answers with the flags as they are now. \\Deleted marks a "
    "message for EXPUNGE.",
)
BY_UID = uids.card(CARD)

_UNCHANGED = Expect("(UNCHANGEDSINCE", "only messages that have not changed since", needs=CONDSTORE)

Row = tuple[int, Message]
"""A message and its sequence number."""

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

_SIGNS = {"+": "add these flags", "-": "take these flags away", "": "these flags, and no others"}
SAYS = {
    item.decode("ascii"): f"{_SIGNS[sign]}{', and do not tell' if silent else ''}"
    for item, (sign, silent) in _ITEMS.items()
}
"""What each item asks for."""


class Store(NamedTuple):
    """STORE with a set, a sign, and flags; `unchanged`: only messages that have not changed since."""

    uid: bool
    numbers: sets.Numbers
    sign: Sign
    silent: bool
    flags: frozenset[str]
    unchanged: int | None = None

    @property
    def card(self) -> Card:
        """The card of STORE."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`STORE 1 +FLAGS (\\Seen)`."""
        item = f"{self.sign}FLAGS{'.SILENT' if self.silent else ''}".encode("ascii")
        since = b"" if self.unchanged is None else b"(UNCHANGEDSINCE %d) " % self.unchanged
        return b"%b %b %b%b (%b)" % (
            self.card.name.encode("ascii"), sets.octets(self.numbers), since, item, flags.octets(self.flags)
        )  # fmt: skip

    def run(self, desk: Desk) -> Reply:
        """Change them, all under one mod-sequence."""
        if not desk.view.writable:
            return READ_ONLY("EXAMINE opened the mailbox, so no flag can change.")
        known = desk.view.modseq
        desk.sync(expunges=self.uid, aware=self.unchanged is not None)
        found = chosen.choose(desk, self.numbers, uid=self.uid)
        if isinstance(found, Reply):
            return found
        mailbox = desk.mailbox if self.sign != "-" and found.messages else None
        crowded = None if mailbox is None else reasons.crowded(mailbox.box, [self.flags])
        if crowded is not None:
            return crowded
        told = b"" if self.unchanged is None else modseqs.enable(desk)
        fits, failed = self._split(desk, zip(found.numbers, found.messages, strict=True))
        after = {message.uid: self._after(message.flags) for _, message in fits}
        try:
            changed = desk.host.store.flag(desk.view.key, after) if after else []
        except Full as full:
            return NO_ROOM(str(full), holds=True)
        told += desk.changed() + self._told(desk, fits, {message.uid: message for message in changed})
        return self._answer(found.missing, failed, told + _refreshed(desk, failed, known))

    def _split(self, desk: Desk, rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
        """The messages that the command is for, and those that had changed."""
        mailbox = desk.mailbox
        if self.unchanged is None or mailbox is None:
            return list(rows), []
        past, fits, failed = mailbox.past(self.unchanged), list[Row](), list[Row]()
        for row in rows:
            late = row[1].modseq > self.unchanged and self._changed(row[1], past)
            (failed if late else fits).append(row)
        return fits, failed

    def _changed(self, message: Message, past: Mapping[int, list[Message]] | None) -> bool:
        """Whether one of the flags at hand of a message has changed since; all are where they are put anew.

        What has been at any time is changed since 0: a flag of the system, and a keyword that is set (RFC 7162 sections
        3.1.3 and 3.1.12).
        """
        if self.sign and not self.unchanged:
            return any(one.startswith("\\") for one in self.flags) or bool(_named(self.flags, message.flags))
        states = [*(past or {}).get(message.uid, ()), message]
        if not self.sign or states[0].modseq > (self.unchanged or 0):  # it came since, or nobody remembers
            return True
        return any(_named(self.flags, old.flags ^ new.flags) for old, new in pairwise(states))

    def _answer(self, missing: int, failed: list[Row], block: bytes) -> Reply:
        numbers = [message.uid if self.uid else number for number, message in failed]
        code = f"MODIFIED {sets.text(numbers)}" if failed else ""
        gone = f"Messages that are gone: {missing}." if missing else ""
        if missing and not self.silent:  # who does not want to hear of it is answered OK (RFC 2180 section 4.2.1)
            return SOME_GONE(gone, block, code=code, holds=not self.uid)
        if failed:
            return MODIFIED(f"Messages that had changed: {len(failed)}.", block, code=code, holds=not self.uid)
        return STORED(gone, block, holds=not self.uid)

    def _after(self, before: frozenset[str]) -> frozenset[str]:
        if self.sign == "+":
            return before | self.flags
        return before - _named(self.flags, before) if self.sign == "-" else self.flags

    def _told(self, desk: Desk, rows: list[Row], changed: dict[int, Message]) -> bytes:
        """The flags as they are now; where mod-sequences are told, .SILENT leaves out the flags alone."""
        if self.silent and not desk.aware:
            return b""
        told = partial(updates.changed, desk.view, uid=self.uid or desk.aware, aware=desk.aware, silent=self.silent)
        return b"".join(b"* %d FETCH (%b)\r\n" % (number, told(changed.get(one.uid, one))) for number, one in rows)


def _named(flags: frozenset[str], there: frozenset[str]) -> frozenset[str]:
    """Those of the flags that are there which a command names; it may spell a keyword in another way."""
    wanted = {flag.lower() for flag in flags}
    return frozenset(flag for flag in there if flag.lower() in wanted)


def _refreshed(desk: Desk, failed: list[Row], known: int) -> bytes:
    """The flags of messages that had changed, where `sync` has not told them (RFC 7162 section 3.1.3)."""
    return b"".join(
        b"* %d FETCH (%b)\r\n" % (number, updates.changed(desk.view, message, uid=True, aware=True))
        for number, message in failed
        if message.modseq <= known
    )


def _parsed(cursor: Cursor, *, uid: bool) -> Store:
    """store = "STORE" SP sequence-set SP ["(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")" SP] store-att-flags."""
    grammar.space(cursor)
    numbers = grammar.sequence_set(cursor, uid=uid)
    grammar.space(cursor)
    unchanged, start = None, cursor.at
    if cursor.word(b"(UNCHANGEDSINCE ", _UNCHANGED):
        cursor.mark("store-modifier", start)
        unchanged = modseqs.read(cursor)
        cursor.need_word(b")", grammar.CLOSE)
        grammar.space(cursor)
    cursor.rule, start = "store-att-flags", cursor.at
    word = next(
        (one.encode("ascii") for one, says in SAYS.items() if cursor.word(one.encode("ascii"), Expect(one, says))), None
    )
    if word is None:
        raise Stop
    cursor.mark("store-att-flags", start)
    grammar.space(cursor)
    if cursor.octets[cursor.at : cursor.at + 1] == b"(":
        wanted = grammar.flag_list(cursor)
    else:
        cursor.offer(b"(", grammar.OPEN)
        found = [grammar.flag(cursor)]
        while cursor.word(b" ", grammar.SPACE):
            found.append(grammar.flag(cursor))
        wanted = frozenset(found)
    cursor.done(grammar.END)
    return Store(uid, numbers, *_ITEMS[word], wanted, unchanged)


def parse(cursor: Cursor) -> Store:
    """STORE with sequence numbers."""
    return _parsed(cursor, uid=False)


def parse_uid(cursor: Cursor) -> Store:
    """STORE with uids."""
    return _parsed(cursor, uid=True)


COMMAND = Command(
    CARD, "STORE set FLAGS (flags)", OPEN, parse,
    (
        "a1 STORE 1 +FLAGS (\\Deleted)", "a1 STORE 1:2 -FLAGS.SILENT (\\Seen)",
        "a1 STORE 1 (UNCHANGEDSINCE 5) +FLAGS (\\Seen)",
    ),
    limits.COMMAND,
)  # fmt: skip
UID = uids.twin(COMMAND, BY_UID, parse_uid)
