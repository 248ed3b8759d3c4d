"""The mail of all hosts: accounts, mailboxes, messages, the outgoing queue and counters."""

from collections.abc import Iterable, Mapping

from mailshell.core.clock import Instant
from mailshell.mail.ledger import Full, Ledger, StateError
from mailshell.mail.queue import NO_TERMS, Held, Queued, Recipient, Terms
from mailshell.mail.state import Account, Box, BoxKey, Change, Mailbox, Message, fold_key, fold_user

__all__ = ["Account", "Box", "BoxKey", "Change", "Full", "Mailbox", "Message", "StateError", "Store"]


class Store(Ledger):
    """The mail of all hosts, in memory, or in memory and in a file: see `ledger.Ledger`."""

    def account(self, host: str, user: str) -> Account | None:
        """The account of a user, in whatever case the name is written."""
        return self._accounts.get(host, {}).get(fold_user(user))

    def accounts(self, host: str) -> list[Account]:
        """The accounts of a host, in the order of their names."""
        return [account for _, account in sorted(self._accounts.get(host, {}).items())]

    def mailboxes(self, host: str, user: str) -> list[Mailbox]:
        """The mailboxes of a user: INBOX, then the others in the order of their names."""
        boxes = self._boxes.get((host, fold_user(user)), {})
        return [box for _, box in sorted(boxes.items(), key=lambda item: (item[0] != "INBOX", item[0]))]

    def queue(self, host: str) -> list[Queued]:
        """The messages that wait on a host, oldest first."""
        return sorted(self._queues.of(host), key=lambda queued: (queued.arrived, len(queued.id), queued.id))

    def add_account(self, account: Account) -> None:
        """Add an account; it takes the place of one with the same name."""
        before = self.account(account.host, account.user)
        self._change(("account", account.host, fold_user(account.user)), before, account)

    def create(self, key: BoxKey, use: str = "") -> Mailbox:
        """Create an empty mailbox, with a uidvalidity that none had before. Raises ValueError if the name is taken."""
        key = fold_key(key)
        if self.mailbox(key) is not None:
            raise ValueError(f"{key.user} has a mailbox {key.name} on {key.host}")
        self._change(("box", key), None, Box(self.number("uidvalidity"), 1, 1, use=use))
        return self._boxes[key[:2]][key.name]

    def delete(self, key: BoxKey) -> None:
        """Remove a mailbox and its messages, not those below it. Raises KeyError when there is no such mailbox."""
        mailbox = self._known(key)
        self.remove(key, list(mailbox.messages))
        self._change(("box", mailbox.key), mailbox.box, None)

    def rename(self, key: BoxKey, name: str) -> None:
        """Give a mailbox another name; the messages keep their uids. Raises KeyError or ValueError as `create` does."""
        before, to = self._known(key), fold_key(key._replace(name=name))
        if self.mailbox(to) is not None:
            raise ValueError(f"{to.user} has a mailbox {to.name} on {to.host}")
        self._change(("box", to), None, before.box)
        for uid, message in list(before.messages.items()):
            self._change(("message", before.key, uid), message, None)
            self._change(("message", to, uid), None, message)
        self._change(("box", before.key), before.box, None)

    def subscriptions(self, host: str, user: str) -> list[str]:
        """The names that a user has subscribed to, whether or not there is such a mailbox, in their order."""
        wanted = (host, fold_user(user))
        return sorted(key.name for key in self._subscriptions if key[:2] == wanted)

    def subscribe(self, key: BoxKey, *, wanted: bool = True) -> None:
        """Keep a name among those that a user has subscribed to, or take it out."""
        key = fold_key(key)
        before = self._subscriptions.get(key)
        if (before is not None) is not wanted:
            self._change(("subscription", key), before, 1 if wanted else None)

    def append(
        self, key: BoxKey, body: int, *, at: Instant, zone: int = 0, flags: frozenset[str] = frozenset()
    ) -> Message:
        """Put a body that was kept into a mailbox, as its newest message; flags hold no white space.

        Raises KeyError when there is no such mailbox or body.
        """
        return self.add(key, (self.draft(body, at=at, zone=zone, flags=flags),))[0]

    def draft(self, body: int, *, at: Instant, zone: int = 0, flags: frozenset[str] = frozenset()) -> Message:
        """A message that is in no mailbox yet, for `add`. Raises KeyError when there is no such body."""
        return Message(0, body, self._size(body), at, zone, at, f"M{body}", 0, flags)

    def add(self, key: BoxKey, drafts: Iterable[Message]) -> list[Message]:
        """Put messages into a mailbox, as its newest ones, with new uids and one new mod-sequence.

        Their bodies were kept. Raises KeyError when there is no such mailbox.
        """
        mailbox = self._known(key)
        key, box = mailbox.key, mailbox.box
        uid, modseq = box.uidnext, box.modseq + 1
        drafts = list(drafts)
        keywords, spelled = _spelled(box, [draft.flags for draft in drafts])
        added = [
            draft._replace(uid=uid + number, modseq=modseq, flags=flags)
            for number, (draft, flags) in enumerate(zip(drafts, spelled, strict=True))
        ]
        if added:
            after = Box(box.uidvalidity, uid + len(added), modseq, box.recent, box.use, keywords)
            self._change(("box", key), box, after)
        for message in added:
            self._change(("message", key, message.uid), None, message)
        return added

    def flag(self, key: BoxKey, flags: Mapping[int, frozenset[str]]) -> list[Message]:
        """Give messages, by their uids, other flags; those that change, as they are now, under one new mod-sequence.

        Uids that the mailbox does not have are passed over. Raises KeyError when there is no such mailbox.
        """
        mailbox = self._known(key)
        key, box, messages = mailbox.key, mailbox.box, mailbox.messages
        modseq, known = box.modseq + 1, [uid for uid in flags if uid in messages]
        keywords, spelled = _spelled(box, [flags[uid] for uid in known])
        pairs = zip((messages[uid] for uid in known), spelled, strict=True)
        changed = [(message, wanted) for message, wanted in pairs if message.flags != wanted]
        if changed:
            self._change(("box", key), box, box._replace(modseq=modseq, keywords=keywords))
        after = []
        for message, wanted in changed:
            after.append(message._replace(modseq=modseq, flags=wanted))
            self._change(("message", key, message.uid), message, after[-1])
        return after

    def claim(self, key: BoxKey) -> range:
        """The uids that no session has had as recent ones yet; from here on the caller has, and nobody else.

        Raises KeyError when there is no such mailbox.
        """
        mailbox = self._known(key)
        box = mailbox.box
        if box.recent < box.uidnext:
            self._change(("box", mailbox.key), box, box._replace(recent=box.uidnext))
        return range(box.recent, box.uidnext)

    def remove(self, key: BoxKey, uids: Iterable[int]) -> None:
        """Take messages out of a mailbox for good; those that it does not have are passed over.

        Raises KeyError when there is no such mailbox.
        """
        mailbox = self._known(key)
        key, box, messages = mailbox.key, mailbox.box, mailbox.messages
        gone = [messages[uid] for uid in uids if uid in messages]
        if gone:
            self._change(("box", key), box, box._replace(modseq=box.modseq + 1))
        for message in gone:
            self._change(("message", key, message.uid), message, None)

    def _known(self, key: BoxKey) -> Mailbox:
        mailbox = self.mailbox(key)
        if mailbox is None:
            raise KeyError(key)
        return mailbox

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


def _spelled(box: Box, flags: list[frozenset[str]]) -> tuple[tuple[str, ...], list[frozenset[str]]]:
    """The keywords of a mailbox with those that some flags bring along, and the flags in its spelling.

    Keywords that differ in case alone are one (RFC 3501 section 9, note 1); the first spelling stays.
    """
    found = sorted({one for some in flags for one in some if not one.startswith("\\")})
    if not found:
        return box.keywords, flags
    spelling = {one.lower(): one for one in reversed((*box.keywords, *found))}
    others = {one: spelling[one.lower()] for one in found if spelling[one.lower()] != one}
    keywords = tuple(dict.fromkeys((*box.keywords, *(one for one in found if one not in others))))
    return keywords, [frozenset(others.get(one, one) for one in some) for some in flags] if others else flags
