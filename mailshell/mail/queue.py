"""What waits on a host: messages to be sent on, and messages that are held back until their time."""

from typing import NamedTuple

from mailshell.core.clock import Instant


class Recipient(NamedTuple):
    """One recipient of a message that waits to be sent on.

    `notify` says which reports the sender wants about it (empty: not said), `original` the address that the sender
    used at first, with its type, encoded as it came (empty: not said).
    """

    address: str
    notify: tuple[str, ...] = ()
    original: str = ""


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
    """One message that waits on a host to be sent on, not before `release`; `size` in octets."""

    id: str
    host: str
    reverse_path: str
    recipients: tuple[Recipient, ...]
    body: int
    size: int
    arrived: Instant
    release: Instant
    terms: Terms = NO_TERMS


class Held(NamedTuple):
    """One message for mailboxes of its own host, held back until `release`; `body` is the number of its octets."""

    id: str
    host: str
    users: tuple[str, ...]
    body: int
    release: Instant
