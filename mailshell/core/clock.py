"""Time as a value: engines read it from the host that they are given, never from the machine."""

from functools import lru_cache
from typing import NewType, Protocol

Instant = NewType("Instant", int)
"""Microseconds since 1970-01-01 00:00:00 UTC, leap seconds not counted."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Clock(Protocol):
    """What an engine may ask of a clock."""

    def now(self) -> Instant:
        """The present moment."""


class VirtualClock:
    """A clock that stands still until somebody turns it: the shell, lessons, tests."""

    def __init__(self, start: Instant) -> None:
        self._now = start

    def now(self) -> Instant:
        """The moment that the clock was last turned to."""
        return self._now

    def turn(self, to: Instant) -> None:
        """Show `to` from now on; undo turns a clock back as well."""
        self._now = to


def instant(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> Instant:
    """The Instant of a UTC date and time of day (proleptic Gregorian calendar)."""
    # Days since 1970-01-01, counted in years that begin on 1 March, so that a leap day is the last day of its year.
    years = year - (month <= 2)
    days = (
        years * 365 + years // 4 - years // 100 + years // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1 - 719_468
    )
    return Instant(days * DAY + hour * HOUR + minute * MINUTE + second * SECOND)


def civil(at: Instant) -> tuple[int, int, int, int, int, int]:
    """Year, month, day, hour, minute, second in UTC."""
    days, rest = divmod(at, DAY)
    shifted = days + 719_468
    era, of_era = divmod(shifted, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    day_of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (month <= 2)
    second = rest // SECOND
    return year, month, day, second // 3600, second // 60 % 60, second % 60


def mail_date(at: Instant) -> str:
    """`Mon, 09 Mar 2015 10:00:00 +0000`: the date-time of RFC 5322 section 3.3, in UTC."""
    return _mail_date(at // SECOND)


@lru_cache(maxsize=8)
def _mail_date(seconds: int) -> str:
    """A server that takes thousands of messages a second writes the same date thousands of times."""
    at = Instant(seconds * SECOND)
    year, month, day, hour, minute, second = civil(at)
    weekday = _DAYS[at // DAY % 7]
    return f"{weekday}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} +0000"


def iso_date(at: Instant) -> str:
    """`2015-03-09T10:00:00Z`: the form for people and for JSON."""
    year, month, day, hour, minute, second = civil(at)
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


def day_time(at: Instant) -> str:
    """`Mon 10:30`, with seconds where there are any: the form for what happens within days of each other."""
    second = f":{at // SECOND % 60:02}" if at // SECOND % 60 else ""
    return f"{_DAYS[at // DAY % 7]} {at // HOUR % 24:02}:{at // MINUTE % 60:02}{second}"


def next_time(text: str, now: Instant) -> Instant | None:
    """The first moment after `now` that `day_time` writes so, the day left out where any will do; None for others."""
    day, _, clock = text.strip().rpartition(" ")
    hours, colon, minutes = clock.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and text.isascii()):
        return None
    time = int(hours) * HOUR + int(minutes) * MINUTE
    if int(hours) > 23 or int(minutes) > 59 or day.title() not in ("", *_DAYS):
        return None
    found = now // DAY * DAY + time
    while found <= now or (day and _DAYS[found // DAY % 7] != day.title()):
        found += DAY
    return Instant(found)


def span(microseconds: int) -> str:
    """Whole seconds in the words that `duration` reads: `1h30m`."""
    left, words = microseconds // SECOND, ""
    for unit, seconds in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        words += f"{count}{unit}" if count else ""
    return words or "0s"


def duration(text: str) -> int | None:
    """Microseconds of `90`, `90s`, `30m`, `2h`, `5d` or `1h30m`; None where the text is no duration."""
    units = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
    total, digits, used = 0, "", False
    for letter in text:
        if letter in "0123456789" and len(digits) < 9:
            digits += letter
        elif letter in units and digits:
            total, digits, used = total + int(digits) * units[letter], "", True
        else:
            return None
    if digits:
        return None if used else int(digits) * SECOND
    return total if used else None
