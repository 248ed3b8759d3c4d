"""Message ids in the fields of a message, in one spelling (RFC 5256 section 3, REFERENCES)."""

import re

_ID = re.compile(
    rb'<[ \t]*(?:"(?P<quoted>(?:[^"\\\r\n]|\\.)*)"|(?P<local>[^ \t<>@"]+))[ \t]*@'
    rb'[ \t]*(?P<domain>\[[^\]<>]*\]|[^ \t<>@"]+)[ \t]*>'
)
_LONGEST = 256 * 1024  # Ours: octets of a field that are read
_PAIR = re.compile(rb"\\(.)")


def ids(value: bytes) -> list[bytes]:
    """The message ids in the value of a field, without the brackets, quotes taken off; none that is not valid.

    Of a field of any length those at its end, where the message is that was answered.
    """
    return [_one(found) for found in _ID.finditer(value[-_LONGEST:])]


def _one(found: re.Match[bytes]) -> bytes:
    local = found["local"] if found["quoted"] is None else _PAIR.sub(rb"\1", found["quoted"])
    return local + b"@" + found["domain"]
