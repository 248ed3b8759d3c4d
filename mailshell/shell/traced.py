"""`:trace`: the way of one message, host by host: times, ids, answers, reports, and the fields that prove it."""

from collections.abc import Iterator

from mailshell.core.clock import day_time
from mailshell.mail.journal import Event
from mailshell.shell.help import wrapped
from mailshell.shell.text import safe, wrap
from mailshell.shell.view import View
from mailshell.world.hops import Hop, Name, Way, received
from mailshell.world.world import World

_TIME = 12
"""Columns of a time, and of a gap."""


def trace(world: World, name: Name, way: Way, view: View) -> list[str]:
    """Every hop; `name` is the one that was asked for."""
    out: list[str] = []
    for hop in way.hops:
        out += _hop(hop, hop.name == name != way.hops[0].name, view)
    out += _proof(world, way, view)
    return out + wrapped(safe(_fate(world, way), ascii_only=view.ascii), view.width)


def _hop(hop: Hop, asked: bool, view: View) -> list[str]:
    what = "report" if hop.report else "message"
    out = [f"   {what} {hop.name}{' (this one)' if asked else ''}"]
    for when, says in _told(hop):
        rows = wrap(safe(says, ascii_only=view.ascii), max(view.width - 6 - _TIME, 30))
        out += [f"     {head:<{_TIME}}{row}" for head, row in zip([when, *[""] * len(rows)], rows, strict=False)]
    return out


def _told(hop: Hop) -> Iterator[tuple[str, str]]:
    """What the log says, attempts that end alike one after the other told once."""
    before: Event | None = None
    again: list[Event] = []
    for event in hop.events:
        if before is not None and event.what == "deferred" and event._replace(at=before.at) == before:
            again.append(event)
            continue
        yield from _often(again)
        before, again = event, []
        yield day_time(event.at), _words(event)
    yield from _often(again)


def _often(again: list[Event]) -> Iterator[tuple[str, str]]:
    if again:
        often = "once more" if len(again) == 1 else f"{len(again):,} times more until {day_time(again[-1].at)}"
        yield day_time(again[0].at), f"the same answer {often}"


def _words(event: Event) -> str:
    to, said = event.recipient, event.text
    if event.by and said[:1].isdigit():  # else these are words of the host that sends
        said = f"{event.by} said {said}"
    match event.what:
        case "accepted":
            return f"accepted {event.text}; client {event.by}"
        case "delivered":
            return f"delivered to {to}, {event.text}"
        case "queued":
            return f"put into the queue for {to}"
        case "held":
            return f"held for {to} {event.text}"
        case "relayed":
            return f"{to}: {event.by} took it: {event.text}"
        case "deferred":
            return f"{to}: not now: {said}"
        case "failed":
            return f"{to}: given up: {said}"
        case "reported":
            return f"{to}: report {event.other}: {event.text}"
        case _:
            return f"{to}: no report: {event.text}"


def _proof(world: World, way: Way, view: View) -> list[str]:
    """The Received fields of the copy that went furthest."""
    copies = [received(world, hop) for hop in way.hops if not hop.report]
    fields = max(copies, key=len, default=[])
    if not fields:
        return []
    out = ["   Received fields: each host puts its own on top, so the way begins below"]
    for field in fields:
        rows = wrap(safe(field, ascii_only=view.ascii), max(view.width - 9, 30))
        out += [f"     {row}" if at == 0 else f"        {row}" for at, row in enumerate(rows)]
    return out


def _fate(world: World, way: Way) -> str:
    """Where the message is now."""
    said = []
    if way.delivered:
        said.append(f"delivered to {', '.join(way.delivered)}")
    if way.failed:
        said.append(f"{'returned' if way.returned else 'lost without a report'} for {', '.join(way.failed)}")
    held = {Name(one.host, one.id) for one in world.store.held()}
    for hop in way.hops:
        queued = world.store.queued(*hop.name)
        if queued is not None:
            said.append(f"{hop.name} waits in the queue, next try {day_time(queued.release)}")
        if hop.name in held:
            said.append(f"{hop.name} is held")
    return f"So far: {'; '.join(said) or 'in no mailbox and no queue'}."
