"""Dates as IMAP writes them (RFC 3501 section 9: date-time, date)."""

import re
from functools import lru_cache

from mailshell.core.clock import DAY, MINUTE, Instant, civil, instant
from mailshell.core.cursor import Cursor
from mailshell.core.record import Expect

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE_TIME = re.compile(
    rb'"([ 0-3][0-9])-([A-Za-z]{3})-([0-9]{4}) ([0-2][0-9]):([0-5][0-9]):([0-5][0-9]|60) ([+-])([0-9]{2})([0-5][0-9])"'
)
_DATE = re.compile(rb'("?)([0-3]?[0-9])-([A-Za-z]{3})-([0-9]{4})\1')
DATE_TIME = Expect("date-time", "a date in quotes", like='"09-Mar-2015 10:00:00 +0000"')
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


_FIELD = re.compile(rb"(?:[A-Za-z]{3},?\s+)?([0-9]{1,2})\s+([A-Za-z]{3})\s+([0-9]{4})")


def of_field(value: bytes) -> Instant | None:
    """The day of a Date field, without its time and zone, as SEARCH compares it; None where it cannot be read."""
    found = _FIELD.match(value)
    name = "" if found is None else found[2].decode("ascii").title()
    if found is None or name not in _MONTHS or not 1 <= int(found[1]) <= 31:
        return None
    return instant(int(found[3]), _MONTHS.index(name) + 1, int(found[1]))


def day(at: int) -> bytes:
    """`9-Mar-2015`: a date."""
    year, month, number, *_ = civil(Instant(at))
    return f"{number}-{_MONTHS[month - 1]}-{year:04}".encode("ascii")


def _day(cursor: Cursor, start: int, expect: Expect, day: bytes, month: bytes, year: bytes) -> Instant:
    name = month.decode("ascii").title()
    if name in _MONTHS:
        number = _MONTHS.index(name) + 1
        count = (
            28 if number == 2 and (int(year) % 4 or (not int(year) % 100 and int(year) % 400)) else _DAYS[number - 1]
        )
        if 1 <= int(day) <= count and int(year):
            return instant(int(year), number, int(day))
    raise cursor.refuse(start, expect)


def date_time(cursor: Cursor) -> tuple[Instant, int]:
    """date-time: a moment, and the zone in minutes east of UTC."""
    cursor.rule, start = "date-time", cursor.at
    cursor.need(_DATE_TIME, DATE_TIME)
    found = _DATE_TIME.match(cursor.octets, start)
    assert found is not None, "the cursor has matched it"
    zone = (int(found[8]) * 60 + int(found[9])) * (-1 if found[7] == b"-" else 1)
    at = _day(cursor, start, DATE_TIME, found[1], found[2], found[3])
    if int(found[4]) > 23 or abs(zone) >= 24 * 60:
        raise cursor.refuse(start, DATE_TIME)
    cursor.mark("date-time", start)
    clock = ((int(found[4]) * 60 + int(found[5])) * 60 + int(found[6])) * 1_000_000
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
