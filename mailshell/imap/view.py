"""A mailbox as one session knows it: its own sequence numbers, and how far it has been told of changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from mailshell.imap import limits
from mailshell.mail.state import BoxKey, Message
from mailshell.mail.store import Mailbox


class View(NamedTuple):
    """What a session has been told of its mailbox: sequence number 1 is the first of `uids`.

    All changes up to the mod-sequence `modseq` are known, and all messages before `uidnext`. With `gone` some of the
    messages are not there any more, and the session has not been told yet. `recent` are the bounds of the uids of
    messages that this session was the first to be told of: in turn where such uids begin, and where they are over.
    `keywords` counts the keywords that it has heard of. `saved` are the uids that `$` stands for.
    """

    key: BoxKey
    validity: int
    uids: tuple[int, ...]
    uidnext: int
    modseq: int
    writable: bool
    recent: tuple[int, ...] = ()
    gone: bool = False
    keywords: int = 0
    saved: tuple[int, ...] = ()

    def place(self, uid: int) -> int | None:
        """The place of a message, from 0; None where the session does not know it."""
        at = bisect_left(self.uids, uid)
        return at if at < len(self.uids) and self.uids[at] == uid else None

    def is_recent(self, uid: int) -> bool:
        """Whether a message is \\Recent in this session (RFC 3501 section 2.3.2)."""
        return bisect_right(self.recent, uid) % 2 == 1

    @property
    def recents(self) -> int:
        """How many of the messages are."""
        uids, bounds = self.uids, self.recent
        pairs = zip(bounds[::2], bounds[1::2], strict=True)
        return sum(bisect_left(uids, stop) - bisect_left(uids, start) for start, stop in pairs)

    def claimed(self, span: range) -> "View":
        """The same, with more uids of messages that this session is the first to be told of."""
        if not span:
            return self
        before = self.recent
        if before and before[-1] == span.start:
            return self._replace(recent=(*before[:-1], span.stop))
        return self._replace(recent=(*before, span.start, span.stop))

    def found(self, places: Sequence[int], mailbox: Mailbox) -> tuple[list[int], list[Message]]:
        """Sequence numbers and messages at some places, of those that are still there."""
        uids, messages = self.uids, mailbox.messages
        if self.gone or mailbox.box.modseq != self.modseq:
            places = [at for at in places if uids[at] in messages]
        return [at + 1 for at in places], [messages[uids[at]] for at in places]

    def block(self, places: Sequence[int], at: int, mailbox: Mailbox) -> int:
        """Where among some places a block of messages ends that begins with the one at index `at`.

        It has as many as are read at once: of big ones fewer, and one at least.
        """
        uids, messages, octets = self.uids, mailbox.messages, 0
        end = min(at + limits.BLOCK, len(places))
        for one in range(at, end):
            message = messages.get(uids[places[one]])
            octets += 0 if message is None else message.size
            if octets > limits.OCTETS:
                return max(one, at + 1)
        return end


def opened(mailbox: Mailbox, *, writable: bool) -> View:
    """The view of a mailbox that is selected now; whose its recent messages are is not said yet."""
    box = mailbox.box
    return View(
        mailbox.key,
        box.uidvalidity,
        mailbox.uids,
        box.uidnext,
        box.modseq,
        writable,
        keywords=len(box.keywords),
    )
