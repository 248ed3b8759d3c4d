"""Names of the closed world: which hosts take the mail of a domain (RFC 5321 section 5.1, RFC 7505)."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.record import Cite

_ALIASES = 8
"""So many aliases may lead from one to the next: a circle of them has no end."""


class Mx(NamedTuple):
    """One mail exchanger of a domain; the lowest `preference` is tried first. The host `.` says: no mail here."""

    preference: int
    host: str


class Records(NamedTuple):
    """What the name service knows about one name; `alias` is the true name, where this one is only another for it."""

    mx: tuple[Mx, ...] = ()
    addresses: tuple[str, ...] = ()
    alias: str = ""


Zone = Mapping[str, Records]
"""Every name of the world, in small letters, with its records."""


class Stop(NamedTuple):
    """One host to try: its name and address."""

    host: str
    address: str


class Unroutable(NamedTuple):
    """No host takes mail for a domain: whether that is for good, the status for a report, why in a sentence."""

    permanent: bool
    status: str
    says: str
    cite: Cite


_SECTION = Cite(5321, "5.1")


def unknown(domain: str) -> Unroutable:
    """The name does not exist."""
    return Unroutable(True, "5.1.2", f"The name {domain} does not exist.", _SECTION)


def silent(domain: str) -> Unroutable:
    """The name server gives no answer."""
    return Unroutable(False, "4.4.3", f"The name server of {domain} does not answer.", _SECTION)


def records(zone: Zone, name: str) -> Records | None:
    """The records of a name, aliases followed; None where the name does not exist, or its aliases go in a circle."""
    for _ in range(_ALIASES):
        found = zone.get(name.lower().rstrip("."))
        if found is None or not found.alias:
            return found
        name = found.alias
    return None


def route(zone: Zone, domain: str, own: frozenset[str] = frozenset(), turn: int = 0) -> tuple[Stop, ...] | Unroutable:
    """The hosts that take mail for a domain, in the order in which they are tried.

    `own` are the names and addresses of the host that asks, in small letters: it and all that are not preferred to it
    are left out, so that mail cannot go in circles. Among hosts of one preference, `turn` (any number)
    says which goes first.
    """
    if domain.startswith("["):
        address = domain[1:-1].lower().removeprefix("ipv6:")
        return (Stop(domain, address),)
    found = records(zone, domain)
    if found is None:
        return unknown(domain)
    if any(mx.host == "." for mx in found.mx):
        return Unroutable(True, "5.1.10", f"{domain} takes no mail: it has the null MX.", Cite(7505, "3"))
    exchangers = sorted(found.mx) or [Mx(0, domain)]
    preferred = _before(zone, exchangers, own)
    if not preferred:
        return Unroutable(True, "5.4.6", f"The first host for {domain} is this one, and it does not take it.", _SECTION)
    stops = [stop for mx in _turned(preferred, turn) for stop in _stops(zone, mx.host)]
    if stops:
        return tuple(stops)
    missing = " or ".join(dict.fromkeys(mx.host for mx in preferred))
    return Unroutable(True, "5.4.4", f"No address is known for {missing}.", _SECTION)


def _stops(zone: Zone, host: str) -> list[Stop]:
    found = records(zone, host)
    return [] if found is None else [Stop(host, address) for address in found.addresses]


def _before(zone: Zone, exchangers: list[Mx], own: frozenset[str]) -> list[Mx]:
    """The exchangers that are preferred to the host that asks."""
    mine = [
        mx.preference
        for mx in exchangers
        if mx.host.lower() in own or any(stop.address in own for stop in _stops(zone, mx.host))
    ]
    return exchangers if not mine else [mx for mx in exchangers if mx.preference < min(mine)]


def _turned(exchangers: list[Mx], turn: int) -> list[Mx]:
    """Those of one preference take turns in going first (section 5.1 wants the load spread)."""
    out: list[Mx] = []
    for preference in sorted({mx.preference for mx in exchangers}):
        equal = [mx for mx in exchangers if mx.preference == preference]
        start = turn % len(equal)
        out += equal[start:] + equal[:start]
    return out
