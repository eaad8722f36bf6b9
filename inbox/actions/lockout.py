"""How often somebody may try to get in: longer waits after each failure, never for good.

Counted by account, by network address and, for a browser that its user has signed in with before, by that
browser alone: so nobody is kept out of their own account by a stranger's failures. An account that there is
not is counted as one that there is.
"""

from datetime import timedelta
from math import ceil
from typing import NamedTuple

from connectors.contract import Clock
from inbox.actions.errors import TooMany
from inbox.model.people import User
from inbox.model.secrets import FileLinks, digest
from inbox.store import Store

KNOWN_FOR = timedelta(days=180)
"""How long a browser is known after its user signed in with it."""

_FREE = 5
_FREE_FOR_AN_ADDRESS = 30
"""An office behind one address has many who mistype."""

_FIRST = timedelta(seconds=15)
_MOST = timedelta(minutes=15)
_MEMORY = timedelta(days=1)


class Visit(NamedTuple):
    """Where an attempt comes from."""

    address: str
    device: str = ""
    """What the browser calls itself, in a person's words."""
    known: str = ""
    """What `known_browser` once gave this browser."""


def known_browser(user: User, *, tickets: FileLinks, clock: Clock) -> str:
    """What a browser may show in future, so that its user's failures are not a stranger's."""
    return tickets.ticket(_subject(user), clock() + KNOWN_FOR)


async def count_attempt(
    email: str, user: User | None, visit: Visit, *, tickets: FileLinks | None, store: Store, clock: Clock
) -> tuple[str, ...]:
    """Count an attempt to get in as this account. Raises `TooMany` with how long to wait.

    Returns what `forgive` needs when the attempt succeeds. It counts before it is looked at, so that many at
    once get no further.
    """
    now = clock()
    if user and tickets and visit.known and tickets.is_good(_subject(user), visit.known, now):
        limits = {f"browser:{digest(visit.known)}": _FREE}
    else:
        limits = {f"from:{visit.address}": _FREE_FOR_AN_ADDRESS, f"account:{digest(email)}": _FREE}
    for key, free in limits.items():
        await _count(key, free, store=store, clock=clock)
    return tuple(limits)


async def count_proof(user: User, *, store: Store, clock: Clock) -> str:
    """Count an attempt of somebody who is signed in to show that it is them. Raises `TooMany`."""
    key = f"proof:{user.id}"
    await _count(key, _FREE, store=store, clock=clock)
    return key


async def forgive(keys: tuple[str, ...], *, store: Store) -> None:
    """The attempt was right: forget an account's failures, and this one of a network address."""
    for key in keys:
        await store.lockouts.forgive(key, 1 if key.startswith("from:") else None)


async def _count(key: str, free: int, *, store: Store, clock: Clock) -> None:
    wait = await store.lockouts.attempt(key, clock(), free=free, first=_FIRST, most=_MOST, memory=_MEMORY)
    if wait is not None:
        seconds = max(1, ceil(wait.total_seconds()))
        raise TooMany(f"Too many attempts. Try again in {_spoken(seconds)}.", retry_after=seconds)


def _spoken(seconds: int) -> str:
    if seconds > 90:
        return f"{ceil(seconds / 60)} minutes"
    return "a second" if seconds == 1 else f"{seconds} seconds"


def _subject(user: User) -> str:
    return f"browser\n{user.id}"
