"""What is kept of agents' seats, and what routing looks at of a conversation. Not who is there."""

from datetime import datetime

import msgspec

from inbox.model.queue_news import Told

CAPACITY = 5


class KeptSeat(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of how an agent is given work. `id` is the user's; who has none has the defaults."""

    id: str
    capacity: int = CAPACITY
    """How many open conversations they are given at most."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags; empty: those of the team."""
    skills: tuple[str, ...] = ()
    """Labels of conversations that are given to nobody without that skill."""
    is_busy: bool = False
    """Whether they want to be given nothing just now."""
    given_at: datetime | None = None
    """When routing last gave them a conversation."""
    seen_at: datetime | None = None
    """When routing last saw a page of theirs."""


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation of a team, as far as routing is concerned."""

    id: str
    team_id: str
    created_at: datetime
    queued_at: datetime | None = None
    waiting_since: datetime | None = None
    priority: str = "none"
    language: str | None = None
    labels: tuple[str, ...] = ()
    assignee_id: str | None = None
    channel_id: str
    inbound_seq: int = 0
    waived_at: datetime | None = None
    told: Told | None = None

    @property
    def is_waived(self) -> bool:
        """Whether anybody may take it."""
        return is_waived(self.waived_at, self.queued_at)


def is_waived(waived_at: datetime | None, queued_at: datetime | None) -> bool:
    """Whether anybody may take it, since it joined the queue that it is in."""
    return waived_at is not None and (queued_at is None or waived_at >= queued_at)
