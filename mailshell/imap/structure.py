"""BODYSTRUCTURE and BODY: the parts of a message, described (RFC 3501 section 7.4.2)."""

from functools import lru_cache

from mailshell.imap import envelope
from mailshell.imap.envelope import nstring
from mailshell.imap.grammar import string_of
from mailshell.mail.message import Entity, Media, media, parse, uncommented

_NIL = b"NIL"


def digests(octets: bytes) -> dict[str, bytes]:
    """What FETCH asks for most, by the names of the items: the message is read once for all of it."""
    entity = parse(octets)
    return {
        "ENVELOPE": b"ENVELOPE " + envelope.of(octets, entity),
        "BODYSTRUCTURE": b"BODYSTRUCTURE " + described(octets, entity, full=True),
    }


def short(octets: bytes) -> dict[str, bytes]:
    """BODY: the structure without extension data."""
    return {"BODY": b"BODY " + described(octets, parse(octets), full=False)}


def described(octets: bytes, entity: Entity, *, full: bool) -> bytes:
    """An entity with all below it."""
    fields: dict[bytes, bytes] = {}
    for field in entity.fields:
        name = field.name(octets)
        if name.startswith(b"content-"):
            fields.setdefault(name, field.value(octets))
    kind, _, subtype = entity.media.name.partition("/")
    if kind == "multipart":
        parts = b"".join(described(octets, part, full=full) for part in entity.inside)
        words = [parts, string_of(subtype.upper().encode("latin-1"))]
        if full:
            words += [_parameters(entity.media), *_extension(fields)]
        return b"(%b %b)" % (words[0], b" ".join(words[1:]))
    return _leaf(octets, entity, fields, full=full)


def _leaf(octets: bytes, entity: Entity, fields: dict[bytes, bytes], *, full: bool) -> bytes:
    """A part that has no parts, or one message inside."""
    size = entity.end - entity.body
    kind = entity.media.name.partition("/")[0]
    words = [
        _typed(entity.media),
        nstring(fields.get(b"content-id")),
        nstring(fields.get(b"content-description")),
        string_of((entity.encoding or "7bit").upper().encode("latin-1")),
        b"%d" % size,
    ]
    if entity.media.name == "message/rfc822":
        inner = entity.inside[0]
        words += [envelope.of(octets, inner), described(octets, inner, full=full), _lines(octets, entity)]
    elif kind == "text":
        words.append(_lines(octets, entity))
    if full:
        words += [nstring(fields.get(b"content-md5")), *_extension(fields)]
    return b"(" + b" ".join(words) + b")"


@lru_cache(maxsize=256)
def _typed(found: Media) -> bytes:
    """Type, subtype and parameters."""
    kind, _, subtype = found.name.upper().encode("latin-1").partition(b"/")
    return b" ".join((string_of(kind), string_of(subtype), _parameters(found)))


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
    tags = [] if value is None else [tag.strip() for tag in uncommented(value).split(b",") if tag.strip()]
    if not tags:
        return _NIL
    return nstring(tags[0]) if len(tags) == 1 else b"(" + b" ".join(map(nstring, tags)) + b")"
