"""Who was not let in is written down in the audit log, within bounds, so that nobody fills it with that."""

from datetime import timedelta

from connectors.contract import Clock
from inbox.actions.audit import note
from inbox.model.people import Principal, User
from inbox.store import Store

_EVERY = timedelta(minutes=15)
_AT_MOST = 100


async def note_refusal(
    visitor: Principal,
    by: str,
    *,
    store: Store,
    clock: Clock,
    user: User | None = None,
    about: str = "",
    **told: object,
) -> None:
    """Write down that somebody failed to get in `by` a password, a second step, a passkey or another's word.

    Once in a quarter of an hour for each account, or what it was `about` if there is none, and each address;
    a hundred times in all; and each way by itself, so that guesses at passwords hide no guess at a second
    step. What was typed is not kept: it may be a password in the wrong field.
    """
    now, whom = clock(), user.id if user else about
    keys = [f"failed:{by}:{each}" for each in (visitor.address, whom) if each]
    if min([await store.presence.strike(key, now, _EVERY) for key in keys], default=1) > 1:
        return
    if await store.presence.strike(f"failed:{by}", now, _EVERY) <= _AT_MOST:
        at = f"user:{user.id}" if user else ""
        await note(visitor, "user.refused", at, store=store, clock=clock, after={"by": by, **told})
