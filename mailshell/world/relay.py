"""Sending on: each host hands what waits in its queue to the next host, tries again, and gives up in the end.

What is on its way is kept in plain values, so that it can be marked and gone back to. A message that is tried is first
put off to its next time: whatever happens meanwhile, it is tried again then.
"""

from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from mailshell.core.clock import HOUR, MINUTE, Instant
from mailshell.core.session import Peer
from mailshell.mail.host import Host
from mailshell.mail.queue import Queued, Recipient
from mailshell.smtp import client as smtp
from mailshell.smtp.client import Client, Stage
from mailshell.smtp.errand import Answer, Errand, Obstacle, reports_end_here
from mailshell.world.names import Stop, Unroutable
from mailshell.world.outcome import conclude, expire

if TYPE_CHECKING:
    from mailshell.world.world import Link, World

TOGETHER = 100
"""So many messages go over one connection; RFC 5321 section 4.5.4.1 wants one for several, and names no number."""

PATIENCE = 5 * MINUTE
"""How long a client waits for an answer (RFC 5321 section 4.5.3.2)."""

LONGEST = 4 * HOUR
"""The longest time between two tries of a host that backs off."""


class Parcel(NamedTuple):
    """A message of a queue, and those of its recipients that go to the same place."""

    id: str
    addresses: frozenset[str]


class Run(NamedTuple):
    """One connection on which a host sends mail on.

    `stops` are the hosts to try, the present one first; `parcels` is what is to be sent, and `busy` says that the
    first of it is being handed over.
    """

    host: str
    link: int
    client: Client
    stops: tuple[Stop, ...]
    parcels: tuple[Parcel, ...]
    busy: bool = False


class Heard(NamedTuple):
    """What a server said on a connection, and when the client hears it; the connection may end with it."""

    at: Instant
    order: int
    link: int
    octets: bytes
    last: bool


class Flow(NamedTuple):
    """All that is on its way at one moment."""

    runs: tuple[Run, ...]
    heard: tuple[Heard, ...]
    order: int


Places = dict[tuple[str, tuple[Stop, ...]], list[Parcel]]
"""What is to be sent, by who sends it and where it goes."""


