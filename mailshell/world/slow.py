"""How long the answers of a host take, where faults make it slow."""

from mailshell.core.clock import span
from mailshell.core.record import SAID, Exchange, Fault, Opened, Prompt, Record
from mailshell.mail.faults import Fault as Trouble
from mailshell.mail.host import Host


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
