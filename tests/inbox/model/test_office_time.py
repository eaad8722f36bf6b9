"""Promises and overflow in opening hours, across changed clocks, holidays and zones: by hand, and for any."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.model.case import Case, Ended, Promise, Span
from inbox.model.hours import Hours, after_open_time, before_open_time, is_open, open_time
from inbox.model.routing import Waiting, overflows
from inbox.model.sla import Policy, is_kept, running

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ROME, NEW_YORK, KOLKATA = (ZoneInfo(name) for name in ("Europe/Rome", "America/New_York", "Asia/Kolkata"))
OFFICE = "Mo-Fr 09:00-18:00; PH off"
HOURS = [
    Hours(OFFICE, "Europe/Rome", "IT"),
    Hours("Mo-Fr 08:00-12:00,13:00-17:00; PH off", "America/New_York", "US"),
    Hours("Mo-Sa 10:00-19:00", "Asia/Kolkata"),
    Hours("Mo-Su 22:00-06:00", "Europe/Rome"),
    Hours("24/7"),
]
any_hours = st.sampled_from(HOURS)
changes = st.sampled_from(
    [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1), datetime(2026, 3, 8, 7), datetime(2026, 11, 1, 6)]
)
"""When clocks change in Rome and in New York, in UTC."""
moments = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.builds(lambda at, minutes: at + minutes * MINUTE, changes, st.integers(-3000, 3000)),
).map(lambda at: at.replace(tzinfo=UTC))
spans = st.integers(1, 40 * 60).map(lambda minutes: minutes * MINUTE)


def breach(hours: Hours, since: datetime, span: timedelta, *snoozes: Span) -> datetime:
    policy = Policy(id="p", name="P", resolution=span, hours=hours)
    return running(policy, Case(began_at=since, snoozes=snoozes), None)[0].breach_at


@pytest.mark.parametrize(
    ("hours", "since", "minutes", "until"),
    [
        # Friday 17:30 in Rome, two hours: over the weekend on which clocks go forward
        (
            HOURS[0],
            datetime(2026, 3, 27, 17, 30, tzinfo=ROME),
            120,
            datetime(2026, 3, 30, 10, 30, tzinfo=ROME),
        ),
        # the same in autumn, when they go back
        (
            HOURS[0],
            datetime(2026, 10, 23, 17, 30, tzinfo=ROME),
            120,
            datetime(2026, 10, 26, 10, 30, tzinfo=ROME),
        ),
        # the Immaculate Conception is a Tuesday: Monday evening goes on on Wednesday
        (HOURS[0], datetime(2026, 12, 7, 17, 0, tzinfo=ROME), 120, datetime(2026, 12, 9, 10, 0, tzinfo=ROME)),
        # Easter Monday, which moves
        (HOURS[0], datetime(2026, 4, 3, 17, 0, tzinfo=ROME), 120, datetime(2026, 4, 7, 10, 0, tzinfo=ROME)),
        # Thanksgiving, with a lunch break before it
        (
            HOURS[1],
            datetime(2026, 11, 25, 11, 0, tzinfo=NEW_YORK),
            360,
            datetime(2026, 11, 27, 9, 0, tzinfo=NEW_YORK),
        ),
        # half an hour off all others
        (
            HOURS[2],
            datetime(2026, 11, 21, 13, 0, tzinfo=UTC),
            90,
            datetime(2026, 11, 23, 11, 0, tzinfo=KOLKATA),
        ),
        # a night shift: 02:00 to 03:00 does not exist in spring and comes twice in autumn
        (HOURS[3], datetime(2026, 3, 28, 22, 0, tzinfo=ROME), 300, datetime(2026, 3, 29, 2, 0, tzinfo=UTC)),
        (HOURS[3], datetime(2026, 3, 28, 22, 0, tzinfo=ROME), 300, datetime(2026, 3, 29, 4, 0, tzinfo=ROME)),
        (
            HOURS[3],
            datetime(2026, 10, 24, 22, 0, tzinfo=ROME),
            540,
            datetime(2026, 10, 25, 6, 0, tzinfo=ROME),
        ),
    ],
)
def test_known_promises(hours: Hours, since: datetime, minutes: int, until: datetime) -> None:
    assert breach(hours, since, minutes * MINUTE) == until
    assert breach(Hours("24/7"), since, minutes * MINUTE) == since.astimezone(UTC) + minutes * MINUTE


@given(any_hours, moments, spans, spans)
def test_a_later_start_or_a_longer_promise_is_never_due_earlier(hours, since, span, more) -> None:
    assert breach(hours, since, span) <= breach(hours, since + more, span)
    assert breach(hours, since, span) < breach(hours, since, span + more)


@given(any_hours, moments, spans, spans)
def test_two_promises_one_after_the_other_are_one_of_both(hours, since, first, second) -> None:
    assert breach(hours, breach(hours, since, first), second) == breach(hours, since, first + second)


@given(any_hours, moments, st.integers(1, 60).map(lambda n: 10 * n * MINUTE))
def test_closed_time_is_never_counted_and_a_promise_ends_while_people_are_there(hours, since, span) -> None:
    due = breach(hours, since, span)
    assert is_open(hours, due - timedelta(microseconds=1000))
    assert open_time(hours, since, due) == span
    step = 10 * MINUTE
    looks = sum(is_open(hours, since + n * step) for n in range(int((due - since) / step)))
    assert abs(looks * step - span) <= ((due - since).days + 2) * 4 * step  # at most one at each edge


@given(any_hours, moments, spans, st.integers(0, 600), st.integers(0, 600))
def test_a_snooze_in_closed_hours_changes_nothing_and_no_snooze_brings_it_forward(
    hours, since, span, after, length
) -> None:
    snooze = Span(since + after * MINUTE, since + (after + length) * MINUTE)
    slept = open_time(hours, snooze.since, snooze.until)
    plain, late = breach(hours, since, span), breach(hours, since, span, snooze)
    assert plain <= late
    assert (plain == late) == (slept == timedelta())
    policy = Policy(id="p", name="P", resolution=span, hours=hours)
    ended = Ended(promise=Promise.RESOLUTION, since=since, until=late)
    assert is_kept(policy, ended, [snooze]) or snooze.until > late


@pytest.mark.parametrize("minutes", range(-120, 121, 10))
@pytest.mark.parametrize("length", [2, 60, 120])
def test_every_minute_counts_once_where_clocks_go_back_while_people_are_there(minutes, length) -> None:
    start = datetime(2026, 10, 25, 1, tzinfo=UTC) + minutes * MINUTE
    assert open_time(HOURS[3], start, start + length * MINUTE) == length * MINUTE


@given(any_hours, moments, spans)
def test_looking_back_and_looking_ahead_agree(hours, end, span) -> None:
    start = before_open_time(hours, end, span)
    assert start is not None and open_time(hours, start, end) == span
    assert open_time(hours, start + MINUTE, end) < span  # it is the last such moment
    due = after_open_time(hours, start, span)
    assert due is not None and due <= end and open_time(hours, due, end) == timedelta()


@given(any_hours, moments, st.lists(st.integers(0, 20_000), max_size=12), spans)
def test_overflow_counts_as_promises_do(hours, now, ages, after) -> None:
    queue = [Waiting(conversation_id=f"{n:02}", since=now - age * MINUTE) for n, age in enumerate(ages)]
    late = {w.conversation_id for w in queue if open_time(hours, w.since, now) >= after}
    assert set(overflows(queue, now, after, hours)) == late
    assert late <= set(overflows(queue, now, after))  # closed time can only delay it


@given(any_hours, moments, spans)
def test_what_is_at_rest_does_not_overflow_while_nobody_is_there(hours, now, after) -> None:
    waiting = [Waiting(conversation_id="x", since=now)]
    later = now + 12 * HOUR
    if open_time(hours, now, later) < after:
        assert overflows(waiting, later, after, hours) == []
