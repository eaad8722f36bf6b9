"""When a failed message is tried again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderDown,
    SendFailed,
    Throttled,
    Unreachable,
)
from inbox.model.retries import GIVE_UP, GRACE, next_attempt

ERRORS = st.sampled_from([Unreachable, ProviderDown, Throttled, OutcomeUnknown, CredentialsRefused])
ATTEMPTS = st.integers(1, 10_000)
AGES = st.timedeltas(timedelta(0), GIVE_UP - timedelta(seconds=1))


@given(ERRORS, ATTEMPTS, AGES, st.one_of(st.none(), st.floats(0, 3600)), st.randoms())
def test_the_wait_is_bounded_and_at_least_what_the_provider_wishes(kind, attempts, age, wish, chance) -> None:
    wait = next_attempt(kind("No.", retry_after=wish), attempts, age, chance)
    assert wait is not None
    assert timedelta(seconds=max(0.5, wish or 0)) <= wait <= timedelta(seconds=max(600, wish or 0))


@given(st.randoms())
def test_waits_grow_until_ten_minutes(chance) -> None:
    waits = [next_attempt(Unreachable("No."), n, timedelta(0), chance).total_seconds() for n in range(1, 20)]
    for n, wait in enumerate(waits):
        assert min(600, 2**n) / 2 <= wait <= min(600, 2**n)


@given(ATTEMPTS, AGES)
def test_a_doubt_waits_for_the_providers_report(attempts, age) -> None:
    assert next_attempt(OutcomeUnknown("Perhaps."), attempts, age) >= GRACE


@given(ATTEMPTS, AGES)
def test_a_plain_refusal_is_final(attempts, age) -> None:
    assert next_attempt(SendFailed("No."), attempts, age) is None
    assert next_attempt(ContentRefused("No."), attempts, age) is None


@given(ERRORS, ATTEMPTS)
def test_after_a_day_a_person_must_decide(kind, attempts) -> None:
    assert next_attempt(kind("No."), attempts, GIVE_UP) is None
