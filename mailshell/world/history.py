"""The moments of a seat as a tree with named lines through it; nothing in it is ever deleted.

A line, or branch, leads from the start to its last moment, the tip. What is typed at the tip makes the line longer.
What is typed before the tip begins a new way, which keeps the name, and the old way is kept under a name of its own.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.clock import Instant
from mailshell.world.world import Link, Mark

MAIN = "main"
"""The name of the first line."""


class Moment(NamedTuple):
    """The world after one cause: the time, what the cause was, the entries that it made, the connections of the seat.

    `number` counts moments in the order in which they came to be, `before` is the number of the one that this one
    followed (-1: none), `depth` counts the causes that led to it. `current` is the connection on which the cause was
    typed.
    """

    number: int
    before: int
    depth: int
    at: Instant
    mark: Mark
    cause: str
    first: int
    last: int
    links: Mapping[int, Link]
    current: int


class Branch(NamedTuple):
    """A named line, as a picture of the tree shows it: it leaves line `of` after `leaves` and has `steps` of its own.

    The first line leaves none: `of` is empty.
    """

    name: str
    tip: Moment
    of: str
    leaves: Moment
    steps: int


class History:
    """All moments, the names of the lines through them, and the present moment, which lies on the line `branch`."""

    def __init__(self, mark: Mark, at: Instant, count: int) -> None:
        self.branch = MAIN
        self._moments = [Moment(0, -1, 0, at, mark, "", 0, count, {}, 0)]
        self._tips = {MAIN: 0}
        self._line = [0]  # the moments of `branch`, from the start to the tip, by number
        self._at = 0  # the place of the present one in it

    @property
    def now(self) -> Moment:
        """The present moment."""
        return self._moments[self._line[self._at]]

    @property
    def start(self) -> Moment:
        """The moment before everything."""
        return self._moments[0]

    @property
    def path(self) -> list[Moment]:
        """What is in force: the moments from the start to the present one."""
        return [self._moments[number] for number in self._line[: self._at + 1]]

    @property
    def ahead(self) -> list[Moment]:
        """What follows on the line: the next moment, and so on to the tip."""
        return [self._moments[number] for number in self._line[self._at + 1 :]]

    @property
    def names(self) -> list[str]:
        """The names of the lines, the oldest first."""
        return list(self._tips)

    def named(self, name: str) -> str | None:
        """The name of a line as it was given, for one in any case of its letters; None where there is none."""
        return next((known for known in self._tips if known.casefold() == name.casefold()), None)

    def tip(self, name: str) -> Moment:
        """The last moment of a line."""
        return self._moments[self._tips[name]]

    def before(self, moment: Moment) -> Moment:
        """The moment that another one followed; there must be one."""
        return self._moments[moment.before]

    def of_entry(self, place: int) -> Moment:
        """The moment whose cause made, or preceded, entry number `place` of the transcript."""
        found = bisect_right(self._moments, place, key=lambda moment: moment.last)
        return self._moments[min(found, len(self._moments) - 1)]

    def holds(self, moment: Moment) -> bool:
        """Whether a moment is in force."""
        return moment.depth <= self._at and self._line[moment.depth] == moment.number

    def add(
        self,
        at: Instant,
        mark: Mark,
        cause: str,
        entries: tuple[int, int],
        links: Mapping[int, Link],
        current: int,
    ) -> str:
        """A new moment follows the present one, and becomes it.

        The answer is the name of the line that keeps what followed the present one until now; empty where nothing did.
        """
        kept = self._keep() if self._at + 1 < len(self._line) else ""
        now, number = self.now, len(self._moments)
        self._moments.append(Moment(number, now.number, now.depth + 1, at, mark, cause, *entries, links, current))
        self._line[self._at + 1 :] = [number]
        self._at += 1
        self._tips[self.branch] = number
        return kept

    def _keep(self) -> str:
        tip = self._line[-1]
        for name, other in self._tips.items():
            if name != self.branch and self._leads(tip, other):
                return name
        stem = re.sub(r"-\d+$", "", self.branch)
        count = 2
        while self.named(f"{stem}-{count}") is not None:
            count += 1
        self._tips[f"{stem}-{count}"] = tip
        return f"{stem}-{count}"

    def _leads(self, number: int, to: int) -> bool:
        """Whether a moment lies on the way from the start to another one."""
        while to > number:
            to = self._moments[to].before
        return to == number

    def go(self, moment: Moment) -> None:
        """Make a moment the present one: on the line that holds now, where it lies there, or else on the oldest."""
        if self._line[moment.depth : moment.depth + 1] != [moment.number]:
            self._follow(next(name for name, tip in self._tips.items() if self._leads(moment.number, tip)))
        self._at = moment.depth

    def switch(self, name: str) -> None:
        """Go to the tip of a line; a name that is new begins one at the present moment."""
        self._tips.setdefault(name, self.now.number)
        self._follow(name)
        self._at = len(self._line) - 1

    def _follow(self, name: str) -> None:
        self.branch = name
        self._line = [0, *(moment.number for moment in self.way(self.start, self.tip(name)))]

    def parted(self, one: Moment, other: Moment) -> Moment:
        """The last moment that two have in common."""
        while one.number != other.number:
            if one.number > other.number:
                one = self.before(one)
            else:
                other = self.before(other)
        return one

    def way(self, after: Moment, to: Moment) -> list[Moment]:
        """The moments that lead to another one, without the one `after` which they come."""
        found = []
        while to.number != after.number:
            found.append(to)
            to = self.before(to)
        return found[::-1]

    def branches(self) -> list[Branch]:
        """Every line, the oldest first, each with the one of them that it leaves."""
        owner = {-1: ""}  # the first line that has a moment, by its number
        found = []
        for name, tip in self._tips.items():
            number, steps = tip, 0
            while number not in owner:
                owner[number] = name
                steps += number > 0
                number = self._moments[number].before
            found.append(Branch(name, self._moments[tip], owner[number], self._moments[max(number, 0)], steps))
        return found
