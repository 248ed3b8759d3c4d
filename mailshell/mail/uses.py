"""How many values of the state refer to each body, so that a body which nobody needs can go."""

from mailshell.mail.queue import Held, Queued
from mailshell.mail.state import Message, Value

_REFER = (Message, Queued, Held)


class Uses:
    """Counts by the numbers of the bodies."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._dropped: set[int] = set()

    def swap(self, before: Value | None, after: Value | None) -> None:
        """One value took the place of another; None stands for no value."""
        counts = self._counts
        if isinstance(after, _REFER):
            counts[after.body] = counts.get(after.body, 0) + 1
        if isinstance(before, _REFER):
            left = counts[before.body] - 1
            counts[before.body] = left
            if not left:
                self._dropped.add(before.body)

    def unused(self) -> list[int]:
        """The bodies that had uses and have none now."""
        return [body for body in self._dropped if not self._counts[body]] if self._dropped else []

    def forget(self) -> None:
        """What is unused now is gone for good."""
        if self._dropped:
            for body in self.unused():
                del self._counts[body]
            self._dropped.clear()
