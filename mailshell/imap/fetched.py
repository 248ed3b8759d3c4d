"""The answer to FETCH: block by block a row a message and a column an item (RFC 3501 section 6.4.5)."""

from typing import NamedTuple

from mailshell.imap import flags, items, limits, updates
from mailshell.imap.binary import Undecodable
from mailshell.imap.desk import Desk
from mailshell.imap.items import Item, Source, Wanted
from mailshell.imap.replies import FETCHED, PIECE, SOME_GONE, UNKNOWN_CTE, UNREADABLE
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full, Message, StateError


class Fetched(NamedTuple):
    """A FETCH under way: what is wanted of the messages at some places, and from which of these places on.

    `missing` counts the messages that another session has removed, where the client is to hear of it. While the
    answer `holds`, no removal may be told.
    """

    wanted: tuple[Wanted, ...]
    places: tuple[int, ...]
    missing: int | None
    holds: bool
    at: int = 0

    def run(self, desk: Desk) -> Reply:
        """Tell of the messages; where the answer may come in pieces, of as many as one turn may take."""
        if self.at and items.FLAGS in self.wanted:
            desk.sync(expunges=False)  # a keyword that came since the piece before is told before it is used
        store, rows, notes = desk.host.store, list[bytes](), dict[str, None]()  # each note once, in their order
        at, missing, room, last = self.at, self.missing, limits.TOLD, store.read + limits.READ
        while at < len(self.places):
            if desk.in_pieces and (room < 0 or store.read > last):
                desk.go_on(self._replace(at=at, missing=missing).run)
                return PIECE(" ".join(filter(None, notes)), b"".join(rows))
            places = self.places[at : self._end(desk, at)]
            try:
                block, note = _block(desk, places, self.wanted)
            except Undecodable as error:
                return UNKNOWN_CTE(f"This server does not know the encoding {error}.", b"".join(rows))
            except (StateError, KeyError) as error:
                return UNREADABLE(str(error), b"".join(rows))
            rows += block
            notes[note] = None
            at += len(places)
            room -= sum(map(len, block))
            missing = None if missing is None else missing + len(places) - len(block)
        gone = f"Messages that are gone: {missing}." if missing else ""
        wording = SOME_GONE if missing else FETCHED
        return wording(" ".join(filter(None, (*notes, gone))), b"".join(rows), holds=self.holds)

    def _end(self, desk: Desk, at: int) -> int:
        """Where the block that begins at a place ends: of messages that are read whole it has fewer."""
        mailbox = desk.mailbox
        if mailbox is None or all(isinstance(item, Item) for item in self.wanted):
            return min(at + limits.BLOCK, len(self.places))
        return desk.view.block(self.places, at, mailbox)


def _block(desk: Desk, places: tuple[int, ...], wanted: tuple[Wanted, ...]) -> tuple[list[bytes], str]:
    """The rows of some messages, those left out that are gone, and what is to say about them."""
    mailbox = desk.mailbox
    numbers, messages = ([], []) if mailbox is None else desk.view.found(places, mailbox)
    source = Source(desk.host.store, desk.view, messages)
    lasting = [None if item in items.CHANGING else item.column(source) for item in wanted]
    note, marked = "", dict[int, Message]()
    if any(item.seen for item in wanted):
        note, marked = _see(desk, messages)
        messages = [marked.get(one.uid, one) for one in messages]
    source = Source(desk.host.store, desk.view, messages)
    columns = [one.column(source) if column is None else column for one, column in zip(wanted, lasting, strict=True)]
    form = b" ".join([b"%b"] * len(wanted))
    if marked:
        columns.append([_changed(desk, one, wanted) if one.uid in marked else b"" for one in messages])
        form += b"%b"
    form = b"* %d FETCH (" + form + b")\r\n"
    return [form % row for row in zip(numbers, *columns, strict=True)], note


def _see(desk: Desk, messages: list[Message]) -> tuple[str, dict[int, Message]]:
    """Set \\Seen where it is missing; what is to say about it, and the messages that have changed, by uid."""
    unseen = {one.uid: one.flags | {flags.SEEN} for one in messages if flags.SEEN not in one.flags}
    if not unseen or not desk.view.writable:
        return "", {}
    desk.sync(expunges=False)
    try:
        changed = desk.host.store.flag(desk.view.key, unseen)
    except Full:
        return "The server has no room to write \\Seen down.", {}
    desk.changed()
    return "FLAGS came because reading a body sets \\Seen.", {one.uid: one for one in changed}


def _changed(desk: Desk, message: Message, wanted: tuple[Wanted, ...]) -> bytes:
    """What is told of a message that has \\Seen now, beside what was wanted of it."""
    uid, aware = desk.aware and items.UID not in wanted, desk.aware and items.MODSEQ not in wanted
    found = updates.changed(desk.view, message, uid=uid, aware=aware, silent=items.FLAGS in wanted)
    return b" " + found if found else b""