class Relay:
    """The client side of all hosts of a world."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._runs: dict[int, Run] = {}
        self._heard: list[Heard] = []
        self._order = 0

    @property
    def flow(self) -> Flow:
        """What is on its way."""
        return Flow(tuple(self._runs.values()), tuple(self._heard), self._order)

    def restore(self, flow: Flow | None) -> None:
        """Go to what was on its way at some moment; None: nothing was."""
        runs, heard, self._order = flow or Flow((), (), 0)
        self._runs, self._heard = {run.link: run for run in runs}, list(heard)

    def due(self) -> Instant | None:
        """When the next answer is heard."""
        return self._heard[0].at if self._heard else None

    def hear(self, now: Instant) -> bool:
        """Hear what has arrived by now, and go on; whether anything had."""
        heard = self._heard
        arrived = bool(heard) and heard[0].at <= now
        while heard and heard[0].at <= now:
            _, _, number, octets, last = heappop(heard)
            run = self._runs.get(number)
            if run is not None:
                client, out = smtp.hear(run.client, octets)
                client = smtp.lost(client) if last and client.stage is not Stage.OVER else client
                self._go_on(run._replace(client=client), out)
        return arrived

    def start(self, now: Instant) -> bool:
        """Begin to send what is due by now; whether anything was. Raises Full, and begins nothing, on a full disk."""
        world = self._world
        places: Places = {}
        store = world.store
        found: list[tuple[Host, Queued]] = []
        while (queued := store.due(now)) is not None:
            host = world.hosts[queued.host]
            after = queued._replace(release=_next(queued, host, now), attempts=queued.attempts + 1)
            store.update(queued, after)
            found.append((host, after))
        store.commit()
        for host, queued in found:
            self._sort(host, queued, places, now)
        for (name, stops), parcels in places.items():
            for at in range(0, len(parcels), TOGETHER):
                self._connect(world.hosts[name], stops, tuple(parcels[at : at + TOGETHER]))
        return bool(found)

    def _sort(self, host: Host, queued: Queued, places: Places, now: Instant) -> None:
        """Find the place of each recipient of a message; those that have none are concluded at once."""
        by_time = queued.terms.deliver_by
        if queued.terms.late == "R" and by_time is not None and now >= by_time:
            return expire(host, queued, "5.4.7", "the time to deliver by has passed")
        domains: dict[str, list[Recipient]] = {}
        for recipient in queued.recipients:
            domains.setdefault(recipient.address.rpartition("@")[2].lower(), []).append(recipient)
        parcels: dict[tuple[Stop, ...], list[str]] = {}
        nowhere: list[Answer] = []
        for domain, recipients in domains.items():
            stops = self._world.route(host, domain, queued.attempts)
            if isinstance(stops, Unroutable):
                nowhere += [Answer(one, "", 0, stops.status, stops.says) for one in recipients]
            else:
                parcels.setdefault(stops, []).extend(one.address for one in recipients)
        if nowhere:
            conclude(host, queued, nowhere, "")
        for stops, addresses in parcels.items():
            places.setdefault((host.name, stops), []).append(Parcel(queued.id, frozenset(addresses)))

    def _connect(self, host: Host, stops: tuple[Stop, ...], parcels: tuple[Parcel, ...]) -> None:
        """Open a connection to the first host that can be reached."""
        world = self._world
        while stops:
            target = world.reach(stops[0].address)
            if target is not None:
                peer = Peer(host.name, host.address, target.trusts(host.address))
                link = world.open(target.name, "smtp", peer, _nobody, "relay")
                number = link.wire.number
                link.send = partial(self._said, link)
                self._runs[number] = Run(host.name, number, Client(host.name, stops[0].host), stops, parcels)
                return
            missed, stops = stops[0], stops[1:]
        self._give_up(host, parcels, missed.host, Obstacle("4.4.1", f"no connection to {missed.host}"))

    def _said(self, link: "Link", octets: bytes, last: bool) -> None:
        """A server said something; on a slow line the client hears it later, or not at all any more."""
        pause, link.late = link.late, 0
        at = Instant(self._world.clock.now() + min(pause, PATIENCE))
        if pause > PATIENCE:
            octets, last = b"", True
        self._order += 1
        heappush(self._heard, Heard(at, self._order, link.wire.number, octets, last))

    def _go_on(self, run: Run, out: bytes) -> None:
        """Draw the conclusions of an answer, and send what comes next."""
        world, client = self._world, run.client
        host = world.hosts[run.host]
        now = host.now()
        while True:
            if run.busy and client.errand is None:
                client, run = self._concluded(host, run, client)
            if client.trouble is not None and run.parcels:
                run = self._elsewhere(host, run, client.trouble)
            if client.stage is not Stage.FREE:
                break
            if not run.parcels:
                client, out = smtp.leave(client)
                break
            errand = self._errand(host, run.parcels[0])
            run = run._replace(busy=errand is not None, parcels=run.parcels if errand else run.parcels[1:])
            if errand is not None:
                client, out = smtp.begin(client, errand, now)
        self._runs[run.link] = run._replace(client=client)
        if client.stage is Stage.OVER:
            del self._runs[run.link]
        link = world.links.get(run.link)  # a server that has closed hears nothing more
        if link is not None and out:
            world.feed(link, out)
        if link is not None and client.stage is Stage.OVER:
            world.feed_eof(link)

    def _errand(self, host: Host, parcel: Parcel) -> Errand | None:
        """What a parcel is on the wire; None where nothing of it is left."""
        queued = host.store.queued(host.name, parcel.id)
        if queued is None:
            return None
        recipients = tuple(one for one in queued.recipients if one.address in parcel.addresses)
        octets = host.store.octets(queued.body)
        return Errand(queued.reverse_path, recipients, octets, queued.terms) if recipients else None

    def _concluded(self, host: Host, run: Run, client: Client) -> tuple[Client, Run]:
        """One parcel is decided. Those of many recipients whom the server put off go at once (RFC 5321 4.5.3.1.10)."""
        parcel, rest = run.parcels[0], run.parcels[1:]
        answers = [answer for answer in client.answers if answer is not None]
        put_off = [one for one in answers if one.verb == "RCPT" and one.code == 452]
        if put_off and len(put_off) < len(answers) and client.stage is Stage.FREE:
            answers = [one for one in answers if one not in put_off]
            rest = (Parcel(parcel.id, frozenset(one.recipient.address for one in put_off)), *rest)
        queued = host.store.queued(host.name, parcel.id)
        if queued is not None:
            last = [
                one.recipient
                for one in answers
                if one.status[0] == "2" and reports_end_here(one.recipient, queued.terms, client.offers)
            ]
            conclude(host, queued, answers, client.host, last=last)
        return client._replace(answers=()), run._replace(parcels=rest, busy=False)

    def _elsewhere(self, host: Host, run: Run, trouble: Obstacle) -> Run:
        """What this server did not take goes to the next one, or waits."""
        if run.stops[1:]:
            self._connect(host, run.stops[1:], run.parcels)
        else:
            self._give_up(host, run.parcels, run.client.host, trouble)
        return run._replace(parcels=(), busy=False)

    def _give_up(self, host: Host, parcels: tuple[Parcel, ...], by: str, trouble: Obstacle) -> None:
        """None of the hosts for these parcels could be used."""
        for parcel in parcels:
            queued = host.store.queued(host.name, parcel.id)
            if queued is not None:
                here = (one for one in queued.recipients if one.address in parcel.addresses)
                conclude(host, queued, [Answer(one, "", 0, *trouble) for one in here], by)


def _next(queued: Queued, host: Host, now: Instant) -> Instant:
    """When a message is tried again: after the host's time, but not later than it is given up."""
    traits = host.traits
    wait = min(traits.retry << min(queued.attempts, 20), max(LONGEST, traits.retry)) if traits.backoff else traits.retry
    ends = [queued.arrived + traits.give_up]
    if queued.terms.deliver_by is not None:
        ends.append(queued.terms.deliver_by)
    return Instant(min([now + wait, *(end for end in ends if end > now)]))


def _nobody(octets: bytes, last: bool) -> None:
    """Nothing is sent before the connection has its client."""
