"""The values that the state of the mail is made of, and what a change of it is."""

from bisect import bisect_right
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple, TypeVar
from unicodedata import normalize

from mailshell.core.clock import Instant
from mailshell.mail.queue import Held, Queued

_K = TypeVar("_K")
_V = TypeVar("_V")


class BoxKey(NamedTuple):
    """Names one mailbox, such as `INBOX`, `Sent` or `a/b`, of one user of a host."""

    host: str
    user: str
    name: str


class Account(NamedTuple):
    """Somebody who may log in on a host; `name` is for people, such as `Alice`."""

    host: str
    user: str
    password: str
    name: str


class Box(NamedTuple):
    """What a mailbox knows of itself; one without changes since its creation has the mod-sequence 1.

    Messages from the uid `recent` on have been shown to no IMAP session that may have them as its own (RFC 3501 section
    2.3.2). `use` is what the mailbox is for, such as `\\Sent` (RFC 6154 section 2), and `keywords` are all that a
    message here ever had, in that order.
    """

    uidvalidity: int
    uidnext: int
    modseq: int
    recent: int = 1
    use: str = ""
    keywords: tuple[str, ...] = ()


class Message(NamedTuple):
    """One message in one mailbox: `size` in octets, `zone` in minutes east of UTC.

    `body` is the number of its octets. `object_id` is the EMAILID of RFC 8474: copies of a message share it.
    """

    uid: int
    body: int
    size: int
    internal_date: Instant
    zone: int
    save_date: Instant
    object_id: str
    modseq: int
    flags: frozenset[str]


What = (
    tuple[Literal["account"], str, str]  # host, folded user
    | tuple[Literal["box"], BoxKey]
    | tuple[Literal["message"], BoxKey, int]  # mailbox, uid
    | tuple[Literal["queued"], str, str]  # host, id
    | tuple[Literal["held"], str, str]  # host, id
    | tuple[Literal["subscription"], BoxKey]
    | tuple[Literal["counter"], str]
)
"""What changes: a kind and its key; users are case-folded, INBOX is in capitals."""

Value = Account | Box | Message | Queued | Held | int
"""The values of the state, one type a kind; a counter is a plain number, and a subscription is 1."""

LOG = 1024
"""How many changes of messages a mailbox remembers; who has missed more looks at every message."""


class Mailbox:
    """A mailbox as it is now: to be read by everyone, changed by the store alone.

    `messages` are in the order of their uids. An undo may remove a mailbox and a redo build another object for it:
    keep its key, not the mailbox.
    """

    __slots__ = ("_log", "_since", "_taken", "_uids", "box", "key", "messages")

    def __init__(self, key: BoxKey, box: Box, messages: dict[int, Message]) -> None:
        self.key = key
        self.box = box
        self.messages = messages
        self._log: list[tuple[int, Message]] = []  # the mod-sequence of each change or removal, the message before it
        self._since = box.modseq  # the log holds everything after that
        self._uids: tuple[int, ...] = ()
        self._taken = -1  # the mod-sequence at which they were taken

    @property
    def uids(self) -> tuple[int, ...]:
        """The uids of all messages, in their order: one tuple for all who ask between two changes."""
        if self._taken != self.box.modseq:
            self._uids, self._taken = tuple(self.messages), self.box.modseq
        return self._uids

    def changed(self, modseq: int) -> Collection[int] | None:
        """The uids of messages that were changed or removed after a mod-sequence; None where nobody remembers."""
        return None if modseq < self._since else {message.uid for _, message in self._after(modseq)}

    def past(self, modseq: int) -> dict[int, list[Message]] | None:
        """By uid, what each such message was before each of the changes, in their order; None likewise."""
        if modseq < self._since:
            return None
        found: dict[int, list[Message]] = {}
        for _, message in self._after(modseq):
            found.setdefault(message.uid, []).append(message)
        return found

    def _after(self, modseq: int) -> list[tuple[int, Message]]:
        log = self._log
        if not log or log[-1][0] <= modseq:
            return []
        return log[bisect_right(log, modseq, key=lambda one: one[0]) :]

    def newer(self, uid: int) -> list[int]:
        """The uids from `uid` on, in their order; what was there before is not looked at."""
        return list(_until(reversed(self.messages), uid))[::-1]

    def remember(self, before: Message) -> None:
        """A message that was here is changed or removed, by the change that the mailbox counted last."""
        if len(self._log) >= LOG:
            self.forget()
        self._log.append((self.box.modseq, before))

    def forget(self) -> None:
        """Start the memory of changes anew."""
        self._log.clear()
        self._since = self.box.modseq
        self._taken = -1


class Change(NamedTuple):
    """One change of the state: made on change number `parent` (-1: on the state that the store started with).

    `before` is None where the change created something, `after` is None where it removed something.
    """

    parent: int
    what: What
    before: Value | None
    after: Value | None


def fold_user(user: str) -> str:
    """The form in which users are compared: case and how an accent is written do not matter (RFC 6532 section 3.1)."""
    folded = user.casefold()
    return folded if folded.isascii() else normalize("NFC", folded)


def fold_key(key: BoxKey) -> BoxKey:
    """The form in which mailboxes are compared: INBOX in any case is one name, other names are taken as they are."""
    name = "INBOX" if key.name.casefold() == "inbox" else key.name
    return BoxKey(key.host, fold_user(key.user), name)


def put(table: dict[_K, _V], key: _K, value: Value | None, kind: type[_V]) -> _V | None:
    """Put a value into a table, or take it out (None); what was there before."""
    if not isinstance(value, kind):
        return table.pop(key)
    before = table.get(key)
    table[key] = value
    return before


def _until(uids: Iterator[int], first: int) -> Iterator[int]:
    for uid in uids:
        if uid < first:
            return
        yield uid
