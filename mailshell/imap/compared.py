"""What SORT and THREAD compare, taken from the header of a message once (RFC 5256 sections 2 and 3)."""

from typing import NamedTuple

from mailshell.core.clock import Instant
from mailshell.imap import dates, envelope, msgids, subjects
from mailshell.imap.collation import collated
from mailshell.mail.message import parse

_END = b"\xff"


class Facts(NamedTuple):
    """The moment in the Date field, base subject, whether it is a reply, first addresses, message ids.

    Texts are collated, message ids are as they stand, in octets that UTF-8 can have.
    """

    sent: Instant | None
    subject: bytes
    reply: bool
    sender: bytes
    to: bytes
    cc: bytes
    id: bytes
    references: tuple[bytes, ...]


def digest(octets: bytes) -> bytes:
    """The facts of a message, as `read` reads them."""
    fields: dict[bytes, bytes] = {}
    for field in parse(octets).fields:
        fields.setdefault(field.name, field.value(octets))
    sent = dates.of_field(fields.get(b"date", b""))
    subject = subjects.based(fields.get(b"subject", b""))
    own = msgids.ids(fields.get(b"message-id", b""))[:1]
    references = msgids.ids(fields.get(b"references", b"")) or msgids.ids(fields.get(b"in-reply-to", b""))[:1]
    return _END.join(
        [
            b"" if sent is None else b"%d" % sent[1],
            collated(subject.base),
            b"1" if subject.reply else b"",
            *(_first(fields.get(name, b"")) for name in (b"from", b"to", b"cc")),
            *(one.decode("latin-1").encode() for one in (own or [b""])),
            *(one.decode("latin-1").encode() for one in references),
        ]
    )


def read(found: bytes) -> Facts:
    """The facts in a digest."""
    sent, subject, reply, sender, to, cc, own, *references = found.split(_END)
    return Facts(
        Instant(int(sent)) if sent else None,
        subject,
        bool(reply),
        sender,
        to,
        cc,
        own,
        tuple(references),
    )


def _first(value: bytes) -> bytes:
    return collated(envelope.first_mailbox(value).decode("utf-8", "replace"))
