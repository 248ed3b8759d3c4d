"""The state of the mail as a mapping that changes: a tree of changes, and the octets of messages.

The state is a mapping from what (a kind and a key) to a frozen value. Every change of it carries the value before and
the value after and the number of the change that it was made on, so undo, redo and branches are one walk in a tree.
The octets of messages (bodies) stand beside the state: they never change, and their numbers are never used again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailshell.mail.queue import Held, Queued, Queues
from mailshell.mail.state import Account, Box, BoxKey, Change, Mailbox, Message, Value, What, fold_key, fold_user, put
from mailshell.mail.uses import Uses

if TYPE_CHECKING:
    from mailshell.mail.disk import Disk  # it loads sqlite3, which only a store with a file needs


DIGESTS = 128 * 1024 * 1024
"""How many octets the digests that are kept may take, all kinds together."""

_READING = 5_000
"""Reading a message costs as much as so many of its octets, about, however short it is."""

_BESIDE = 160
"""What a digest takes beside its own octets, about."""


class Full(Exception):
    """There is no room: on the disk, or in a store that lives in memory. Its text is a plain sentence."""


class StateError(Exception):
    """A state file cannot be used. Its text says what is wrong, with which file, and what to do."""


class Ledger:
    """The state, in memory, or in memory and in a file; what it means is the business of `store.Store`.

    A change takes effect at once and is durable at the next `commit`. Text must be encodable as UTF-8. With `history`
    the whole tree of changes is kept and `rewind` goes to any of them; without, only what `rollback` needs. `limit`
    is how many octets of messages a store without a disk may hold. The disk belongs to the store from here on.
    Raises StateError when the disk's file is damaged.
    """

    def __init__(self, *, history: bool = False, limit: int = 1 << 30, disk: "Disk | None" = None) -> None:
        self.changes = 0  # how many were made and not rolled back: the number of the next one
        self.head = -1  # the number of the newest change in force, -1 when there is none
        self.history = history
        self._refusal: Full | None = None
        self._limit = limit
        self._disk: Disk | None = None
        self._accounts: dict[str, dict[str, Account]] = {}
        self._boxes: dict[tuple[str, str], dict[str, Mailbox]] = {}
        self._subscriptions: dict[BoxKey, int] = {}
        self._queues: Queues[Queued] = Queues()
        self._waiting: Queues[Held] = Queues()
        self._uses = Uses()
        self._counters: dict[str, int] = {}
        self._bodies: dict[int, bytes] = {}  # without a disk all of them, with one those since the last commit
        self._held = 0  # octets in _bodies
        self._next_body = 1
        self._tree: list[Change] = []
        self._first = 0  # the number of the change at _tree[0]
        self._pending: dict[What, Value | None] = {}  # rows that the file does not have yet; empty without a disk
        self._committed = (-1, 0, 1)  # head, changes and next body at the last commit
        self._touched: set[BoxKey] = set()
        self._digests: dict[str, dict[int, bytes]] = {}
        self._digested = 0
        self.read = 0
        """How much was read of messages so far: octets, and for each message some more; a measure of work."""
        if disk is not None:
            self._load(disk)

    def mailbox(self, key: BoxKey) -> Mailbox | None:
        """The mailbox of that name, if there is one; the cases of the user and of INBOX do not matter."""
        found = self._boxes.get(key[:2], {}).get(key.name)
        if found is None:
            key = fold_key(key)
            found = self._boxes.get(key[:2], {}).get(key.name)
        return found

    def octets(self, body: int) -> bytes:
        """The octets of a body. Raises KeyError when it was never kept, StateError when the file cannot be read."""
        found = self._bodies[body] if body in self._bodies or self._disk is None else self._disk.octets(body)
        self.read += len(found) + _READING
        return found

    def digests(self, kind: str, make: Callable[[bytes], Mapping[str, bytes]], bodies: Sequence[int]) -> list[bytes]:
        """What `make` makes of the octets of each body, and calls `kind`; all that it makes is kept under its name.

        Bodies never change. Raises as `octets` does.
        """
        if self._digested > DIGESTS:
            self._digests.clear()
            self._digested = 0
        known = self._digests.setdefault(kind, {}).get
        found = [known(body) for body in bodies]
        for at, one in enumerate(found):
            if one is None:
                found[at] = self._digest(bodies[at], make)[kind]
        return [one for one in found if one is not None]

    def _digest(self, body: int, make: Callable[[bytes], Mapping[str, bytes]]) -> Mapping[str, bytes]:
        made = make(self.octets(body))
        for name, one in made.items():
            self._digests.setdefault(name, {})[body] = one
            self._digested += len(one) + _BESIDE
        return made

    def change(self, number: int) -> Change:
        """The change of that number. Raises LookupError when it is not kept: see `history`."""
        if not self._first <= number < self.changes:
            raise LookupError(f"change {number} is not kept")
        return self._tree[number - self._first]

    def full(self, octets: int) -> Full | None:
        """Why so many octets more have no room; None where they have, or where only the disk will tell."""
        if self._disk is not None or self._held + octets <= self._limit:
            return None
        return Full(f"There is no room: all messages together may take {self._limit:,} octets.")

    def keep(self, octets: bytes, reserve: int = 0) -> int:
        """Keep the octets of a message; the answer is the number of the body, for all copies of the message.

        Raises Full when a store without a disk would hold more than its limit with `reserve` octets more.
        """
        if self._refusal is not None:
            raise self._refusal
        if (full := self.full(len(octets) + reserve)) is not None:
            raise full
        body = self._next_body
        self._next_body += 1
        self._bodies[body] = octets
        self._held += len(octets)
        return body

    @property
    def durable(self) -> bool:
        """Whether a commit writes to a disk, and so can fail."""
        return self._disk is not None

    @contextmanager
    def refusing(self, why: Full) -> Iterator[None]:
        """Raise `why` at every attempt to change anything or to keep octets, as long as this lasts."""
        self._refusal = why
        try:
            yield
        finally:
            self._refusal = None

    def commit(self) -> None:
        """Make everything since the last commit durable, in one transaction.

        Raises Full when the disk has no room or fails, StateError when the file is damaged; everything since the
        last commit is then forgotten, as by `rollback`.
        """
        unused = [] if self.history else self._uses.unused()
        if self._disk is not None and (self._pending or self._bodies):
            try:
                self._disk.write(self._pending, self._bodies, unused)
            except BaseException:
                self.rollback()
                raise
            self._pending.clear()
            self._bodies.clear()
            self._held = 0
        for body in unused:
            self._held -= len(self._bodies.pop(body, b""))
        if not self.history:
            self._uses.forget()
            self._tree.clear()
            self._first = self.changes
        self._committed = (self.head, self.changes, self._next_body)

    def touched(self) -> set[BoxKey]:
        """The mailboxes that have changed since somebody asked last; who has which message as recent is no change."""
        found, self._touched = self._touched, set()
        return found

    def rollback(self) -> None:
        """Forget everything since the last commit: changes, rewinds and bodies. Numbers of changes are used again."""
        head, changes, next_body = self._committed
        self._walk(head)
        del self._tree[changes - self._first :]
        self.changes = changes
        self._pending.clear()
        for body in range(next_body, self._next_body):
            self._held -= len(self._bodies.pop(body))
        self._committed = (head, changes, self._next_body)

    def rewind(self, head: int) -> None:
        """Go to the state after change number `head` (-1: the state that the store started with), on any branch.

        The next change is made on that one; the next commit writes the result. Raises ValueError when the store keeps
        no history or never made that change.
        """
        if not self.history:
            raise ValueError("this store keeps no history")
        if not -1 <= head < self.changes:
            raise ValueError(f"there is no change {head}")
        self._walk(head)

    def close(self) -> None:
        """Close the file, if there is one; what is not committed is lost."""
        if self._disk is not None:
            self._disk.close()

    def _load(self, disk: "Disk") -> None:
        saved = disk.load()
        for account in saved.accounts:
            self._put(("account", account.host, fold_user(account.user)), account)
        for mailbox in saved.mailboxes:
            self._boxes.setdefault(mailbox.key[:2], {})[mailbox.key.name] = mailbox
            for message in mailbox.messages.values():
                self._uses.swap(None, message)
        for queued in saved.queue:
            self._put(("queued", queued.host, queued.id), queued)
        for held in saved.held:
            self._put(("held", held.host, held.id), held)
        self._subscriptions = dict.fromkeys(saved.subscriptions, 1)
        self._counters = saved.counters
        self._next_body = saved.next_body
        self._committed = (-1, 0, saved.next_body)
        self._disk = disk

    def _size(self, body: int) -> int:
        if body in self._bodies or self._disk is None:
            return len(self._bodies[body])
        return self._disk.size(body)

    def _change(self, what: What, before: Value | None, after: Value | None) -> None:
        if self._refusal is not None:
            raise self._refusal
        self._tree.append(Change(self.head, what, before, after))
        self.head = self.changes
        self.changes += 1
        self._put(what, after)

    def _walk(self, to: int) -> None:
        """Undo up to the newest change that both ends have in common, then redo down to `to`."""
        here, there = self.head, to
        forward: list[Change] = []
        moved: set[BoxKey] = set()
        while here != there:  # a change has a higher number than its parent
            if here > there:
                change = self._tree[here - self._first]
                self._put(change.what, change.before)
                if change.what[0] == "box":
                    moved.add(change.what[1])
                here = change.parent
            else:
                forward.append(self._tree[there - self._first])
                there = forward[-1].parent
        for change in reversed(forward):
            self._put(change.what, change.after)
            if change.what[0] == "box":
                moved.add(change.what[1])
        for key in moved:
            if (mailbox := self.mailbox(key)) is not None:
                # What came back into a mailbox stands in its place again, in the order of the uids.
                messages = sorted(mailbox.messages.items())
                mailbox.messages.clear()
                mailbox.messages.update(messages)
                mailbox.forget()
        self.head = to

    def _put(self, what: What, value: Value | None) -> None:
        """Set or remove (None) one value of the state: the only place where the projection changes."""
        if self._disk is not None:
            self._pending[what] = value
        if what[0] == "message":
            mailbox = self._boxes[what[1][:2]][what[1].name]
            before = put(mailbox.messages, what[2], value, Message)
            if before is not None:
                mailbox.remember(before)
            self._uses.swap(before, value)
        elif what[0] == "box":
            self._put_box(what[1], value)
        elif what[0] == "counter":
            put(self._counters, what[1], value, int)
        elif what[0] == "subscription":
            put(self._subscriptions, what[1], value, int)
        elif what[0] == "queued":
            after = value if isinstance(value, Queued) else None
            self._uses.swap(self._queues.put(what[1], what[2], after), after)
        elif what[0] == "held":
            now = value if isinstance(value, Held) else None
            self._uses.swap(self._waiting.put(what[1], what[2], now), now)
        else:
            put(self._accounts.setdefault(what[1], {}), what[2], value, Account)

    def _put_box(self, key: BoxKey, value: Value | None) -> None:
        boxes = self._boxes.setdefault(key[:2], {})
        mailbox = boxes.get(key.name)
        if mailbox is None or not isinstance(value, Box) or mailbox.box.modseq != value.modseq:
            self._touched.add(key)
        if not isinstance(value, Box):
            del boxes[key.name]
        elif mailbox is not None:
            mailbox.box = value
        else:
            boxes[key.name] = Mailbox(key, value, {})
