"""What routing goes by: who is there with how much room, and how a conversation was when it was decided."""

from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from inbox.model.conversation import Conversation, SpeakerKind, Status
from inbox.model.people import User
from inbox.model.routing import Seat, Waiting
from inbox.model.seat import KeptSeat, Queued
from inbox.model.team import Team


class Floor(NamedTuple):
    """All that a round goes by, as it was when the round began."""

    now: datetime
    users: dict[str, User]
    """Who may sign in."""
    seats: dict[str, Seat]
    skills: frozenset[str]
    """Every skill that anybody has: such a label asks for it."""

    def of(self, team: Team) -> list[Seat]:
        """The seats of a team's members. Who has no languages of their own speaks the team's."""
        present = [self.seats[id] for id in team.members if id in self.seats]
        spoken = frozenset(team.languages)
        return [seat if seat.languages else replace(seat, languages=spoken) for seat in present]

    def waiting(self, queued: Queued, since: datetime | None) -> Waiting:
        """A conversation as it is served, if it has waited since then. What was waived, it needs no more."""
        needed = self.skills & set(queued.labels)
        return Waiting(
            conversation_id=queued.id,
            since=since or queued.created_at,
            priority=queued.priority,
            language=None if queued.is_waived else queued.language,
            skills=frozenset() if queued.is_waived else needed,
            assignee_id=queued.assignee_id,
        )


class Seen(NamedTuple):
    """How a conversation was when it was decided about."""

    team_id: str
    assignee_id: str | None

    def holds_for(self, conversation: Conversation) -> bool:
        """Whether it still is so: in the queue, or waiting for that agent."""
        is_same = (conversation.team_id, conversation.assignee_id) == (self.team_id, self.assignee_id)
        if self.assignee_id is None:
            return is_same and is_queued(conversation)
        return is_same and conversation.status is Status.OPEN and conversation.waiting_since is not None


def is_queued(conversation: Conversation) -> bool:
    """Whether it waits for anybody of its team."""
    return conversation.status is Status.OPEN and conversation.speaker.kind is SpeakerKind.NOBODY


def seat_of(kept: KeptSeat, *, is_here: bool, load: int) -> Seat:
    """An agent's seat as it is now."""
    return Seat(
        agent_id=kept.id,
        is_online=is_here and not kept.is_busy,
        load=load,
        capacity=kept.capacity,
        languages=frozenset(kept.languages),
        skills=frozenset(kept.skills),
        given_at=kept.given_at,
        offline_since=None if is_here else kept.seen_at,
    )
