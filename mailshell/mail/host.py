"""One mail server of the world, as every protocol engine sees it: names, accounts, mailboxes, queue, time, habits."""

from typing import Literal, NamedTuple

from mailshell.core.clock import Clock, Instant
from mailshell.mail.store import Account, BoxKey, Message, Queued, Store

Voice = Literal["modern", "classic"]
Policy = Literal["tolerant", "strict"]


class Traits(NamedTuple):
    """The habits of a host that a world, a lesson or an option may choose.

    `off` names the extensions that the host does not offer; `size` is the largest message in octets and `recipients`
    the most recipients of one message (None: the engine's own limit); with `keeps` false, accepted mail is thrown away.
    """

    voice: Voice = "modern"
    policy: Policy = "tolerant"
    off: frozenset[str] = frozenset()
    size: int | None = None
    recipients: int | None = None
    keeps: bool = True


class Host:
    """A server of the world: its name is its only domain, its store is the world's."""

    __slots__ = ("_domains", "address", "clock", "name", "store", "traits")

    def __init__(self, name: str, address: str, store: Store, clock: Clock, traits: Traits) -> None:
        self.name = name
        self.address = address
        self.store = store
        self.clock = clock
        self.traits = traits
        self._domains = frozenset({"", name.lower(), f"[{address}]", f"[ipv6:{address}]".lower()})

    def now(self) -> Instant:
        """The present moment of the world."""
        return self.clock.now()

    def is_local(self, domain: str) -> bool:
        """Whether mail for `domain` ends at this host: its name, its address in brackets, or no domain at all."""
        return domain.lower() in self._domains

    def account(self, local: str) -> Account | None:
        """The account behind a local part; its letters' case does not matter on this host."""
        return self.store.account(self.name, local)

    def accounts(self) -> list[Account]:
        """Every account of this host."""
        return self.store.accounts(self.name)

    def next_id(self) -> str:
        """A new name for a message on this host: 1, 2, ... in the order of acceptance, undone with the rest."""
        return str(self.store.number(f"message {self.name}"))

    def deliver(self, users: list[str], pieces: tuple[bytes, ...], reserve: int = 0) -> list[Message]:
        """Put one message, in pieces, into the INBOX of each user; raises store.Full where there is no room.

        So many octets as `reserve` says must have room as well: the copy for the outgoing queue comes next, and a
        message that is stored for some of its recipients only would come twice when the client tries again.
        """
        if not self.traits.keeps:
            return []
        body = self.store.keep(b"".join(pieces), reserve)
        return [self.store.append(BoxKey(self.name, user, "INBOX"), body, at=self.now()) for user in users]

    def enqueue(self, reverse_path: str, recipients: tuple[str, ...], pieces: tuple[bytes, ...]) -> Queued | None:
        """Put one message, in pieces, into the outgoing queue; raises store.Full where there is no room."""
        if not self.traits.keeps:
            return None
        body = self.store.keep(b"".join(pieces))
        return self.store.enqueue(self.name, reverse_path, recipients, body, self.now())
