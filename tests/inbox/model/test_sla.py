"""Service levels: which promises run, and when each is in danger and broken."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inbox.model.case import Case, Ended, Promise, Span
from inbox.model.hours import Hours
from inbox.model.sla import Policy, is_kept, policy_for, running

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEKDAYS = Hours("Mo-Fr 09:00-17:00")
POLICY = Policy(id="gold", name="Gold", first_response=HOUR, next_response=2 * HOUR, resolution=16 * HOUR)
IN_HOURS = Policy(id="office", name="Office", first_response=HOUR, resolution=16 * HOUR, hours=WEEKDAYS)


def ended(promise: Promise, since: datetime, until: datetime) -> Ended:
    return Ended(promise=promise, since=since, until=until)


def test_the_first_answer_is_due_until_a_human_has_answered() -> None:
    first, last = running(POLICY, Case(began_at=MONDAY), MONDAY)
    assert (first.promise, first.breach_at) == (Promise.FIRST_RESPONSE, MONDAY + HOUR)
    assert last.promise is Promise.RESOLUTION
    assert first.is_warning(MONDAY + timedelta(minutes=48))
    assert not first.is_warning(MONDAY + timedelta(minutes=47))
    assert first.is_breached(MONDAY + HOUR)
    assert not first.is_warning(MONDAY + HOUR)


def test_the_next_answer_is_due_only_while_the_customer_waits() -> None:
    answered = Case(began_at=MONDAY, first_answered_at=MONDAY + HOUR)
    assert [d.promise for d in running(POLICY, answered, None)] == [Promise.RESOLUTION]
    due = running(POLICY, answered, MONDAY + 3 * HOUR)[0]
    assert (due.promise, due.breach_at) == (Promise.NEXT_RESPONSE, MONDAY + 5 * HOUR)


def test_nothing_is_due_once_it_is_over_or_while_it_sleeps_and_sleep_is_added() -> None:
    assert running(POLICY, Case(began_at=MONDAY, ended_at=MONDAY + HOUR), MONDAY) == []
    assert running(POLICY, Case(began_at=MONDAY, snoozed_at=MONDAY + HOUR), MONDAY) == []
    slept = Case(
        began_at=MONDAY, first_answered_at=MONDAY, snoozes=(Span(MONDAY + HOUR, MONDAY + 11 * HOUR),)
    )
    assert running(POLICY, slept, None)[0].breach_at == MONDAY + 26 * HOUR
    late = ended(Promise.RESOLUTION, MONDAY, MONDAY + 26 * HOUR)
    assert is_kept(POLICY, late, slept.snoozes)
    assert not is_kept(POLICY, late, ())


def test_office_hours_alone_are_counted() -> None:
    evening = MONDAY.replace(hour=16, minute=30)
    due = running(IN_HOURS, Case(began_at=evening), evening)[0]
    assert due.breach_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert is_kept(IN_HOURS, ended(Promise.FIRST_RESPONSE, evening, due.breach_at), ())
    too_late = due.breach_at + timedelta(seconds=1)
    assert not is_kept(IN_HOURS, ended(Promise.FIRST_RESPONSE, evening, too_late), ())
    assert is_kept(IN_HOURS, ended(Promise.NEXT_RESPONSE, evening, due.breach_at), ()) is None


def test_of_the_policies_that_apply_the_first_is_taken() -> None:
    vip = Policy(id="1", name="VIP", position=1, team_ids=("vip",), first_response=HOUR)
    urgent = Policy(id="2", name="Urgent", position=2, priorities=("urgent",), first_response=HOUR)
    rest = Policy(id="3", name="Rest", position=9, resolution=HOUR)
    policies = [rest, urgent, vip]

    def applies(team: str | None, priority: str) -> Policy | None:
        return policy_for(policies, channel_id="sms", team_id=team, priority=priority)

    assert applies("vip", "urgent") is vip
    assert applies(None, "urgent") is urgent
    assert applies("other", "none") is rest
    assert policy_for([vip], channel_id="sms", team_id=None, priority="none") is None


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(st.sampled_from([POLICY, IN_HOURS]), MOMENTS, st.timedeltas(timedelta(), timedelta(days=3)))
def test_a_promise_is_kept_up_to_its_breach_and_not_after_it(policy, since, earlier) -> None:
    for due in running(policy, Case(began_at=since), since):
        assert since <= due.warn_at <= due.breach_at
        at = max(since, due.breach_at - earlier)
        assert is_kept(policy, ended(due.promise, since, at), ())
        much_later = due.breach_at + timedelta(days=4)
        assert is_kept(policy, ended(due.promise, since, much_later), ()) is False


@given(
    st.sampled_from([POLICY, IN_HOURS]),
    MOMENTS,
    st.lists(st.tuples(st.timedeltas(timedelta(), HOUR), st.timedeltas(timedelta(), 8 * HOUR)), max_size=4),
)
def test_what_slept_is_as_late_as_it_slept_and_never_earlier(policy, since, sleeps) -> None:
    snoozes, at = [], since
    for awake, asleep in sleeps:
        snoozes.append(Span(at + awake, at + awake + asleep))
        at = snoozes[-1].until
    plain = running(policy, Case(began_at=since), since)
    slept = running(policy, Case(began_at=since, snoozes=tuple(snoozes)), since)
    for before, after in zip(
        sorted(plain, key=lambda d: d.promise), sorted(slept, key=lambda d: d.promise), strict=True
    ):
        assert after.breach_at >= before.breach_at
        if after.breach_at >= at:  # all of the sleep lies before it
            assert is_kept(policy, ended(after.promise, since, after.breach_at), snoozes)
