"""A conversation: one contact on one channel, who speaks for us, and what is still to be done."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from connectors.events import Identity
from connectors.fitting import Answer
from inbox.model.case import Case, Level
from inbox.model.consent import Refusals
from inbox.model.queue_news import Told


class Status(StrEnum):
    """Whether anything is left to do for people."""

    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class SpeakerKind(StrEnum):
    """Who may answer the customer."""

    BOT = "bot"
    AGENT = "agent"
    NOBODY = "nobody"
    """Waiting in the queue for an agent."""


class Speaker(msgspec.Struct, frozen=True):
    """The one who speaks. `epoch` grows at each change; a message of an older epoch is refused."""

    kind: SpeakerKind
    id: str | None = None
    name: str | None = None
    epoch: int = 1


class LastMessage(msgspec.Struct, frozen=True):
    """What a row of the list shows."""

    id: str
    preview: str
    author: str
    at: datetime


class Work(msgspec.Struct, frozen=True):
    """Something to be done for a conversation by one process at a time.

    `at` is the earliest moment at which a process may take it: when it is due, or, while `owner` works on
    it, when the owner's lease runs out.
    """

    at: datetime
    owner: str | None = None
    attempts: int = 0
    upto: int | None = None
    """For a turn that was claimed: `seq` of the last message that may belong to it.

    Whoever takes it up after a crash asks the bot the same question again, whatever has arrived since.
    """


class Summary(msgspec.Struct, frozen=True):
    """What an agent should know when the bot hands over."""

    reason: str
    detail: str
    at: datetime
    intents: list[dict[str, Any]] = []
    slots: dict[str, Any] = {}
    questions: list[str] = []
    last_messages: list[str] = []


class Ran(msgspec.Struct, frozen=True):
    """A rule ran in this conversation."""

    rule_id: str
    at: datetime


class BotState(msgspec.Struct, frozen=True):
    """What the bot made of the conversation at its last turn."""

    intent: str | None = None
    confidence: float | None = None
    slots: dict[str, Any] = {}
    model: str | None = None
    assistant: str | None = None
    """Who answers here, whatever its channel chooses later; None before the first turn."""
    untold: list[dict[str, Any]] = []
    """What happened while the bot was not the speaker, to be told to it before its next turn."""


class Rating(msgspec.Struct, frozen=True):
    """How the customer found it: from 1, bad, to 5, good."""

    score: int
    comment: str | None
    at: datetime


class ContactCard(msgspec.Struct, frozen=True):
    """The contact as a list shows it."""

    name: str
    address: str | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is put back when conversations that were joined are parted again."""

    status: Status
    speaker: Speaker
    current: bool
    resolved_at: datetime | None
    snoozed_until: datetime | None
    unread_count: int
    waiting_since: datetime | None
    queued_at: datetime | None
    bot_seq: int
    turn: Work | None
    case: Case | None
    level: Level | None
    survey: Work | None


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation is shown as part of another, until they are parted."""

    into: str
    by: str
    at: datetime
    was: State
    kept_was: State
    """How the other one was."""
    kept_then: State
    """How the other one was when both had been joined."""
    heard: int
    """`inbound_seq` of the other one then."""


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole state of a conversation but its messages."""

    id: str
    channel_id: str
    channel_kind: str
    contact_id: str
    contact: ContactCard
    to: tuple[Identity, ...] = ()
    """The identities under which this channel last heard from the contact."""
    account: str | None = None
    """Which of our numbers the contact wrote to."""
    status: Status = Status.OPEN
    speaker: Speaker = Speaker(SpeakerKind.BOT)
    current: bool = True
    """A contact has at most one current conversation on a channel: where the next message goes."""
    team_id: str | None = None
    queued_at: datetime | None = None
    """Since when nobody of its present team has taken it; None unless nobody speaks."""
    waived_at: datetime | None = None
    """Since when anybody of the team may take it, though it needs what they lack; older than `queued_at`: no
    more."""
    told: Told | None = None
    """What the customer was told of how long it may take, since the bot last spoke."""
    assignee_id: str | None = None
    labels: tuple[str, ...] = ()
    priority: str = "none"
    language: str | None = None
    last_message: LastMessage | None = None
    listed_at: datetime | None = None
    """The minute of the last message: by this the list is read, newest first."""
    window_closes_at: datetime | None = None
    """Until when the channel lets us write freely; None where it always does."""
    last_inbound_at: datetime | None = None
    last_inbound_external_id: str | None = None
    refusals: Refusals = ()
    """What the customer refused on this channel, as far as this conversation has heard of it."""
    answers: tuple[Answer, ...] = ()
    """What the customer may write for an answer that could not be tapped; until we say something else."""
    unread_count: int = 0
    waiting_since: datetime | None = None
    resolved_at: datetime | None = None
    snoozed_until: datetime | None = None
    """When a snoozed conversation opens by itself; None: when the customer writes."""
    created_at: datetime
    updated_at: datetime
    rev: int = 0
    seq: int = 0
    inbound_seq: int = 0
    """`seq` of the customer's newest message."""
    bot_seq: int = 0
    """Up to which message the bot has had its turns, or was spared them by a human."""
    summary: Summary | None = None
    rating: Rating | None = None
    bot: BotState = BotState()
    turn: Work | None = None
    delivery: Work | None = None
    fallback: Work | None = None
    """When to look whether a message should go by another channel."""
    case: Case | None = None
    """What people have to do for the customer, or last had; None while only the bot has spoken."""
    level: Level | None = None
    """Which promise is due first, None if none is."""
    sla: Work | None = None
    """When to hold the case against what is promised."""
    survey: Work | None = None
    """When to ask the customer how it was."""
    asked_at: datetime | None = None
    """When they were last asked."""
    asked_in: str | None = None
    """The words they were asked in, while they may be asked once more; None: they were, or nobody asked."""
    joined: Joined | None = None
    """Of which other conversation it is a part now: that one goes on for both."""
    joins: tuple[str, ...] = ()
    """Which conversations are a part of it."""
    campaign_id: str | None = None
    """Which campaign wrote last while it was resolved: an answer to it, however late, belongs here."""
    ruled_seq: int = 0
    """Up to which line rules have been run."""
    runs: tuple[Ran, ...] = ()
    """Which rules ran lately."""
