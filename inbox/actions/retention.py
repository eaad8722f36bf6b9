"""How long conversations are kept: rules of admins, what they would delete, and deleting it.

What admins do raises `Forbidden`, `NotFound` or `Invalid`.
"""

from datetime import datetime, timedelta

import structlog

from connectors.contract import Clock
from inbox.actions import audit
from inbox.actions.desk import Desk
from inbox.actions.errors import Invalid, NotFound
from inbox.actions.privacy import Forget
from inbox.actions.rights import hold_to_admin
from inbox.actions.triage import clean_label
from inbox.model.ids import new_id
from inbox.model.people import Principal
from inbox.model.retention import Batch, Retention
from inbox.store import Store

log = structlog.get_logger(__name__)

AT_ONCE = 50
"""How many conversations are deleted in one go; what is left comes with the next."""

_LOOK_EVERY = timedelta(minutes=1)
_MOST = 100
_LONGEST = 36_500


async def save(
    desk: Desk,
    who: Principal,
    *,
    retention_id: str | None = None,
    days: int,
    channel_id: str | None = None,
    label: str | None = None,
    is_on: bool = True,
) -> Retention:
    """Keep a new rule, or change the one of `retention_id`. It holds from now on."""
    hold_to_admin(who)
    before = await desk.store.retention.get(retention_id) if retention_id else None
    if retention_id and before is None:
        raise NotFound("There is no such rule.")
    if before is None and await desk.store.retention.count() >= _MOST:
        raise Invalid(f"There are {_MOST} rules already.")
    rule = await _checked(desk, retention_id, days, channel_id, label, is_on)
    await desk.store.retention.put(rule)
    await audit.note_change(who, "retention", rule.id, before, rule, store=desk.store, clock=desk.clock)
    return rule


async def drop(desk: Desk, who: Principal, retention_id: str) -> None:
    """Delete a rule; what it would have deleted is kept."""
    hold_to_admin(who)
    before = await desk.store.retention.get(retention_id)
    if before is None or not await desk.store.retention.remove(retention_id):
        raise NotFound("There is no such rule.")
    await audit.note_change(who, "retention", retention_id, before, None, store=desk.store, clock=desk.clock)


async def try_out(
    desk: Desk, who: Principal, *, days: int, channel_id: str | None = None, label: str | None = None
) -> int:
    """How many conversations such a rule would delete now. Changes nothing."""
    hold_to_admin(who)
    rule = await _checked(desk, None, days, channel_id, label, True)
    return await desk.store.retention.number(rule, _cutoff(rule, desk.clock()))


async def sweep(store: Store, clock: Clock, forget: Forget) -> int:
    """Delete what is past its time, `AT_ONCE` conversations for each rule, and say how many.

    At most once a minute, by whichever process comes first. The bot forgets them too; while it cannot be
    asked, nothing more is taken out. Who dies in between is gone on for by the next.
    """
    if await store.presence.strike("retention", clock(), _LOOK_EVERY) > 1:
        return 0
    for batch in await store.retention.unfinished():
        if not await _finish(batch, store, clock, forget):
            return 0
    number = 0
    for rule in await store.retention.list({"is_on": True}, limit=_MOST):
        fresh = Batch(id=new_id(), retention_id=rule.id, conversation_ids=(), at=clock())
        taken = await store.retention.take_out(rule, _cutoff(rule, clock()), AT_ONCE, fresh)
        if taken is None:
            continue
        number += len(taken.conversation_ids)
        await _finish(taken, store, clock, forget)
    return number


async def _finish(batch: Batch, store: Store, clock: Clock, forget: Forget) -> bool:
    """Erase what belongs to a batch, and note it: once, whoever began. False if the bot cannot be asked."""
    for conversation_id in batch.conversation_ids:
        if not await forget(conversation_id):
            log.warning("retention waits for the bot", batch=batch.id)
            return False
    await store.retention.erase(batch)
    rule = await store.retention.get(batch.retention_id)
    await audit.note(
        audit.SYSTEM,
        "retention.applied",
        f"retention:{batch.retention_id}",
        store=store,
        clock=clock,
        after={"conversations": len(batch.conversation_ids), "days": rule.days if rule else None},
        along=lambda session: store.retention.finish(batch, session),
    )
    log.info("conversations past their time deleted", number=len(batch.conversation_ids))
    return True


def _cutoff(rule: Retention, now: datetime) -> datetime:
    return now - timedelta(days=rule.days)


async def _checked(
    desk: Desk, key: str | None, days: int, channel_id: str | None, label: str | None, is_on: bool
) -> Retention:
    if not 1 <= days <= _LONGEST:
        raise Invalid(f"Conversations are kept for 1 to {_LONGEST:,} days.")
    if channel_id and await desk.store.channels.get(channel_id) is None:
        raise Invalid("There is no such channel.")
    return Retention(
        id=key or new_id(),
        days=days,
        channel_id=channel_id or None,
        label=clean_label(label) if label else None,
        is_on=is_on,
        updated_at=desk.clock(),
    )
