"""What waits on a host: messages to be sent on, and messages that are held back until their time."""

from heapq import heappop, heappush
from typing import Generic, NamedTuple, TypeVar

from mailshell.core.clock import Instant


class Recipient(NamedTuple):
    """One recipient of a message that waits to be sent on.

    `notify` says which reports the sender wants about it (empty: not said), `original` the address that the sender
    used at first, with its type, encoded as it came (empty: not said). `said` is the last answer about it, one line,
    `status` its code by RFC 3463, and `by` the host that gave it (empty: no host was reached).
    """

    address: str
    notify: tuple[str, ...] = ()
    original: str = ""
    status: str = ""
    said: str = ""
    by: str = ""


class Terms(NamedTuple):
    """What the sender asked for along with a message; empty and None: not said.

    `body` is how many bits its octets use, `utf8` that its addresses or header fields may have characters outside
    ASCII. `returns` is what a report of failure brings back, `envelope_id` what every report repeats, encoded as it
    came. `deliver_by` is the time to deliver by: when it has passed, `late` wants a notice (N) or the return of the
    message (R), and `traced` a notice of each relaying. `priority` is -9 to 9. `hold` is the request to hold the
    message, as the sender wrote it: `for;60`.
    """

    body: str = ""
    utf8: bool = False
    returns: str = ""
    envelope_id: str = ""
    deliver_by: Instant | None = None
    late: str = ""
    traced: bool = False
    priority: int | None = None
    hold: str = ""


NO_TERMS = Terms()


class Queued(NamedTuple):
    """One message that waits on a host to be sent on, not before `release`; `size` in octets.

    `id` is the name that the host gave the message. `attempts` counts the tries so far, and `warned` says that the
    sender has been told of the delay.
    """

    id: str
    host: str
    reverse_path: str
    recipients: tuple[Recipient, ...]
    body: int
    size: int
    arrived: Instant
    release: Instant
    terms: Terms = NO_TERMS
    attempts: int = 0
    warned: bool = False


class Held(NamedTuple):
    """One message for mailboxes of its own host, held back until `release`; `body` is the number of its octets.

    `id` is the name that the host gave the message.
    """

    id: str
    host: str
    users: tuple[str, ...]
    body: int
    release: Instant


V = TypeVar("V", Queued, Held)


class Queues(Generic[V]):
    """The messages of a kind that wait on each host, and which of them are due, in the order of their times.

    The heap is told of every new time and of nothing else: an entry that is not true any more is passed over.
    """

    def __init__(self) -> None:
        self._queues: dict[str, dict[str, V]] = {}
        self._heap: list[tuple[Instant, int, str, str]] = []
        self._count = 0

    def get(self, host: str, name: str) -> V | None:
        """The message of that name that waits on a host."""
        return self._queues.get(host, {}).get(name)

    def of(self, host: str) -> list[V]:
        """The messages that wait on a host."""
        return list(self._queues.get(host, {}).values())

    def all(self) -> list[V]:
        """The messages that wait on any host."""
        return [one for queue in self._queues.values() for one in queue.values()]

    def put(self, host: str, name: str, value: V | None) -> V | None:
        """Set a message or take it out (None); what was there before."""
        queue = self._queues.setdefault(host, {})
        before = queue.get(name)
        if value is None:
            del queue[name]
        else:
            queue[name] = value
            if before is None or before.release != value.release:
                self._count += 1
                heappush(self._heap, (value.release, self._count, host, name))
        return before

    @property
    def next(self) -> Instant | None:
        """When the first message of all is due."""
        while self._heap and self._first() is None:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, until: Instant) -> V | None:
        """The first message of all, if it is due by then."""
        at = self.next
        return None if at is None or at > until else self._first()

    def _first(self) -> V | None:
        """The message that the first entry of the heap speaks of, if that is true still."""
        at, _, host, name = self._heap[0]
        found = self.get(host, name)
        return found if found is not None and found.release == at else None
