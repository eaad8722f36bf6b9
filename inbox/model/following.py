"""How a case goes on with each change of its conversation. Pure, and asked at every commit."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from inbox.model.case import Case, Ended, Promise, Span
from inbox.model.conversation import Conversation, SpeakerKind, Status, Work
from inbox.model.message import AuthorKind, Direction, Message

replace = msgspec.structs.replace

_MOST_SNOOZES = 100
_MOST_ENDED = 200


def followed(
    before: Conversation, after: Conversation, added: Iterable[Message], now: datetime
) -> Conversation:
    """`after` with its case, and with what is due to be looked at because of it. To be asked once."""
    if before.case is None and after.speaker.kind is SpeakerKind.BOT:
        return after
    case = _case(before, after, list(added), now)
    if case is after.case and not _matters(before, after):
        return after
    has_ended = case is not None and case.ended_at == now and case is not after.case
    more = {"survey": Work(at=now)} if has_ended and after.status is Status.RESOLVED else {}
    return replace(after, case=case, sla=Work(at=now), **more)


def is_with_people(conversation: Conversation) -> bool:
    """Whether people have something to do for the customer, now or when it wakes."""
    return conversation.speaker.kind is not SpeakerKind.BOT and conversation.status is not Status.RESOLVED


def _matters(before: Conversation, after: Conversation) -> bool:
    """Whether another policy may hold, or another time."""
    old = (before.waiting_since, before.status, before.team_id, before.priority)
    return old != (after.waiting_since, after.status, after.team_id, after.priority)


def _case(before: Conversation, after: Conversation, added: list[Message], now: datetime) -> Case | None:
    case = after.case
    if case is None or case.ended_at is not None:
        if not is_with_people(after):
            return case
        left = case.ended if case else ()
        case = Case(began_at=after.waiting_since or now, ended=left)
    case = _answered(case, before, added, now)
    is_open = is_with_people(after)
    case = _snoozed(case, now, is_asleep=is_open and after.status is Status.SNOOZED)
    return case if is_open else _closed(case, before, now)


def _answered(case: Case, before: Conversation, added: list[Message], now: datetime) -> Case:
    answer = next((m for m in added if _is_answer(m)), None)
    if answer is None:
        return case
    promise = Promise.NEXT_RESPONSE if case.first_answered_at else Promise.FIRST_RESPONSE
    since = before.waiting_since
    if case.first_answered_at is None:
        case = replace(case, first_answered_at=now)
    if since is None:
        return case
    ended = Ended(
        promise=promise, since=since, until=now, agent_id=answer.author.id, held_until=answer.held_until
    )
    return _with(case, ended)


def unanswered(case: Case, answered_at: datetime) -> Case:
    """The case without the answer of that moment and what came after it: all of that was taken back."""
    left = tuple(e for e in case.ended if e.promise is Promise.RESOLUTION or e.until < answered_at)
    first = case.first_answered_at
    return replace(case, ended=left, first_answered_at=None if first and first >= answered_at else first)


def _is_answer(message: Message) -> bool:
    is_ours = message.direction is Direction.OUT and message.author.kind is AuthorKind.AGENT
    return is_ours and not message.is_internal


def _snoozed(case: Case, now: datetime, *, is_asleep: bool) -> Case:
    if is_asleep:
        return case if case.snoozed_at else replace(case, snoozed_at=now)
    if case.snoozed_at is None:
        return case
    snoozes = (*case.snoozes, Span(case.snoozed_at, now))[-_MOST_SNOOZES:]
    return replace(case, snoozed_at=None, snoozes=snoozes)


def _closed(case: Case, before: Conversation, now: datetime) -> Case:
    who = before.speaker.id or before.assignee_id
    over = Ended(promise=Promise.RESOLUTION, since=case.began_at, until=now, agent_id=who)
    return _with(replace(case, ended_at=now), over)


def _with(case: Case, ended: Ended) -> Case:
    return replace(case, ended=(*case.ended, ended)[-_MOST_ENDED:])
