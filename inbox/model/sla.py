"""Service levels: by when we promise to answer and to be done, and how a conversation stands to that.

Pure. The clock of a promise runs in the opening hours alone, if the policy has any; it stops while nobody
waits for us: a customer who has been answered, a conversation that is snoozed or resolved, or that the bot
looks after.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from inbox.model.case import Case, Ended, Promise, Span
from inbox.model.hours import Hours, after_open_time, open_time


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What is promised to whom it applies to. A promise that is None is not made."""

    id: str
    name: str
    position: int = 0
    """Of the policies that apply, the one with the lowest position is taken."""
    channel_ids: tuple[str, ...] = ()
    """To conversations on these channels it applies; empty: on any."""
    team_ids: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None
    hours: Hours | None = None
    warn_at: float = 0.8
    """The share of the time after which colleagues are warned."""
    updated_at: datetime | None = None


class Due(msgspec.Struct, frozen=True):
    """A promise that is running: since when, when it is in danger and when it is broken, in UTC."""

    promise: Promise
    since: datetime
    warn_at: datetime
    breach_at: datetime

    def is_warning(self, now: datetime) -> bool:
        """Whether it is in danger, but not broken."""
        return self.warn_at <= now < self.breach_at

    def is_breached(self, now: datetime) -> bool:
        """Whether it is broken."""
        return now >= self.breach_at


class Reckoned(msgspec.Struct, frozen=True, kw_only=True):
    """How one promise ended. `id` is that of the promise: it is reckoned anew, never twice."""

    id: str
    conversation_id: str
    promise: Promise
    policy_id: str
    policy: str
    is_kept: bool
    since: datetime
    at: datetime
    """When it was kept or broken; when it ended, once that is known."""
    channel_id: str
    team_id: str | None = None
    agent_id: str | None = None


def policy_for(
    policies: Iterable[Policy], *, channel_id: str, team_id: str | None, priority: str
) -> Policy | None:
    """The policy that applies to such a conversation; None if none does."""
    fitting = [
        policy
        for policy in policies
        if _is_among(channel_id, policy.channel_ids)
        and _is_among(team_id, policy.team_ids)
        and _is_among(priority, policy.priorities)
    ]
    return min(fitting, key=lambda policy: (policy.position, policy.name, policy.id), default=None)


def running(policy: Policy, case: Case, waiting_since: datetime | None) -> list[Due]:
    """The promises whose time runs, the most urgent first. `waiting_since` is as in `Conversation`."""
    if case.ended_at is not None or case.snoozed_at is not None:
        return []
    answer = Promise.NEXT_RESPONSE if case.first_answered_at else Promise.FIRST_RESPONSE
    begun = [(Promise.RESOLUTION, case.began_at), (answer, waiting_since)]
    dues = [due for promise, since in begun if since and (due := _due(policy, case, promise, since))]
    return sorted(dues, key=lambda due: (due.breach_at, due.promise))


def is_kept(policy: Policy, ended: Ended, snoozes: Iterable[Span]) -> bool | None:
    """Whether a promise that has ended was kept; None if it was not made."""
    span = span_of(policy, ended.promise)
    if span is None:
        return None
    return (
        _spent(policy, ended.since, ended.until) - _slept(policy, snoozes, ended.since, ended.until) <= span
    )


def span_of(policy: Policy, promise: Promise) -> timedelta | None:
    """How long a promise gives us; None if it is not made."""
    span: timedelta | None = getattr(policy, promise.value)
    return span


def promise_id(conversation_id: str, promise: Promise, since: datetime) -> str:
    """The one name of a promise of a conversation."""
    return f"{conversation_id}:{promise}:{since.timestamp() * 1000:.0f}"


def _due(policy: Policy, case: Case, promise: Promise, since: datetime) -> Due | None:
    span = span_of(policy, promise)
    if span is None:
        return None
    slept = _slept(policy, case.snoozes, since)
    warn = _after(policy, since, span * policy.warn_at + slept)
    breach = _after(policy, since, span + slept)
    return None if warn is None or breach is None else Due(promise, since, warn, breach)


def _slept(
    policy: Policy, snoozes: Iterable[Span], since: datetime, until: datetime | None = None
) -> timedelta:
    """For how much of its time a promise was put to sleep."""
    return sum(
        (
            _spent(policy, max(since, snooze.since), min(until or snooze.until, snooze.until))
            for snooze in snoozes
        ),
        timedelta(),
    )


def _spent(policy: Policy, since: datetime, until: datetime) -> timedelta:
    if policy.hours:
        return open_time(policy.hours, since, until)
    return max(until - since, timedelta())


def _after(policy: Policy, since: datetime, span: timedelta) -> datetime | None:
    return after_open_time(policy.hours, since, span) if policy.hours else since + span


def _is_among(value: str | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted
