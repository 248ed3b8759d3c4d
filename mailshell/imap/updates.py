"""What a session has not been told yet of its mailbox: messages that came, went, or have other flags now.

RFC 3501 section 7 lets a server tell such things with any command. Only the removal of messages has to wait for a
command that may report it, because it changes the sequence numbers (section 7.4.1).
"""

from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

from mailshell.imap import flags
from mailshell.imap.view import View
from mailshell.mail.store import Box, Mailbox, Message


class News(NamedTuple):
    """The view after it, the untagged responses that tell it, and why they come."""

    view: View
    block: bytes
    because: str


def news(
    view: View,
    mailbox: Mailbox | None,
    claim: Callable[[], range],
    *,
    expunges: bool,
    aware: bool = False,
    own: int = 0,
) -> News:
    """All that has changed since the session was told last; `claim` takes the uids that nobody has had as recent yet.

    Without `expunges` messages that were removed keep their places. With `aware` mod-sequences are told. `own` counts
    the new messages that the command itself has put there.
    """
    if mailbox is None or mailbox.box.uidvalidity != view.validity:
        return _closed(view, expunges=expunges)
    box = mailbox.box
    if box.modseq == view.modseq and not (expunges and view.gone):
        return News(view, b"", "")
    gone, changed = _compared(view, mailbox, every=expunges and view.gone)
    told: list[tuple[bytes, str]] = []
    if fresh_flags := keywords(view, box):
        told.append((fresh_flags, "FLAGS came because there is a new keyword."))
    if gone and expunges:
        view, block = without(view, gone)
        told.append((block, "EXPUNGE came because another session removed messages."))
    fresh = mailbox.newer(view.uidnext)
    held = (view.gone or bool(gone)) and not expunges
    view = _reached(view, mailbox, fresh, claim, held=held)
    if fresh:
        block = b"* %d EXISTS\r\n* %d RECENT\r\n" % (len(view.uids), view.recents)
        told.append((block, f"EXISTS came because {_arrived(len(fresh), own)}."))
    if changed:
        block = b"".join([_flags(view, mailbox.messages[uid], aware=aware) for uid in changed])
        told.append((block, "FETCH came because another session changed flags."))
    return News(view, b"".join([block for block, _ in told]), " ".join([why for _, why in told]))


def _reached(view: View, mailbox: Mailbox, fresh: Sequence[int], claim: Callable[[], range], *, held: bool) -> View:
    """The view with the new messages at its end, and those of them as recent that nobody has had as recent yet."""
    box = mailbox.box
    view = view._replace(
        # Where nothing is held back, all sessions share one tuple: big mailboxes are not copied for each.
        uids=view.uids if not fresh else (*view.uids, *fresh) if held else mailbox.uids,
        uidnext=box.uidnext,
        modseq=box.modseq,
        gone=held,
        keywords=len(box.keywords),
    )
    if fresh and not view.writable:
        return view.claimed(range(max(fresh[0], box.recent), box.uidnext))
    if fresh and box.recent < box.uidnext:
        return view.claimed(claim())
    return view


def _arrived(count: int, own: int) -> str:
    ours = f"this command put {own} {'message' if own == 1 else 'messages'} into the open mailbox"
    if own >= count:
        return ours
    others = count - own
    new = f"{others} {'message is' if others == 1 else 'messages are'} new"
    them = f"mail arrived, or another session put {'it' if others == 1 else 'them'} there"
    return f"{ours}; {new}: {them}" if own else f"{new}: {them}"


def _compared(view: View, mailbox: Mailbox, *, every: bool) -> tuple[set[int], list[int]]:
    """The uids of known messages that were removed, and of those that have other flags; `every` looks at them all."""
    messages = mailbox.messages
    touched = mailbox.changed(view.modseq)
    if touched is not None and not touched and not every:
        return set(), []
    if touched is None or every:
        gone = {uid for uid in view.uids if uid not in messages}
    else:
        gone = {uid for uid in touched if uid not in messages and view.place(uid) is not None}
    candidates = view.uids if touched is None else sorted(touched)
    known = (uid for uid in candidates if uid in messages and uid < view.uidnext)
    return gone, [uid for uid in known if messages[uid].modseq > view.modseq and view.place(uid) is not None]


def keywords(view: View, box: Box) -> bytes:
    """The flags of the mailbox, where it has keywords that the session has not heard of."""
    if len(box.keywords) <= view.keywords:
        return b""
    known, lasting = flags.told(box.keywords, writable=view.writable)
    return f"{known}\r\n{lasting}\r\n".encode("ascii")


def without(view: View, gone: Container[int]) -> tuple[View, bytes]:
    """The view without some messages, the untagged EXPUNGE of each, and RECENT where fewer are recent now.

    They are told from the last one back: so no number moves before it is used.
    """
    uids = view.uids
    places = [at for at, uid in enumerate(uids) if uid in gone]
    block = b"".join([b"* %d EXPUNGE\r\n" % (at + 1) for at in reversed(places)])
    after = view._replace(uids=tuple([uid for uid in uids if uid not in gone]))
    if after.recents != view.recents:
        block += b"* %d RECENT\r\n" % after.recents
    return after, block


def _flags(view: View, message: Message, *, aware: bool) -> bytes:
    at = view.place(message.uid)
    assert at is not None, "only messages of the view are told of"
    return b"* %d FETCH (%b)\r\n" % (at + 1, changed(view, message, uid=aware, aware=aware))


def changed(view: View, message: Message, *, uid: bool, aware: bool, silent: bool = False) -> bytes:
    """`FLAGS (\\Seen) UID 7 MODSEQ (5)`: a message whose flags have changed, in an untagged FETCH.

    Who is `aware` is told the mod-sequence too; with `silent` flags are not told.
    """
    words = [] if silent else [b"FLAGS (%b)" % shown(view, message.uid, message.flags)]
    if uid:
        words.append(b"UID %d" % message.uid)
    if aware:
        words.append(b"MODSEQ (%d)" % message.modseq)
    return b" ".join(words)


def shown(view: View, uid: int, found: frozenset[str]) -> bytes:
    """The flags of a message in this session: \\Recent belongs to the session, and not to the message."""
    text = flags.octets(found)
    if not view.recent or not view.is_recent(uid):
        return text
    return text + b" \\Recent" if text else b"\\Recent"


def _closed(view: View, *, expunges: bool) -> News:
    """The mailbox was deleted: its messages are gone."""
    if not view.uids or not expunges:
        return News(view._replace(gone=True), b"", "")
    after, block = without(view, frozenset(view.uids))
    # No mailbox has 0 as its UIDVALIDITY: one that gets its old name again is not this one, of which all is told.
    return News(after._replace(validity=0), block, "EXPUNGE came because the mailbox was deleted.")
