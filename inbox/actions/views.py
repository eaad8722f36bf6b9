"""Saved views: one's own, and those that an admin shares with everybody.

All raise `Forbidden`, `NotFound` or `Invalid`.
"""

from typing import Any

from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, READ, Principal
from inbox.model.view import EVERYBODY, FIELDS, View

_MOST = 50
_NAME = 60
_VALUE = 100


async def of(desk: Desk, who: Principal) -> list[View]:
    """Theirs and everybody's, by name."""
    return await desk.store.views.list({"owner_id": {"$in": [who.id, EVERYBODY]}}, sort="name")


async def save(
    desk: Desk,
    who: Principal,
    *,
    view_id: str | None = None,
    new_view_id: str | None = None,
    name: str,
    query: dict[str, str],
    is_shared: bool,
) -> View:
    """Keep a new view, under `new_view_id` if that is given, or change the one of `view_id`.

    Only an admin shares one with everybody.
    """
    if not who.may(READ):
        raise Forbidden("You are not allowed to do this.")
    name = " ".join(name.split())
    if not 1 <= len(name) <= _NAME:
        raise Invalid(f"A view has a name of 1 to {_NAME} characters.")
    if unknown := sorted(query.keys() - set(FIELDS)):
        raise Invalid(f"A view cannot be made of {', '.join(unknown)}; there are {', '.join(FIELDS)}.")
    if any(len(value) > _VALUE for value in query.values()):
        raise Invalid(f"Each part of a view may have {_VALUE} characters.")
    if view_id is not None:
        await _theirs(desk, who, view_id)
    owner = EVERYBODY if is_shared else who.id
    _may_own(who, owner)
    if view_id is None and len(await desk.store.views.list({"owner_id": owner}, sort="name")) >= _MOST:
        raise Invalid(f"There are {_MOST} views already. Delete one first.")
    given = {field: value for field, value in query.items() if value}
    view = View(
        id=view_id or new_view_id or new_id(),
        name=name,
        query=given,
        owner_id=owner,
        author_id=who.id,
        at=desk.clock(),
    )
    await desk.store.views.put(view)
    return view


async def drop(desk: Desk, who: Principal, view_id: str) -> None:
    """Delete a view."""
    if not who.may(READ):
        raise Forbidden("You are not allowed to do this.")
    await _theirs(desk, who, view_id)
    await desk.store.views.remove(view_id)


async def _theirs(desk: Desk, who: Principal, view_id: str) -> View:
    """A view that they may change; one that they may not see is not there."""
    view = await desk.store.views.get(view_id)
    if view is None or view.owner_id not in (who.id, EVERYBODY):
        raise NotFound("There is no such view.")
    _may_own(who, view.owner_id)
    return view


def _may_own(who: Principal, owner_id: str) -> None:
    if owner_id == EVERYBODY and not who.may(ADMIN):
        raise Forbidden("Only an admin changes what everybody sees.")


def view_json(view: View) -> dict[str, Any]:
    """A view as pages and programs see it."""
    return {"id": view.id, "name": view.name, "query": view.query, "shared": view.owner_id == EVERYBODY}
