"""Who waits is told again when it matters, and no oftener."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inbox.model.queue_news import Told, is_due

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
places = st.none() | st.integers(1, 500)
days = st.lists(st.tuples(st.timedeltas(timedelta(), timedelta(hours=3)), places, st.booleans()), max_size=60)


def told_over(day, *, is_dear: bool) -> list[tuple[datetime, int | None, bool]]:
    """All that is told while time passes, places change and the customer writes or does not."""
    said, told, now, heard = [], None, NOON, 1
    for passed, place, writes in day:
        now, heard = now + passed, heard + writes
        if is_due(told, place, heard=heard, now=now, is_dear=is_dear):
            said.append((now, place, told is None or heard > told.heard))
            told = Told(now, heard, place)
    return said


@given(days, st.booleans())
def test_it_is_told_at_once_and_never_twice_within_a_minute(day, is_dear) -> None:
    said = told_over(day, is_dear=is_dear)
    assert bool(said) == bool(day)
    assert all(b[0] - a[0] >= timedelta(minutes=1) for a, b in pairwise(said))


@given(days, st.booleans())
def test_of_our_own_accord_only_a_close_or_half_the_queue_is_told(day, is_dear) -> None:
    said = told_over(day, is_dear=is_dear)
    for (_, before, _), (_, after, was_asked) in pairwise(said):
        if was_asked:
            continue
        assert before is not None
        assert after is None or (not is_dear and after * 2 <= before)


@given(st.integers(1, 500), st.booleans())
def test_who_writes_is_told_what_has_changed_and_after_a_while_what_has_not(place, is_dear) -> None:
    told = Told(NOON, 1, place)

    def due(place: int | None, minutes: int, heard: int = 2) -> bool:
        return is_due(told, place, heard=heard, now=NOON + timedelta(minutes=minutes), is_dear=is_dear)

    assert due(place + 1, 1) and due(None, 1) and due(place, 10)
    assert not due(place, 9) and not due(place + 1, 0) and not due(place + 1, 60, heard=1)
