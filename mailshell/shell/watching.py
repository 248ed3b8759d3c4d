"""Watching the servers: whose conversations are shown, and what became of each message that they hand on."""

from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.clock import MINUTE, Instant, day_time
from mailshell.core.record import Closed
from mailshell.core.transcript import Entry, Wire
from mailshell.mail.journal import Event
from mailshell.shell.render import Label, lettered
from mailshell.world.world import World

_TOLD = ("relayed", "deferred", "failed", "reported", "dropped")
"""What is told of the log: the rest stands in the answers of the servers, or happened where somebody typed."""


_RECENT = 10 * MINUTE
"""A server has done what it answered so short a time before its client heard of it (RFC 5321 section 4.5.3.2)."""


class _Again(NamedTuple):
    """Attempts that ended as the one before did: the last of them, when the first was, and how many there were."""

    event: Event
    since: Instant
    times: int


class Watch:
    """What one person sees of the traffic between the hosts of a world; `say` shows words of mailshell.

    `hosts` are those whose conversations are shown; None: of all.
    """

    def __init__(self, world: World, say: Callable[[str], None]) -> None:
        self._world = world
        self._say = say
        self.on = False
        self.hosts: frozenset[str] | None = None
        self._letters: dict[int, int] = {}  # by connection of the world
        self._open: set[int] = set()
        self._last: dict[tuple[str, str], Event] = {}  # the last attempt of each message that waits
        self._again: dict[tuple[str, str], _Again] = {}
        world.journal.subscribe(self._happened)

    def shows(self, wire: Wire) -> bool:
        """Whether the conversation on a connection is shown: each that a person or a program has, and watched ones."""
        if wire.kind != "relay":
            return True
        return self.on and (self.hosts is None or bool(self.hosts & {wire.host, wire.peer.name}))

    def letter(self, entry: Entry) -> Label:
        """The letter of a connection that is not ours; the end of it gives the letter back."""
        number = entry.wire.number
        if number not in self._letters:
            taken = {self._letters[other] for other in self._open}
            self._letters[number] = next(at for at in range(len(taken) + 1) if at not in taken)
            self._open.add(number)
        if isinstance(entry.record, Closed):
            self._open.discard(number)
        return lettered(self._letters[number])

    def rest(self) -> None:
        """The clock stands still again: tell what came again and again meanwhile."""
        for key in list(self._again):
            self._tell_again(key)
        self._last.clear()

    def _happened(self, events: list[Event]) -> None:
        told = [event for event in events if event.what in _TOLD]
        reported = {(event.host, event.id, event.recipient) for event in told if event.what in ("reported", "dropped")}
        reasons = {(event.host, event.id, event.recipient): event for event in told if event.what == "failed"}
        groups: dict[tuple[Event, str], list[str]] = {}
        for event in told:
            key = (event.host, event.id, event.recipient)
            if event.what == "failed" and key in reported:
                continue
            failed = reasons.get(key)
            by = failed.by if failed is not None else event.by
            reason = failed.text if failed is not None and event is not failed else ""
            groups.setdefault((event._replace(recipient="", by=by), reason), []).append(event.recipient)
        for (event, reason), recipients in groups.items():
            self._attempt(event._replace(recipient=", ".join(recipients)), reason)

    def _attempt(self, event: Event, reason: str) -> None:
        key = event.host, event.id
        last, again = self._last.get(key), self._again.get(key)
        if event.what == "deferred" and last is not None and last._replace(at=event.at) == event and not self.on:
            self._again[key] = _Again(event, again.since if again else event.at, again.times + 1 if again else 1)
            return
        self._tell_again(key)
        if event.what != "reported":  # a report of delay does not make another attempt of the next
            self._last[key] = event
        self._say(f"{day_time(event.at)} {self._words(event, reason)}")

    def _tell_again(self, key: tuple[str, str]) -> None:
        again = self._again.pop(key, None)
        if again is not None:
            event, until = again.event, again.event.at
            when = day_time(until) if again.times == 1 else f"{day_time(again.since)} to {day_time(until)}"
            often = "once more" if again.times == 1 else f"{again.times:,} times more"
            self._say(f"{when} {_message(event)} deferred {often}, with the same answer{self._next(event)}")

    def _words(self, event: Event, reason: str) -> str:
        start = _message(event)
        if event.what == "relayed":
            called = f" as {event.other}" if event.other else ""
            return f"{start} {'delivered' if self._arrived(event) else 'handed on'}{called}"
        if event.what == "deferred":
            return f"{start} deferred: {event.text.removesuffix('.')}{self._next(event)}"
        if event.what == "failed":
            return f"{start} refused: {event.text}"
        if event.what == "dropped":
            return f"{start} refused: {reason}; no report: {event.text}" if reason else f"{start}: {event.text}"
        action, _, to = event.text.partition(", to ")
        if action == "failed":
            return f"{start} returned to {to} as {event.other}: {reason}"
        return f"{start} {action}; report {event.other} tells {to}"

    def _arrived(self, event: Event) -> bool:
        """Whether the next host has put the message into a mailbox; a backup server hands it on."""
        for one in self._world.journal.newest():
            if event.at - one.at > _RECENT:
                break
            if one.host == event.by and one.id == (event.other or one.id):
                return one.what == "delivered"
        return False

    def _next(self, event: Event) -> str:
        queued = self._world.store.queued(event.host, event.id)
        return "" if queued is None else f"; next try {day_time(queued.release)}"


def _message(event: Event) -> str:
    where = f"{event.host} > {event.by}" if event.by else event.host
    return f"{where}: message {event.id} for {event.recipient}"
