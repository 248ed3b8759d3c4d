"""A scene that is played: how far it has come, which undo and redo change as well, and what came otherwise."""

from typing import NamedTuple

from mailshell.core.script import Item
from mailshell.demo.stops import Stop
from mailshell.world.history import Moment
from mailshell.world.play import Ears, Miss, Player
from mailshell.world.seat import Seat


class _Done(NamedTuple):
    """A stop that was carried out: the moments before and after it, how far that is, what was heard by then."""

    before: Moment
    after: Moment
    place: int
    heard: Ears
    name: str


class Scene:
    """A row of stops, played by a player for a seat.

    Where nothing is `checked`, the scene was written for other servers than those that play it.
    """

    def __init__(self, name: str, stops: tuple[Stop, ...], player: Player, *, checked: bool = True) -> None:
        self.name = name
        self.checked = checked
        self.failed = False
        """Whether anything came otherwise than the scene says."""
        self._stops = stops
        self._player = player
        self._seat: Seat = player.seat
        self._start = player.heard
        self._done: list[_Done] = []

    @property
    def _last(self) -> _Done | None:
        return next((done for done in reversed(self._done) if self._seat.history.holds(done.after)), None)

    @property
    def place(self) -> int:
        """How many stops were carried out, and not undone."""
        return 0 if self._last is None else self._last.place

    @property
    def count(self) -> int:
        """How many stops there are."""
        return len(self._stops)

    @property
    def left(self) -> int:
        """How many stops are to come."""
        return self.count - self.place

    @property
    def coming(self) -> Stop | None:
        """The stop that comes next."""
        return self._stops[self.place] if self.left else None

    @property
    def on(self) -> bool:
        """Whether it goes on, or its last stop was the last thing that was done."""
        return self.left > 0 or (self._last is not None and self._last.after is self._seat.history.now)

    def opening(self, wants: tuple[Item, ...]) -> list[Miss]:
        """Hold what a connection has said already against what the scene expects of it; what differs."""
        misses = self._play([[item] for item in wants])
        self._start = self._player.heard
        return misses

    def go_on(self, name: str) -> list[Miss]:
        """Carry out the next stop, of which there must be one, known as `name` to people; what differs.

        Raises ScriptError or SeatError where its line cannot be carried out; it counts as carried out all the same.
        """
        stop, last, place, before = self.coming, self._last, self.place, self._seat.history.now
        assert stop is not None, "a scene that is over does not go on"
        self._player.heard = self._start if last is None else last.heard
        # Whoever takes a step back and plays it again need not be told that both ways are kept.
        told, self._seat.kept = self._seat.kept, lambda name: None
        try:
            return self._play([[stop.does], *([item] for item in stop.wants)] if stop.does else [])
        finally:
            self._seat.kept = told
            self._done.append(_Done(before, self._seat.history.now, place + 1, self._player.heard, name))

    def _play(self, groups: list[list[Item]]) -> list[Miss]:
        known = len(self._player.misses)
        self._player.take(groups)
        misses = self._player.misses[known:] if self.checked else []
        self.failed = self.failed or bool(misses)
        return misses

    def back(self) -> str | None:
        """Take the last stop back, and name it; None where something else was done after it."""
        last = self._last
        if last is None or last.place == 0 or last.after is not self._seat.history.now:
            return None
        if last.before is not last.after:
            self._seat.go(last.before)
        if self._last is last:  # it has changed nothing, or was an undo itself
            self._done.remove(last)
        return last.name

    def restart(self) -> None:
        """The world is as it was at the start, and so is the scene."""
        moment = self._seat.history.now
        self._done.append(_Done(moment, moment, 0, self._start, ""))
