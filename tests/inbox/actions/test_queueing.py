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
    assert "back on 24 December 10:00 and" in told(Hours("Dec 24 10:00-12:00"), "en")
    assert told(Hours("off"), "en") == SAID["en"].closed
    for said in SAID.values():
        assert "{place}" in said.place and "{when}" in said.opens and len(set(said.days)) == 7
        assert "{date}" in said.date and said.holiday


def test_a_far_day_is_written_as_the_language_does_and_with_its_year_if_that_is_another() -> None:
    far = Hours("2027 Jan 24 10:00-12:00")
    assert "Torniamo il 24 gennaio 2027 10:00 e" in told(far, "it")
    assert "हम 24 जनवरी, 2027 को 10:00 लौटेंगे" in told(far, "hi")


def test_a_public_holiday_is_named_where_the_hours_mind_it() -> None:
    feast = datetime(2026, 12, 8, 10, tzinfo=UTC)
    rule = "Mo-Fr 09:00-18:00; PH off"
    closed = told(Hours(rule, "Europe/Rome", "IT"), "it", feast)
    assert closed.startswith("Oggi è festivo. In questo momento non c’è nessuno. Torniamo mercoledì 09:00")
    assert not told(Hours(rule, "Europe/Berlin", "DE"), "it", feast).startswith("Oggi")
    assert told(Hours("Mo-Fr 12:00-18:00", "Europe/Rome", "IT"), "it", feast).startswith("In questo")


def test_ones_own_words_stand_in_the_customers_language_and_else_in_english() -> None:
    own = {"it": "Torniamo {when}", "en": "See you {when}"}
    team = Team(id="t", name="Support", hours=ROME, closed_words=own, updated_at=NOON)
    assert words_for(team, 3, "it-CH", SUNDAY) == "Torniamo lunedì 09:00"
    assert words_for(team, 3, "fr", SUNDAY) == "See you lundi 09:00"
    never = Team(id="t", name="Support", hours=Hours("off"), closed_words=own, updated_at=NOON)
    assert words_for(never, 3, "it", SUNDAY) == SAID["it"].closed
