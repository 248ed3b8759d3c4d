"""Looking at the world: the time, its hosts, its connections."""

from collections.abc import Container

from mailshell.core.clock import mail_date
from mailshell.core.transcript import Kind
from mailshell.mail.host import Host
from mailshell.mail.store import Account
from mailshell.shell.help import wrapped
from mailshell.shell.text import safe
from mailshell.shell.view import View
from mailshell.world.seat import Seat
from mailshell.world.world import World


def date(world: World) -> str:
    """The time of the world."""
    return mail_date(world.clock.now())


def count(number: int, word: str) -> str:
    """`1 message`, `2 messages`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def world(seat: Seat, view: View) -> list[str]:
    """A list of the hosts with all that they have, who is connected, the time; passwords where secrets are shown."""
    out = []
    for host in seat.world.hosts.values():
        out.append(f"   {host.name:<20} {host.address}")
        for head, text in _host(host, seat.world, secrets=view.secrets):
            rows = wrapped(safe(text, ascii_only=view.ascii), view.width, indent=13)
            out += [f"     {head:<7} {rows[0][13:]}", *rows[1:]]
    out += ["   connections (* is where you type)", *connections(seat, view)]
    out += others(seat, view, ("tcp", "relay"))
    return [*out, *wrapped(f"It is {date(seat.world)}.", view.width)]


def _host(host: Host, place: World, *, secrets: bool) -> list[tuple[str, str]]:
    boxes = [box for one in host.accounts() for box in place.store.mailboxes(host.name, one.user)]
    stored = sum(len(box.messages) for box in boxes)
    waiting = len(place.store.queue(host.name))
    held = sum(one.host == host.name for one in place.store.held())
    lists = [f"{one.name} ({', '.join(one.members)})" for one in host.lists if one.shown]
    return [
        ("users", ", ".join(_user(one, secrets=secrets) for one in host.accounts())),
        *([("lists", ", ".join(lists))] if lists else []),
        ("mail", f"{count(stored, 'message')}, {waiting:,} waiting, {held:,} held"),
    ]


def _user(account: Account, *, secrets: bool) -> str:
    return f"{account.user} ({account.password})" if secrets and account.password else account.user


def connections(seat: Seat, view: View) -> list[str]:
    """The connections of a seat; a star marks the current one."""
    out = []
    for number, link in seat.links.items():
        star = "*" if number == seat.current else " "
        phase = "closed" if link.closed else link.session.phase.value
        out += _connection(f"{star} {number}", link.wire.protocol, link.wire.host, phase, view)
    return out


def others(seat: Seat, view: View, kinds: Container[Kind]) -> list[str]:
    """The connections of some kinds that nobody at this seat has opened."""
    out = []
    for link in seat.world.links.values():
        if not link.closed and link.wire.kind in kinds and seat.number_of(link.wire.number) is None:
            whose = f"{link.wire.kind} from {link.wire.peer.name}"
            out += _connection("", link.wire.protocol, link.wire.host, f"{link.session.phase.value}, {whose}", view)
    return out


def _connection(head: str, protocol: str, host: str, phase: str, view: View) -> list[str]:
    row = f"   {head:<3}  {protocol} {host:<17} "
    return [row + phase] if len(row + phase) <= view.width else [row.rstrip(), *wrapped(phase, view.width, indent=8)]
