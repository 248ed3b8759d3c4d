"""What SORT can order by, one key each (RFC 5256 section 3, SORT)."""

from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.clock import SECOND, Instant
from mailshell.core.record import Card, Cite
from mailshell.imap import compared
from mailshell.imap.compared import Facts
from mailshell.imap.keys import Pool
from mailshell.mail.store import Message

Place = Callable[[Message, Facts], int | bytes]


class Order(NamedTuple):
    """A sort key: its name, its card, where a message stands by it, and whether its octets are read for that."""

    name: str
    card: Card
    place: Place
    reads: bool


def sent(message: Message, known: Facts) -> Instant:
    """The moment in the Date field; where there is none, the internal date (RFC 5256 section 2.2)."""
    return arrived(message, known) if known.sent is None else known.sent


def arrived(message: Message, known: Facts) -> Instant:
    """The internal date, in whole seconds, as a client sees it."""
    return Instant(message.internal_date // SECOND * SECOND)


def _order(name: str, says: str, place: Place, *, reads: bool = True) -> Order:
    return Order(name, Card(f"sort {name}", says, Cite(5256, "3"), more=f"SORT ({name}): {says}."), place, reads)


ORDERS = (
    _order("ARRIVAL", "by the internal date", arrived, reads=False),
    _order("CC", "by the first name in Cc", lambda message, known: known.cc),
    _order("DATE", "by the Date field", sent),
    _order("FROM", "by the first name in From", lambda message, known: known.sender),
    _order("SIZE", "by the octets of the message", lambda message, known: message.size, reads=False),
    _order("SUBJECT", "by the subject, without Re: and Fwd:", lambda message, known: known.subject),
    _order("TO", "by the first name in To", lambda message, known: known.to),
)
"""Every sort key."""

_NONE = Facts(None, b"", False, b"", b"", b"", b"", ())


class Criterion(NamedTuple):
    """A sort key, forward or backward."""

    order: Order
    reverse: bool


def known(pool: Pool) -> list[Facts]:
    """The facts of each message."""
    return [compared.read(one) for one in pool.digests("facts", compared.digest)]


def ordered(pool: Pool, numbers: list[int], criteria: tuple[Criterion, ...]) -> list[int]:
    """The numbers in the order of the criteria; what is alike stays in the order of the mailbox.

    Of a key that comes twice the first one counts.
    """
    first: dict[str, Criterion] = {}
    for one in criteria:
        first.setdefault(one.order.name, one)
    reads = any(one.order.reads for one in first.values())
    messages = pool.messages
    told = known(pool) if reads else [_NONE] * len(messages)
    at = list(range(len(messages)))
    for order, reverse in reversed(first.values()):
        places = [order.place(*pair) for pair in zip(messages, told, strict=True)]
        at.sort(key=places.__getitem__, reverse=reverse)
    return [numbers[one] for one in at]
