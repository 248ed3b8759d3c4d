"""Message ids in the fields of a message, in one spelling (RFC 5256 section 3, REFERENCES)."""

import re

_ID = re.compile(
    rb'<[ \t]*(?:"(?P<quoted>(?:[^"\\\r\n]|\\.)*)"|(?P<local>[^ \t<>@"]+))[ \t]*@'
    rb'[ \t]*(?P<domain>\[[^\]<>]*\]|[^ \t<>@"]+)[ \t]*>'
)
_PAIR = re.compile(rb"\\(.)")


def ids(value: bytes) -> list[bytes]:
    """The message ids in the value of a field, without the brackets, quotes taken off; none that is not valid."""
    return [_one(found) for found in _ID.finditer(value)]


def _one(found: re.Match[bytes]) -> bytes:
    local = found["local"] if found["quoted"] is None else _PAIR.sub(rb"\1", found["quoted"])
    return local + b"@" + found["domain"]
