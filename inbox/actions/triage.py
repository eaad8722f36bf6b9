"""What people decide about a conversation besides answering it: when, how urgent, what about.

All raise `Forbidden`, `NotFound`, `Invalid`, and `Conflict` or `StoreError` when nothing could be written.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog

from inbox.actions.converse import Desk, change
from inbox.actions.errors import Invalid
from inbox.model.commit import Commit, change_of
from inbox.model.conversation import Conversation, Status
from inbox.model.people import Principal
from inbox.model.routing import PRIORITIES
from inbox.model.setback import setback_id
from inbox.model.thread import Thread
from inbox.store import Conflict, StoreError

log = structlog.get_logger(__name__)

_LABELS = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_LABEL_LENGTH = 50
_LONGEST_SNOOZE = timedelta(days=366)


async def snooze(desk: Desk, conversation_id: str, who: Principal, *, until: datetime | None) -> Conversation:
    """Put it out of sight until then, or until the customer writes: that always brings it back."""
    now = desk.clock()
    if until is not None and not now < until <= now + _LONGEST_SNOOZE:
        raise Invalid("Choose a time in the future, within a year.")

    async def work(thread: Thread, session: Any) -> None:
        before = thread.conversation
        if before.status is Status.SNOOZED and before.snoozed_until == until:
            return
        thread.set(status=Status.SNOOZED, snoozed_until=until, resolved_at=None, unread_count=0)
        thread.activity("snoozed", by=who.name, until=until.isoformat() if until else None)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def wake(desk: Desk, limit: int = 100) -> int:
    """Open what was snoozed until now. How many; any process may do it, several at once do no harm."""
    now = desk.clock()
    due = await desk.store.conversations.snoozed_until(now, limit)
    aside = await desk.store.setbacks.aside("snooze", now) if due else {}
    for conversation_id in due:
        if aside.get(conversation_id, False):
            continue
        try:
            await _wake(desk, conversation_id, now)
            if conversation_id in aside:
                await desk.store.setbacks.settle(setback_id("snooze", conversation_id))
        except (StoreError, Conflict):
            raise
        except Exception as error:  # one conversation's trouble is not the others'
            log.error("conversation set aside", duty="snooze", conversation=conversation_id, exc_info=error)
            await desk.store.setbacks.note("snooze", conversation_id, error, now)
    return len(due)


async def _wake(desk: Desk, conversation_id: str, now: datetime) -> None:
    async def work(session: Any) -> tuple[Commit, None]:
        conversation = await desk.store.conversations.get(conversation_id, session)
        if conversation is None or not _is_due(conversation, now):
            return Commit(), None
        thread = Thread(conversation, now)
        thread.open()
        thread.activity("woke")
        return Commit(conversations=[change_of(thread)]), None

    commit, _ = await desk.store.change(work)
    desk.bus.publish(commit)


async def prioritise(desk: Desk, conversation_id: str, who: Principal, *, priority: str) -> Conversation:
    """Say how urgent it is: one of `PRIORITIES`."""
    if priority not in PRIORITIES:
        raise Invalid(f"The priority must be one of: {', '.join(PRIORITIES)}.")

    async def work(thread: Thread, session: Any) -> None:
        if thread.conversation.priority != priority:
            thread.set(priority=priority)
            thread.activity("prioritised", by=who.name, priority=priority)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def mark_read(desk: Desk, conversation_id: str, who: Principal, *, seq: int) -> Conversation | None:
    """All up to `seq` has been read by a person. The conversation if that is news, else None."""

    async def work(thread: Thread, session: Any) -> bool:
        is_news = thread.conversation.unread_count > 0 and seq >= thread.conversation.inbound_seq
        if is_news:
            thread.set(unread_count=0)
        return is_news

    conversation, is_news = await change(desk, conversation_id, who, work)
    return conversation if is_news else None


async def mark_unread(desk: Desk, conversation_id: str, who: Principal) -> Conversation:
    """Show it as unread to everybody, as if its last message had just come. Raises `Invalid` if none came."""

    async def work(thread: Thread, session: Any) -> None:
        if not thread.conversation.inbound_seq:
            raise Invalid("The customer has not written here yet.")
        if not thread.conversation.unread_count:
            thread.set(unread_count=1)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def speak(desk: Desk, conversation_id: str, who: Principal, *, language: str | None) -> Conversation:
    """Say which language the customer writes, as `it` or `pt-BR`; None lets their next words tell."""
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise Invalid("A language is given by its code, such as it or pt-BR.")

    async def work(thread: Thread, session: Any) -> None:
        if thread.conversation.language != language:
            thread.set(language=language)
            thread.activity("language_set", by=who.name, language=language)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def label(
    desk: Desk, conversation_id: str, who: Principal, *, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> Conversation:
    """Add labels and take labels away. Two who do so at once both have their way."""
    added, removed = [clean_label(name) for name in add], {clean_label(name) for name in remove}

    async def work(thread: Thread, session: Any) -> None:
        before = thread.conversation.labels
        after = tuple(dict.fromkeys(name for name in (*before, *added) if name not in removed))
        if len(after) > _LABELS:
            raise Invalid(f"A conversation may have {_LABELS} labels.")
        if after != before:
            thread.set(labels=after)
            new, gone = [n for n in after if n not in before], [n for n in before if n not in after]
            thread.activity("labelled", by=who.name, added=new or None, removed=gone or None)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


def clean_label(name: str) -> str:
    """A label as it is kept: lower case, single spaces. Raises `Invalid`."""
    label = " ".join(unicodedata.normalize("NFC", name).split()).casefold()
    if not label or len(label) > _LABEL_LENGTH or not label.isprintable():
        raise Invalid(f"A label has 1 to {_LABEL_LENGTH} printable characters.")
    return label


def _is_due(conversation: Conversation, now: datetime) -> bool:
    until = conversation.snoozed_until
    return conversation.status is Status.SNOOZED and until is not None and until <= now
