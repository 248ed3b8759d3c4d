"""The state of the world's mail: accounts, mailboxes, messages, the outgoing queue and counters.

The state is a mapping from what (a kind and a key) to a frozen value. Every change of it carries the value before and
the value after and the number of the change that it was made on, so undo, redo and branches are one walk in a tree.
The octets of messages (bodies) stand beside the state: they never change, and their numbers are never used again.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailshell.core.clock import Instant
from mailshell.mail.queue import NO_TERMS, Held, Queued, Queues, Recipient, Terms
from mailshell.mail.state import Account, Box, BoxKey, Change, Mailbox, Message, Value, What, fold_key, fold_user, put
from mailshell.mail.uses import Uses

if TYPE_CHECKING:
    from mailshell.mail.disk import Disk  # it loads sqlite3, which only a store with a file needs

__all__ = ["Account", "Box", "BoxKey", "Change", "Full", "Mailbox", "Message", "StateError", "Store"]


class Full(Exception):
    """There is no room: on the disk, or in a store that lives in memory. Its text is a plain sentence."""


class StateError(Exception):
    """A state file cannot be used. Its text says what is wrong, with which file, and what to do."""


class Store:
    """The mail of all hosts, in memory, or in memory and in a file.

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
        if disk is not None:
            self._load(disk)

    def account(self, host: str, user: str) -> Account | None:
        """The account of a user, in whatever case the name is written."""
        return self._accounts.get(host, {}).get(fold_user(user))

    def accounts(self, host: str) -> list[Account]:
        """The accounts of a host, in the order of their names."""
        return [account for _, account in sorted(self._accounts.get(host, {}).items())]

    def mailbox(self, key: BoxKey) -> Mailbox | None:
        """The mailbox of that name, if there is one; the cases of the user and of INBOX do not matter."""
        found = self._boxes.get(key[:2], {}).get(key.name)
        if found is None:
            key = fold_key(key)
            found = self._boxes.get(key[:2], {}).get(key.name)
        return found

    def mailboxes(self, host: str, user: str) -> list[Mailbox]:
        """The mailboxes of a user: INBOX, then the others in the order of their names."""
        boxes = self._boxes.get((host, fold_user(user)), {})
        return [box for _, box in sorted(boxes.items(), key=lambda item: (item[0] != "INBOX", item[0]))]

    def octets(self, body: int) -> bytes:
        """The octets of a body. Raises KeyError when it was never kept, StateError when the file cannot be read."""
        if body in self._bodies or self._disk is None:
            return self._bodies[body]
        return self._disk.octets(body)

    def queue(self, host: str) -> list[Queued]:
        """The messages that wait on a host, oldest first."""
        return sorted(self._queues.of(host), key=lambda queued: (queued.arrived, len(queued.id), queued.id))

    def change(self, number: int) -> Change:
        """The change of that number. Raises LookupError when it is not kept: see `history`."""
        if not self._first <= number < self.changes:
            raise LookupError(f"change {number} is not kept")
        return self._tree[number - self._first]

    def add_account(self, account: Account) -> None:
        """Add an account; it takes the place of one with the same name."""
        before = self.account(account.host, account.user)
        self._change(("account", account.host, fold_user(account.user)), before, account)

    def create(self, key: BoxKey) -> Mailbox:
        """Create an empty mailbox, with a uidvalidity that none had before. Raises ValueError if the name is taken."""
        key = fold_key(key)
        if self.mailbox(key) is not None:
            raise ValueError(f"{key.user} has a mailbox {key.name} on {key.host}")
        self._change(("box", key), None, Box(self.number("uidvalidity"), 1, 1))
        return self._boxes[key[:2]][key.name]

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

    def append(
        self, key: BoxKey, body: int, *, at: Instant, zone: int = 0, flags: frozenset[str] = frozenset()
    ) -> Message:
        """Put a body that was kept into a mailbox, as its newest message; flags hold no white space.

        Raises KeyError when there is no such mailbox or body.
        """
        mailbox = self.mailbox(key)
        if mailbox is None:
            raise KeyError(key)
        key, box = mailbox.key, mailbox.box
        uid, modseq = box.uidnext, box.modseq + 1
        message = Message(uid, body, self._size(body), at, zone, at, f"M{body}", modseq, flags)
        self._change(("box", key), box, Box(box.uidvalidity, uid + 1, modseq))
        self._change(("message", key, uid), None, message)
        return message

    def remove(self, key: BoxKey, uids: Iterable[int]) -> None:
        """Take messages out of a mailbox for good; those that it does not have are passed over.

        Raises KeyError when there is no such mailbox.
        """
        mailbox = self.mailbox(key)
        if mailbox is None:
            raise KeyError(key)
        key, box, messages = mailbox.key, mailbox.box, mailbox.messages
        gone = [messages[uid] for uid in uids if uid in messages]
        if gone:
            self._change(("box", key), box, box._replace(modseq=box.modseq + 1))
        for message in gone:
            self._change(("message", key, message.uid), message, None)

    def enqueue(
        self,
        host: str,
        name: str,
        reverse_path: str,
        recipients: tuple[Recipient, ...],
        body: int,
        at: Instant,
        *,
        terms: Terms = NO_TERMS,
        release: Instant | None = None,
    ) -> Queued:
        """Put a body that was kept into the outgoing queue of a host, under a name that no other message has there.

        Addresses hold no white space. Raises KeyError when there is no such body.
        """
        release, size = at if release is None else release, self._size(body)
        queued = Queued(name, host, reverse_path, recipients, body, size, at, release, terms)
        self._change(("queued", host, name), None, queued)
        return queued

    def queued(self, host: str, name: str) -> Queued | None:
        """The message of that name that waits on a host."""
        return self._queues.get(host, name)

    def update(self, before: Queued, after: Queued | None) -> None:
        """Put a message that waits into another state, or take it out of the queue (None)."""
        self._change(("queued", before.host, before.id), before, after)

    @property
    def next_try(self) -> Instant | None:
        """When the next message that waits on any host is to be sent on."""
        return self._queues.next

    def due(self, until: Instant) -> Queued | None:
        """The first message that any host is to send on by `until`."""
        return self._queues.due(until)

    def hold(self, host: str, name: str, users: tuple[str, ...], body: int, release: Instant) -> Held:
        """Hold a body that was kept, by its name on the host, for the INBOX of each user until `release` has come."""
        held = Held(name, host, users, body, release)
        self._change(("held", host, held.id), None, held)
        return held

    def held(self) -> list[Held]:
        """The messages that are held, in the order of their release."""
        return sorted(self._waiting.all(), key=lambda held: (held.release, len(held.id), held.id))

    @property
    def next_release(self) -> Instant | None:
        """When the next message that is held may go into its mailboxes."""
        return self._waiting.next

    def ripe(self, until: Instant) -> Held | None:
        """The first message that is held, if it may go into its mailboxes by `until`."""
        return self._waiting.due(until)

    def release(self, held: Held) -> None:
        """Put a message that was held into the mailboxes that it is for, at its time."""
        for user in held.users:
            self.append(BoxKey(held.host, user, "INBOX"), held.body, at=held.release)
        self._change(("held", held.host, held.id), held, None)

    def number(self, counter: str) -> int:
        """The next value of a counter (1, 2, ...); undo takes it back, so that redo gives the same value."""
        before, after = self._counters.get(counter), self.coming(counter)
        self._change(("counter", counter), before, after)
        return after

    def coming(self, counter: str) -> int:
        """The value that `number` will give next."""
        return self._counters.get(counter, 0) + 1

    def noted(self, name: str) -> int | None:
        """The number that was noted under a name."""
        return self._counters.get(name)

    def note(self, name: str, value: int) -> None:
        """Keep a number under a name, such as the moment of a login; it stands among the counters."""
        self._change(("counter", name), self._counters.get(name), value)

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
        returned: set[BoxKey] = set()
        while here != there:  # a change has a higher number than its parent
            if here > there:
                change = self._tree[here - self._first]
                self._put(change.what, change.before)
                if change.what[0] == "message" and change.after is None:
                    returned.add(change.what[1])
                here = change.parent
            else:
                forward.append(self._tree[there - self._first])
                there = forward[-1].parent
        for change in reversed(forward):
            self._put(change.what, change.after)
        for key in returned:  # what came back into a mailbox stands in its place again, in the order of the uids
            if (mailbox := self.mailbox(key)) is not None:
                messages = sorted(mailbox.messages.items())
                mailbox.messages.clear()
                mailbox.messages.update(messages)
        self.head = to

    def _put(self, what: What, value: Value | None) -> None:
        """Set or remove (None) one value of the state: the only place where the projection changes."""
        if self._disk is not None:
            self._pending[what] = value
        if what[0] == "message":
            messages = self._boxes[what[1][:2]][what[1].name].messages
            self._uses.swap(put(messages, what[2], value, Message), value)
        elif what[0] == "box":
            self._put_box(what[1], value)
        elif what[0] == "counter":
            put(self._counters, what[1], value, int)
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
        if not isinstance(value, Box):
            del boxes[key.name]
        elif key.name in boxes:
            boxes[key.name].box = value
        else:
            boxes[key.name] = Mailbox(key, value, {})
