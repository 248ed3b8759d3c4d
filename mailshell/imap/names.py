"""Names of mailboxes: modified UTF-7 on the wire, Unicode inside (RFC 3501 sections 5.1 and 5.1.3)."""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from functools import partial

SEPARATOR = "/"
"""Stands between the levels of a name."""

LONGEST = 255
"""Ours: letters of a name; IMAP has no limit."""

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_SILENT = frozenset("\u00a0\u2009\u202f\u3000\u200c\u200d")
"""Spaces, and what ties letters together or keeps them apart: they stand in names of many languages."""

_OUTSIDE = re.compile(r"[^ -~]+")
_WILD = re.compile(r"[*%]+")


def decoded(octets: bytes) -> str | None:
    """A name as Unicode; None where it is no modified UTF-7: each text has one spelling only."""
    try:
        text = octets.decode("ascii")
        if "&" not in text and text.isprintable():
            return text
        name = _SHIFTED.sub(_unshifted, text)
    except (UnicodeDecodeError, Error, ValueError):
        return None
    return name if encoded(name) == octets else None


def encoded(name: str) -> bytes:
    """A name in modified UTF-7."""
    return _OUTSIDE.sub(_shifted, name.replace("&", "&-")).encode("ascii")


def _unshifted(found: re.Match[str]) -> str:
    if not found[1]:
        return "&"
    octets = b64decode(found[1].replace(",", "/") + "=" * (-len(found[1]) % 4), validate=True)
    return octets.decode("utf-16-be")


def _shifted(found: re.Match[str]) -> str:
    octets = found[0].encode("utf-16-be", "surrogatepass")
    return f"&{b64encode(octets).rstrip(b'=').replace(b'/', b',').decode('ascii')}-"


def readable(name: str) -> bool:
    """Whether people can read a name: it has no control character, and nothing that turns the text around."""
    return name.isprintable() or all(letter.isprintable() or letter in _SILENT for letter in name)


def wrong(name: str) -> str:
    """Why a new mailbox cannot have this name, in a sentence; empty where it can."""
    if not name or name.startswith(SEPARATOR) or SEPARATOR * 2 in name:
        return "A name has at least one letter between two slashes, and does not begin with one."
    if len(name) > LONGEST:
        return f"The name has {len(name):,} letters. This server takes {LONGEST}."
    if "%" in name or "*" in name:
        return "LIST takes % and * for wildcards, so this server does not take them in a name."
    return ""


def folded(name: str) -> str:
    """The name with INBOX, which has no case, in capitals; also where it is the first level of a name."""
    first, slash, rest = name.partition(SEPARATOR)
    return f"INBOX{slash}{rest}" if first.casefold() == "inbox" else name


def parents(name: str) -> list[str]:
    """The names above a name, the highest first."""
    levels = name.split(SEPARATOR)
    return [SEPARATOR.join(levels[:count]) for count in range(1, len(levels))]


def matcher(pattern: str) -> Callable[[str], bool]:
    """What says whether a name fits the pattern of a LIST: * is anything, % anything but the separator.

    RFC 3501 section 6.3.8. The letters of INBOX have no case.
    """
    # Wildcards side by side are one, so a pattern that fits has no more than twice the letters of the name.
    return partial(_matches, _WILD.sub(lambda found: "*" if "*" in found[0] else "%", pattern))


def _matches(pattern: str, name: str) -> bool:
    """Bit n of a number is the place before letter n: a letter of the pattern is one step from all that are reached."""
    size, caseless = len(name), len("INBOX") if name.split(SEPARATOR, 1)[0] == "INBOX" else 0
    if len(pattern) > 2 * size + 1:
        return False
    spots, reached = dict[str, int](), 1
    inside = (1 << size) - 1 ^ _spots(name, SEPARATOR)
    for letter in pattern:
        if letter == "*":
            reached = (1 << size + 1) - (reached & -reached)
        elif letter == "%":  # the carry of the sum goes through to the end of the level
            reached |= (reached & inside) + inside ^ inside
        else:
            if letter not in spots:
                spots[letter] = _spots(name[:caseless], letter.upper()) | _spots(name[caseless:], letter) << caseless
            reached = (reached & spots[letter]) << 1
        if not reached:
            return False
    return bool(reached >> size & 1)


def _spots(name: str, letter: str) -> int:
    """The places before a letter in a name."""
    found, at = 0, name.find(letter)
    while at >= 0:
        found |= 1 << at
        at = name.find(letter, at + 1)
    return found
