"""BODYSTRUCTURE and BODY: the parts of a message, described (RFC 3501 section 7.4.2)."""

from functools import lru_cache

from mailshell.imap import envelope
from mailshell.imap.envelope import nstring
from mailshell.imap.grammar import string_of
from mailshell.mail.message import VALUE, Entity, Media, media, parse, uncommented

_NIL = b"NIL"
TOLD = frozenset(
    b"content-" + name for name in (b"id", b"description", b"md5", b"disposition", b"language", b"location")
)
"""The fields that a structure tells, beside type and encoding."""


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
        if field.name in TOLD and field.name not in fields:
            fields[field.name] = field.value(octets)
    kind, _, subtype = entity.media.name.partition("/")
    if kind != "multipart":
        return _leaf(octets, entity, fields, full=full)
    parts = b"".join([described(octets, part, full=full) for part in entity.inside])
    if not full:
        return b"(%b %b)" % (parts, capitals(subtype))
    return b"(%b %b %b %b)" % (parts, capitals(subtype), parameters(entity.media), extension(fields))


def _leaf(octets: bytes, entity: Entity, fields: dict[bytes, bytes], *, full: bool) -> bytes:
    """A part that has no parts, or one message inside."""
    words = [
        typed(entity.media),
        nstring(fields.get(b"content-id")),
        nstring(fields.get(b"content-description")),
        capitals(entity.encoding or "7bit"),
        b"%d" % (entity.end - entity.body),
    ]
    if entity.media.name == "message/rfc822":
        inner = entity.inside[0]
        words += [envelope.of(octets, inner), described(octets, inner, full=full), _lines(octets, entity)]
    elif entity.media.name.startswith("text/"):
        words.append(_lines(octets, entity))
    if full:
        words += [nstring(fields.get(b"content-md5")), extension(fields)]
    return b"(" + b" ".join(words) + b")"


@lru_cache(maxsize=256)
def capitals(word: str) -> bytes:
    """A word as a string in capitals."""
    # As octets: a capital letter of latin-1 may be none of latin-1.
    return string_of(word.encode("latin-1").upper())


@lru_cache(maxsize=256)
def typed(found: Media) -> bytes:
    """Type, subtype and parameters."""
    kind, _, subtype = found.name.partition("/")
    return b" ".join((capitals(kind), capitals(subtype), parameters(found)))


def _lines(octets: bytes, entity: Entity) -> bytes:
    return b"%d" % octets.count(b"\n", entity.body, entity.end)


def parameters(found: Media) -> bytes:
    """The parameters of a type, as a list; NIL where it has none."""
    if not found.parameters:
        return _NIL
    words = (capitals(name) + b" " + nstring(value.encode("latin-1")) for name, value in found.parameters)
    return b"(" + b" ".join(words) + b")"


def extension(fields: dict[bytes, bytes]) -> bytes:
    """Disposition, language and location."""
    if not fields:
        return b"NIL NIL NIL"
    disposition = _disposition(fields.get(b"content-disposition"))
    return b" ".join(
        (disposition, _language(fields.get(b"content-language")), nstring(fields.get(b"content-location")))
    )


def _disposition(value: bytes | None) -> bytes:
    # A disposition is written as the subtype of a media type is (RFC 2183 section 2).
    found = None if value is None else media(b"x/" + value[:VALUE])
    if found is None:
        return _NIL
    return b"(%b %b)" % (capitals(found.name[2:]), parameters(found))


def _language(value: bytes | None) -> bytes:
    tags = [] if value is None else [tag.strip() for tag in uncommented(value[:VALUE]).split(b",") if tag.strip()]
    if not tags:
        return _NIL
    return nstring(tags[0]) if len(tags) == 1 else b"(" + b" ".join(map(nstring, tags)) + b")"
