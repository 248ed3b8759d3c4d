"""What COPY and MOVE have in common: a set of messages gets copies in another mailbox (RFC 3501 section 6.4.7)."""

from typing import NamedTuple

from mailshell.core.cursor import Cursor
from mailshell.imap import chosen, grammar, reasons, sets
from mailshell.imap.desk import Desk
from mailshell.imap.replies import COPY_GONE, NO_ROOM, OVER_QUOTA
from mailshell.imap.wording import Reply
from mailshell.mail.store import Full

PARTS = {
    "tag": grammar.TAG_GLOSS,
    "sequence-set": "the messages: numbers, ranges with a colon, * for the last one",
    "mailbox": "the mailbox that gets the messages",
    "literal": grammar.LITERAL_GLOSS,
}


class Copied(NamedTuple):
    """The uids of the originals, and the response code COPYUID, empty where the host does not give it."""

    uids: list[int]
    code: str


def copy(desk: Desk, numbers: sets.Numbers, name: str, *, uid: bool, moves: bool = False) -> Copied | Reply:
    """Copy all messages of a set, or none; with `moves` the originals will go, so that they take no more room."""
    done = "moved" if moves else "copied"
    found = chosen.choose(desk, numbers, uid=uid)
    if isinstance(found, Reply):
        return found
    to = desk.find(name)
    if to is None:
        return reasons.nowhere(name, f"Nothing was {done}.")
    if found.missing:
        desk.sync(expunges=True)
        return COPY_GONE(f"Messages that are gone: {found.missing}. Nothing was {done}.")
    host = desk.host
    quota, size = host.traits.quota, sum(one.size for one in found.messages)
    if quota is not None and not moves and host.taken(to.key.user) + size > quota:
        return OVER_QUOTA(f"All mailboxes of the user together may have {quota:,} octets. Nothing was copied.")
    if (crowded := reasons.crowded(to.box, {one.flags for one in found.messages})) is not None:
        return crowded
    try:
        copies = desk.put(to.key, [one._replace(save_date=host.written) for one in found.messages])
    except Full as full:
        return NO_ROOM(str(full))
    here, there = [one.uid for one in found.messages], [one.uid for one in copies]
    if not copies or not desk.offers("UIDPLUS"):
        return Copied(here, "")
    return Copied(here, f"COPYUID {to.box.uidvalidity} {sets.text(here)} {sets.text(there)}")


def arguments(cursor: Cursor, *, uid: bool) -> tuple[sets.Numbers, str]:
    """SP sequence-set SP mailbox; the set is of uids, or of sequence numbers."""
    grammar.space(cursor)
    numbers = grammar.sequence_set(cursor, uid=uid)
    grammar.space(cursor)
    name = grammar.mailbox(cursor)
    cursor.done(grammar.END)
    return numbers, name
