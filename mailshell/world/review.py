"""What is right in a world file, and may not be meant: names that lead nowhere, or in circles. Faults, or a lesson."""

from collections.abc import Iterator, Mapping

from mailshell.core.fields import Complaint
from mailshell.core.toml import Path
from mailshell.world.names import Records, records
from mailshell.world.plan import HostPlan, Plan


def review(plan: Plan, places: Mapping[str, Path]) -> list[Complaint]:
    """Hints on the names of a plan; `places` says where the records of each stand in the file."""
    zone = plan.zone
    listening = {host.address: host for host in plan.hosts}
    notes = []
    for name, path in places.items():
        for key, number, says in _name(name, zone[name], zone, listening):
            notes.append(Complaint((*path, key) if number is None else (*path, key, number), says, grave=False))
    final = {domain for host in plan.hosts for domain in (host.name, *host.domains)}
    for index, host in enumerate(plan.hosts):
        for number, domain in enumerate(host.relays):
            if domain not in final:
                says = f"{domain} ends at no host, so {host.name} has nobody to pass its mail on to."
                notes.append(Complaint(("host", index, "relays", number), says, grave=False))
    return notes


def _name(
    name: str, found: Records, zone: Mapping[str, Records], listening: Mapping[str, HostPlan]
) -> Iterator[tuple[str, int | None, str]]:
    """The key, the number of its element, and the hint."""
    if found.alias:
        if records(zone, name) is None:
            yield "alias", None, f"{name} leads to no name with records: to none at all, or in a circle."
        return
    for number, address in enumerate(found.addresses):
        if address not in listening:
            yield "addresses", number, f"no host of this world has the address {address}."
    for number, mx in enumerate(found.mx):
        if mx.host == "." and len(found.mx) > 1:
            yield "mx", number, "the null MX stands alone (RFC 7505 section 3): with it the others mean nothing."
        elif mx.host != ".":
            yield from (("mx", number, says) for says in _exchanger(name, mx.host, zone, listening))


def _exchanger(name: str, host: str, zone: Mapping[str, Records], listening: Mapping[str, HostPlan]) -> Iterator[str]:
    if host in zone and zone[host].alias:
        yield f"{host} is an alias, and a mail exchanger must not be one (RFC 5321 section 5.1)."
    target = records(zone, host)
    if target is None or not target.addresses:
        yield f"no address is known for {host}."
        return
    for one in (listening[address] for address in target.addresses if address in listening):
        if name not in (one.name, *one.domains, *one.relays):
            yield f"{one.name} takes no mail for {name}: that is neither in its domains nor in its relays."
