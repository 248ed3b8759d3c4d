"""Sending on: each host hands what waits in its queue to the next host, tries again, and gives up in the end.

What is on its way is kept in plain values, so that it can be marked and gone back to. A message that is tried is first
put off to its next time: whatever happens meanwhile, it is tried again then.
"""

from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from mailshell.core.clock import HOUR, MINUTE, Instant
from mailshell.core.session import Peer
from mailshell.mail.host import Host
from mailshell.mail.queue import Queued, Recipient
from mailshell.smtp import client as smtp
from mailshell.smtp.client import Client, Stage
from mailshell.smtp.errand import Answer, Errand, Obstacle, limit, reports_end_here
from mailshell.world.names import Stop, Unroutable
from mailshell.world.outcome import conclude, expire, started

if TYPE_CHECKING:
    from mailshell.world.world import Link, World

A_TURN = 100
"""So many messages, and so many answers, a turn takes on: under `serve` other clients are served after each turn."""

PATIENCE = {"DATA": 2 * MINUTE, ".": 10 * MINUTE, "BDAT": 10 * MINUTE}
"""How long a client waits for an answer, where it is not 5 minutes (RFC 5321 section 4.5.3.2)."""

LONGEST = 4 * HOUR
"""The longest time between two tries of a host that backs off."""


class Parcel(NamedTuple):
    """A message of a queue, and those of its recipients that go to the same place."""

    id: str
    addresses: frozenset[str]


class Run(NamedTuple):
    """One connection on which a host sends mail on.

    `stops` are the hosts to try, the present one first; `parcels` is what is to be sent, and `busy` says that the
    first of it is being handed over. `mails` counts those that were begun, `taken` says that one was taken. The client
    hears nothing more before `quiet`.
    """

    host: str
    link: int
    client: Client
    stops: tuple[Stop, ...]
    parcels: tuple[Parcel, ...]
    busy: bool = False
    mails: int = 0
    taken: bool = False
    quiet: Instant = Instant(0)


