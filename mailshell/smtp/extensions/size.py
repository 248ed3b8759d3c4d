"""SIZE: say how big a message is before it is sent (RFC 1870)."""

import re

from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk, Envelope
from mailshell.smtp.extensions.extension import Extension, Parameter
from mailshell.smtp.grammar import Path
from mailshell.smtp.replies import NO_ROOM, TOO_BIG
from mailshell.smtp.wording import Reply

_DIGITS = re.compile(rb"[0-9]{1,20}")

CARD = Card(
    "SIZE",
    "largest message it takes, in octets",
    Cite(1870, "4"),
    more="The server states its largest message. With SIZE=n the client says how big its message is, so that a "
    "message over the limit is refused before it is sent.",
)


def read(cursor: Cursor) -> str:
    """size-value = 1*20DIGIT."""
    cursor.need_word(b"=", Expect("=", "the size of the message"))
    return cursor.need(_DIGITS, Expect("1 to 20 digits", "the size in octets", like="412")).decode("ascii")


def _no_room(octets: int, desk: Desk) -> Reply | None:
    full = desk.host.store.full(octets) if desk.host.traits.keeps else None
    return None if full is None else NO_ROOM(f"{full} The message has not been sent yet: SIZE said how big it is.")


def no_room_for(path: Path, desk: Desk, envelope: Envelope) -> Reply | None:
    """452 where a recipient more would take more room than there is (RFC 1870 section 6.4).

    Users of this host share one copy of the message, and the outgoing queue needs one of its own.
    """
    if "SIZE" not in envelope.parameters:
        return None
    copies = {desk.host.is_local(one.domain) for one in (*envelope.recipients, path)}
    return _no_room(len(copies) * int(envelope.parameters["SIZE"]), desk)


def check(value: str, desk: Desk) -> Reply | None:
    """552 where the declared size is over the limit, 452 where there is no room for it (RFC 1870 section 6.1)."""
    if int(value) <= desk.size_limit:
        return _no_room(int(value), desk)
    because = f"SIZE={value} says that the message is bigger than the {desk.size_limit} octets that this server takes."
    return TOO_BIG(because, limit=str(desk.size_limit))


SIZE = Parameter(
    "SIZE",
    Card(
        "SIZE",
        "size of the message in octets",
        Cite(1870, "6"),
        more="The size counts each end of a line as two octets. It does not count the dots that DATA adds.",
    ),
    "SIZE=412",
    read,
    check,
    limits.SIZE_PARAMETER,
)
EXTENSION = Extension("SIZE", CARD, lambda desk: f"SIZE {desk.size_limit}", mail=(SIZE,))
