"""Service levels: by when we promise to answer and to be done, and how a conversation stands to that.

Pure. The clock of a promise runs in the opening hours alone, if the policy has any; it stops while nobody
waits for us: a customer who has been answered, a conversation that is snoozed or resolved.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from inbox.model.hours import Hours, after_open_time, open_time


class Promise(StrEnum):
    """What is promised."""

    FIRST_RESPONSE = "first_response"
    """From the customer's first message to the first answer of a human."""
    NEXT_RESPONSE = "next_response"
    """From the first message since our last answer to the next one."""
    RESOLUTION = "resolution"
    """From the beginning to the end of the case."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What is promised to whom it applies to. A promise that is None is not made."""

    id: str
    name: str
    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None
    hours: Hours | None = None
    warn_at: float = 0.8
    """The share of the time after which colleagues are warned."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What of a conversation matters here."""

    began_at: datetime
    """When the case began: the customer's first message, or the one that opened it again."""
    first_answered_at: datetime | None = None
    """When a human first answered in this case."""
    waiting_since: datetime | None = None
    """Since when the customer has waited for an answer."""
    resolved_at: datetime | None = None
    paused: timedelta = timedelta()
    """For how long it was snoozed, as counted by the policy's hours."""


class Due(msgspec.Struct, frozen=True):
    """A promise that is running: when it is in danger and when it is broken, in UTC."""

    promise: Promise
    warn_at: datetime
    breach_at: datetime

    def is_warning(self, now: datetime) -> bool:
        """Whether it is in danger, but not broken."""
        return self.warn_at <= now < self.breach_at

    def is_breached(self, now: datetime) -> bool:
        """Whether it is broken."""
        return now >= self.breach_at


def running(policy: Policy, case: Case) -> list[Due]:
    """The promises whose time runs, the most urgent first."""
    if case.resolved_at is not None:
        return []
    begun: list[tuple[Promise, datetime | None, timedelta | None]] = [
        (Promise.RESOLUTION, case.began_at, _longer(policy.resolution, case.paused))
    ]
    if case.first_answered_at is None:
        begun.append((Promise.FIRST_RESPONSE, case.began_at, policy.first_response))
    else:
        begun.append((Promise.NEXT_RESPONSE, case.waiting_since, policy.next_response))
    dues = [due for promise, since, span in begun if (due := _due(policy, promise, since, span))]
    return sorted(dues, key=lambda due: due.breach_at)


def kept(policy: Policy, promise: Promise, since: datetime, until: datetime) -> bool | None:
    """Whether a promise that ran between the two moments was kept; None if it was not made."""
    span: timedelta | None = getattr(policy, promise.value)
    if span is None:
        return None
    spent = open_time(policy.hours, since, until) if policy.hours else until - since
    return spent <= span


def _longer(span: timedelta | None, by: timedelta) -> timedelta | None:
    return None if span is None else span + by


def _due(policy: Policy, promise: Promise, since: datetime | None, span: timedelta | None) -> Due | None:
    if since is None or span is None:
        return None
    warn, breach = _after(policy, since, span * policy.warn_at), _after(policy, since, span)
    return None if warn is None or breach is None else Due(promise, warn, breach)


def _after(policy: Policy, since: datetime, span: timedelta) -> datetime | None:
    return after_open_time(policy.hours, since, span) if policy.hours else since + span
