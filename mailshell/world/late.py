"""Answers that come late, where faults make a host slow: how long they take, and which are under way."""

from typing import TYPE_CHECKING, NamedTuple

from mailshell.core.clock import Instant, span
from mailshell.core.record import SAID, Exchange, Fault, Opened, Prompt, Record
from mailshell.core.session import State
from mailshell.mail.faults import Fault as Trouble
from mailshell.mail.host import Host

if TYPE_CHECKING:
    from mailshell.world.world import Link


class Step(NamedTuple):
    """What one link did in this turn.

    `state` (before it) and `octets` (None: the end of the connection) are kept so that the turn can be run again.
    The answers go out `late` microseconds after that.
    """

    link: "Link"
    state: State | None
    octets: bytes | None
    records: list[Record]
    late: int = 0


class Late:
    """The answers that are under way; `pending` are all of them, each with its time, in the order of their times."""

    def __init__(self) -> None:
        self.pending: tuple[tuple[Instant, Step], ...] = ()

    @property
    def due(self) -> Instant | None:
        """When the next one goes out."""
        return self.pending[0][0] if self.pending else None

    def of(self, link: "Link") -> Instant | None:
        """When the last one on a link goes out."""
        return max((at for at, step in self.pending if step.link is link), default=None)

    def sort(self, turn: list[Step], now: Instant) -> list[Step]:
        """Keep the answers that take their time, and what follows them on their links; the others.

        A host that sends mail on hears at once, and is told how late that is: it gives up waiting at some time.
        """
        if not self.pending and not any(step.late for step in turn):
            return turn
        others = []
        for step in turn:
            if step.link.wire.kind == "relay":
                step.link.late += step.late
                others.append(step)
                continue
            at = Instant((self.of(step.link) or now) + step.late)
            if at > now:
                self.pending = tuple(sorted((*self.pending, (at, step)), key=lambda one: one[0]))
            else:
                others.append(step)
        return others

    def take(self, until: Instant) -> list[Step]:
        """Those whose time has come, which are under way no longer."""
        ready = [step for at, step in self.pending if at <= until]
        self.pending = self.pending[len(ready) :]
        return ready


def slowed(host: Host, records: list[Record]) -> int:
    """How many microseconds the answers in what one write brought take; each command that had to wait is told why.

    A slow line costs once for all that came in one write, a late answer once for each command that it is for.
    """
    total, last = 0, None
    for at, record in enumerate(records):
        if not isinstance(record, SAID) or not record.replies:
            continue
        last = at
        if not isinstance(record, Exchange | Prompt) or isinstance(record.parsed, Fault):
            continue
        if isinstance(record, Exchange) and record.continues:
            continue
        fault = _delay(host, record.parsed.card.name)
        if fault is not None:
            total += fault.span
            records[at] = _told(record, fault.span, fault.because)
    if last is None:
        return total
    for fault in host.faults:
        if fault.kind == "slow":
            total += fault.span
            records[last] = _told(records[last], fault.span, fault.because)
    return total


def _delay(host: Host, verb: str) -> Trouble | None:
    return host.struck("delay", lambda one: one.what == verb)


def _told(record: Record, time: int, because: str) -> Record:
    assert isinstance(record, SAID), "only an answer can be late"
    if isinstance(record, Opened):
        return record
    return record._replace(because=f"{record.because} The answer took {span(time)}. {because}".strip())
