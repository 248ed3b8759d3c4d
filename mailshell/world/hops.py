"""The way of one message: the hosts that had it, what each of them called it, and what came of it."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from mailshell.mail.journal import Event
from mailshell.mail.message import parse
from mailshell.mail.store import BoxKey
from mailshell.world.outcome import TOO_LONG
from mailshell.world.relay import PATIENCE
from mailshell.world.world import World

_STAMP = re.compile(r"\bby (\S+) with \S+ id ([^\s;]+)")
"""How the servers of the world write into Received who they are, and how they call the message."""


class Name(NamedTuple):
    """What names a message: the host, and its id there."""

    host: str
    id: str

    def __str__(self) -> str:
        return f"{self.host}/{self.id}"


class Hop(NamedTuple):
    """A message at one host: its name there, what the log says of it, and whether it reports on the hop before."""

    name: Name
    events: tuple[Event, ...]
    report: bool


class Way(NamedTuple):
    """All hops of a message, the first host first, a report right after what it reports on."""

    hops: tuple[Hop, ...]

    def waits(self, world: World, *, reports: bool) -> bool:
        """Whether the message, or with `reports` one of the reports about it, still lies in a queue, or is held."""
        held = {Name(one.host, one.id) for one in world.store.held()}
        return any(
            hop.name in held or world.store.queued(*hop.name) is not None for hop in self.hops if hop.report is reports
        )

    @property
    def delivered(self) -> list[str]:
        """The recipients who have got the message; one who got it twice says so."""
        found = (event for hop in self.hops if not hop.report for event in hop.events)
        copies = Counter(event.recipient for event in found if event.what == "delivered")
        return [f"{to} ({count} copies)" if count > 1 else to for to, count in copies.items()]

    @property
    def failed(self) -> list[str]:
        """The recipients who do not get it."""
        found = (event for hop in self.hops if not hop.report for event in hop.events)
        return list(dict.fromkeys(event.recipient for event in found if event.what == "failed"))

    @property
    def returned(self) -> bool:
        """Whether its sender was told that it failed."""
        return any(_failure(event) for hop in self.hops for event in hop.events)


def _failure(event: Event) -> bool:
    return event.what == "reported" and event.text.startswith("failed")


def newest(world: World) -> Name | None:
    """The message that some server accepted last from a person or a program, not from another host of the world."""
    came = _origins(world)
    found = (Name(event.host, event.id) for event in world.journal.newest() if event.what == "accepted")
    return next((name for name in found if name not in came), None)


def way(world: World, name: Name) -> Way | None:
    """The way of a message, from its first host on, whatever hop of it is named; None where no log speaks of it."""
    events: dict[Name, list[Event]] = {}
    for event in world.journal:
        events.setdefault(Name(event.host, event.id), []).append(event)
    came = _origins(world)
    if name not in events and name not in came:
        return None
    while name in came:
        name = came[name][0]
    after: dict[Name, list[tuple[Name, bool]]] = {}
    for child, (parent, report) in came.items():
        after.setdefault(parent, []).append((child, report))
    hops: list[Hop] = []
    todo = [(name, False)]
    while todo:
        one, report = todo.pop()
        hops.append(Hop(one, tuple(events.get(one, ())), report))
        todo += [(child, report or reports) for child, reports in after.get(one, [])[::-1]]
    return Way(tuple(hops))


def _origins(world: World) -> dict[Name, tuple[Name, bool]]:
    """For each message the one that it came of, at this host or the one before, and whether it is a report on it.

    A server may have taken a message whose client never heard so (RFC 1047): then the client's log tells of a lost
    connection soon after, or the client waits still.
    """
    came: dict[Name, tuple[Name, bool]] = {}
    open_: dict[tuple[str, str], Event] = {}  # the last message that a host took from another one
    for event in world.journal:
        name, pair = Name(event.host, event.id), (event.host, event.by)
        if event.what == "accepted":
            open_[event.by, event.host] = event
        elif event.what == "reported":
            came[Name(event.host, event.other)] = name, True
        elif event.what == "relayed":
            heard = open_.pop(pair, None)
            # A server that does not say how it calls a message has taken it last.
            other = event.other or (heard.id if heard is not None else "")
            came[Name(event.by, other)] = name, False
        elif event.what in ("deferred", "failed") and pair in open_ and _unheard(event):
            taken = open_.pop(pair)
            if event.at - taken.at <= PATIENCE["."]:
                came.setdefault(Name(taken.host, taken.id), (name, False))
    for run in world.relay.flow.runs:
        pair = run.host, run.client.host
        if run.client.waits[:1] in ((".",), ("BDAT",)) and pair in open_:
            came.setdefault(Name(open_[pair].host, open_[pair].id), (Name(run.host, run.parcels[0].id), False))
    return came


def _unheard(event: Event) -> bool:
    """Whether an attempt ended without an answer."""
    return not event.text.removeprefix(TOO_LONG)[:1].isdigit()


def received(world: World, hop: Hop) -> list[str]:
    """The Received fields of a message as it lies at a host now, unfolded, the newest first; none where it does not."""
    return next(iter(_copies(world, hop)), [])


def _copies(world: World, hop: Hop) -> Iterable[list[str]]:
    store, (host, name) = world.store, hop.name
    queued = store.queued(host, name)
    if queued is not None:
        yield _fields(store.octets(queued.body))
    for event in hop.events:
        if event.what != "delivered":
            continue
        box = store.mailbox(BoxKey(host, event.recipient.rpartition("@")[0], "INBOX"))
        for message in [] if box is None else list(box.messages.values())[::-1]:
            found = _fields(store.octets(message.body))
            stamp = _STAMP.search(found[0]) if found else None
            if stamp is not None and stamp.groups() == (host, name):
                yield found


def _fields(octets: bytes) -> list[str]:
    fields = (one for one in parse(octets).fields if one.name == b"received")
    return [" ".join(one.value(octets).decode("utf-8", "replace").split()) for one in fields]
