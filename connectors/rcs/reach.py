"""What a customer's phone can show, asked once and remembered for a while."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple

FEATURES_LAST = timedelta(hours=24)
ABSENCE_LASTS = timedelta(hours=1)
_REMEMBERED = 50_000


class _Known(NamedTuple):
    features: frozenset[str] | None
    until: datetime


class Reach:
    """A memory of phones. It may be lost at any time: whoever is unknown is asked for again."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def recall(self, number: str, now: datetime) -> tuple[bool, frozenset[str] | None]:
        """Whether the phone is known, and its features; None if RCS does not reach it."""
        known = self._known.get(number)
        if known is None or known.until <= now:
            return False, None
        return True, known.features

    def note(self, number: str, features: frozenset[str] | None, now: datetime) -> None:
        """Remember what Google said; a phone that is not reached is asked for again sooner."""
        self._known[number] = _Known(features, now + (ABSENCE_LASTS if features is None else FEATURES_LAST))
        self._known.move_to_end(number)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
