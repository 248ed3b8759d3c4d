"""Time as a value, against the datetime of the standard library."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.clock import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Instant,
    VirtualClock,
    civil,
    duration,
    instant,
    iso_date,
    mail_date,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


def of(moment: datetime) -> Instant:
    return Instant((moment - EPOCH) // timedelta(microseconds=1))


@given(moments)
def test_an_instant_is_the_microseconds_since_1970(moment):
    at = instant(*moment.timetuple()[:6])
    assert at == of(moment)
    assert civil(at) == moment.timetuple()[:6]


@given(moments)
def test_dates_are_written_as_in_mail_and_as_in_json(moment):
    assert mail_date(of(moment)) == format_datetime(moment)
    assert iso_date(of(moment)) == moment.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)


@pytest.mark.parametrize("year", [1600, 1900, 1970, 2000, 2015, 2024, 2100, 2400])
def test_every_day_of_a_year_has_its_date(year):
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        assert civil(of(day)) == (year, day.month, day.day, 0, 0, 0)
        day += timedelta(days=1)


def test_parts_of_a_second_are_cut_off():
    at = Instant(of(datetime(2015, 3, 9, 10, tzinfo=UTC)) + 999_999)
    assert civil(at) == (2015, 3, 9, 10, 0, 0)
    assert mail_date(at) == "Mon, 09 Mar 2015 10:00:00 +0000"


def test_a_virtual_clock_shows_what_it_was_turned_to():
    clock = VirtualClock(Instant(5))
    assert clock.now() == 5
    clock.turn(Instant(3))
    assert clock.now() == 3


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("90", 90 * SECOND),
        ("90s", 90 * SECOND),
        ("30m", 30 * MINUTE),
        ("2h", 2 * HOUR),
        ("5d", 5 * DAY),
        ("1h30m", 90 * MINUTE),
        ("0", 0),
        ("0s", 0),
        ("999999999", 999_999_999 * SECOND),
    ],
)
def test_a_duration_is_numbers_with_units(text, microseconds):
    assert duration(text) == microseconds


@pytest.mark.parametrize("text", ["", "m", "1h30", "1.5h", "-5m", "5 m", "5w", "١h", "1000000000", "5mm"])
def test_other_text_is_no_duration(text):
    assert duration(text) is None
