"""Opening hours: read as people write them, counted in real time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inbox.model.hours import BadHours, Hours, after_open_time, checked, is_open, open_time, opens_at

ROME = ZoneInfo("Europe/Rome")
SHOP = Hours("Mo-Fr 09:00-13:00,14:00-18:00; PH off", "Europe/Rome", "IT")
NIGHT = Hours("Mo-Su 22:00-06:00", "Europe/Rome")
HOUR = timedelta(hours=1)

moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
some_hours = st.sampled_from([SHOP, NIGHT, Hours("24/7"), Hours("Sa 10:00-10:30", "Asia/Kolkata")])


def test_people_are_there_when_the_rule_says_so() -> None:
    assert is_open(SHOP, datetime(2026, 11, 23, 9, 0, tzinfo=ROME))
    assert not is_open(SHOP, datetime(2026, 11, 23, 13, 30, tzinfo=ROME))
    assert is_open(SHOP, datetime(2026, 11, 23, 8, 30, tzinfo=UTC))  # 9:30 in Rome
    assert not is_open(SHOP, datetime(2026, 12, 8, 10, 0, tzinfo=ROME))  # the Immaculate Conception


def test_the_next_opening_passes_over_nights_weekends_and_holidays() -> None:
    assert opens_at(SHOP, datetime(2026, 12, 4, 18, 1, tzinfo=ROME)) == datetime(2026, 12, 7, 9, tzinfo=ROME)
    assert opens_at(SHOP, datetime(2026, 12, 7, 18, 1, tzinfo=ROME)) == datetime(2026, 12, 9, 9, tzinfo=ROME)
    now = datetime(2026, 11, 23, 10, 0, tzinfo=ROME)
    assert opens_at(SHOP, now) == now
    assert opens_at(Hours("off"), now) is None


def test_a_night_has_an_hour_less_and_one_more_when_the_clocks_change() -> None:
    for day, length in ((28, 7), (27, 8)):
        evening = datetime(2026, 3, day, 20, tzinfo=ROME)
        assert open_time(NIGHT, evening, evening + timedelta(hours=14)) == length * HOUR
    autumn = datetime(2026, 10, 24, 20, tzinfo=ROME)
    assert open_time(NIGHT, autumn, autumn + timedelta(hours=14)) == 9 * HOUR


def test_two_hours_from_friday_evening_end_on_monday() -> None:
    friday = datetime(2026, 11, 20, 17, 0, tzinfo=ROME)
    assert after_open_time(SHOP, friday, 2 * HOUR) == datetime(2026, 11, 23, 10, 0, tzinfo=ROME)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (Hours("9 to 5"), "not like Mo-Fr"),
        (Hours("24/7", "Rome"), "no time zone"),
        (Hours("24/7", "../../etc/passwd"), "no time zone"),
        (Hours("PH off", "UTC", "XX"), "holidays of XX"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(hours: Hours, words: str) -> None:
    with pytest.raises(BadHours, match=words):
        checked(hours)


@given(some_hours, moments, st.timedeltas(timedelta(), timedelta(hours=30)))
def test_counting_to_a_moment_and_counting_the_time_until_it_agree(hours, start, span) -> None:
    end = after_open_time(hours, start, span)
    assume(end is not None)  # half an hour a week is not enough for days
    assert open_time(hours, start, end) == span


@given(some_hours, moments, st.timedeltas(timedelta(), timedelta(days=40)), st.floats(0, 1))
def test_the_time_of_two_parts_is_that_of_the_whole(hours, start, length, share) -> None:
    middle, end = start + length * share, start + length
    parts = open_time(hours, start, middle) + open_time(hours, middle, end)
    assert parts == open_time(hours, start, end) <= length
    assert open_time(hours, end, start) == timedelta()
