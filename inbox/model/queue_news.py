"""When a customer in a queue is told again how it stands: when that matters to them, and no oftener. Pure."""

from datetime import datetime, timedelta

import msgspec

_SOON = timedelta(minutes=1)
"""So long nothing more is told, whatever changes."""

_SAME = timedelta(minutes=10)
"""So long after the same words they are not said again, even to one who asks."""


class Told(msgspec.Struct, frozen=True):
    """What a customer was told, and up to which of their messages that is an answer."""

    at: datetime
    heard: int
    place: int | None = None
    """Their place in the queue; None: that nobody is there, and when somebody is back."""


def is_due(told: Told | None, place: int | None, *, heard: int, now: datetime, is_dear: bool) -> bool:
    """Whether they are to be told `place`, or, if it is None, when somebody is back.

    It is told at first; when they write again and it has changed, or a while has passed; and of our own
    accord when the team closes, or when at most half as many are before them: never more often than a place
    can be halved. That last is spared them where every message costs, which `is_dear` says.
    """
    if told is None:
        return True
    passed = now - told.at
    if passed < _SOON:
        return False
    if heard > told.heard:
        return place != told.place or passed >= _SAME
    if told.place is None:
        return False
    return place is None or (not is_dear and place * 2 <= told.place)
