"""Which team a handoff goes to."""

import pytest

from inbox.model.team import Team, receiving
from tests.inbox.factories import NOON

SUPPORT = Team(id="s", name="Support", languages=("en",), is_default=True, updated_at=NOON)
ITALY = Team(id="i", name="Italia", languages=("it-IT", "en"), updated_at=NOON)
ANY = Team(id="a", name="Anybody", updated_at=NOON)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, SUPPORT),
        ({"named": "ITALIA "}, ITALY),
        ({"named": "i"}, ITALY),
        ({"named": "unknown"}, SUPPORT),
        ({"present": "a"}, ANY),
        ({"present": "gone"}, SUPPORT),
        ({"present": "a", "named": "Italia"}, ITALY),
        ({"language": "it"}, ITALY),
        ({"language": "en-GB"}, SUPPORT),
        ({"language": "hi"}, SUPPORT),
    ],
)
def test_named_then_present_then_default_then_who_speaks_the_language(asked: dict, wanted: Team) -> None:
    assert receiving([ANY, ITALY, SUPPORT], **asked) == wanted


def test_without_a_default_team_only_a_named_one_gets_it() -> None:
    assert receiving([ANY, ITALY], language="it") is None
    assert receiving([ANY, ITALY], named="anybody") == ANY
