"""The mail log of all hosts: what became of each message, in order; `:trace` and the picture of the world read it."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from mailshell.core.clock import Instant

What = Literal["accepted", "delivered", "queued", "held", "relayed", "deferred", "failed", "reported", "dropped"]


class Event(NamedTuple):
    """One line of the log.

    `host` and `id` name a message: ids belong to a host. `recipient` is whom it is about (empty: the message), `by`
    the other host in it, `other` the name of a message that came of it: what the next host calls this one, or the
    report about it, which is at the same host. `text` is an answer, a mailbox or a rule, in one line.
    """

    at: Instant
    host: str
    id: str
    what: What
    recipient: str = ""
    by: str = ""
    other: str = ""
    text: str = ""


class Node(NamedTuple):
    """An event and all before it: a list that costs nothing to go back in."""

    before: "Node | None"
    event: Event


class Journal:
    """What happened so far; with `keeps` false nothing is kept, for a server that runs for a long time.

    `head` may be set to an earlier one, or a later: that is undo.
    """

    def __init__(self, *, keeps: bool = True) -> None:
        self.head: Node | None = None
        self._keeps = keeps
        self._listeners: list[Callable[[list[Event]], None]] = []

    def add(self, event: Event) -> None:
        """One more event."""
        if self._keeps:
            self.head = Node(self.head, event)

    def __iter__(self) -> Iterator[Event]:
        """Every event, the oldest first."""
        return iter(list(self.newest())[::-1])

    def newest(self) -> Iterator[Event]:
        """Every event, the newest first."""
        node = self.head
        while node is not None:
            yield node.event
            node = node.before

    def subscribe(self, listener: Callable[[list[Event]], None]) -> None:
        """Call `listener` with the events of each turn that is settled from now on."""
        self._listeners.append(listener)

    def since(self, before: Node | None) -> list[Event]:
        """What came after `before`, the oldest first."""
        events, node = [], self.head
        while node is not None and node is not before:
            events.append(node.event)
            node = node.before
        return events[::-1]

    def tell(self, before: Node | None) -> None:
        """Tell the listeners what came after `before`."""
        events = self.since(before) if self._listeners else []
        for listener in self._listeners if events else ():
            listener(events)
