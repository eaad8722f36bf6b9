"""What failed for a reason of ours and was set aside: seen and decided by admins.

All raise `Forbidden` or `NotFound`.
"""

from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, NotFound
from inbox.model.people import ADMIN, Principal
from inbox.model.setback import Setback
from inbox.store.setbacks import WORKS

_SHOWN = 200


async def present(desk: Desk, who: Principal) -> list[Setback]:
    """What is set aside, the last first. What was done meanwhile, or is gone, is forgotten."""
    _check(who)
    found = await desk.store.setbacks.list(sort="-last_at", limit=_SHOWN)
    known = await desk.store.setbacks.of_work({s.conversation_id for s in found})
    left = []
    for setback in found:
        at = known.get(setback.conversation_id)
        if at is None or (setback.duty in WORKS and at.get(setback.duty) is None):
            await desk.store.setbacks.settle(setback.id)
        else:
            left.append(setback)
    return left


async def retry(desk: Desk, who: Principal, key: str) -> None:
    """Have it tried again now."""
    _check(who)
    setback = await desk.store.setbacks.retry(key, desk.clock())
    if setback is None:
        raise NotFound("It is no longer set aside.")
    if setback.duty in WORKS:
        await desk.store.conversations.bring_forward(setback.conversation_id, setback.duty, desk.clock())


async def forget(desk: Desk, who: Principal, key: str) -> None:
    """Give it up: it is not tried again, and no longer shown."""
    _check(who)
    if not await desk.store.setbacks.remove(key):
        raise NotFound("It is no longer set aside.")


def _check(who: Principal) -> None:
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
