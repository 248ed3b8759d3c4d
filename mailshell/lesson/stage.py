"""The world of a lesson, the learner's seat in it, and lines of the lesson played there."""

from collections.abc import Iterable
from typing import NamedTuple

from mailshell.core.record import SAID
from mailshell.core.script import Item
from mailshell.lesson.expression import Values, filled
from mailshell.lesson.parts import Lesson, Step
from mailshell.world.play import Hands, Miss, Player
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build
from mailshell.world.world import World


def world(lesson: Lesson) -> World:
    """The world as it is when the lesson begins."""
    return build(lesson.plan, traits=lesson.traits)


def seat(lesson: Lesson) -> Seat:
    """A seat in a world of its own, connected to the host of the lesson."""
    made = Seat(world(lesson), STUDENT)
    made.connect(lesson.host, lesson.protocol)
    return made


def bound(items: Iterable[Item], values: Values) -> tuple[Item, ...]:
    """Lines with the learner's values in them."""
    return tuple(item._replace(text=filled(item.text, values), host=filled(item.host, values)) for item in items)


def play(at: Seat, lesson: Lesson, items: Iterable[Item], hands: Hands | None = None) -> tuple[Miss, ...]:
    """Play lines, each client line in a write of its own, and hold the answers against the expected ones.

    Raises ScriptError or SeatError where a line cannot be carried out.
    """
    player = Player(at, lesson.protocol, lesson.host, hands)
    player.take([item] for item in items)
    return tuple(player.misses)


def acts(item: Item) -> bool:
    """Whether a line does something: it is sent, it is a command of mailshell, or it opens a connection."""
    return item.what in ("send", "local") or (item.what == "expect" and bool(item.protocol))


class Parted(NamedTuple):
    """A solution in two: what the learner is given, and what is left to do."""

    given: tuple[Item, ...]
    left: tuple[Item, ...]


def parted(lesson: Lesson, place: int, values: Values) -> Parted:
    """The solution of a step, of which a fading one gives all but its last parts: the more such steps, the fewer.

    A part is what is sent until the server answers.
    """
    step = lesson.steps[place]
    items = bound(step.solution.items, values)
    if not step.fade or not items:
        return Parted((), items)
    left = 1 + sum(bool(one.fade) for one in lesson.steps[:place])
    at = seat(lesson)
    for before in lesson.steps[:place]:
        play(at, lesson, whole(before, values))
    play(at, lesson, bound(step.given.items, values))
    starts = _starts(at, lesson, items)
    cut = starts[max(len(starts) - left, 0)]
    return Parted(items[:cut], items[cut:])


def _starts(at: Seat, lesson: Lesson, items: tuple[Item, ...]) -> list[int]:
    """The places in a solution at which a part begins."""
    starts, answered = [], True
    for place, item in enumerate(items):
        if not acts(item):
            continue
        if answered:
            starts.append(place)
        count = at.world.transcript.count
        play(at, lesson, [item])
        entries = at.world.transcript.since(count, at.world.transcript.count)
        answered = item.what != "send" or any(isinstance(entry.record, SAID) for entry in entries)
    return starts


def whole(step: Step, values: Values) -> tuple[Item, ...]:
    """What leads from the start of a step to its end: what is given, and the solution."""
    return bound([*step.given.items, *step.solution.items], values)


def typed(lines: Iterable[str]) -> list[Item]:
    """Lines as somebody would type them: one that begins with a colon is a command of mailshell."""
    return [Item(0, "local" if line.startswith(":") else "send", line) for line in lines]
