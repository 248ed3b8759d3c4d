"""Transfer encodings of bodies, taken off and put on (RFC 2045 section 6)."""

from base64 import encodebytes
from collections.abc import Iterator

from mailshell.mail import words
from mailshell.mail.message import Entity, parse

_AS_THEY_ARE = ("", "7bit", "8bit", "binary")
_FIELD = b"content-transfer-encoding"


def decoded(octets: bytes, encoding: str) -> bytes | None:
    """The octets of a body without its encoding, which is in lower case; None where nobody knows the encoding."""
    if encoding in _AS_THEY_ARE:
        return octets
    if encoding == "base64":
        return words.base64(octets)
    return words.quoted_printable(octets) if encoding == "quoted-printable" else None


def without_nul(octets: bytes) -> bytes | None:
    """A message whose parts in binary with the octet NUL are in base64 instead; None where NUL stands elsewhere too."""
    pieces: list[bytes] = []
    at = 0
    for start, end, instead in _changes(octets, parse(octets)):
        pieces += octets[at:start], instead
        at = end
    changed = b"".join([*pieces, octets[at:]])
    return None if b"\0" in changed else changed


def _changes(octets: bytes, entity: Entity) -> Iterator[tuple[int, int, bytes]]:
    """What is to be replaced, in order: from where, to where, and by what."""
    for part in entity.parts:
        yield from _changes(octets, part)
    if entity.parts or entity.encoding != "binary" or b"\0" not in octets[entity.body : entity.end]:
        return
    field = next((one for one in entity.fields if one.name == _FIELD), None)
    if field is None:
        return  # it stands after more fields than are told
    yield field.start, field.end, b"Content-Transfer-Encoding: base64\r\n"
    body = encodebytes(octets[entity.body : entity.end]).rstrip(b"\n")
    yield entity.body, entity.end, body.replace(b"\n", b"\r\n")
