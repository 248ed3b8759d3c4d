"""The octets of a message as SMTP sees them: dots, line ends, what is allowed (RFC 5321 sections 2.3.8 and 4.5.2)."""

import re
from typing import NamedTuple

from mailshell.core.cursor import Slip
from mailshell.smtp import limits
from mailshell.smtp.grammar import LONG_TEXT_LINE, MISSING_8BITMIME

_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_EIGHT_BIT = re.compile(rb"[\x80-\xff]")


class Problem(NamedTuple):
    """Why a message is refused: for the wire, and for the student."""

    says: str
    because: str


def unstuff(octets: bytes) -> bytes:
    """Take one dot off every line that begins with a dot (RFC 5321 section 4.5.2)."""
    if octets[:1] == b".":
        octets = octets[1:]
    return octets.replace(b"\r\n.", b"\r\n") if b"\r\n." in octets else octets


def stuff(octets: bytes) -> bytes:
    """Put one dot before every line that begins with a dot; the inverse of `unstuff`."""
    dotted = b"." + octets if octets[:1] == b"." else octets
    return dotted.replace(b"\r\n.", b"\r\n..")


def problem(message: bytes) -> Problem | None:
    """A NUL, a bare CR or a bare LF; both policies refuse them, because a next server might take them for line ends."""
    if b"\0" in message:
        line = _line(message, message.index(b"\0"))
        because = f"Line {line} of the message contains the octet NUL, which no message may have (RFC 5322 section 4)."
        return Problem("Message contains NUL", because)
    lines = message.count(b"\r\n")
    if message.count(b"\n") == lines == message.count(b"\r"):
        return None
    found = _BARE.search(message)
    assert found is not None, "the counts differ"
    name, bare = ("CR", "a CR without LF") if found[0] == b"\r" else ("LF", "an LF without CR")
    because = (
        f"Line {_line(message, found.start())} of the message has {bare}. "
        f"Lines end in CR LF and in nothing else. A dot after a bare {name} does not end the message here, "
        "but another server might think so: that is SMTP smuggling."
    )
    return Problem(f"Message contains bare {name}", because)


def slips(octets: bytes, *, eight_bit: bool) -> tuple[Slip, ...]:
    """What the standard forbids and the tolerant policy lets pass."""
    found: tuple[Slip, ...] = ()
    if not eight_bit and not octets.isascii():
        found += (MISSING_8BITMIME,)
    if long_line(octets) is not None:
        found += (LONG_TEXT_LINE,)
    return found


def slip_problem(message: bytes, *, eight_bit: bool) -> Problem | None:
    """The same as refusals of the strict policy."""
    if not eight_bit and (found := _EIGHT_BIT.search(message)) is not None:
        because = f"Line {_line(message, found.start())} has an octet above 127, and MAIL did not say BODY=8BITMIME."
        return Problem("Message has 8-bit octets", because)
    start = long_line(message)
    if start is not None:
        because = f"Line {_line(message, start)} is longer than {limits.TEXT_LINE} octets, CR LF included."
        return Problem(f"Message line over {limits.TEXT_LINE} octets", because)
    return None


def long_line(octets: bytes) -> int | None:
    """Where the first line over the limit of RFC 5321 section 4.5.3.1.6 starts, or None; `octets` are unstuffed."""
    start, end = 0, len(octets)
    while end - start > limits.TEXT_LINE:
        # From the start of a line, the last line end within the limit starts the next stretch.
        newline = octets.rfind(b"\n", start, start + limits.TEXT_LINE)
        if newline < 0:
            return start
        start = newline + 1
    return None


def _line(message: bytes, at: int) -> int:
    return message.count(b"\r\n", 0, at) + 1
