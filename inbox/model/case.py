"""A case: what people have to do for a customer, from when it comes to them until they are done. Pure.

What the bot settles alone is no case. The times that promises are measured by are kept here as they were, so
that a policy can be counted by its own opening hours, later and as often as need be.
"""

from datetime import datetime
from enum import StrEnum

import msgspec


class Promise(StrEnum):
    """What is promised."""

    FIRST_RESPONSE = "first_response"
    """From when the customer began to wait for people to the first answer of a human."""
    NEXT_RESPONSE = "next_response"
    """From the first message since our last answer to the next one."""
    RESOLUTION = "resolution"
    """From the beginning to the end of the case."""


class Span(msgspec.Struct, frozen=True):
    """From one moment to another."""

    since: datetime
    until: datetime


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A wait that is over, or the case itself, still to be held against what was promised."""

    promise: Promise
    since: datetime
    until: datetime
    agent_id: str | None = None
    """Who ended it, where that is known."""
    held_until: datetime | None = None
    """Until when the answer that ended it may be taken back: not to be held against anything before."""

    def is_held(self, now: datetime) -> bool:
        """Whether it may turn out not to have ended."""
        return self.held_until is not None and self.held_until > now


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """The times of a case."""

    began_at: datetime
    first_answered_at: datetime | None = None
    """When a human first answered in this case."""
    ended_at: datetime | None = None
    snoozed_at: datetime | None = None
    """Since when it is out of sight, if it is."""
    snoozes: tuple[Span, ...] = ()
    """When it was out of sight: no promise runs then."""
    ended: tuple[Ended, ...] = ()
    """What is still to be held against the policy."""
    told: tuple[str, ...] = ()
    """Which warnings and breaches colleagues have been told of."""


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """How a conversation stands to what was promised: the promise that is due first."""

    policy_id: str
    policy: str
    """Its name."""
    promise: Promise
    since: datetime
    warn_at: datetime
    breach_at: datetime
