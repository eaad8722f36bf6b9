"""All that was said with a contact, over all channels and conversations, by time.

Each conversation is read by its own order, which has an index; a page is what is newest of them all. Where it
goes on is told by how far each of them was read.
"""

from collections.abc import Mapping
from heapq import merge as merged
from itertools import islice
from typing import NamedTuple

from inbox.actions.access import all_seen, opened
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.message import Message
from inbox.model.people import READ, Principal

_FARTHEST = 2**53
_CONVERSATIONS = 50
"""The last changed of so many are read."""


class Page(NamedTuple):
    """Some of what was said, the oldest first."""

    items: list[Message]
    earlier: str | None
    """Asks for the page before; None if there is none."""
    left_out: int
    """So many older conversations are not read."""


async def page(desk: Desk, who: Principal, contact_id: str, *, before: str | None, limit: int) -> Page:
    """The newest messages, or those before the place that an earlier page told.

    Raises `Forbidden`, `NotFound` or `Invalid`.
    """
    if not who.may(READ):
        raise Forbidden("You are not allowed to read conversations.")
    contact = await desk.store.contacts.get(contact_id)
    if contact is None:
        raise NotFound("There is no such contact.")
    every = await desk.store.conversations.of_contact(contact_id, limit=1_000)
    every = await all_seen(who, every, store=desk.store)
    ids = [c.id for c in every[:_CONVERSATIONS]]
    places = _places(before)
    if before is None:
        for id in ids:
            await opened(who, id, store=desk.store, clock=desk.clock)
    pages: list[list[Message]] = []
    more: set[str] = set()
    for id in ids:
        if before is not None and id not in places:  # read to its beginning
            continue
        found, has_more = await desk.store.messages.page(id, before_seq=places.get(id), limit=limit)
        pages.append(found[::-1])
        more |= {id} if has_more else set()
    newest = list(islice(merged(*pages, key=_time, reverse=True), limit))
    rest = _rest(pages, newest, more)
    return Page(newest[::-1], _cursor(rest), max(0, len(every) - _CONVERSATIONS))


def _time(message: Message) -> tuple[object, str]:
    return message.created_at, message.id


def _rest(pages: list[list[Message]], taken: list[Message], more: set[str]) -> dict[str, int]:
    """Before which place each conversation is to be read on."""
    ids = {message.id for message in taken}
    rest: dict[str, int] = {}
    for found in pages:
        left = [m for m in found if m.id not in ids]
        if left:
            rest[left[0].conversation_id] = left[0].seq + 1
        elif found and found[0].conversation_id in more:
            rest[found[0].conversation_id] = found[-1].seq
    return rest


def _cursor(rest: Mapping[str, int]) -> str | None:
    return ",".join(f"{id}:{seq}" for id, seq in rest.items()) or None


def _places(cursor: str | None) -> dict[str, int]:
    if not cursor:
        return {}
    try:
        pairs = [pair.split(":") for pair in cursor.split(",")]
        return {id: min(int(seq), _FARTHEST) for id, seq in pairs}
    except ValueError as error:
        raise Invalid("before must be the next_cursor of a page.") from error
