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

_SECONDS = re.compile(rb"[1-9][0-9]{0,8}(?![!-<>-~])")
_UNTIL = re.compile(
    rb"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?Z(?![!-<>-~])", re.IGNORECASE
)
_DATE = Expect("date-time in UTC", "a moment, as in 2015-03-09T12:00:00Z", like="2015-03-09T12:00:00.25Z")

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
    text = cursor.need(_UNTIL, _DATE).decode("ascii").upper()
    if moment(text) is None:
        raise cursor.refuse(start, _DATE)
    return text


def moment(text: str) -> Instant | None:
    """A date-time that fits the grammar as an Instant; None where the calendar does not have it."""
    found = _UNTIL.match(text.encode("ascii"))
    assert found is not None, "it was read"
    year, month, day, hour, minute, second = (int(found[number]) for number in range(1, 7))
    if not (1 <= month <= 12 and day and hour < 24 and minute < 60 and second < 60):
        return None
    at = instant(year, month, day, hour, minute, second)
    # A day that its month does not have falls into the next month.
    if at < instant(year, month, 1) or iso_date(at)[:10] != text[:10]:
        return None
    return Instant(at + int((found[7] or b"0").ljust(6, b"0")))


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
    assert at is not None, "read_until takes only moments that exist"
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
