"""FUTURERELEASE: hold a message until its time (RFC 4865)."""

import re
from collections.abc import Mapping

from mailshell.core.clock import DAY, SECOND, Instant, instant, iso_date
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions.deliverby import deadline
from mailshell.smtp.extensions.extension import Extension, Parameter
from mailshell.smtp.replies import BAD_SYNTAX
from mailshell.smtp.wording import Reply

_SECONDS = re.compile(rb"[1-9][0-9]{0,8}")
_UNTIL = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z", re.IGNORECASE)
_SHAPE = "0000-00-00T00:00:00"
_LIKE = "as in 2015-03-09T12:00:00Z"
_DATE = Expect("date-time in UTC", f"a moment, {_LIKE}", like="2015-03-09T12:00:00.25Z")
_DIGIT = Expect("a digit", _LIKE)
_FRACTION = re.compile(rb"\.([0-9]{0,6})")

CARD = Card(
    "FUTURERELEASE",
    "can hold a message until later",
    Cite(4865, "3"),
    more="A server that takes new mail from its own users can hold a message: HOLDFOR says for how long, HOLDUNTIL "
    "until when. After the keyword stand the most seconds and the latest moment.",
)


def _withheld(desk: Desk) -> str:
    if desk.peer.inside:
        return ""
    who = ", ".join(dict.fromkeys((desk.peer.name, desk.peer.address)))
    return (
        f"FUTURERELEASE belongs to submission: {desk.host.name} offers it to computers of its own network, and you "
        f"({who}) are outside."
    )


def read_for(cursor: Cursor) -> str:
    """hold-for-param = "HOLDFOR=" future-release-integer."""
    cursor.need_word(b"=", Expect("=", "for how many seconds"))
    return cursor.need(_SECONDS, Expect("1 to 999999999", "seconds, without a zero in front", like="3600")).decode(
        "ascii"
    )


def read_until(cursor: Cursor) -> str:
    """hold-until-param = "HOLDUNTIL=" Internet-style-date-time-UTC; the moment must exist."""
    cursor.need_word(b"=", Expect("=", "until when, in UTC"))
    start = cursor.at
    if cursor.match(_UNTIL, _DATE) is None:
        at, wanted = _torn(cursor.octets, start)
        raise cursor.refuse(at, wanted, unfinished=at == cursor.end)
    text = cursor.octets[start : cursor.at].decode("ascii").upper()
    if (odd := misfit(text)) is not None:
        raise cursor.refuse(start + odd[0], odd[1])
    return text


def _torn(octets: bytes, start: int) -> tuple[int, Expect]:
    """Where the octets from `start` on stop to be a date-time, and what would fit there."""
    at = start
    for slot in _SHAPE:
        octet = octets[at : at + 1].upper()
        if not (octet.isdigit() if slot == "0" else octet == slot.encode("ascii")):
            return at, _DATE if at == start else _DIGIT if slot == "0" else Expect(slot, _LIKE)
        at += 1
    fraction = _FRACTION.match(octets, at)
    if fraction is None:
        return at, Expect("Z", f"for UTC, {_LIKE}")
    return fraction.end(), Expect("Z", f"for UTC, {_LIKE}") if fraction[1] else _DIGIT


def _numbers(text: str) -> tuple[int, ...]:
    """Year, month, day, hour, minute, second of a date-time that fits the grammar."""
    return tuple(int(text[start:end]) for start, end in ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)))


