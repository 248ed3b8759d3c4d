"""ENVELOPE and BODYSTRUCTURE of a message as almost all are: the quick way to the same answer.

Its header is fields and an empty line, no field that counts comes twice, and its parts, if it has some, have no parts.
"""

import re
from functools import lru_cache

from mailshell.imap import envelope, structure
from mailshell.imap.envelope import nstring
from mailshell.imap.structure import capitals, extension, parameters, typed
from mailshell.mail.message import PLAIN, VALUE, Media, encoding, media, unfolded

_HEADER = re.compile(rb"(?:[!-9;-~]++[ \t]*+:[^\r]*+(?:\r\n[ \t][^\r]*+)*+\r\n)*+\r\n")
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\r]*+(?:\r\n[ \t][^\r]*+)*+)\r\n")
_KEPT = envelope.WANTED | structure.TOLD | {b"content-type", b"content-transfer-encoding"}
_LONGEST = 16_384
_PARTS = 100

Fields = dict[bytes, bytes]
"""Values, unfolded, by names in lower case."""


def digests(octets: bytes) -> dict[str, bytes]:
    """What FETCH asks for most, by the names of the items."""
    head = _HEADER.match(octets)
    fields = None if head is None else _fields(octets, head.end())
    described = None if head is None or fields is None else _described(octets, head.end(), fields)
    if fields is None or described is None:
        return structure.digests(octets)
    return {"ENVELOPE": b"ENVELOPE " + envelope.made(fields), "BODYSTRUCTURE": b"BODYSTRUCTURE " + described}


def _fields(octets: bytes, end: int) -> Fields | None:
    """The fields that count, of a header that ends there."""
    if end > _LONGEST:
        return None
    found: Fields = {}
    for name, value in _FIELD.findall(octets, 0, end):
        name = name.lower()
        if name in _KEPT:
            if name in found or len(value) > VALUE:
                return None
            found[name] = unfolded(value)
    return found


def _described(octets: bytes, body: int, fields: Fields) -> bytes | None:
    """The structure of a message whose body begins there."""
    kind = _media(fields)
    if kind.name.startswith("multipart/"):
        parts = _parts(octets[body - 2 :], kind)
        told = extension(_told(fields))
        return None if parts is None else b"(%b %b %b %b)" % (parts, capitals(kind.name[10:]), parameters(kind), told)
    around = _around(fields, kind)
    return None if around is None else _leaf(octets, body, *around)


def _parts(text: bytes, kind: Media) -> bytes | None:
    """The parts of a multipart, from the CR LF before its body on."""
    boundary = kind.parameter("boundary").rstrip(" ").encode("latin-1")
    pieces = text.split(b"\r\n--" + boundary, _PARTS)
    last = pieces[-1]
    if not boundary or kind.name == "multipart/digest" or len(pieces) < 3 or last[:4] not in (b"--", b"--\r\n"):
        return None
    found = []
    for piece in pieces[1:-1]:
        head = _HEADER.match(piece, 2)
        around = None if head is None or piece[:2] != b"\r\n" else _part(piece[2 : head.end()])
        if head is None or around is None:
            return None
        found.append(_leaf(piece, head.end(), *around))
    return b"".join(found)


@lru_cache(maxsize=1024)
def _part(head: bytes) -> tuple[bytes, bytes, bool] | None:
    """What its header says of a part; many parts have the same."""
    fields = None if head.startswith(b"--") or b"\r\n--" in head else _fields(head, len(head))
    if fields is None:
        return None
    kind = _media(fields)
    return None if kind.name.startswith("multipart/") else _around(fields, kind)


def _around(fields: Fields, kind: Media) -> tuple[bytes, bytes, bool] | None:
    """What stands before the size of a part, and after its lines, and whether these are told."""
    if kind.name == "message/rfc822":
        return None
    name = encoding(fields[b"content-transfer-encoding"]) if b"content-transfer-encoding" in fields else ""
    told = (nstring(fields.get(b"content-id")), nstring(fields.get(b"content-description")), capitals(name or "7bit"))
    after = b" %b %b)" % (nstring(fields.get(b"content-md5")), extension(_told(fields)))
    return b"(%b %b %b %b " % (typed(kind), *told), after, kind.name.startswith("text/")


def _leaf(octets: bytes, body: int, before: bytes, after: bytes, lines: bool) -> bytes:
    size = len(octets) - body
    if lines:
        return b"%b%d %d%b" % (before, size, octets.count(b"\n", body), after)
    return b"%b%d%b" % (before, size, after)


def _media(fields: Fields) -> Media:
    return (media(fields[b"content-type"]) or PLAIN) if b"content-type" in fields else PLAIN


def _told(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if name in structure.TOLD}
