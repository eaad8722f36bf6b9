"""What a customer in a queue is told."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.actions.queue_words import SAID
from inbox.actions.queueing import words_for
from inbox.model.hours import Hours
from inbox.model.team import Team
from tests.inbox.factories import NOON

SUNDAY = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
ROME = Hours("Mo-Fr 09:00-18:00", "Europe/Rome")


def told(hours: Hours | None, language: str | None, at: datetime = SUNDAY) -> str:
    return words_for(Team(id="t", name="Support", hours=hours, updated_at=NOON), 3, language, at)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "Torniamo lunedì 09:00 e"),
        ("de-AT", "am Montag 09:00 wieder"),
        (None, "back on Monday 09:00 and"),
        ("xx", "back on Monday 09:00 and"),
    ],
)
def test_out_of_hours_it_is_the_hour_on_the_teams_clock(language: str | None, words: str) -> None:
    assert words in told(ROME, language)


def test_in_hours_it_is_the_place() -> None:
    monday = SUNDAY + timedelta(hours=10)
    assert told(ROME, "es", monday) == "Es el número 3 en la cola. Le responderemos aquí."
    assert told(None, "es") == told(ROME, "es", monday)


def test_a_far_day_is_a_date_and_a_day_that_never_comes_is_none() -> None:
    assert "back 2026-12-24 10:00 and" in told(Hours("Dec 24 10:00-12:00"), "en")
    assert told(Hours("off"), "en") == SAID["en"].closed
    for said in SAID.values():
        assert "{place}" in said.place and "{when}" in said.opens and len(set(said.days)) == 7
