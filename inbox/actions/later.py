"""What people write now, to be said later.

At its time it becomes a message as if its author had sent it then: fitted, checked and delivered as all
others are. It is said once, whichever process is killed where. Who had it to say must still be free to: if a
colleague speaks by then, or the bot does and the customer has written since, it is not said but shown, and
waits for a person. What was written before a case was closed or handed to the bot still goes, as what is
queued does. All verbs raise `Forbidden`, `NotFound`, `Invalid`, and `Conflict` or `StoreError`.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from connectors.content import Activity, Content
from connectors.events import Fault, Purpose
from inbox.actions.access import seen
from inbox.actions.converse import Desk, author_of, change, check, come_to_speak, name_of
from inbox.actions.errors import ActionRefused, Forbidden, Invalid, NotFound, NotSpeaker
from inbox.actions.queueing import may_write
from inbox.actions.quiet import held_until
from inbox.actions.voices import speaking, voice_of
from inbox.model.consent import UNDECIDED
from inbox.model.conversation import Conversation, SpeakerKind
from inbox.model.message import SYSTEM, Author, AuthorKind, Message
from inbox.model.people import Principal
from inbox.model.scheduled import Scheduled, Voice
from inbox.model.setback import setback_id
from inbox.model.thread import Thread
from inbox.store import Conflict, StoreError

log = structlog.get_logger(__name__)

_LATEST = timedelta(days=366)
_MOST = 20
_LEASE = timedelta(seconds=60)
"""After which another process says it, if the one that began was killed."""


async def schedule(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    content: Content,
    at: datetime,
    client_id: str,
    purpose: Purpose = Purpose.CONVERSATION,
) -> Scheduled:
    """Have it said then. The same `client_id` again answers the same. Raises `NotSpeaker` as `reply` does."""
    check(who)
    await seen(who, conversation_id, store=desk.store)
    if not who.is_user:
        raise Invalid("A program chooses its time by itself.")
    return await keep(
        desk, conversation_id, who, content=content, at=at, client_id=client_id, purpose=purpose
    )


async def keep(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    content: Content,
    at: datetime,
    client_id: str,
    purpose: Purpose,
) -> Scheduled:
    """Keep what they say until then, as `schedule` does, whoever they are."""
    now = desk.clock()
    conversation = await seen(who, conversation_id, store=desk.store)
    if (there := await desk.store.scheduled.get(key_of(conversation_id, who, client_id))) is None:
        if not now < at <= now + _LATEST:
            raise Invalid("Choose a time in the future, within a year.")
        there = written(conversation, who, content, at=at, client_id=client_id, now=now, purpose=purpose)
        await check_room(desk, conversation, there)
        await desk.store.scheduled.add(there)
    event = "scheduled" if who.is_user else "kept"
    await _note(desk, there, who, event, by=who.name, at=there.at.isoformat())
    return there


async def check_room(desk: Desk, conversation: Conversation, kept: Scheduled, session: Any = None) -> None:
    """Raise `NotSpeaker` if its author may not speak now, `Invalid` if too much waits already."""
    speaker = conversation.speaker
    is_free = speaker.kind is SpeakerKind.NOBODY or kept.voice is Voice.RULE
    if not is_free and not (speaker.kind is SpeakerKind.AGENT and speaker.id == kept.author_id):
        raise NotSpeaker(f"{name_of(speaker)} is speaking to this customer. Take over first.")
    if len(await desk.store.scheduled.of(conversation.id, session=session)) >= _MOST:
        raise Invalid(f"{_MOST} messages wait for their time here already.")


def key_of(conversation_id: str, who: Principal, client_id: str) -> str:
    """The id of what they give us under a `client_id`."""
    return hashlib.sha256(f"{conversation_id}|{who.id}|{client_id}".encode()).hexdigest()[:32]


def said_as(key: str) -> str:
    """The `client_id` of the message that it becomes."""
    return f"scheduled-{key}"


def written(
    conversation: Conversation,
    who: Principal,
    content: Content,
    *,
    at: datetime,
    client_id: str,
    now: datetime,
    purpose: Purpose = Purpose.CONVERSATION,
) -> Scheduled:
    """What they have to say then."""
    return Scheduled(
        id=key_of(conversation.id, who, client_id),
        conversation_id=conversation.id,
        author_id=who.id,
        author_name=who.name,
        voice=voice_of(who),
        content=content,
        purpose=purpose,
        at=at,
        due=at,
        heard=conversation.inbound_seq,
        created_at=now,
    )


async def withdraw(desk: Desk, key: str, who: Principal) -> Scheduled:
    """Not to say it after all. Anybody who may write can; it is noted who did."""
    check(who)
    found = await _get(desk, key)

    async def drop(session: Any) -> None:
        if not await desk.store.scheduled.withdraw(key, session):
            raise Invalid("It is just being sent.")

    try:
        await _note(desk, found, who, "unscheduled", along=drop, by=who.name)
    except (Invalid, NotFound):  # it is on its way, or there is no such thread any more to tell it in
        if not await desk.store.scheduled.withdraw(key):
            raise
    return found


async def say_now(desk: Desk, key: str, who: Principal) -> Message:
    """Say it at once, or again after it was refused: under the present speaker. Its author's to ask.

    What a machine wrote any colleague may send, as theirs.
    """
    check(who)
    found = await _get(desk, key)
    if not who.is_user:
        raise Forbidden("A program waits until quiet hours are over.")
    if found.author_id != who.id and found.voice is Voice.USER:
        raise Forbidden("Only who wrote it can send it.")
    taken = await desk.store.scheduled.claim(desk.clock(), _LEASE, key)
    if taken is None:
        raise Invalid("It is just being sent.")
    try:
        return await _say(desk, taken, who)
    except ActionRefused as error:
        await desk.store.scheduled.refuse(key, Fault(error.code, str(error)))
        raise


async def say_due(desk: Desk, limit: int = 100) -> int:
    """Say what is due, or note why it cannot be. How many; several processes at once do no harm."""
    for done in range(limit):
        taken = await desk.store.scheduled.claim(desk.clock(), _LEASE)
        if taken is None:
            return done
        if until := await _quiet_until(desk, taken):
            await desk.store.scheduled.put_off(taken.id, until)
            continue
        try:
            await _say(desk, taken, await speaking(desk, taken))
            await desk.store.setbacks.settle(_setback(taken))
        except ActionRefused as error:
            await _give_up(desk, taken, error.code, str(error))
        except (StoreError, Conflict):
            raise
        except Exception as error:  # one message's trouble is not the others'
            await _set_aside(desk, taken, error)
    return limit


async def _quiet_until(desk: Desk, due: Scheduled) -> datetime | None:
    """When it may be said to whom it is for; None: now. Who says it now by hand decides otherwise."""
    conversation = await desk.store.conversations.get(due.conversation_id)
    return await held_until(desk, conversation) if conversation else None


def _when(due: Scheduled) -> int:
    return int(due.created_at.timestamp())


def _setback(due: Scheduled) -> str:
    return setback_id("later", due.conversation_id, _when(due))


async def _set_aside(desk: Desk, due: Scheduled, error: Exception) -> None:
    """Try again later what failed for a reason of ours; in the end its author must decide."""
    log.error("message set aside", duty="later", conversation=due.conversation_id, exc_info=error)
    at = due.conversation_id
    setback = await desk.store.setbacks.note("later", at, error, desk.clock(), seq=_when(due))
    if setback.retry_at:
        await desk.store.scheduled.put_off(due.id, setback.retry_at)
        return
    problem = "Parley failed at it several times; an admin finds out why in the settings."
    await _give_up(desk, due, "internal", problem)


async def _give_up(desk: Desk, due: Scheduled, code: str, reason: str) -> None:
    """Let a person decide, and tell colleagues: both, or it is tried again."""

    async def refuse(session: Any) -> None:
        await desk.store.scheduled.refuse(due.id, Fault(code, reason), session)

    try:
        await _note(desk, due, None, "not_said", along=refuse, by=due.author_name, reason=reason)
    except ActionRefused:  # there is no such thread any more to tell it in
        await refuse(None)


async def _say(desk: Desk, due: Scheduled, who: Principal) -> Message:
    """Make it a message, once, and forget it."""
    named = said_as(due.id)

    async def work(thread: Thread, session: Any) -> Message:
        said = await desk.store.messages.by_client_id(due.conversation_id, who.id, named, session)
        if said:
            return said
        is_quiet = thread.conversation.inbound_seq == due.heard
        author = author_of(who)
        if voice_of(who) is Voice.RULE:
            author = Author(AuthorKind.SYSTEM, who.id, who.name)
            _check_fit(thread, is_quiet)
        else:
            if not who.is_user and UNDECIDED in thread.conversation.labels:
                raise Invalid("The customer may have asked for no more messages: a colleague decides first.")
            await come_to_speak(desk, thread, session, who, over_bot=is_quiet)
        thread.carries, thread.link = await desk.carries(thread.conversation.channel_id), desk.link
        return thread.say(author, due.content, client_id=named, purpose=due.purpose)

    _, message = await change(desk, due.conversation_id, who, work)
    await desk.store.scheduled.remove(due.id)
    return message


def _check_fit(thread: Thread, is_quiet: bool) -> None:
    """Raise `Invalid` if what a rule said at night is no longer fit to be said."""
    if not is_quiet:
        raise Invalid("The customer has written since.")
    if not may_write(thread.conversation, thread.now):
        raise Invalid("The customer may not be written to now.")


async def _note(
    desk: Desk,
    about: Scheduled,
    who: Principal | None,
    event: str,
    *,
    along: Callable[[Any], Awaitable[None]] | None = None,
    **details: Any,
) -> None:
    """Tell colleagues of it in the thread, once. `along(session)` writes in the same transaction."""
    named = f"{event}-{about.id}-{_when(about)}"

    async def work(thread: Thread, session: Any) -> None:
        if along:
            await along(session)
        if not await desk.store.messages.by_client_id(about.conversation_id, None, named, session):
            thread.add(SYSTEM, Activity(event, details), client_id=named)

    await change(desk, about.conversation_id, who or _NOBODY, work)


_NOBODY = Principal(id="", name="Parley", permissions=frozenset({"conversations:write"}), is_user=False)


async def _get(desk: Desk, key: str) -> Scheduled:
    found = await desk.store.scheduled.get(key)
    if found is None:
        raise NotFound("There is no such message: perhaps it was just sent.")
    return found
