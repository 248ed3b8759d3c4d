"""Dates as IMAP writes them (RFC 3501 section 9: date-time, date)."""

import re
from functools import lru_cache

from mailshell.core.clock import DAY, MINUTE, SECOND, Instant, civil, instant
from mailshell.core.cursor import Cursor
from mailshell.core.record import Expect
from mailshell.mail.message import uncommented

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = b"(?i:%b)" % "|".join(_MONTHS).encode("ascii")
_DATE_TIME = re.compile(
    rb'"([ 0-9][0-9])-(' + _MONTH + rb')-([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})"'
)
_DATE = re.compile(rb'("?)([0-9]{1,2})-(' + _MONTH + rb")-([0-9]{4})\1")
DATE_TIME = Expect(
    "date-time", 'a date in quotes, as in "09-Mar-2015 10:00:00 +0000"', like='"09-Mar-2015 10:00:00 +0000"'
)
DATE = Expect("date", "a day, as in 9-Mar-2015", like="9-Mar-2015")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=4096)
def text(at: Instant, zone: int) -> bytes:
    """`"09-Mar-2015 10:00:00 +0000"`: a date-time; `zone` in minutes east of UTC."""
    year, month, day, hour, minute, second = civil(Instant(at + zone * MINUTE))
    sign, away = ("-", -zone) if zone < 0 else ("+", zone)
    clock = f"{hour:02}:{minute:02}:{second:02} {sign}{away // 60:02}{away % 60:02}"
    return f'"{day:02}-{_MONTHS[month - 1]}-{year:04} {clock}"'.encode("ascii")


def day_of(at: Instant, zone: int = 0) -> int:
    """The number of the day, in the zone; days are what SEARCH compares."""
    return (at + zone * MINUTE) // DAY


_FIELD = re.compile(
    rb"\s*(?:[A-Za-z]+[\s,]+)?([0-9]{1,2})[\s-]+([A-Za-z]{3})[\s-]+([0-9]{2,4})(?![0-9])"
    rb"(?:\s+([0-9]{1,2})\s*:\s*([0-9]{1,2})(?:\s*:\s*([0-9]{1,2}))?(?:\s*([+-][0-9]{4}|[A-Za-z]+))?)?"
)
_ZONES = {b"EST": -5, b"EDT": -4, b"CST": -6, b"CDT": -5, b"MST": -7, b"MDT": -6, b"PST": -8, b"PDT": -7}
"""The zones with names that are no UTC, in hours (RFC 5322 section 4.3)."""


def of_field(value: bytes) -> tuple[Instant, Instant] | None:
    """The day of a Date field in its own zone, as SEARCH compares it, and the moment, as SORT does.

    RFC 5256 section 2.2: a time that makes no sense is midnight, and such a zone is UTC. None where there is no day.
    """
    found = _FIELD.match(uncommented(value))
    if found is None:
        return None
    year = int(found[3])
    if len(found[3]) < 4:  # RFC 5322 section 4.3
        year += 2000 if year < 50 and len(found[3]) == 2 else 1900
    at = _start(int(found[1]), found[2], year)
    if at is None:
        return None
    hour, minute, second = (int(one or 0) for one in found.group(4, 5, 6))
    if hour > 23 or minute > 59 or second > 60:
        return at, at
    clock = ((hour * 60 + minute) * 60 + second) * SECOND
    return at, Instant(at + clock - _away(found[7] or b"") * MINUTE)


def _away(zone: bytes) -> int:
    """How many minutes east of UTC a zone is."""
    if zone[:1] not in (b"+", b"-"):
        return _ZONES.get(zone.upper(), 0) * 60
    hours, minutes = int(zone[1:3]), int(zone[3:])
    away = 0 if hours > 23 or minutes > 59 else hours * 60 + minutes
    return -away if zone[:1] == b"-" else away


def day(at: int) -> bytes:
    """`9-Mar-2015`: a date."""
    year, month, number, *_ = civil(Instant(at))
    return f"{number}-{_MONTHS[month - 1]}-{year:04}".encode("ascii")


def _start(day: int, month: bytes, year: int) -> Instant | None:
    """The beginning of a day, as if in UTC; None where there is no such day."""
    name = month.decode("ascii").title()
    if name not in _MONTHS or not year:
        return None
    number = _MONTHS.index(name) + 1
    leap = not year % 4 and (year % 100 != 0 or not year % 400)
    count = 28 if number == 2 and not leap else _DAYS[number - 1]
    return instant(year, number, day) if 1 <= day <= count else None


def _day(cursor: Cursor, start: int, expect: Expect, day: bytes, month: bytes, year: bytes) -> Instant:
    found = _start(int(day), month, int(year))
    if found is None:
        raise cursor.refuse(start, expect._replace(why="a day that there is"), formed=True)
    return found


def date_time(cursor: Cursor) -> tuple[Instant, int]:
    """date-time: a moment, and the zone in minutes east of UTC."""
    cursor.rule, start = "date-time", cursor.at
    cursor.need(_DATE_TIME, DATE_TIME)
    found = _DATE_TIME.match(cursor.octets, start)
    assert found is not None, "the cursor has matched it"
    hour, minute, second, away, past = (int(one) for one in found.group(4, 5, 6, 8, 9))
    at = _day(cursor, start, DATE_TIME, found[1], found[2], found[3])
    if hour > 23 or minute > 59 or second > 60 or away > 23 or past > 59:
        raise cursor.refuse(start, DATE_TIME._replace(why="a time and a zone that there are"), formed=True)
    cursor.mark("date-time", start)
    zone = (away * 60 + past) * (-1 if found[7] == b"-" else 1)
    clock = ((hour * 60 + minute) * 60 + second) * SECOND
    return Instant(at + clock - zone * MINUTE), zone


def date(cursor: Cursor) -> Instant:
    """date: the beginning of a day, as if in UTC."""
    cursor.rule, start = "date", cursor.at
    cursor.need(_DATE, DATE)
    found = _DATE.match(cursor.octets, start)
    assert found is not None, "the cursor has matched it"
    at = _day(cursor, start, DATE, found[2], found[3], found[4])
    cursor.mark("date", start)
    return at
