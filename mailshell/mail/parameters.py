"""Parameters of a MIME field that are cut into pieces, or name a charset (RFC 2231 sections 3 and 4).

`name*0` and `name*1` are the pieces of one value. An asterisk at the end says that the value is encoded: charset,
language and text with a `'` between them, where `%E9` is an octet. What is not by these rules stays as it is.
"""

import re
from itertools import count, takewhile

from mailshell.mail import words

Parameters = tuple[tuple[str, str], ...]
"""Names in lower case, and values, octets as characters of latin-1."""

_PIECE = re.compile(r"([^*]+)\*(0|[1-9][0-9]{0,3})(\*?)")
_OCTET = re.compile(rb"%([0-9A-Fa-f]{2})")
_NO_ATTRIBUTE = re.compile(r"[^A-Za-z0-9!#$&+.^_`{|}~-]")


def joined(parameters: Parameters) -> Parameters:
    """The parameters with the pieces of each value put together, where the first piece stands."""
    pieces = {name: value for name, value in reversed(parameters) if _PIECE.fullmatch(name)}
    wholes: dict[str, tuple[str, str]] = {}
    used = set[str]()
    for name in pieces:
        base, _, number = name.partition("*")
        names = list(takewhile(bool, (_named(pieces, base, at) for at in count()))) if number in ("0", "0*") else []
        # Only the first piece can name the charset of those that are encoded.
        if names and (names[0].endswith("*0*") or not any(one.endswith("*") for one in names)):
            wholes[names[0]] = _whole(base, [(one, pieces[one]) for one in names])
            used.update(names)
    found = []
    for name, value in parameters:
        if name in wholes:
            found.append(wholes.pop(name))
        elif name not in used:
            found.append((name, value))
    return tuple(found)


def _named(pieces: dict[str, str], base: str, at: int) -> str:
    """The name of a piece; empty where there is none."""
    return next((name for name in (f"{base}*{at}*", f"{base}*{at}") if name in pieces), "")


def _whole(base: str, pieces: list[tuple[str, str]]) -> tuple[str, str]:
    """A parameter from its pieces; one that is not encoded is, where the first one is."""
    if not pieces[0][0].endswith("*0*"):
        return base, "".join(value for _, value in pieces)
    return f"{base}*", "".join(value if name.endswith("*") else _encoded(value) for name, value in pieces)


def _encoded(value: str) -> str:
    return _NO_ATTRIBUTE.sub(lambda found: f"%{ord(found[0]):02X}", value)


def text(name: str, value: str) -> str:
    """The value for people."""
    if not name.endswith("*"):
        return words.text(value.encode("latin-1"), "utf-8")
    charset, first, rest = value.partition("'")
    _, second, coded = rest.partition("'")
    if not (first and second):
        charset, coded = "", value
    octets = _OCTET.sub(lambda found: bytes((int(found[1], 16),)), coded.encode("latin-1"))
    return words.text(octets, charset or "utf-8")
