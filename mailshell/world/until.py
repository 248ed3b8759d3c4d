"""Turning the clock until something has happened: a message delivered or returned, queues empty, a time of day."""

from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.clock import DAY, Instant, duration, next_time
from mailshell.mail.journal import Node
from mailshell.world.hops import Name, Way, newest, way
from mailshell.world.seat import Seat, SeatError
from mailshell.world.world import World

LIMIT = 30 * DAY
"""How far the clock is turned at most, where nobody says so. A host gives a message up long before that."""

GOALS = {
    "delivered": "the last message is in the mailbox of each recipient",
    "bounced": "the last message has come back to its sender",
    "empty": "no message waits anywhere",
}
"""What may be waited for, beside a time."""

_WANTS = ":until wants delivered, bounced, empty or a time, as in :until delivered, :until 10:30 or :until Tue 10:30"


class Came(NamedTuple):
    """Whether what was waited for has happened, and what did, in a sentence."""

    reached: bool
    says: str


_LATE = Came(False, "It has not happened by then.")


class _Goal(NamedTuple):
    """When to stop, and what to say then."""

    over: Callable[[], bool]
    says: Callable[[], Came]


def until(seat: Seat, text: str) -> Came:
    """`:until GOAL [LIMIT]`: turn the clock on until the goal is reached, or cannot be any more. Raises SeatError."""
    world, now = seat.world, seat.world.clock.now()
    words = text.lower().split()
    span = duration(words[1]) if len(words) == 2 and words[0] in GOALS else LIMIT
    time = next_time(text, now)
    if not span or (time is None and not (words and words[0] in GOALS and len(words) <= 2)):
        raise SeatError(_WANTS)
    if time is not None:
        seat.wait(time - now, cause=f":until {text}")
        return Came(True, "")
    goal = _empty(world) if words[0] == "empty" else _ended(world, words[0])
    if goal.over():
        return goal.says()
    seat.until(goal.over, Instant(now + span), f":until {text}")
    return goal.says()


def _empty(world: World) -> _Goal:
    def over() -> bool:
        return not world.store.held() and not any(world.store.queue(host) for host in world.hosts)

    return _Goal(over, lambda: Came(True, "No message waits.") if over() else _LATE)


def _ended(world: World, word: str) -> _Goal:
    """The end of the message that was accepted last."""
    name = newest(world)
    if name is None:
        raise SeatError("No message was accepted yet.")
    names: set[Name] = set()  # of all hops that are known
    seen: Node | None = None

    def over() -> bool:
        """A message ends only when the log has a word about it."""
        nonlocal names, seen
        fresh, seen = world.journal.since(seen), world.journal.head
        if names and not any(Name(event.host, event.id) in names for event in fresh):
            return False
        names = {hop.name for hop in (way(world, name) or Way(())).hops}
        return _end(world, name, word) is not None

    return _Goal(over, lambda: _end(world, name, word) or _LATE)


def _end(world: World, name: Name, word: str) -> Came | None:
    """How a message ended, as far as that decides what is waited for; None while it may go either way."""
    found = way(world, name) or Way(())
    told, waits = found.returned and not found.waits(world, reports=True), found.waits(world, reports=False)
    if word == "bounced" and told:
        return Came(True, f"Message {name} is returned for {', '.join(found.failed)}.")
    if found.failed and (word == "delivered" or not waits):
        if found.returned and not told:
            return None
        what = "is returned" if found.returned else "is lost, and nobody is told"
        return Came(False, f"Message {name} {what}, for {', '.join(found.failed)}.")
    if waits:
        return None
    if not found.delivered:
        return Came(False, f"Message {name} went to no mailbox.")
    return Came(word == "delivered", f"Message {name} is delivered to {', '.join(found.delivered)}.")
