"""Who takes a conversation that waits for a human. Pure: given the queue and the seats, it answers pairs.

A seat is an agent as one team sees them. The most pressing conversation chooses first; each goes to a seat
that can take it, and no seat is filled beyond its capacity.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from inbox.model.hours import Hours, before_open_time

PRIORITIES = ("urgent", "high", "medium", "low", "none")
"""The most pressing first."""


class Method(StrEnum):
    """How the next agent is chosen among those who can take a conversation."""

    ROUND_ROBIN = "round_robin"
    """Who has not been given one for longest."""
    LEAST_BUSY = "least_busy"
    """Who has the most room, measured against their own capacity."""
    MANUAL = "manual"
    """Nobody: agents take conversations themselves."""


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """An agent who could be given something."""

    agent_id: str
    is_online: bool = True
    """Whether they are there and not busy with something else."""
    load: int = 0
    """How many open conversations they have."""
    capacity: int = 5
    languages: frozenset[str] = frozenset()
    """BCP 47 tags, such as ``it``; empty: any."""
    skills: frozenset[str] = frozenset()
    given_at: datetime | None = None
    """When they were last given a conversation."""
    offline_since: datetime | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more conversation fits."""
        return self.is_online and self.load < self.capacity


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in a team's queue."""

    conversation_id: str
    since: datetime
    priority: str = "none"
    language: str | None = None
    skills: frozenset[str] = frozenset()
    """What whoever takes it must know."""
    assignee_id: str | None = None


def in_order(queue: Iterable[Waiting]) -> list[Waiting]:
    """The queue as it is served: by priority, then by who has waited longest."""
    return sorted(queue, key=lambda w: (_rank(w.priority), w.since, w.conversation_id))


def position(queue: Iterable[Waiting], conversation_id: str) -> int | None:
    """The place in the queue, the next to be served being 1; None if it is not in it."""
    for place, waiting in enumerate(in_order(queue), 1):
        if waiting.conversation_id == conversation_id:
            return place
    return None


def knows(seat: Seat, waiting: Waiting) -> bool:
    """Whether this agent speaks the customer's language and has the skills."""
    understands = not waiting.language or not seat.languages or speaks(seat.languages, waiting.language)
    return understands and waiting.skills <= seat.skills


def fits(seat: Seat, waiting: Waiting) -> bool:
    """Whether this agent can take this conversation now."""
    return seat.has_room and knows(seat, waiting)


def assigned(
    queue: Iterable[Waiting], seats: Sequence[Seat], method: Method, now: datetime
) -> list[tuple[str, str]]:
    """Pairs of conversation and agent, in the order of the queue; what fits nobody goes on waiting."""
    if method is Method.MANUAL:
        return []
    by_agent = {seat.agent_id: seat for seat in seats}
    pairs = []
    for order, waiting in enumerate(in_order(queue)):
        able = [seat for seat in by_agent.values() if fits(seat, waiting)]
        if not able:
            continue
        seat = min(able, key=lambda s: _first(s, method))
        given_at = now + timedelta(microseconds=order)  # so that the next one goes to somebody else
        by_agent[seat.agent_id] = msgspec.structs.replace(seat, load=seat.load + 1, given_at=given_at)
        pairs.append((waiting.conversation_id, seat.agent_id))
    return pairs


def returned(held: Iterable[Waiting], seats: Sequence[Seat], now: datetime, grace: timedelta) -> list[str]:
    """The conversations that go back to the queue, because their agent has been away for `grace` or is gone.

    `held` are those in which a customer waits for the assigned agent.
    """
    by_agent = {seat.agent_id: seat for seat in seats}
    return [
        w.conversation_id for w in held if w.assignee_id and _is_away(by_agent.get(w.assignee_id), now, grace)
    ]


def overflows(
    queue: Iterable[Waiting], now: datetime, after: timedelta, hours: Hours | None = None
) -> list[str]:
    """The conversations that have waited so long that the next team is asked too, the longest first.

    With `hours`, only the time in which people were there counts.
    """
    return [w.conversation_id for w in _waited(queue, now, after, hours)]


def stranded(
    queue: Iterable[Waiting],
    seats: Sequence[Seat],
    now: datetime,
    after: timedelta,
    hours: Hours | None = None,
) -> list[str]:
    """The conversations that have waited so long, while none of those who are there knows what they need.

    Whoever knows it but has no room just now is waited for. If nobody is there at all, nothing is stranded:
    there is nobody to give it to. The longest first.
    """
    there = [seat for seat in seats if seat.is_online and seat.capacity > 0]
    if not there:
        return []
    late = _waited(queue, now, after, hours)
    return [w.conversation_id for w in late if not any(knows(seat, w) for seat in there)]


def _waited(queue: Iterable[Waiting], now: datetime, after: timedelta, hours: Hours | None) -> list[Waiting]:
    """Those who have waited for so long, the longest first."""
    last = before_open_time(hours, now, after)
    late = [w for w in queue if last is not None and w.since <= last]
    return sorted(late, key=lambda w: (w.since, w.conversation_id))


def _is_away(seat: Seat | None, now: datetime, grace: timedelta) -> bool:
    if seat is None:
        return True
    return seat.offline_since is not None and now - seat.offline_since >= grace


def _first(seat: Seat, method: Method) -> tuple[float, bool, float, str]:
    """The smallest is next."""
    given = seat.given_at.timestamp() if seat.given_at else 0.0
    share = seat.load / seat.capacity if method is Method.LEAST_BUSY else 0.0
    return (share, seat.given_at is not None, given, seat.agent_id)


def speaks(languages: Collection[str], wanted: str) -> bool:
    """Whether one of the languages is the wanted one, whatever the region: ``pt-BR`` does for ``pt``."""
    base = wanted.partition("-")[0].casefold()
    return any(each.partition("-")[0].casefold() == base for each in languages)


def _rank(priority: str) -> int:
    return PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES)
