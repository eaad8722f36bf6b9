"""The browsers in which somebody is signed in: seen, and ended. Whoever ends one then tells its pages."""

from datetime import timedelta
from typing import Any

from connectors.contract import Clock
from inbox.actions.audit import note
from inbox.actions.errors import Forbidden, NotFound
from inbox.actions.people import IDLE, SESSION
from inbox.model.people import ADMIN, Principal, Session, User
from inbox.store import Store

_SEEN_EVERY = timedelta(minutes=1)
_MOST = 1000


async def note_seen(session: Session, address: str, *, store: Store, clock: Clock) -> None:
    """The session was used just now, from this address, and lasts on. Written down once a minute at most."""
    now = clock()
    if session.seen_at is None or now - session.seen_at >= _SEEN_EVERY or address != session.address:
        until = min(session.created_at + SESSION, now + IDLE)
        await store.sessions.change(session.id, seen_at=now, address=address, expires_at=until)


async def sessions_of(user_id: str, *, store: Store, clock: Clock) -> list[Session]:
    """Where a user is signed in, the newest first."""
    query = {"user_id": user_id, "expires_at": {"$gt": clock()}}
    found = await store.sessions.list(query, limit=_MOST)
    return sorted(found, key=lambda one: one.seen_at or one.created_at, reverse=True)


async def end_session(user: User, session_id: str, who: Principal, *, store: Store, clock: Clock) -> None:
    """End one of one's own sessions. Raises `NotFound` for anybody else's."""
    if not await store.sessions.remove_all({"_id": session_id, "user_id": user.id}):
        raise NotFound("That session has ended already.")
    await note(who, "sessions.ended", f"user:{user.id}", store=store, clock=clock, after={"ended": 1})


async def end_others(user: User, session: Session, who: Principal, *, store: Store, clock: Clock) -> int:
    """End all of one's sessions but this one; how many there were."""
    ended = await store.sessions.remove_all({"user_id": user.id, "_id": {"$ne": session.id}})
    await note(who, "sessions.ended", f"user:{user.id}", store=store, clock=clock, after={"ended": ended})
    return ended


async def end_all_of(user_id: str, who: Principal, *, store: Store, clock: Clock) -> int:
    """End all sessions of a colleague; how many there were. Raises `Forbidden` or `NotFound`."""
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    if await store.users.get(user_id) is None:
        raise NotFound("There is no such colleague.")
    ended = await store.sessions.remove_all({"user_id": user_id})
    await note(who, "sessions.ended", f"user:{user_id}", store=store, clock=clock, after={"ended": ended})
    return ended


async def counts(*, store: Store, clock: Clock) -> dict[str, int]:
    """How many sessions each user has, by id."""
    found: dict[str, int] = {}
    for session in await store.sessions.list({"expires_at": {"$gt": clock()}}, limit=100_000):
        found[session.user_id] = found.get(session.user_id, 0) + 1
    return found


def session_json(session: Session, current: Session) -> dict[str, Any]:
    """A session as its owner sees it; its id is no secret, for it is a digest of the cookie."""
    return {
        "id": session.id,
        "device": session.device or "An unknown device",
        "address": session.address,
        "created_at": session.created_at,
        "seen_at": session.seen_at or session.created_at,
        "is_this": session.id == current.id,
    }
