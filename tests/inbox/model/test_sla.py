"""Service levels: which promises run, and when each is in danger and broken."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inbox.model.hours import Hours
from inbox.model.sla import Case, Policy, Promise, kept, running

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEKDAYS = Hours("Mo-Fr 09:00-17:00")
POLICY = Policy(id="gold", name="Gold", first_response=HOUR, next_response=2 * HOUR, resolution=16 * HOUR)
IN_HOURS = Policy(id="office", name="Office", first_response=HOUR, resolution=16 * HOUR, hours=WEEKDAYS)


def test_the_first_answer_is_due_until_a_human_has_answered() -> None:
    first, last = running(POLICY, Case(began_at=MONDAY, waiting_since=MONDAY))
    assert (first.promise, first.breach_at) == (Promise.FIRST_RESPONSE, MONDAY + HOUR)
    assert last.promise is Promise.RESOLUTION
    assert first.is_warning(MONDAY + timedelta(minutes=48))
    assert not first.is_warning(MONDAY + timedelta(minutes=47))
    assert first.is_breached(MONDAY + HOUR)
    assert not first.is_warning(MONDAY + HOUR)


def test_the_next_answer_is_due_only_while_the_customer_waits() -> None:
    answered = Case(began_at=MONDAY, first_answered_at=MONDAY + HOUR)
    assert [d.promise for d in running(POLICY, answered)] == [Promise.RESOLUTION]
    again = Case(began_at=MONDAY, first_answered_at=MONDAY + HOUR, waiting_since=MONDAY + 3 * HOUR)
    due = running(POLICY, again)[0]
    assert (due.promise, due.breach_at) == (Promise.NEXT_RESPONSE, MONDAY + 5 * HOUR)


def test_nothing_is_due_once_it_is_resolved_and_what_was_paused_is_added() -> None:
    assert running(POLICY, Case(began_at=MONDAY, resolved_at=MONDAY + HOUR)) == []
    paused = Case(began_at=MONDAY, first_answered_at=MONDAY, paused=10 * HOUR)
    assert running(POLICY, paused)[0].breach_at == MONDAY + 26 * HOUR


def test_office_hours_alone_are_counted() -> None:
    evening = MONDAY.replace(hour=16, minute=30)
    due = running(IN_HOURS, Case(began_at=evening, waiting_since=evening))[0]
    assert due.breach_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert kept(IN_HOURS, Promise.FIRST_RESPONSE, evening, due.breach_at)
    assert not kept(IN_HOURS, Promise.FIRST_RESPONSE, evening, due.breach_at + timedelta(seconds=1))
    assert kept(IN_HOURS, Promise.NEXT_RESPONSE, evening, due.breach_at) is None


@given(
    st.sampled_from([POLICY, IN_HOURS]),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.timedeltas(timedelta(), timedelta(days=3)),
)
def test_a_promise_is_kept_up_to_its_breach_and_not_after_it(policy, since, later) -> None:
    for due in running(policy, Case(began_at=since, waiting_since=since)):
        assert since <= due.warn_at <= due.breach_at
        assert kept(policy, due.promise, since, due.breach_at - later)
        much_later = due.breach_at + timedelta(days=4)
        assert kept(policy, due.promise, since, much_later) is False