class Heard(NamedTuple):
    """What a server said on a connection, and when the client hears it; the connection may end with it.

    Where the client waits for it no longer, it hears nothing, after `waited` microseconds.
    """

    at: Instant
    order: int
    link: int
    octets: bytes
    last: bool
    waited: int = 0


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
        arrived = 0
        while heard and heard[0].at <= now and arrived < A_TURN:
            arrived += 1
            _, _, number, octets, last, waited = heappop(heard)
            run = self._runs.get(number)
            if run is not None:
                client, out = (smtp.tired(run.client, waited), b"") if waited else smtp.hear(run.client, octets)
                client = smtp.lost(client) if last and client.stage is not Stage.OVER else client
                self._go_on(run._replace(client=client), out)
        return bool(arrived)

    def start(self, now: Instant) -> bool:
        """Begin to send what is due by now; whether anything was. Raises Full, and begins nothing, on a full disk."""
        world = self._world
        places: Places = {}
        store = world.store
        away = {(run.host, parcel.id) for run in self._runs.values() for parcel in run.parcels}
        found: list[tuple[Host, Queued]] = []
        begun = 0
        while begun < A_TURN and (queued := store.due(now)) is not None:
            begun += 1
            host = world.hosts[queued.host]
            after = queued._replace(release=_next(queued, host, now))
            if (queued.host, queued.id) not in away:  # else a slow host is about to say what becomes of it
                after = after._replace(attempts=queued.attempts + 1)
                found.append((host, after))
            store.update(queued, after)
        store.commit()
        found.sort(key=lambda one: -(one[1].terms.priority or 0))
        for host, queued in found:
            self._sort(host, queued, places, now)
        for (name, stops), parcels in places.items():
            self._connect(world.hosts[name], stops, tuple(parcels))
        return bool(begun)

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
            stops = self._world.route(host, domain, crc32(queued.id.encode()) + queued.attempts)
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
                self._runs[number] = Run(host.name, number, Client(host.name, target.name), stops, parcels)
                return
            missed, stops = stops[0], stops[1:]
        self._give_up(host, parcels, missed.host, Obstacle("4.4.1", f"no connection to {missed.host}"))

    def _said(self, link: "Link", octets: bytes, last: bool) -> None:
        """A server said something; on a slow line the client hears it later, or not at all any more."""
        pause, link.late = link.late, 0
        run = self._runs.get(link.wire.number)
        if run is None:
            return
        waits = run.client.waits
        patience = PATIENCE.get(waits[0] if waits else "", 5 * MINUTE)
        at = Instant(max(run.quiet, self._world.clock.now() + min(pause, patience)))
        self._runs[run.link] = run._replace(quiet=at)
        self._order += 1
        late = Heard(at, self._order, run.link, b"", True, patience)
        heappush(self._heard, late if pause > patience else Heard(at, self._order, run.link, octets, last))

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
            most = limit(client.offers, "MAILMAX")
            if run.parcels and most and run.mails >= most:
                run = self._again(host, run)
            if not run.parcels:
                client, out = smtp.leave(client)
                break
            errand = _errand(host, run.parcels[0], limit(client.offers, "RCPTMAX"))
            client, out = smtp.begin(client, errand, now)
            run = run._replace(busy=True, mails=run.mails + 1)
        self._runs[run.link] = run._replace(client=client)
        if client.stage is Stage.OVER:
            del self._runs[run.link]
        link = world.links.get(run.link)  # a server that has closed hears nothing more
        if link is not None and out:
            world.feed(link, out)
        if link is not None and client.stage is Stage.OVER:
            world.feed_eof(link)

    def _concluded(self, host: Host, run: Run, client: Client) -> tuple[Client, Run]:
        """One parcel is decided, or those of its recipients to whom the server could get.

        The others go in a new transaction at once: who was put off as one too many (RFC 5321 section 4.5.3.1.10), and
        who was one more than the server says it takes. A server that has taken a message and wants no other one now
        gets it on a new connection (RFC 9422 section 4.1).
        """
        parcel, rest = run.parcels[0], run.parcels[1:]
        answers = [answer for answer in client.answers if answer is not None]
        client = client._replace(answers=())
        if run.taken and all(one.verb == "MAIL" and one.status[0] == "4" for one in answers):
            return client, self._again(host, run)
        put_off = [one for one in answers if one.verb == "RCPT" and one.code == 452]
        if put_off and len(put_off) < len(answers) and client.stage is Stage.FREE:
            answers = [one for one in answers if one not in put_off]
        left = parcel.addresses.difference(one.recipient.address for one in answers)
        if left:
            rest = (Parcel(parcel.id, left), *rest)
        queued = _queued(host, parcel)
        taken_on = [one.recipient for one in answers if one.status[0] == "2"]
        last = [one for one in taken_on if reports_end_here(one, queued.terms, client.offers)]
        conclude(host, queued, answers, client.host, last=last)
        return client, run._replace(parcels=rest, busy=False, taken=run.taken or bool(taken_on))

    def _elsewhere(self, host: Host, run: Run, trouble: Obstacle) -> Run:
        """What this server did not take goes there on a new connection, to the next server, or waits."""
        if run.taken and trouble.status[0] == "4":
            return self._again(host, run)
        if run.stops[1:]:
            self._connect(host, run.stops[1:], run.parcels)
        else:
            self._give_up(host, run.parcels, run.client.host, trouble)
        return run._replace(parcels=(), busy=False)

    def _again(self, host: Host, run: Run) -> Run:
        """What is left goes to the same server on a new connection."""
        self._connect(host, run.stops, run.parcels)
        return run._replace(parcels=(), busy=False)

    def _give_up(self, host: Host, parcels: tuple[Parcel, ...], by: str, trouble: Obstacle) -> None:
        """None of the hosts for these parcels could be used."""
        for parcel in parcels:
            queued = _queued(host, parcel)
            here = (one for one in queued.recipients if one.address in parcel.addresses)
            conclude(host, queued, [Answer(one, "", 0, *trouble) for one in here], by)


def _queued(host: Host, parcel: Parcel) -> Queued:
    """The message of a parcel; it stays in its queue as long as it is on its way."""
    queued = host.store.queued(host.name, parcel.id)
    assert queued is not None, "nobody else takes a message out of the queue"
    return queued


def _errand(host: Host, parcel: Parcel, most: int) -> Errand:
    """What a parcel is on the wire, for so many recipients at most (0: any number)."""
    queued = _queued(host, parcel)
    recipients = [one for one in queued.recipients if one.address in parcel.addresses][: most or None]
    return Errand(queued.reverse_path, tuple(recipients), host.store.octets(queued.body), queued.terms)


def _next(queued: Queued, host: Host, now: Instant) -> Instant:
    """When a message is tried again: after the host's time, but not later than it is given up."""
    traits = host.traits
    wait = min(traits.retry << min(queued.attempts, 20), max(LONGEST, traits.retry)) if traits.backoff else traits.retry
    ends = [started(queued) + traits.give_up]
    if queued.terms.deliver_by is not None:
        ends.append(queued.terms.deliver_by)
    return Instant(min([now + wait, *(end for end in ends if end > now)]))


def _nobody(octets: bytes, last: bool) -> None:
    """Nothing is sent before the connection has its client."""
