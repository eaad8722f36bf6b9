"""Quiet hours by the recipient's clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.events import Identity, IdentityKind
from inbox.model.quiet import USUAL, BadSpan, Span, quiet_until, span_of, zones_of

NIGHT = span_of(USUAL)
ROME, NEW_YORK = ZoneInfo("Europe/Rome"), ZoneInfo("America/New_York")

moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
quarters = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
spans = st.builds(Span, quarters, quarters)


def phone(number: str) -> Identity:
    return Identity(IdentityKind.PHONE, number)


@pytest.mark.parametrize(
    ("number", "known", "names"),
    [
        ("+393331234567", None, {"Europe/Rome", "Europe/Vatican"}),
        ("+12125551234", None, {"America/New_York"}),
        ("+12125551234", "Asia/Tokyo", {"Asia/Tokyo"}),
        ("+12125551234", "Nowhere/At all", {"America/New_York"}),
        ("+12125551234", 7, {"America/New_York"}),
        ("+15550001111", None, set()),
        ("no number", None, set()),
    ],
)
def test_where_somebody_may_be(number: str, known: object, names: set[str]) -> None:
    assert {zone.key for zone in zones_of([phone(number)], known)} == names


def test_who_has_no_number_is_nowhere() -> None:
    assert zones_of([Identity(IdentityKind.VISITOR, "393331234567")]) == ()


@pytest.mark.parametrize(
    ("at", "zone", "until"),
    [
        ("2026-11-30T19:59:59+00:00", ROME, None),
        ("2026-11-30T20:00:00+00:00", ROME, "2026-12-01T07:00:00+00:00"),
        ("2026-11-30T06:59:00+00:00", ROME, "2026-11-30T07:00:00+00:00"),
        ("2026-11-30T07:00:00+00:00", ROME, None),
        ("2026-11-30T07:00:00+00:00", NEW_YORK, "2026-11-30T13:00:00+00:00"),
        ("2026-03-29T00:30:00+00:00", ROME, "2026-03-29T06:00:00+00:00"),  # an hour is left out that night
    ],
)
def test_nights_end_by_the_local_clock(at: str, zone: ZoneInfo, until: str | None) -> None:
    found = quiet_until(datetime.fromisoformat(at), [zone], NIGHT)
    assert found == (datetime.fromisoformat(until) if until else None)


def test_a_wide_country_is_asked_only_when_it_is_day_in_all_of_it() -> None:
    both = [ROME, NEW_YORK]
    assert quiet_until(datetime(2026, 11, 30, 9, tzinfo=UTC), both, NIGHT) == datetime(
        2026, 11, 30, 13, tzinfo=UTC
    )
    assert quiet_until(datetime(2026, 11, 30, 14, tzinfo=UTC), both, NIGHT) is None


@pytest.mark.parametrize("text", ["off", "", " OFF "])
def test_it_can_be_off(text: str) -> None:
    assert span_of(text) is None
    assert quiet_until(datetime(2026, 1, 1, tzinfo=UTC), [ROME], None) is None


@pytest.mark.parametrize("text", ["at night", "25:00-08:00", "21:00", "21-8"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadSpan):
        span_of(text)


@given(moments, st.lists(zones, min_size=1, max_size=3), spans)
def test_what_is_held_leaves_by_day_and_within_two_days(
    now: datetime, places: list[ZoneInfo], span: Span
) -> None:
    until = quiet_until(now, places, span)
    if until is None:
        return
    assert now < until <= now + timedelta(days=2)
    assert any(span.holds(now.astimezone(zone)) for zone in places)
    shared = not any(span.holds(until.astimezone(zone)) for zone in places)
    assert shared or not span.holds(until.astimezone(places[0]))


@given(moments, zones, spans)
def test_nothing_is_held_by_day_and_what_was_held_is_held_once(
    now: datetime, zone: ZoneInfo, span: Span
) -> None:
    until = quiet_until(now, [zone], span)
    is_night = span.start != span.end and span.holds(now.astimezone(zone))
    assert (until is not None) is is_night
    if until is not None:
        assert quiet_until(until, [zone], span) is None


@given(moments, zones)
def test_the_usual_night_has_eleven_hours_and_a_changed_clock(now: datetime, zone: ZoneInfo) -> None:
    until = quiet_until(now, [zone], NIGHT)
    assert until is None or until - now <= timedelta(hours=12)
