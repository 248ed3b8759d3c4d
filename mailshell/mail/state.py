"""The values that the state of the mail is made of, and what a change of it is."""

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
    """The counters of a mailbox; a mailbox without changes since its creation has the mod-sequence 1."""

    uidvalidity: int
    uidnext: int
    modseq: int


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
    | tuple[Literal["counter"], str]
)
"""What changes: a kind and its key; users are case-folded, INBOX is in capitals."""

Value = Account | Box | Message | Queued | Held | int
"""The values of the state, one type a kind; a counter is a plain number."""


class Mailbox:
    """A mailbox as it is now: to be read by everyone, changed by the store alone.

    `messages` are in the order of their uids. An undo may remove a mailbox and a redo build another object for it:
    keep its key, not the mailbox.
    """

    __slots__ = ("box", "key", "messages")

    def __init__(self, key: BoxKey, box: Box, messages: dict[int, Message]) -> None:
        self.key = key
        self.box = box
        self.messages = messages


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
