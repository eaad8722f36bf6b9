"""Whom colleagues name in their notes, and who has seen that they were."""

from inbox.actions.access import all_seen
from inbox.actions.desk import Desk
from inbox.actions.errors import Invalid
from inbox.model.message import Message
from inbox.model.people import Principal

MOST_IN_A_NOTE = 20
_ID = 100


async def named(desk: Desk, ids: list[str]) -> tuple[str, ...]:
    """The colleagues of these ids, each once. Raises `Invalid` if one is none."""
    wanted = tuple(dict.fromkeys(ids))
    if len(wanted) > MOST_IN_A_NOTE:
        raise Invalid(f"A note may name {MOST_IN_A_NOTE} colleagues.")
    if wanted:
        found = await desk.store.users.list({"_id": {"$in": list(wanted)}, "disabled": False})
        if len(found) < len(wanted):
            raise Invalid("One of those whom the note names is no colleague.")
    return wanted


async def of(desk: Desk, who: Principal, limit: int = 50) -> tuple[list[Message], str]:
    """The newest notes that name them, and the id up to which they have seen them (empty: none)."""
    found = await desk.store.mentions.of(who.id, limit)
    ids = {message.conversation_id for message in found}
    known = await desk.store.conversations.involved(ids, ()) if ids else []
    shown = {one.id for one in await all_seen(who, known, store=desk.store)}
    return [message for message in found if message.conversation_id in shown], await desk.store.mentions.seen(
        who.id
    )


async def seen(desk: Desk, who: Principal, *, upto: str) -> None:
    """They have seen all up to the note of this id; what they had seen beyond it stays seen."""
    if not 1 <= len(upto) <= _ID:
        raise Invalid("upto must be the id of a message.")
    await desk.store.mentions.see(who.id, upto)
