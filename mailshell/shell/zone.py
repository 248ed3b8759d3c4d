"""`:dns`: what the name service of the world knows, and which hosts a sender tries for a domain, in which order."""

from collections.abc import Iterator

from mailshell.mail.faults import NAMES
from mailshell.shell.help import wrapped
from mailshell.shell.text import safe
from mailshell.shell.view import View
from mailshell.world.names import Records, Unroutable, records, route
from mailshell.world.world import World

_ORDER = "A sender tries, until one answers:"
_LEFT = 34
"""Columns of a record, before what it means."""

Row = tuple[str, str]


def listing(world: World, view: View) -> list[str]:
    """Every name with its records."""
    out: list[str] = []
    for name in world.zone:
        out.append(safe(f"   {name}", ascii_only=view.ascii))
        out += [safe(f"     {record}", ascii_only=view.ascii) for record, _ in _records(world.zone[name])]
    return [*out, *wrapped(":dns NAME says what they mean and which host is tried first.", view.width)]


def dns(world: World, name: str, view: View) -> list[str]:
    """The records of one name, what they mean, and where mail for it goes."""
    out = [safe(f"   {name}", ascii_only=view.ascii)]
    own = world.zone.get(name.lower().rstrip("."))
    for record, says in () if own is None else _records(own):
        text = safe(record, ascii_only=view.ascii)
        if 5 + _LEFT + len(says) <= view.width and len(text) < _LEFT:
            out.append(f"     {text:<{_LEFT}}{says}")
        else:
            out += [f"     {text}", *wrapped(says, view.width, indent=8)]
    found = records(world.zone, name)
    if own is not None and own.alias and found is not None:
        out += [safe(f"     {record}", ascii_only=view.ascii) for record, _ in _records(found)]
    return out + [row for text in _sender(world, name, found) for row in wrapped(text, view.width, indent=5)]


def _records(found: Records) -> Iterator[Row]:
    if found.alias:
        yield f"CNAME  {found.alias}", "another name for it (RFC 5321, 5.1)"
    for mx in sorted(found.mx):
        if mx.host == ".":
            yield f"MX     {mx.preference} .", "the null MX: no mail here (RFC 7505, 3)"
        else:
            yield f"MX     {mx.preference} {mx.host}", "takes the mail; lowest number first"
    for address in found.addresses:
        kind = "AAAA" if ":" in address else "A"
        yield f"{kind:<6} {address}", "the address of this name"


def _sender(world: World, name: str, found: Records | None) -> Iterator[str]:
    """Where a sender goes, and what is in its way now."""
    stops = route(world.zone, name)
    if isinstance(stops, Unroutable):
        yield f"{stops.says} Mail for it is returned at once, with {stops.status} ({stops.cite})."
    else:
        if found is not None and not found.mx:
            yield "There is no MX record: the name itself takes the mail (RFC 5321, 5.1)."
        yield _ORDER
        yield from (f"{number}. {stop.host} [{stop.address}]" for number, stop in enumerate(stops, 1))
        if found is not None and len({mx.preference for mx in found.mx}) < len(found.mx):
            yield "Hosts of one preference take turns in going first (RFC 5321, 5.1)."
    for fault in world.faults.about(name, NAMES):
        yield f"Nobody hears of these records now. {fault.because}"
