"""A big world, made from a few numbers: the same numbers give the same world."""

from collections.abc import Iterator

from mailshell.core.clock import DAY, MINUTE
from mailshell.mail.store import Account
from mailshell.world.plan import HostPlan, Letter, Plan

_PLACES = ("oak", "river", "harbour", "meadow", "castle", "market", "bridge", "forest", "island", "valley")
_PEOPLE = ("ada", "ben", "clara", "david", "emma", "felix", "grace", "henry", "ines", "jonas", "kate", "leo", "mia")
_SUBJECTS = ("Lunch", "Minutes of the meeting", "Photos", "Question", "Draft", "Invoice", "Travel plans", "Thank you")
_NETWORK = "192.0.2.0/24"  # a student at a terminal comes from there


def generate(hosts: int, users: int, messages: int, seed: int, waiting: int = 0) -> Plan:
    """A world with so many hosts, users, and messages in mailboxes; `waiting` more wait in the queues of their hosts.

    Each fifth host is a backup mail exchanger of the next one. The first host counts the student as inside.
    """
    draw = _draws(seed)
    places = tuple(_host(number, hosts) for number in range(hosts))
    accounts = tuple(_account(number, places[number % hosts].name) for number in range(users))
    letters = tuple(
        _letter(draw, accounts, queued=number >= messages) for number in range((messages + waiting) if users else 0)
    )
    return Plan(f"A big world: {hosts:,} hosts, {users:,} users.", places[0].name, places, accounts, letters)


def _draws(seed: int) -> Iterator[int]:
    """Numbers below 2**31 in an order that the seed gives (Knuth's MMIX, its upper bits)."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        yield state >> 33


def _host(number: int, hosts: int) -> HostPlan:
    relays = (_name(number + 1),) if number % 5 == 4 and number + 1 < hosts else ()
    at = number + 1
    address = f"10.{at >> 16}.{at >> 8 & 255}.{at & 255}"
    return HostPlan(_name(number), address, relays=relays, networks=() if number else (_NETWORK,))


def _name(number: int) -> str:
    return f"{_PLACES[number % len(_PLACES)]}{number // len(_PLACES) or ''}.example"


def _account(number: int, host: str) -> Account:
    user = f"{_PEOPLE[number % len(_PEOPLE)]}{number // len(_PEOPLE) or ''}"
    return Account(host, user, f"{user}-secret", user.capitalize())


def _letter(draw: Iterator[int], accounts: tuple[Account, ...], *, queued: bool) -> Letter:
    sender, to = accounts[next(draw) % len(accounts)], accounts[next(draw) % len(accounts)]
    subject, size = _SUBJECTS[next(draw) % len(_SUBJECTS)], 600 + next(draw) % 4400
    age = 0 if queued else next(draw) % (30 * DAY // MINUTE) * MINUTE
    text = f"{to.name}, this is about: {subject.lower()}."
    address = f"{to.user}@{to.host}"
    return Letter(address, f"{sender.name} <{sender.user}@{sender.host}>", subject, text, size, age, queued=queued)
