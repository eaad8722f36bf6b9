"""A campaign: one message to many customers, each of whom gets it at most once. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from connectors.content import Template, Text
from connectors.events import Identity, Purpose
from inbox.model.consent import UNDECIDED, Refusals, refused
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation, SpeakerKind, Status
from inbox.model.replies import fill_in

MOST_CONTACTS = 100_000
_BUSY_AGAIN, _BUSY_AT_MOST = timedelta(minutes=30), timedelta(days=1)
_STOP = re.compile(r"(?<![\w-])STOP(?![\w-])")
"""The word as one is told to send it: a non-stop sale tells nobody how to end it."""
HINTS = {
    "en": "Reply STOP to opt out.",
    "de": "Abmelden: STOP antworten.",
    "es": "Responda STOP para no recibir más.",
    "fr": "Répondez STOP pour ne plus en recevoir.",
    "hi": "बंद करने के लिए STOP लिखें।",
    "it": "Rispondi STOP per non riceverne più.",
}


class State(StrEnum):
    """How far a campaign has come."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a customer of the audience does not get it."""

    GONE = "gone"
    BLOCKED = "blocked"
    NO_ADDRESS = "no_address"
    OPTED_OUT = "opted_out"
    UNDECIDED = "undecided"
    NO_CONSENT = "no_consent"
    WINDOW_CLOSED = "window_closed"
    CAPPED = "capped"
    BUSY = "busy"
    INTERNAL = "internal"


class Problem(StrEnum):
    """Why a campaign was paused by itself."""

    SEGMENT_GONE = "segment_gone"
    CHANNEL_SILENT = "channel_silent"


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """What is said to whom, where and when."""

    id: str
    name: str
    channel_id: str
    content: Text | Template
    purpose: Purpose = Purpose.MARKETING
    segment_id: str | None = None
    contact_ids: tuple[str, ...] = ()
    """Whom it is for, where that is no segment."""
    per_minute: int = 60
    weekly_cap: int | None = 2
    """In how many campaigns a contact may be within seven days, this one included; None: in any number."""
    state: State = State.DRAFT
    at: datetime | None = None
    """When it is to begin, or began."""
    ended_at: datetime | None = None
    due: datetime | None = None
    """When a process may look at it again; while one does, when its lease runs out."""
    upto: str | None = None
    """The last contact of the audience that was taken down."""
    is_gathered: bool = False
    """Whether the whole audience was."""
    problem: str | None = None
    """Why it was paused by itself, a `Problem`."""
    author_id: str
    author_name: str
    created_at: datetime
    updated_at: datetime

    @property
    def voice(self) -> str:
        """The author's id of its messages."""
        return f"campaign:{self.id}"


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One customer of a campaign's audience, and what became of it."""

    id: str
    campaign_id: str
    contact_id: str
    state: str = "waiting"
    """``waiting``, ``said`` or ``skipped``."""
    due: datetime | None = None
    """When it may be said: not in their quiet hours, nor while they are in a conversation."""
    busy_since: datetime | None = None
    """When they were first found in a conversation with us."""
    reason: str | None = None
    at: datetime | None = None
    """When it was decided."""
    conversation_id: str | None = None
    message_id: str | None = None


class Facts(NamedTuple):
    """What is known of a customer when it is decided whether they get a campaign."""

    contact: Contact
    conversation: Conversation | None
    """Their present one on the channel."""
    to: tuple[Identity, ...]
    refusals: Refusals
    has_consented: bool
    """Whether the last word of theirs on marketing on this channel was yes."""
    is_closed: bool
    """Whether the channel takes nothing but templates now."""
    lately: int
    """In how many other campaigns they were within the last seven days."""


def recipient_id(campaign_id: str, contact_id: str) -> str:
    """There is one of each contact in a campaign."""
    return f"{campaign_id}|{contact_id}"


def why_not(campaign: Campaign, facts: Facts) -> Reason | None:
    """Why this customer does not get it; None if they do. What the law says goes first."""
    present = facts.conversation
    checks = (
        (Reason.GONE, facts.contact.merged_into is not None),
        (Reason.BLOCKED, facts.contact.blocked_at is not None),
        (Reason.NO_ADDRESS, not facts.to),
        (Reason.OPTED_OUT, refused(facts.refusals, campaign.purpose) is not None),
        (Reason.UNDECIDED, present is not None and UNDECIDED in present.labels),
        (Reason.NO_CONSENT, campaign.purpose is Purpose.MARKETING and not facts.has_consented),
        (Reason.WINDOW_CLOSED, facts.is_closed and not isinstance(campaign.content, Template)),
        (Reason.CAPPED, campaign.weekly_cap is not None and facts.lately >= campaign.weekly_cap),
        (Reason.BUSY, present is not None and is_under_way(present)),
    )
    return next((reason for reason, holds in checks if holds), None)


def comes_back(recipient: Recipient, now: datetime) -> datetime | None:
    """When who is in a conversation is asked about again; None once that has gone on for a day."""
    again = now + _BUSY_AGAIN
    return again if again - (recipient.busy_since or now) <= _BUSY_AT_MOST else None


def is_under_way(conversation: Conversation) -> bool:
    """Whether somebody is talking there: an advertisement would burst into it."""
    with_people = conversation.speaker.kind is not SpeakerKind.BOT
    is_left = conversation.status is Status.RESOLVED
    return conversation.turn is not None or (
        not is_left and (with_people or bool(conversation.waiting_since))
    )


def filled(content: Text | Template, values: Mapping[str, Any]) -> Text | Template:
    """The message for one customer. Raises `BadReply`."""
    if isinstance(content, Text):
        return Text(fill_in(content.text, values))
    return msgspec.structs.replace(content, components=[_filled(each, values) for each in content.components])


def texts_of(content: Text | Template) -> list[str]:
    """Everything in it that has places to fill in."""
    if isinstance(content, Text):
        return [content.text]
    found = [p for each in content.components for p in each.get("parameters") or [] if isinstance(p, dict)]
    return [p["text"] for p in found if isinstance(p.get("text"), str)]


def with_hint(content: Text | Template, language: str | None) -> Text | Template:
    """An advertisement by SMS with how to end them, unless it has the word STOP in capitals."""
    if isinstance(content, Template) or _STOP.search(content.text):
        return content
    tag = (language or "en").partition("-")[0].casefold()
    return Text(f"{content.text.rstrip()} {HINTS.get(tag, HINTS['en'])}")


def _filled(component: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    given = component.get("parameters")
    if not isinstance(given, list):
        return component
    parameters = [
        {**p, "text": fill_in(p["text"], values)}
        if isinstance(p, dict) and isinstance(p.get("text"), str)
        else p
        for p in given
    ]
    return {**component, "parameters": parameters}
