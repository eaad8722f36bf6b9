"""Conversations and messages as pages and programs see them. The one place that says so.

The shapes are documented in `docs/live-protocol.md`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from connectors.content import Activity, System
from connectors.events import DeliveryStatus, Purpose
from inbox.model.consent import ConsentEvent, refused
from inbox.model.contact import Contact, display_name
from inbox.model.conversation import Conversation
from inbox.model.message import Direction, Message
from inbox.model.people import User
from inbox.model.scheduled import Scheduled

Json = dict[str, Any]

_TOLD_TO_VISITORS = ("handed_over", "taken_over", "resolved")
_SHOWN_TO_VISITORS = ("received", "sent", "delivered", "read")


def moment(time: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds and a Z."""
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def conversation_json(c: Conversation) -> Json:
    """A conversation as a row of the list and the head of a thread."""
    return {
        "id": c.id,
        "channel_id": c.channel_id,
        "channel_kind": c.channel_kind,
        "contact": {"id": c.contact_id, "name": c.contact.name, "address": c.contact.address},
        "status": c.status,
        "speaker": _plain(c.speaker),
        "team_id": c.team_id,
        "assignee_id": c.assignee_id,
        "labels": list(c.labels),
        "priority": c.priority,
        "language": c.language,
        "last_message": _plain(c.last_message),
        "unread_count": c.unread_count,
        "waiting_since": moment(c.waiting_since),
        "snoozed_until": moment(c.snoozed_until),
        "created_at": moment(c.created_at),
        "updated_at": moment(c.updated_at),
        "rev": c.rev,
        "seq": c.seq,
        "merged_into": c.joined.into if c.joined else None,
        "merged": list(c.joins),
        "window_closes_at": moment(c.window_closes_at),
        "consent": consent_json(c),
        "summary": _plain(c.summary),
        "rating": _plain(c.rating),
        "sla": _plain(c.level),
        "bot": {
            "intent": c.bot.intent,
            "confidence": c.bot.confidence,
            "slots": c.bot.slots,
            "model": c.bot.model,
            "waiting": c.turn is not None,
        },
    }


def message_json(m: Message) -> Json:
    """A message as an agent sees it."""
    return {
        "id": m.id,
        "conversation_id": m.conversation_id,
        "channel_id": m.channel_id,
        "seq": m.seq,
        "rev": m.rev,
        "direction": m.direction,
        "author": _plain(m.author),
        "content": _plain(m.content),
        "external_id": m.external_id,
        "client_id": m.client_id,
        "status": m.status,
        "error": _plain(m.error),
        "reply_to": m.reply_to,
        "created_at": moment(m.created_at),
        "sent_at": moment(m.sent_at),
        "epoch": m.epoch,
        "parse": m.parse,
        **_way_of(m),
        **({"forwarded": True} if m.forwarded else {}),
        **({"referral": m.referral} if m.referral else {}),
    }


def consent_json(c: Conversation) -> Json | None:
    """What the customer refused on this channel: the widest refusal, None if nothing."""
    found = refused(c.refusals, Purpose.MARKETING)
    if found is None:
        return None
    return {
        "state": "out",
        "purpose": found.purpose,
        "at": moment(found.at),
        "source": found.source,
        "words": found.words,
        "message_id": found.message_id,
    }


def ledger_json(event: ConsentEvent) -> Json:
    """A line of the ledger of consent."""
    found: Json = _plain(event)
    return {name: value for name, value in found.items() if name != "contact_id"}


def _way_of(m: Message) -> Json:
    """What was done to a message so that it could go, where anything was."""
    found: Json = {}
    if m.fitting:
        found["fitting"] = _plain(m.fitting)
    if m.part_of:
        found["part_of"] = m.part_of
    if m.held_until and m.status == DeliveryStatus.QUEUED:
        found["held_until"] = moment(m.held_until)
    if m.via:
        found |= {"via": m.via, "attempts_elsewhere": _plain(m.attempts_elsewhere)}
    if m.purpose is not Purpose.CONVERSATION:
        found["purpose"] = m.purpose
    return found


def is_shown_to_visitor(m: Message) -> bool:
    """Whether the customer in a web chat may see it."""
    if isinstance(m.content, Activity):
        return m.content.event in _TOLD_TO_VISITORS
    return not m.is_internal and not isinstance(m.content, System) and m.status in _SHOWN_TO_VISITORS


def visitor_message_json(m: Message) -> Json:
    """A message as the customer in a web chat sees it: nothing of ours shines through."""
    if isinstance(m.content, Activity):
        content, name = {"type": "activity", "event": m.content.event}, m.content.details.get("by")
    else:
        content, name = _plain(m.content), m.author.name
    return {
        "id": m.id,
        "client_id": m.client_id,
        "seq": m.seq,
        "direction": m.direction,
        "author": {"kind": m.author.kind, "name": None if m.direction is Direction.IN else name},
        "content": content,
        "status": m.status,
        "created_at": moment(m.created_at),
    }


def mention_json(message: Message) -> Json:
    """A note that names one."""
    return {
        "message_id": message.id,
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "by": message.author.name,
        "text": getattr(message.content, "text", ""),
        "at": moment(message.created_at),
    }


def scheduled_json(kept: Scheduled) -> Json:
    """What waits, as pages and programs see it."""
    return {
        "id": kept.id,
        "conversation_id": kept.conversation_id,
        "author": {"id": kept.author_id, "name": kept.author_name, "kind": kept.voice},
        "content": msgspec.to_builtins(kept.content),
        "at": moment(kept.at),
        "held_until": moment(kept.due) if kept.due and kept.due > kept.at and not kept.is_taken else None,
        "problem": msgspec.to_builtins(kept.problem),
    }


def contact_json(
    contact: Contact, conversations: list[Conversation], ledger: Iterable[ConsentEvent] = ()
) -> Json:
    """A contact with its latest conversations, and what they said about consent, the newest first."""
    return {
        **contact_row_json(contact),
        "merged_into": contact.merged_into,
        "consents": [ledger_json(event) for event in ledger],
        "conversations": [
            {
                "id": c.id,
                "channel_id": c.channel_id,
                "channel_kind": c.channel_kind,
                "status": c.status,
                "merged_into": c.joined.into if c.joined else None,
                "preview": c.last_message.preview if c.last_message else "",
                "consent": consent_json(c),
                "created_at": moment(c.created_at),
                "updated_at": moment(c.updated_at),
            }
            for c in conversations
        ],
    }


def contact_row_json(contact: Contact) -> Json:
    """A contact as a row of the list. `given_name` is null where `name` is but an address."""
    return {
        "id": contact.id,
        "name": display_name(contact),
        "given_name": contact.name,
        "address": contact.address,
        "identities": [{"kind": i.kind, "value": i.value} for i in contact.identities],
        "attributes": contact.attributes,
        "blocked_at": moment(contact.blocked_at),
        "created_at": moment(contact.created_at),
        "updated_at": moment(contact.updated_at),
    }


def user_json(user: User) -> Json:
    """A colleague."""
    return {"id": user.id, "name": user.name, "email": user.email, "role": user.role}


def _plain(value: Any) -> Any:
    """A value of ours as JSON's own types, times as `moment` writes them."""
    return _with_moments(msgspec.to_builtins(value, builtin_types=(datetime,)))


def _with_moments(value: Any) -> Any:
    match value:
        case datetime():
            return moment(value)
        case dict():
            return {key: _with_moments(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_with_moments(inner) for inner in value]
        case _:
            return value
