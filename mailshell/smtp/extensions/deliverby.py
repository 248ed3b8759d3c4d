"""DELIVERBY: deliver within a time, or say so (RFC 2852)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.clock import SECOND, Instant
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk, Envelope
from mailshell.smtp.extensions.extension import Extension, Parameter
from mailshell.smtp.replies import BAD_SYNTAX, DELIVERY_LATE, TIME_TOO_SHORT
from mailshell.smtp.wording import Reply

_SIGN = re.compile(rb"[+-]?")
_DIGITS = re.compile(rb"[0-9]{1,9}")

CARD = Card(
    "DELIVERBY",
    "can deliver within a given time",
    Cite(2852, "3"),
    more="With BY=seconds;mode the sender says how much time delivery may take. When the time is over, mode R returns "
    "the message, and mode N sends a notice and tries on. The number after DELIVERBY is the least time for mode R.",
)


class By(NamedTuple):
    """The value of BY: seconds from MAIL on, what happens when they are over (N or R), whether relaying is reported."""

    seconds: int
    mode: str
    traced: bool


def read(cursor: Cursor) -> str:
    """by-value = by-time ";" by-mode [by-trace]."""
    cursor.need_word(b"=", Expect("=", "seconds, a semicolon, N or R"))
    start, seconds = cursor.at, Expect("seconds", "one to nine digits, as in 120;R", like="120")
    cursor.need(_SIGN, seconds)
    cursor.need(_DIGITS, seconds)
    cursor.need_word(b";", Expect(";", "after nine digits at most, and before the mode, N or R"))
    if not cursor.word(b"N", Expect("N", "notify when the time is over")):
        cursor.need_word(b"R", Expect("R", "return the message when the time is over"))
    cursor.word(b"T", Expect("T", "report each relaying too"))
    return cursor.octets[start : cursor.at].decode("ascii").upper()


def value_of(text: str) -> By:
    """A value that was read, taken apart."""
    seconds, _, mode = text.partition(";")
    return By(int(seconds), mode[0], mode.endswith("T"))


def deadline(parameters: Mapping[str, str], opened: Instant) -> Instant | None:
    """The deliver-by-time of a message whose MAIL came at `opened`, None where BY was not said."""
    return Instant(opened + value_of(parameters["BY"]).seconds * SECOND) if "BY" in parameters else None


def check(value: str, desk: Desk) -> Reply | None:
    """501 for mode R without time left, 555 for less time than the server's minimum (RFC 2852 sections 3 and 4)."""
    by = value_of(value)
    if by.mode == "N":
        return None
    if by.seconds <= 0:
        return BAD_SYNTAX(f"Mode R returns the message when the time is over, and {by.seconds} seconds leave no time.")
    if by.seconds >= limits.SHORTEST_BY:
        return None
    return TIME_TOO_SHORT(
        f"BY={value} gives {by.seconds} seconds. With mode R this server takes {limits.SHORTEST_BY} or more."
    )


def late(desk: Desk, envelope: Envelope, domain: str) -> Reply | None:
    """455 where mail for the same domain has waited in the queue for longer than BY grants with mode R."""
    if "BY" not in envelope.parameters:
        return None
    by = value_of(envelope.parameters["BY"])
    now, suffix = desk.host.now(), "@" + domain.lower()
    for queued in desk.host.store.queue(desk.host.name) if by.mode == "R" else ():
        waited = (now - (queued.arrived if queued.attempts else queued.release)) // SECOND
        if waited >= by.seconds and any(one.address.lower().endswith(suffix) for one in queued.recipients):
            return DELIVERY_LATE(
                f"Mail for {_shown(domain)} has waited in the queue here for {waited} seconds. "
                f"So this server cannot promise delivery within {by.seconds} seconds now."
            )
    return None


def _shown(domain: str) -> str:
    return domain if domain.isascii() else "that domain"


BY = Parameter(
    "BY",
    Card(
        "BY",
        "deliver within so many seconds",
        Cite(2852, "4"),
        more="The time counts from MAIL. When it is over, R returns the message and N sends a notice. T asks for a "
        "notice each time a server relays the message.",
    ),
    "BY=120;R",
    read,
    check,
    limits.BY_PARAMETER,
)
EXTENSION = Extension("DELIVERBY", CARD, lambda desk: f"DELIVERBY {limits.SHORTEST_BY}", mail=(BY,))
