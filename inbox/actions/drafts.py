"""Drafts: what a person has begun to write, the same on all their devices. Nobody else sees it."""

from inbox.actions.access import seen
from inbox.actions.converse import check
from inbox.actions.desk import Desk
from inbox.actions.errors import Invalid
from inbox.model.draft import KeptDraft
from inbox.model.people import Principal

_LONGEST = 20_000
_MODES = ("reply", "note")
MOST = 500
"""Drafts of one person that are told: the newest."""


async def keep(
    desk: Desk, conversation_id: str, who: Principal, *, reply: str, note: str, mode: str
) -> KeptDraft | None:
    """Keep what they have written so far; None once both are empty. The last one to write wins.

    Raises `Forbidden`, `NotFound`, `Invalid`.
    """
    check(who)
    if max(len(reply), len(note)) > _LONGEST:
        raise Invalid(f"A draft may have {_LONGEST:,} characters.")
    if mode not in _MODES:
        raise Invalid(f"mode must be one of: {', '.join(_MODES)}.")
    named = f"{who.id}|{conversation_id}"
    if not reply.strip() and not note.strip():
        await desk.store.drafts.remove(named)
        return None
    await seen(who, conversation_id, store=desk.store)
    draft = KeptDraft(
        id=named,
        user_id=who.id,
        conversation_id=conversation_id,
        reply=reply,
        note=note,
        mode=mode,
        at=desk.clock(),
    )
    await desk.store.drafts.put(draft)
    return draft


async def of(desk: Desk, who: Principal) -> list[KeptDraft]:
    """Their drafts, the newest first."""
    return await desk.store.drafts.list({"user_id": who.id}, sort="-at", limit=MOST)
