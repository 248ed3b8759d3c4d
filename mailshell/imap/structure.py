"""BODYSTRUCTURE and BODY: the parts of a message, described (RFC 3501 section 7.4.2)."""

from mailshell.imap import envelope
from mailshell.imap.envelope import nstring
from mailshell.imap.grammar import string_of
from mailshell.mail.message import Entity, Media, media, parse

_NIL = b"NIL"


def extended(octets: bytes) -> bytes:
    """`BODYSTRUCTURE (...)` of a message."""
    return b"BODYSTRUCTURE " + described(octets, parse(octets), full=True)


def plain(octets: bytes) -> bytes:
    """`BODY (...)` of a message: the same without extension data."""
    return b"BODY " + described(octets, parse(octets), full=False)


def described(octets: bytes, entity: Entity, *, full: bool) -> bytes:
    """An entity with all below it."""
    fields: dict[bytes, bytes] = {}
    for field in entity.fields:
        name = field.name(octets)
        if name.startswith(b"content-"):
            fields.setdefault(name, field.value(octets))
    kind, _, subtype = entity.media.name.partition("/")
    if kind == "multipart" and entity.parts:
        parts = b"".join(described(octets, part, full=full) for part in entity.parts)
        words = [parts, string_of(subtype.upper().encode("latin-1"))]
        if full:
            words += [_parameters(entity.media), *_extension(fields)]
        return b"(%b %b)" % (words[0], b" ".join(words[1:]))
    return _leaf(octets, entity, fields, full=full)


def _leaf(octets: bytes, entity: Entity, fields: dict[bytes, bytes], *, full: bool) -> bytes:
    """A part that has no parts, or one message inside."""
    size = entity.end - entity.body
    kind, _, subtype = entity.media.name.partition("/")
    words = [
        string_of(kind.upper().encode("latin-1")),
        string_of(subtype.upper().encode("latin-1")),
        _parameters(entity.media),
        nstring(fields.get(b"content-id")),
        nstring(fields.get(b"content-description")),
        string_of((entity.encoding or "7bit").upper().encode("latin-1")),
        b"%d" % size,
    ]
    if entity.media.name == "message/rfc822" and entity.parts:
        inner = entity.parts[0]
        words += [envelope.of(octets, inner), described(octets, inner, full=full), _lines(octets, entity)]
    elif kind == "text":
        words.append(_lines(octets, entity))
    if full:
        words += [nstring(fields.get(b"content-md5")), *_extension(fields)]
    return b"(" + b" ".join(words) + b")"


def _lines(octets: bytes, entity: Entity) -> bytes:
    return b"%d" % octets.count(b"\n", entity.body, entity.end)


def _parameters(found: Media) -> bytes:
    if not found.parameters:
        return _NIL
    words = (
        string_of(name.upper().encode("latin-1")) + b" " + nstring(value.encode("latin-1"))
        for name, value in found.parameters
    )
    return b"(" + b" ".join(words) + b")"


def _extension(fields: dict[bytes, bytes]) -> list[bytes]:
    """Disposition, language and location."""
    return [_disposition(fields.get(b"content-disposition")), _language(fields.get(b"content-language")), nstring(
        fields.get(b"content-location")
    )]  # fmt: skip


def _disposition(value: bytes | None) -> bytes:
    # A disposition is written as the subtype of a media type is (RFC 2183 section 2).
    found = None if value is None else media(b"x/" + value)
    if found is None:
        return _NIL
    return b"(%b %b)" % (string_of(found.name[2:].upper().encode("latin-1")), _parameters(found))


def _language(value: bytes | None) -> bytes:
    tags = [] if value is None else [tag.strip() for tag in value.split(b",") if tag.strip()]
    if not tags:
        return _NIL
    return nstring(tags[0]) if len(tags) == 1 else b"(" + b" ".join(map(nstring, tags)) + b")"
