"""When to try a failed message again. Pure."""

import random
from datetime import timedelta

from connectors.errors import CredentialsRefused, OutcomeUnknown, SendFailed, Throttled

GRACE = timedelta(seconds=30)
"""How long a message whose outcome is unknown waits for the provider's report before it is sent again."""

GIVE_UP = timedelta(hours=24)
"""After this a message is old news to the customer: an agent must decide."""

_FIRST = 1.0
_LONGEST = 600.0


def next_attempt(
    error: SendFailed, attempts: int, age: timedelta, chance: random.Random | None = None
) -> timedelta | None:
    """How long to wait before the next attempt, None to give up.

    Doubles from one second to ten minutes, each wait anywhere between half and the whole of it, so that what
    failed together does not come back together. The provider's own wish is the least.
    """
    if not error.retry or age >= GIVE_UP:
        return None
    ceiling = min(_LONGEST, _FIRST * 2 ** min(attempts - 1, 12))
    if isinstance(error, CredentialsRefused):
        ceiling = max(ceiling, 60.0)
    if isinstance(error, Throttled):
        ceiling = max(ceiling, 2.0)
    wait = (chance or random).uniform(ceiling / 2, ceiling)
    least = error.retry_after or 0.0
    if isinstance(error, OutcomeUnknown):
        least = max(least, GRACE.total_seconds())
    return timedelta(seconds=max(wait, least))
