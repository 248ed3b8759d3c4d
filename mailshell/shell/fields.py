"""What a line of message text may begin with: the header fields, as long as the header is not over."""

from collections.abc import Iterable

from mailshell.core.record import Body, Prompt
from mailshell.mail.headers import HEADERS
from mailshell.shell.meta import Choice, Meta
from mailshell.world.seat import SeatError

_FIRST = ("From", "To", "Subject", "Date", "Cc", "Reply-To", "Message-ID", "MIME-Version", "Content-Type")
"""Those that an author writes, the most usual first; the others come after them."""

_FAR = 65_536
"""So many octets of a message are looked at: a header is over long before."""


def fields(meta: Meta, text: str) -> Iterable[Choice]:
    """The names of header fields that begin so."""
    if ":" in text or not _in_header(meta):
        return
    names = dict.fromkeys((*_FIRST, *(card.name for card in HEADERS.values())))
    for name in names:
        if name.lower().startswith(text.lower()):
            yield Choice(f"{name}: ", len(text), HEADERS[name.lower().encode("ascii")].says)


def _in_header(meta: Meta) -> bool:
    """Whether no empty line has come since the server asked for the message."""
    pieces: list[bytes] = []
    try:
        entries = meta.current()
    except SeatError:
        return False
    for entry in reversed(entries):
        if isinstance(entry.record, Prompt):
            break
        if isinstance(entry.record, Body):
            pieces.append(entry.record.octets)
    head = b"".join(reversed(pieces))[:_FAR]
    return b"\r\n\r\n" not in head and not head.startswith(b"\r\n") and len(head) < _FAR
