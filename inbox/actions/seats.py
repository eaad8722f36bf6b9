"""Seats: how much of what an agent is given, and whether they are there.

All raise `Forbidden`, `NotFound` or `Invalid`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from inbox.actions import audit
from inbox.actions.converse import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.actions.teams import tags_of
from inbox.actions.triage import clean_label
from inbox.model.people import ADMIN, WRITE, Principal
from inbox.model.seat import KeptSeat
from inbox.store import Store

_MOST = 200
_SKILLS = 50


async def save(
    desk: Desk,
    who: Principal,
    agent_id: str,
    *,
    capacity: int,
    languages: Iterable[str] = (),
    skills: Iterable[str] = (),
) -> KeptSeat:
    """Say how much of what an agent is given. A skill is named as the label that asks for it."""
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    if await desk.store.users.get(agent_id) is None:
        raise NotFound("There is no such colleague.")
    if not 0 <= capacity <= _MOST:
        raise Invalid(f"An agent is given 0 to {_MOST} conversations.")
    known = tuple(dict.fromkeys(clean_label(skill) for skill in skills))
    if len(known) > _SKILLS:
        raise Invalid(f"{_SKILLS} skills are allowed.")
    fields = {"capacity": capacity, "languages": tags_of(languages), "skills": known}
    before = await desk.store.seats.get(agent_id) or KeptSeat(id=agent_id)
    await desk.store.seats.note(agent_id, **fields)
    after = await desk.store.seats.get(agent_id) or KeptSeat(id=agent_id)
    was, became = seat_json(before), seat_json(after)
    await audit.note_change(who, "seat", agent_id, was, became, store=desk.store, clock=desk.clock)
    return after


async def be_busy(desk: Desk, who: Principal, busy: bool) -> None:
    """Want to be given nothing more for now, or again."""
    if not who.may(WRITE):
        raise Forbidden("You are not allowed to do this.")
    if not who.is_user:
        raise Invalid("Only a person can be busy.")
    await desk.store.seats.note(who.id, is_busy=busy)


async def presences(store: Store, now: datetime) -> dict[str, str]:
    """`online` or `busy` for each agent who has a page open; all others are `offline`."""
    here = await store.presence.online(now)
    busy = {seat.id for seat in await store.seats.list({"is_busy": True}, limit=10_000)} if here else set()
    return {agent_id: "busy" if agent_id in busy else "online" for agent_id in here}


def seat_json(seat: KeptSeat) -> dict[str, Any]:
    """What of a seat an admin can change."""
    return {"capacity": seat.capacity, "languages": list(seat.languages), "skills": list(seat.skills)}
