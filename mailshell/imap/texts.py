"""The text of a message as SEARCH looks at it: decoded by encoding and charset, without case (RFC 3501 section 6.4.4).

Fields and parts stand between octets that are in no text in UTF-8, so nothing that is looked for reaches from one into
the next.
"""

from collections.abc import Iterator

from mailshell.imap import dates, envelope
from mailshell.imap.collation import collated
from mailshell.mail import parameters, words
from mailshell.mail.message import VALUE, Entity, Field, media, parse
from mailshell.mail.transfer import decoded

_DESCRIBING = frozenset((b"content-type", b"content-disposition"))
END = b"\xff"
"""Stands before and after each field, and between parts."""


def header(octets: bytes) -> bytes:
    """The fields of a message, each `NAME: value`."""
    return _fields(octets, parse(octets))


def field(name: bytes, octets: bytes) -> bytes:
    """The values of one field of a message, each with a sign before it; nothing where there is no such field."""
    found = (one for one in parse(octets).fields if one.name == name)
    return b"".join(END + _value(octets, one) for one in found)


def addresses(name: bytes, octets: bytes) -> bytes:
    """The values of a field with addresses, as they stand, and each address without what may stand in it."""
    plain = (
        collated((one.mailbox + b"@" + one.host).decode("utf-8", "replace"))
        for field in parse(octets).fields
        if field.name == name
        for one in envelope.read(field.value(octets))
        if one.mailbox and one.host
    )
    return END.join([field(name, octets), *plain])


def sent(octets: bytes) -> bytes:
    """The number of the day in the Date field, in its own zone; empty where there is none."""
    dated = (one for one in parse(octets).fields if one.name == b"date")
    found = next((dates.of_field(one.value(octets)) for one in dated), None)
    return b"" if found is None else b"%d" % dates.day_of(found[0])


def body(octets: bytes) -> bytes:
    """The texts in the body of a message, with the headers of its parts; what is no text is left out."""
    return END.join(_texts(octets, parse(octets)))


def within(fields: bytes, head: bytes, wanted: bytes) -> bool:
    """Whether some field of a header has a text; `head` is as `heading` makes it."""
    at = fields.find(head)
    while at >= 0:
        start = at + len(head)
        end = fields.index(END, start)
        if fields.find(wanted, start, end) >= 0:
            return True
        at = fields.find(head, end)
    return False


def heading(name: str) -> bytes:
    """How the fields of that name begin."""
    return END + collated(name) + b": "


def _fields(octets: bytes, entity: Entity) -> bytes:
    found = [END + field.name.upper() + b": " + _value(octets, field) for field in entity.fields]
    return b"".join([*found, END])


def _value(octets: bytes, field: Field) -> bytes:
    """The value, and after it the parameters as they are meant, where they may be encoded (RFC 2231)."""
    value = field.value(octets)
    told = words.decoded(value)
    if b"*" in value and field.name in _DESCRIBING:
        # A disposition is written as the subtype of a media type is (RFC 2183 section 2).
        found = media(value[:VALUE] if field.name == b"content-type" else b"x/" + value[:VALUE])
        pairs = found.parameters if found is not None else ()
        told = "; ".join([told, *(f"{name.rstrip('*')}={parameters.text(name, coded)}" for name, coded in pairs)])
    return collated(told)


def _texts(octets: bytes, entity: Entity) -> Iterator[bytes]:
    for part in entity.parts:
        yield _fields(octets, part)
        yield from _texts(octets, part)
    if not entity.parts and entity.media.name.startswith(("text/", "message/")):
        yield collated(_text(octets[entity.body : entity.end], entity))


def _text(octets: bytes, entity: Entity) -> str:
    plain = decoded(octets, entity.encoding)
    charset = entity.media.parameter("charset").lower()
    # What says that it is ASCII, and is not, is UTF-8 more often than anything else.
    return words.text(octets if plain is None else plain, "utf-8" if charset in ("", "us-ascii", "ascii") else charset)
