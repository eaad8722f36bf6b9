"""When a conversation is over because its customer has not answered. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from connectors.events import DeliveryStatus
from inbox.model.consent import UNDECIDED
from inbox.model.conversation import Conversation, SpeakerKind, Status
from inbox.model.message import Direction, Message

SILENCE = "silence"
MOST_HOURS = 366 * 24
_NEVER_LEFT = (DeliveryStatus.FAILED, DeliveryStatus.CANCELLED)


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """For how long a silent customer is waited for, and what is done when that is over."""

    people_hours: int | None = None
    """While a person speaks; None: for ever."""
    bot_hours: int | None = None
    """While the bot does."""
    farewell: str = ""
    """What the customer is told then, with places to fill in; empty: nothing."""
    label: str | None = None

    def of(self, speaker: SpeakerKind) -> timedelta | None:
        """How long, with this speaker. Who waits in a queue waits for us."""
        hours = {SpeakerKind.AGENT: self.people_hours, SpeakerKind.BOT: self.bot_hours}.get(speaker)
        return timedelta(hours=hours) if hours else None


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """What is set: for all, and instead of that for some channels and some teams. There is one."""

    id: str = SILENCE
    is_on: bool = False
    everywhere: Patience = Patience()
    channels: dict[str, Patience] = {}
    teams: dict[str, Patience] = {}
    """A team's own goes before its channel's."""

    def patience_for(self, conversation: Conversation) -> Patience:
        """What holds for a conversation."""
        own = self.teams.get(conversation.team_id) if conversation.team_id else None
        return own or self.channels.get(conversation.channel_id) or self.everywhere

    def shortest(self, speaker: SpeakerKind) -> timedelta | None:
        """The shortest time with this speaker anywhere; None if none is ever closed."""
        every = (self.everywhere, *self.channels.values(), *self.teams.values())
        spans = [span for each in every if (span := each.of(speaker))]
        return min(spans) if self.is_on and spans else None


def may_end(conversation: Conversation) -> bool:
    """Whether nobody waits for us, as far as the conversation itself tells."""
    before = conversation
    is_settled = before.waiting_since is None and before.turn is None and before.delivery is None
    is_open = before.status is Status.OPEN and before.joined is None
    return is_open and is_settled and UNDECIDED not in before.labels


def silent_since(conversation: Conversation, latest: Sequence[Message]) -> datetime | None:
    """Since when the customer owes us an answer; None if they do not.

    `latest` are the newest messages, oldest first. The last word is ours, and it reached them as far as we
    know; what needs no answer, such as a reaction, only makes it later.
    """
    told = [m for m in latest if not m.is_internal]
    ours = next((m for m in reversed(told) if m.direction is Direction.OUT), None)
    if ours is None or ours.seq <= conversation.inbound_seq or ours.status in _NEVER_LEFT:
        return None
    return told[-1].created_at