def misfit(text: str) -> tuple[int, Expect] | None:
    """The first number that no calendar or clock has: where it stands in the date-time, and what would fit."""
    year, month, day, hour, minute, second = _numbers(text)
    if not 1 <= month <= 12:
        return 5, Expect("01 to 12", f"the month, {_LIKE}")
    longest = (instant(year + month // 12, month % 12 + 1, 1) - instant(year, month, 1)) // DAY
    if not 1 <= day <= longest:
        return 8, Expect(f"01 to {longest}", f"the day of that month, {_LIKE}")
    for at, number, most, name in ((11, hour, 23, "hour"), (14, minute, 59, "minute"), (17, second, 59, "second")):
        if number > most:
            return at, Expect(f"00 to {most}", f"the {name}, {_LIKE}")
    return None


def moment(text: str) -> Instant:
    """A date-time that fits the grammar and the calendar as an Instant."""
    year, month, day, hour, minute, second = _numbers(text)
    fraction = text[20:-1]  # after the dot, in front of Z
    return Instant(instant(year, month, day, hour, minute, second) + int((fraction or "0").ljust(6, "0")))


def release(parameters: Mapping[str, str], opened: Instant) -> Instant | None:
    """When a message whose MAIL came at `opened` may go on its way, None where nobody asked to hold it."""
    if "HOLDFOR" in parameters:
        return Instant(opened + int(parameters["HOLDFOR"]) * SECOND)
    return moment(parameters["HOLDUNTIL"]) if "HOLDUNTIL" in parameters else None


def request(parameters: Mapping[str, str]) -> str:
    """What was asked, as a report repeats it: `for;60` (RFC 4865 section 5.1.2); empty where nothing was."""
    if "HOLDFOR" in parameters:
        return f"for;{parameters['HOLDFOR']}"
    return f"until;{parameters['HOLDUNTIL']}" if "HOLDUNTIL" in parameters else ""


def _latest(desk: Desk) -> Instant:
    return Instant(desk.host.now() + limits.LONGEST_HOLD * SECOND)


def check_for(value: str, desk: Desk) -> Reply | None:
    """501 for more seconds than EHLO announced (RFC 4865 section 4.2)."""
    if int(value) <= limits.LONGEST_HOLD:
        return None
    days = limits.LONGEST_HOLD * SECOND // DAY
    return BAD_SYNTAX(f"This server holds a message for {limits.LONGEST_HOLD} seconds ({days} days) at most.")


def check_until(value: str, desk: Desk) -> Reply | None:
    """501 for a moment that has passed, or is later than EHLO announced (RFC 4865 section 4.2)."""
    at, now = moment(value), desk.host.now()
    if at <= now:
        return BAD_SYNTAX(f"The moment has passed: it is {iso_date(now)} now.")
    if at > _latest(desk):
        return BAD_SYNTAX(f"This server holds a message until {iso_date(_latest(desk))} at the latest.")
    return None


def _agree(parameters: Mapping[str, str], desk: Desk) -> Reply | None:
    """501 for both ways to hold at once, or for a release after the deliver-by-time (RFC 4865 section 5.2.2)."""
    if "HOLDFOR" in parameters and "HOLDUNTIL" in parameters:
        return BAD_SYNTAX("HOLDFOR and HOLDUNTIL say the same thing in two ways. Give one of them.")
    now = desk.host.now()
    held, by = release(parameters, now), deadline(parameters, now)
    if held is None or by is None or held <= by:
        return None
    return BAD_SYNTAX(
        f"BY wants delivery by {iso_date(by)}, and the message would be held until {iso_date(held)}. "
        "Give BY more time, or hold the message less long."
    )


def _words(desk: Desk) -> str:
    return f"FUTURERELEASE {limits.LONGEST_HOLD} {iso_date(_latest(desk))}"


HOLDFOR = Parameter(
    "HOLDFOR",
    Card(
        "HOLDFOR",
        "hold for so many seconds",
        Cite(4865, "3"),
        more="The server keeps the message and delivers it, or sends it on, when the time is over.",
    ),
    "HOLDFOR=3600",
    read_for,
    check_for,
    limits.HOLD_PARAMETER,
    excludes="HOLDUNTIL",
)
HOLDUNTIL = Parameter(
    "HOLDUNTIL",
    Card(
        "HOLDUNTIL",
        "hold until this moment, in UTC",
        Cite(4865, "3"),
        more="The server keeps the message and delivers it, or sends it on, at that moment. Z means UTC.",
    ),
    "HOLDUNTIL=2015-03-09T12:00:00Z",
    read_until,
    check_until,
    0,  # only one of the two may be given, and HOLDFOR has made room for it
    excludes="HOLDFOR",
)
EXTENSION = Extension("FUTURERELEASE", CARD, _words, mail=(HOLDFOR, HOLDUNTIL), withheld=_withheld, agree=_agree)
