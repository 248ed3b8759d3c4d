"""From a plan to the world: who is there before anybody types."""

from functools import reduce

from mailshell.core.clock import Instant, VirtualClock, instant
from mailshell.core.session import Peer
from mailshell.core.transcript import Transcript
from mailshell.mail.faults import SEED, Faults
from mailshell.mail.host import POSTMASTER, Host, Traits
from mailshell.mail.queue import Recipient
from mailshell.mail.store import Account, BoxKey, Store
from mailshell.world.hosts import DEFAULT_HOST
from mailshell.world.plan import MAILBOXES, Letter, Plan, compose
from mailshell.world.shipped import SHIPPED, plan
from mailshell.world.world import World

__all__ = ["DEFAULT_HOST", "START", "STUDENT", "WORLDS", "add_account", "build"]

START = instant(2015, 3, 9, 10)
"""The moment at which a virtual clock starts: Monday, 9 March 2015, 10:00 UTC."""

STUDENT = Peer("lancs.uk", "192.0.2.10", inside=False)
"""Where a typed connection comes from; inside for the server of lancs.uk, and where a host's networks have it."""

WORLDS = tuple(SHIPPED)
"""The names of the worlds that come with mailshell."""


def add_account(store: Store, account: Account) -> None:
    """Add an account with its five mailboxes; one that exists gets the new password and keeps its mail."""
    known = store.account(account.host, account.user)
    store.add_account(account if known is None else known._replace(password=account.password))
    for name in MAILBOXES if known is None else ():
        key = BoxKey(account.host, account.user, name)
        store.create(key, "" if name == "INBOX" else f"\\{name}")
        store.subscribe(key)


def build(
    world: str | Plan,
    *,
    store: Store | None = None,
    traits: Traits | None = None,
    now: Instant = START,
    transcript: Transcript | None = None,
    users: tuple[Account, ...] = (),
) -> World:
    """The world of a plan, or of the name of one; a store that holds mail already keeps it, and gets what is missing.

    `traits` are those of hosts that have none of their own.
    """
    asked = plan(world) if isinstance(world, str) else world
    store = store or Store(history=True)
    clock = VirtualClock(now)
    hosts = _hosts(asked, store, clock, traits or Traits())
    _fill(asked, hosts, store, now)
    for account in users:
        add_account(store, account)
    store.commit()
    made = World(hosts, store, clock, transcript or Transcript(), asked.zone)
    if asked.faults:
        made.suffer(reduce(Faults.put, asked.faults, Faults()))
    return made


def _hosts(asked: Plan, store: Store, clock: VirtualClock, usual: Traits) -> dict[str, Host]:
    return {
        one.name: Host(
            one.name,
            one.address,
            store,
            clock,
            one.habits(usual),
            one.lists,
            domains=one.domains,
            relays=one.relays,
            networks=one.networks,
        )
        for one in asked.hosts
    }


def _fill(asked: Plan, hosts: dict[str, Host], store: Store, now: Instant) -> None:
    """The accounts that are missing, with their mail."""
    new = {host for host in hosts if store.account(host, POSTMASTER) is None}
    wanted = [Account(host, POSTMASTER, "", "Postmaster") for host in hosts]
    names: dict[str, str] = {}
    for account in (*wanted, *asked.accounts):
        if store.account(account.host, account.user) is None:
            add_account(store, account)
            names[f"{account.user}@{account.host}"] = account.name
    if asked.seed and store.noted(SEED) is None:
        store.note(SEED, asked.seed)
    for number, letter in enumerate(asked.letters, 1):
        at = Instant(now - letter.age)
        user, _, host = letter.to.rpartition("@")
        octets = compose(letter, number, names.get(letter.to, ""), asked.addresses, at)
        if letter.queued:
            sender = letter.reverse_path.rpartition("@")[2]
            if sender in new:
                _enqueue(hosts[sender], letter, octets, at)
        elif letter.to in names:
            store.append(BoxKey(host, user, letter.mailbox), store.keep(octets), at=at)


def _enqueue(host: Host, letter: Letter, octets: bytes, at: Instant) -> None:
    """It is to be sent on at once, however long it has waited."""
    name = host.next_id
    host.count()
    body = host.store.keep(octets)
    host.store.enqueue(host.name, name, letter.reverse_path, (Recipient(letter.to),), body, at, release=host.now())
