"""News for an agent who has no page open: which device, when not, and what it may say. Pure."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from inbox.model.commit import ConversationChange
from inbox.model.conversation import SpeakerKind, Status
from inbox.model.message import Direction, Message
from inbox.model.thread import asks

KEYS = "vapid"


class PushKeys(msgspec.Struct, frozen=True, kw_only=True):
    """By which push services know us (RFC 8292). Made once for an installation."""

    id: str = KEYS
    private: str
    """PEM, sealed."""
    public: str
    """The uncompressed point in base64url, as browsers want it."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A browser of an agent that takes news (RFC 8030)."""

    id: str
    user_id: str
    endpoint: str
    p256dh: str
    auth: str
    device: str
    created_at: datetime


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """How an agent wants news; `id` is theirs."""

    id: str
    quiet_from: str | None = None
    """``22:00``; None: no quiet hours."""
    quiet_until: str | None = None
    zone: str = "UTC"
    shows_words: bool = False
    """Whether news may carry what a customer wrote, which then shows on a locked screen."""
    muted: tuple[str, ...] = ()
    """Conversations of which they want no news; a mention of them is told all the same."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an agent would want to know now."""

    user_id: str
    title: str
    body: str
    words: str
    """What may be said instead of `body` where words may be shown."""
    conversation_id: str
    is_mention: bool = False


def is_quiet(wishes: Wishes, now: datetime) -> bool:
    """Whether it is their quiet time, which may go over midnight."""
    if not wishes.quiet_from or not wishes.quiet_until:
        return False
    at = now.astimezone(ZoneInfo(wishes.zone)).time()
    start, end = time.fromisoformat(wishes.quiet_from), time.fromisoformat(wishes.quiet_until)
    return start <= at < end if start <= end else at >= start or at < end


def is_wanted(news: News, wishes: Wishes, now: datetime) -> bool:
    """Whether they want to hear of it, and now."""
    is_muted = news.conversation_id in wishes.muted and not news.is_mention
    return not is_muted and not is_quiet(wishes, now)


def news_of(change: ConversationChange) -> list[News]:
    """What is news to whom: a customer's message to who looks after it, an assignment, a mention."""
    found: list[News] = []
    before, after = change.before, change.after
    for message in change.added:
        for user_id in getattr(message.content, "mentions", ()) or ():
            if user_id != message.author.id:
                news = _news(user_id, change, f"{message.author.name} named you", message)
                found.append(msgspec.structs.replace(news, is_mention=True))
    holder = after.assignee_id
    if holder and after.status is Status.OPEN and after.speaker.kind is not SpeakerKind.BOT:
        heard = [
            m for m in change.added if m.direction is Direction.IN and asks(m.content) and not m.is_quiet
        ]
        if heard:
            found.append(_news(holder, change, "A customer wrote to you", heard[-1]))
        elif (before is None or before.assignee_id != holder) and after.speaker.id != _who_did_it(change):
            found.append(_news(holder, change, "A conversation is yours now", None))
    return found


def payload(news: News, wishes: Wishes) -> bytes:
    """What is sent, encrypted for the browser alone. Nothing of the customer unless that is wished."""
    shown: dict[str, Any] = {"title": news.body, "body": "", "id": news.conversation_id}
    if wishes.shows_words:
        shown = {"title": news.title, "body": (news.words or news.body)[:300], "id": news.conversation_id}
    return msgspec.json.encode(shown)


def _news(user_id: str, change: ConversationChange, body: str, message: Message | None) -> News:
    words = getattr(message.content, "text", "") if message else ""
    return News(
        user_id=user_id,
        title=change.after.contact.name,
        body=body,
        words=words,
        conversation_id=change.after.id,
    )


def _who_did_it(change: ConversationChange) -> str | None:
    """Who took it themselves: that one needs no news of it."""
    taken: Iterable[Any] = (getattr(m.content, "event", None) for m in change.added)
    return change.after.speaker.id if "taken_over" in taken or "reopened" in taken else None
