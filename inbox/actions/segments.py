"""Segments: kept by those who may write to customers, and asked for.

All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from inbox.actions.desk import Desk
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound
from inbox.model.ids import new_id
from inbox.model.people import WRITE, Principal
from inbox.model.profile import BadValue
from inbox.model.segment import BadClause, Clause, Segment
from inbox.store.segments import query_of

_MOST, _CLAUSES, _NAME = 100, 10, 80


async def save(desk: Desk, who: Principal, *, name: str, clauses: Iterable[Clause]) -> Segment:
    """Keep a new segment."""
    _may(who)
    name, given = await _checked(desk, name, clauses)
    if await desk.store.segments.count() >= _MOST:
        raise Invalid(f"There are {_MOST} segments already.")
    segment = Segment(id=new_id(), name=name, clauses=given, author_id=who.id, at=desk.clock())
    if not await desk.store.segments.add(segment):
        raise AlreadyThere(f"There is a segment {name} already.")
    return segment


async def revise(
    desk: Desk, who: Principal, segment_id: str, *, name: str, clauses: Iterable[Clause]
) -> Segment:
    """Give a segment this name and these conditions in place of its own."""
    _may(who)
    before = await desk.store.segments.get(segment_id)
    if before is None:
        raise NotFound("There is no such segment.")
    name, given = await _checked(desk, name, clauses)
    segment = msgspec.structs.replace(before, name=name, clauses=given)
    if not await desk.store.segments.swap(segment):
        raise AlreadyThere(f"There is a segment {name} already.")
    return segment


async def _checked(desk: Desk, name: str, clauses: Iterable[Clause]) -> tuple[str, tuple[Clause, ...]]:
    """The name and the conditions as they are kept."""
    given, name = tuple(clauses), " ".join(name.split())
    if not 1 <= len(name) <= _NAME or not name.isprintable():
        raise Invalid(f"A name has 1 to {_NAME} printable characters.")
    if not 1 <= len(given) <= _CLAUSES:
        raise Invalid(f"A segment has 1 to {_CLAUSES} conditions.")
    await _query(desk, given)
    return name, given


async def drop(desk: Desk, who: Principal, segment_id: str) -> None:
    """Delete a segment; its contacts stay."""
    _may(who)
    if not await desk.store.segments.remove(segment_id):
        raise NotFound("There is no such segment.")


async def counted(desk: Desk) -> list[tuple[Segment, int]]:
    """Every segment by name, with how many contacts it has now; -1 where that is not known."""
    found = []
    for segment in await desk.store.segments.list(sort="name"):
        try:
            number = await desk.store.segments.count(await _query(desk, segment.clauses))
        except Invalid:  # its attribute is gone
            number = -1
        found.append((segment, number))
    return found


async def query(desk: Desk, segment_id: str) -> dict[str, Any]:
    """What the contacts of a segment are asked for by. Raises `Invalid` for one that is not there."""
    segment = await desk.store.segments.get(segment_id)
    if segment is None:
        raise Invalid("There is no such segment.")
    return await _query(desk, segment.clauses)


async def _query(desk: Desk, clauses: Iterable[Clause]) -> dict[str, Any]:
    try:
        return query_of(clauses, await desk.store.attributes.list())
    except (BadClause, BadValue) as error:
        raise Invalid(str(error)) from error


def _may(who: Principal) -> None:
    if not who.may(WRITE):
        raise Forbidden("You are not allowed to do this.")
