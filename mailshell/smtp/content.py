"""The octets of a message as SMTP sees them: dots, line ends, what is allowed (RFC 5321 sections 2.3.8 and 4.5.2)."""

import re
from typing import NamedTuple

from mailshell.core.cursor import Slip
from mailshell.smtp import limits
from mailshell.smtp.grammar import ASCII_HEADER, LONG_TEXT_LINE, MISSING_SMTPUTF8

_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
# Possessive, so that a header of a million lines is read in one go and remembered nowhere.
_HEADER = re.compile(rb"(?:[!-9;-~]++[ \t]*+:[^\r\n]*+(?:\r\n[ \t][^\r\n]*+)*+(?:\r\n|\Z))*+")
_EIGHT_BIT = re.compile(rb"[\x80-\xff]")


class Problem(NamedTuple):
    """Why a message is refused: for the wire, and for the student."""

    says: str
    because: str


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


def slips(message: bytes, header: Slip | None, text: Slip | None) -> tuple[Slip, ...]:
    """What the standard forbids and the tolerant policy lets pass.

    `header` and `text` are the slips for octets above 127 in the header and anywhere, None where MAIL announced them.
    """
    found = tuple(slip for slip, _ in _eight_bit(message, header, text))
    return found if long_line(message) is None else (*found, LONG_TEXT_LINE)


def slip_problem(message: bytes, header: Slip | None, text: Slip | None) -> Problem | None:
    """The first of them as a refusal of the strict policy."""
    for slip, at in _eight_bit(message, header, text):
        where = " header" if slip in (MISSING_SMTPUTF8, ASCII_HEADER) else ""
        because = f"Line {_line(message, at)} has an octet above 127, and {slip.expect.why}."
        return Problem(f"Message{where} has 8-bit octets", because)
    start = long_line(message)
    if start is not None:
        because = f"Line {_line(message, start)} is longer than {limits.TEXT_LINE} octets, CR LF included."
        return Problem(f"Message line over {limits.TEXT_LINE} octets", because)
    return None


def _eight_bit(message: bytes, header: Slip | None, text: Slip | None) -> list[tuple[Slip, int]]:
    """Octets above 127 that MAIL did not announce, each kind with its first place."""
    if message.isascii():
        return []
    fields = _HEADER.match(message)
    end = fields.end() if fields is not None else 0
    above, below = _EIGHT_BIT.search(message, 0, end), _EIGHT_BIT.search(message, end)
    found = [(header, above.start())] if above is not None and header is not None else []
    first = below if below is not None or header is None else above
    if first is not None and text is not None:
        found.append((text, first.start()))
    return found


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
