"""One mail server of the world, as every protocol engine sees it: names, accounts, mailboxes, queue, time, habits."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from mailshell.core.clock import DAY, HOUR, MINUTE, SECOND, Clock, Instant, iso_date
from mailshell.mail.faults import Fault, drawn, skew
from mailshell.mail.journal import Event, Journal, What
from mailshell.mail.queue import NO_TERMS, Held, Queued, Recipient, Terms
from mailshell.mail.store import Account, BoxKey, Message, Store

POSTMASTER = "postmaster"
"""The user that every host has (RFC 5321 section 4.5.1)."""

Voice = Literal["modern", "classic"]
Policy = Literal["tolerant", "strict"]
Era = Literal["1982", "1995", "2008", "today"]
ERAS: tuple[Era, ...] = ("1982", "1995", "2008", "today")


class MailingList(NamedTuple):
    """A name that stands for several users of the same host.

    `title` is for people, as in `Friends`; with `shown` false only computers inside the network may see the members.
    Mail to it keeps its return path: it is an alias by RFC 5321 section 3.9.1.
    """

    name: str
    title: str
    members: tuple[str, ...]
    shown: bool = True


class Traits(NamedTuple):
    """The habits of a host that a world, a lesson or an option may choose.

    `off` names the extensions that the host does not offer; `size` is the largest message in octets and
    `recipients` the most recipients of one message (None: the engine's own limit); `transactions` is how many
    messages one connection may bring (None: any number); with `keeps` false, accepted mail is thrown away; `era` is
    the year whose protocols the host speaks; `delay` is how many seconds must lie between two POP3 logins of a user;
    `quota` is how many octets of messages one user may have on the host (None: any number); `expire` is how many days
    POP3 leaves mail on the server, 0: none that was fetched (None: any number).

    Times in microseconds: `retry` lies between two attempts to send a queued message on, with `backoff` more and more;
    after `give_up` in the queue it goes back to its sender, who hears of the delay after `warn` (0: never).
    """

    voice: Voice = "modern"
    policy: Policy = "tolerant"
    off: frozenset[str] = frozenset()
    size: int | None = None
    recipients: int | None = None
    transactions: int | None = None
    keeps: bool = True
    era: Era = "today"
    delay: int = 0
    quota: int | None = None
    retry: int = 30 * MINUTE
    give_up: int = 5 * DAY
    backoff: bool = False
    warn: int = 4 * HOUR
    expire: int | None = None


class Host:
    """A server of the world; its store is the world's.

    Mail for its name and for its further `domains` ends here. For the domains in `relays` it is a backup mail
    exchanger: it takes their mail from everybody, and passes it on. `networks`, such as 192.0.2.0/24, are inside.
    """

    __slots__ = (
        "_counter",
        "_domains",
        "_greetings",
        "_lists",
        "_locks",
        "_relays",
        "address",
        "clock",
        "domains",
        "faults",
        "journal",
        "name",
        "networks",
        "relays",
        "store",
        "traits",
    )

    def __init__(
        self,
        name: str,
        address: str,
        store: Store,
        clock: Clock,
        traits: Traits,
        lists: tuple[MailingList, ...] = (),
        *,
        domains: tuple[str, ...] = (),
        relays: tuple[str, ...] = (),
        networks: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.address = address
        self.store = store
        self.clock = clock
        self.traits = traits
        self.faults: tuple[Fault, ...] = ()
        self.domains = domains
        self.relays = relays
        self.networks = networks
        self.journal = Journal()  # until a world gives all its hosts one
        self._counter = f"message {name}"
        self._greetings = 0
        self._locks: dict[str, object] = {}
        self._lists = {one.name: one for one in lists}
        own = ("", name, f"[{address}]", f"[ipv6:{address}]", *domains)
        self._domains = frozenset(domain.lower() for domain in own)
        self._relays = frozenset(domain.lower() for domain in relays)

    def now(self) -> Instant:
        """The present moment of the world."""
        return self.clock.now()

    @property
    def written(self) -> Instant:
        """The present moment as this host writes it down: by its own clock, which may be wrong."""
        return Instant(self.now() + skew(self.faults))

    def struck(self, kind: str, hits: Callable[[Fault], bool] = lambda fault: True) -> Fault | None:
        """The fault of a kind that strikes now, of those that `hits` lets through."""
        for fault in self.faults:
            if fault.kind == kind and hits(fault) and drawn(fault, self.store):
                return fault
        return None

    def taken(self, user: str) -> int:
        """How many octets of messages a user has in all mailboxes of this host."""
        boxes = self.store.mailboxes(self.name, user)
        return sum(message.size for box in boxes for message in box.messages.values())

    def is_local(self, domain: str) -> bool:
        """Whether mail for `domain` ends here: the host's name, its address in brackets, a further domain, or none."""
        return domain.lower() in self._domains

    def is_backup(self, domain: str) -> bool:
        """Whether the host takes mail for `domain` from everybody in order to pass it on."""
        return domain.lower() in self._relays

    def trusts(self, address: str) -> bool:
        """Whether an IP address lies in the networks that are inside."""
        if not self.networks:
            return False
        from ipaddress import ip_address, ip_network  # most hosts list no network, and need not wait for this

        try:
            at = ip_address(address)
        except ValueError:  # a peer's address is a word that somebody chose
            return False
        return any(at in ip_network(network) for network in self.networks)

    def account(self, local: str) -> Account | None:
        """The account behind a local part; its letters' case does not matter on this host."""
        return self.store.account(self.name, local)

    def accounts(self) -> list[Account]:
        """Every account of this host."""
        return self.store.accounts(self.name)

    @property
    def lists(self) -> list[MailingList]:
        """Every mailing list of this host."""
        return list(self._lists.values())

    def mailing_list(self, name: str) -> MailingList | None:
        """The mailing list of that name, in any case of its letters; an account of the same name goes first."""
        return self._lists.get(name.lower()) if self.account(name) is None else None

    def members(self, local: str) -> tuple[Account, ...]:
        """The accounts that mail for a local part goes to: its own, or those of a mailing list; empty where nobody."""
        account = self.account(local)
        if account is not None:
            return (account,)
        found = self._lists.get(local.lower())
        if found is None:
            return ()
        members = (self.account(member) for member in found.members)
        return tuple(member for member in members if member is not None)

    def named(self, name: str) -> tuple[Account, ...]:
        """The accounts that a name may mean: the one with that local part, or all with that word in their names."""
        account = self.account(name)
        if account is not None:
            return (account,)
        word = name.lower()
        return tuple(one for one in self.accounts() if word in one.name.lower().split())

    @property
    def next_id(self) -> str:
        """The name of the next message that this host accepts: 1, 2, ... in the order of acceptance."""
        return str(self.store.coming(self._counter))

    def count(self) -> None:
        """A message has found room, and has used up its name; that is undone with the rest."""
        self.store.number(self._counter)

    @property
    def stamp(self) -> str:
        """A name for one connection, as in 3.1425895200@nyu.edu: no other connection ever gets it.

        Undo does not take it back: what a client has once seen as a challenge must not come again.
        """
        self._greetings += 1
        return f"{self._greetings}.{self.written // SECOND}@{self.name}"

    def lock(self, user: str, holder: object) -> bool:
        """Lock the maildrop of a user for one session (RFC 1939 section 4); False where another one has it.

        Locks are no part of the store: a process that died holds none.
        """
        return self._locks.setdefault(user, holder) is holder

    def locked(self, user: str) -> bool:
        """Whether some session has the maildrop of a user."""
        return user in self._locks

    def relock(self, user: str, holder: object) -> None:
        """Lock it for a session that had it at the moment that undo leads to, whoever has it now."""
        self._locks[user] = holder

    def unlock(self, user: str, holder: object) -> None:
        """Give the lock back, if this session has it."""
        if self._locks.get(user) is holder:
            del self._locks[user]

    def log(self, name: str, what: What, recipient: str = "", *, by: str = "", other: str = "", text: str = "") -> None:
        """Write down what became of a message of this host; see journal.Event."""
        self.journal.add(Event(self.now(), self.name, name, what, recipient, by, other, text))

    def deliver(self, name: str, users: list[str], pieces: tuple[bytes, ...], reserve: int = 0) -> list[Message]:
        """Put a message, in pieces, into the INBOX of each user; raises store.Full where there is no room.

        So many octets as `reserve` says must have room as well: the copy for the outgoing queue comes next, and a
        message that is stored for some of its recipients only would come twice when the client tries again.
        """
        if not self.traits.keeps:
            return []
        body = self.store.keep(b"".join(pieces), reserve)
        for user in users:
            self.log(name, "delivered", f"{user}@{self.name}", text="INBOX")
        return [self.store.append(BoxKey(self.name, user, "INBOX"), body, at=self.written) for user in users]

    def hold(
        self, name: str, users: list[str], pieces: tuple[bytes, ...], release: Instant, reserve: int = 0
    ) -> Held | None:
        """Keep one message, in pieces, for the INBOX of each user until `release`; raises as `deliver` does."""
        if not self.traits.keeps:
            return None
        body = self.store.keep(b"".join(pieces), reserve)
        for user in users:
            self.log(name, "held", f"{user}@{self.name}", text=f"until {iso_date(release)}")
        return self.store.hold(self.name, name, tuple(users), body, release)

    def enqueue(
        self,
        name: str,
        reverse_path: str,
        recipients: tuple[Recipient, ...],
        pieces: tuple[bytes, ...],
        terms: Terms = NO_TERMS,
        release: Instant | None = None,
    ) -> Queued | None:
        """Put one message, in pieces, into the outgoing queue; raises store.Full where there is no room.

        It is not sent on before `release`, where that is said.
        """
        if not self.traits.keeps:
            return None
        body, now = self.store.keep(b"".join(pieces)), self.now()
        for recipient in recipients:
            self.log(name, "queued", recipient.address)
        return self.store.enqueue(self.name, name, reverse_path, recipients, body, now, terms=terms, release=release)
