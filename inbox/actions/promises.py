"""Service levels: policies that admins keep, and what becomes of the promises of a conversation.

All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from inbox.actions import audit
from inbox.actions.converse import Desk
from inbox.actions.errors import AlreadyThere, Invalid, NotFound
from inbox.actions.rights import hold_to_admin, name_of
from inbox.actions.teams import hours_of
from inbox.model.case import Case, Ended, Level, Promise
from inbox.model.conversation import Conversation, Work
from inbox.model.hours import Hours
from inbox.model.ids import new_id
from inbox.model.people import Principal
from inbox.model.routing import PRIORITIES
from inbox.model.sla import Due, Policy, Reckoned, is_kept, policy_for, promise_id, running
from inbox.model.thread import Thread

replace = msgspec.structs.replace

_MOST = 50
_NAME = 60
_LONGEST = 60 * 24 * 90
"""Minutes that may be promised."""


async def save(
    desk: Desk,
    who: Principal,
    *,
    policy_id: str | None = None,
    name: str,
    position: int = 0,
    channel_ids: Iterable[str] = (),
    team_ids: Iterable[str] = (),
    priorities: Iterable[str] = (),
    first_response: int | None = None,
    next_response: int | None = None,
    resolution: int | None = None,
    hours: Hours | None = None,
    warn_at: float = 0.8,
) -> Policy:
    """Keep a new policy, or change the one of `policy_id`. Promises are minutes. It holds from now on."""
    hold_to_admin(who)
    if policy_id is None and await desk.store.policies.count() >= _MOST:
        raise Invalid(f"There are {_MOST} policies already.")
    before = await desk.store.policies.get(policy_id) if policy_id else None
    if policy_id is not None and before is None:
        raise NotFound("There is no such policy.")
    promised = [_span(minutes) for minutes in (first_response, next_response, resolution)]
    if not any(promised):
        raise Invalid("Promise at least one of: a first answer, a next answer, a resolution.")
    if not 0.1 <= warn_at < 1:
        raise Invalid("The warning comes after 10% to 99% of the time.")
    if wrong := [p for p in priorities if p not in PRIORITIES]:
        raise Invalid(f"{wrong[0][:20]} is no priority: {', '.join(PRIORITIES)}.")
    policy = Policy(
        id=policy_id or new_id(),
        name=name_of(name, _NAME),
        position=max(0, min(position, 10_000)),
        channel_ids=_ids(channel_ids),
        team_ids=_ids(team_ids),
        priorities=_ids(priorities),
        first_response=promised[0],
        next_response=promised[1],
        resolution=promised[2],
        hours=hours_of(hours),
        warn_at=warn_at,
        updated_at=desk.clock(),
    )
    keep = desk.store.policies.add if policy_id is None else desk.store.policies.swap
    if not await keep(policy):
        raise AlreadyThere(f"There is a policy {policy.name} already.")
    await desk.store.promises.look_anew(desk.clock())
    await audit.note_change(who, "sla_policy", policy.id, before, policy, store=desk.store, clock=desk.clock)
    return policy


async def drop(desk: Desk, who: Principal, policy_id: str) -> None:
    """Delete a policy: what it promised is promised no more."""
    hold_to_admin(who)
    before = await desk.store.policies.get(policy_id)
    if before is None or not await desk.store.policies.remove(policy_id):
        raise NotFound("There is no such policy.")
    await desk.store.promises.look_anew(desk.clock())
    await audit.note_change(who, "sla_policy", policy_id, before, None, store=desk.store, clock=desk.clock)


def reckon(thread: Thread, policies: Iterable[Policy]) -> list[Reckoned]:
    """Hold the case of a conversation against what is promised, and say when to look again.

    Colleagues are told once of each warning and each breach. What is returned is to be written with it.
    """
    now, conversation = thread.now, thread.conversation
    case = conversation.case
    policy = policy_for(
        policies,
        channel_id=conversation.channel_id,
        team_id=conversation.team_id,
        priority=conversation.priority,
    )
    if case is None or policy is None:
        thread.set(level=None, sla=None, case=case and replace(case, ended=()))
        return []
    held = tuple(e for e in case.ended if e.is_held(now))
    case = replace(case, ended=tuple(e for e in case.ended if not e.is_held(now)))
    found = [_over(conversation, policy, e, kept) for e, kept in _ended(policy, case)]
    dues = running(policy, case, conversation.waiting_since)
    for due in dues:
        case = _told(thread, policy, case, due)
        if due.is_breached(now):
            found.append(_reckoned(conversation, policy, due.promise, due.since, now, is_kept=False))
    level = _level(policy, dues[0]) if dues else None
    times = [at for due in dues for at in (due.warn_at, due.breach_at) if at > now]
    times += [e.held_until for e in held if e.held_until]
    thread.set(level=level, case=replace(case, ended=held), sla=Work(at=min(times)) if times else None)
    return found


def policy_json(policy: Policy) -> dict[str, Any]:
    """A policy as pages and programs see it: promises in minutes."""
    kept: dict[str, Any] = msgspec.to_builtins(policy)
    kept.pop("updated_at")
    spans = {name: getattr(policy, name) for name in ("first_response", "next_response", "resolution")}
    return kept | {name: span and int(span.total_seconds() // 60) for name, span in spans.items()}


def _ended(policy: Policy, case: Case) -> list[tuple[Ended, bool]]:
    """What has ended since the policy holds, and whether it was kept."""
    held = [e for e in case.ended if policy.updated_at is None or e.until >= policy.updated_at]
    return [(e, kept) for e in held if (kept := is_kept(policy, e, case.snoozes)) is not None]


def _over(conversation: Conversation, policy: Policy, ended: Ended, kept: bool) -> Reckoned:
    reckoned = _reckoned(conversation, policy, ended.promise, ended.since, ended.until, is_kept=kept)
    return replace(reckoned, agent_id=ended.agent_id or reckoned.agent_id)


def _reckoned(
    conversation: Conversation,
    policy: Policy,
    promise: Promise,
    since: datetime,
    at: datetime,
    *,
    is_kept: bool,
) -> Reckoned:
    return Reckoned(
        id=promise_id(conversation.id, promise, since),
        conversation_id=conversation.id,
        promise=promise,
        policy_id=policy.id,
        policy=policy.name,
        is_kept=is_kept,
        since=since,
        at=at,
        channel_id=conversation.channel_id,
        team_id=conversation.team_id,
        agent_id=conversation.assignee_id,
    )


def _told(thread: Thread, policy: Policy, case: Case, due: Due) -> Case:
    """Tell colleagues that a promise is in danger or broken, unless they were."""
    step = "breached" if due.is_breached(thread.now) else "warned" if due.is_warning(thread.now) else None
    mark = f"{promise_id('', due.promise, due.since)}:{step}"
    if step is None or mark in case.told:
        return case
    thread.activity(f"sla_{step}", promise=due.promise, policy=policy.name, due=due.breach_at.isoformat())
    return replace(case, told=(*case.told, mark)[-200:])


def _level(policy: Policy, due: Due) -> Level:
    return Level(
        policy_id=policy.id,
        policy=policy.name,
        promise=due.promise,
        since=due.since,
        warn_at=due.warn_at,
        breach_at=due.breach_at,
    )


def _span(minutes: int | None) -> timedelta | None:
    if minutes is None:
        return None
    if not 1 <= minutes <= _LONGEST:
        raise Invalid("A promise is 1 minute to 90 days.")
    return timedelta(minutes=minutes)


def _ids(given: Iterable[str]) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(given))
    if len(ids) > 200:
        raise Invalid("200 are allowed.")
    return ids
