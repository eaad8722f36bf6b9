"""What people do with a conversation: answer, take over, hand back, resolve, assign.

Every verb checks the permission, reads and writes in one transaction, then tells the bus. All raise
`Forbidden`, `NotFound`, and `Conflict` or `StoreError` when nothing could be written.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from connectors.content import Content, Note, Text
from connectors.events import Purpose
from inbox.actions.access import check_sight_of, seen
from inbox.actions.desk import Desk as Desk
from inbox.actions.errors import Forbidden, Invalid, NotSpeaker, StaleEpoch
from inbox.actions.handoff import tell_what_was_said
from inbox.actions.quoting import quoted
from inbox.model.commit import Commit, change_of
from inbox.model.conversation import Conversation, Speaker, SpeakerKind, Status
from inbox.model.message import Author, AuthorKind, Message
from inbox.model.people import WRITE, Principal, User
from inbox.model.thread import Thread

T = TypeVar("T")

_STORY = 60


async def change(
    desk: Desk, conversation_id: str, who: Principal, work: Callable[[Thread, Any], Awaitable[T]]
) -> tuple[Conversation, T]:
    """Apply `work(thread, session)` and commit. The conversation it became, and what `work` returned.

    Within a change of that conversation it joins that one: who began it commits.
    """
    check(who)
    if desk.within and desk.within.thread.before.id == conversation_id:
        result = await work(*desk.within)
        return desk.within.thread.conversation, result

    async def reading(session: Any) -> tuple[Commit, tuple[Conversation, T]]:
        conversation = await seen(who, conversation_id, store=desk.store, session=session)
        if conversation.joined:
            raise Invalid("This conversation is part of another one now. Answer there, or part them again.")
        thread = Thread(conversation, desk.clock())
        result = await work(thread, session)
        return Commit(conversations=[change_of(thread)] if thread.is_changed else []), (
            thread.conversation,
            result,
        )

    commit, (conversation, result) = await desk.store.change(reading)
    desk.bus.publish(commit)
    return conversation, result


async def reply(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    content: Content,
    client_id: str | None,
    purpose: Purpose = Purpose.CONVERSATION,
    hold: timedelta | None = None,
    answers: str | None = None,
) -> Message:
    """Say something to the customer. The same `client_id` again returns the same message.

    Whoever answers while nobody speaks becomes the speaker. Raises `NotSpeaker` if someone else speaks, and
    `Invalid` if the message that it `answers` cannot be quoted. It leaves after `hold`, until when it can be
    taken back.
    """

    async def work(thread: Thread, session: Any) -> Message:
        if sent := await _sent_before(desk, conversation_id, who, client_id, session):
            return sent
        await come_to_speak(desk, thread, session, who)
        if thread.conversation.status is not Status.OPEN:
            thread.open()
            thread.activity("reopened", by=who.name)
        thread.set(unread_count=0)
        thread.carries, thread.link = await desk.carries(thread.conversation.channel_id), desk.link
        of, until = await quoted(desk, thread, session, answers), thread.now + hold if hold else None
        return thread.say(
            author_of(who), content, held_until=until, client_id=client_id, purpose=purpose, reply_to=of
        )

    _, message = await change(desk, conversation_id, who, work)
    return message


async def come_to_speak(
    desk: Desk, thread: Thread, session: Any, who: Principal, *, over_bot: bool = False
) -> int:
    """Make them the speaker if nobody is. The epoch under which they may write.

    Raises `NotSpeaker` if someone else speaks; with `over_bot` the bot is no one.
    """
    speaker = thread.conversation.speaker
    if speaker.kind is SpeakerKind.NOBODY:
        await _make_speaker(desk, thread, session, who)
    elif not speaks(speaker, who) and not (over_bot and speaker.kind is SpeakerKind.BOT):
        raise NotSpeaker(f"{name_of(speaker)} is speaking to this customer. Take over first.")
    return thread.conversation.speaker.epoch


async def note(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    text: str,
    client_id: str | None,
    mentions: tuple[str, ...] = (),
) -> Message:
    """Leave a private note, whoever speaks; `mentions` are ids of colleagues whom it names."""

    async def work(thread: Thread, session: Any) -> Message:
        if sent := await _sent_before(desk, conversation_id, who, client_id, session):
            return sent
        return thread.add(author_of(who), Note(text, mentions), client_id=client_id, status="stored")

    _, message = await change(desk, conversation_id, who, work)
    return message


async def take_over(desk: Desk, conversation_id: str, who: Principal, *, epoch: int) -> Conversation:
    """Become the speaker. Raises `StaleEpoch` if the speaker is no longer the one of `epoch`."""

    async def work(thread: Thread, session: Any) -> None:
        speaker = thread.conversation.speaker
        if speaks(speaker, who):
            return
        if speaker.epoch != epoch:
            raise StaleEpoch(f"{name_of(speaker)} has taken this conversation in the meantime.")
        await _make_speaker(desk, thread, session, who)
        if thread.conversation.status is not Status.OPEN:
            thread.open()
        thread.activity("taken_over", by=who.name, by_id=who.id, was=name_of(speaker))

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def hand_back(
    desk: Desk, conversation_id: str, who: Principal, *, outcome: str, note: str | None
) -> Conversation:
    """Let the bot speak again, and tell it what was said and how it ended."""

    async def work(thread: Thread, session: Any) -> None:
        if thread.conversation.speaker.kind is SpeakerKind.BOT:
            return
        await _let_bot_speak(desk, thread, session, outcome=outcome, note=note)
        thread.open()
        thread.set(assignee_id=None, waiting_since=None)
        thread.activity("handed_back", by=who.name, outcome=outcome, note=note)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def resolve(desk: Desk, conversation_id: str, who: Principal) -> Conversation:
    """Nothing is left to do. If the customer writes again, the bot answers first."""

    async def work(thread: Thread, session: Any) -> None:
        if thread.conversation.status is Status.RESOLVED:
            return
        if thread.conversation.speaker.kind is SpeakerKind.BOT:
            thread.set(turn=None, bot_seq=thread.conversation.seq)
        else:
            await _let_bot_speak(desk, thread, session, outcome="resolved", note=None)
        thread.set(status=Status.RESOLVED, resolved_at=thread.now, snoozed_until=None)
        thread.set(waiting_since=None, unread_count=0)
        thread.activity("resolved", by=who.name, by_id=who.id, team_id=thread.conversation.team_id)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def reopen(desk: Desk, conversation_id: str, who: Principal) -> Conversation:
    """There is something left to do, for the one who says so."""

    async def work(thread: Thread, session: Any) -> None:
        if thread.conversation.status is Status.OPEN:
            return
        thread.open()
        await _make_speaker(desk, thread, session, who)
        thread.activity("reopened", by=who.name)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def assign(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    to: User | None,
    if_still: Callable[[Conversation], bool] = lambda _: True,
) -> Conversation:
    """Make someone responsible, or nobody. Unless the bot speaks, that one becomes the speaker.

    Raises `StaleEpoch` unless `if_still` holds for it as it is now, `Invalid` for who may not see it.
    """

    async def work(thread: Thread, session: Any) -> None:
        before, agent_id = thread.conversation, to.id if to else None
        if not if_still(before):
            raise StaleEpoch("The conversation has changed in the meantime.")
        await check_sight_of(to, before.team_id, store=desk.store, session=session)
        by_bot = before.speaker.kind is SpeakerKind.BOT
        if before.assignee_id == agent_id and (by_bot or before.speaker.id == agent_id):
            return
        thread.set(assignee_id=agent_id)
        if not by_bot:
            kind = SpeakerKind.AGENT if to else SpeakerKind.NOBODY
            thread.speaker(kind, agent_id, to.name if to else None)
            await _keep_what_was_said(desk, thread, session)
        thread.activity("assigned" if to else "unassigned", by=who.name, to=to.name if to else None)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


def check(who: Principal) -> None:
    """Raise `Forbidden` unless they may change conversations."""
    if not who.may(WRITE):
        raise Forbidden("You may read conversations, but not change them.")


def speaks(speaker: Speaker, who: Principal) -> bool:
    """Whether they are the speaker."""
    return speaker.kind is SpeakerKind.AGENT and speaker.id == who.id


def author_of(who: Principal) -> Author:
    """They as the author of a message."""
    return Author(AuthorKind.AGENT, who.id, who.name)


def text_of(text: str, limit: int) -> Text:
    """A text that may be sent. Raises `Invalid` if it is empty or too long."""
    if not text.strip():
        raise Invalid("Write something first.")
    if len(text) > limit:
        raise Invalid(f"The text has {len(text):,} characters; {limit:,} are allowed.")
    return Text(text)


async def _make_speaker(desk: Desk, thread: Thread, session: Any, who: Principal) -> None:
    """The human speaks. What people wrote before they handed back to the bot still goes out."""
    before = thread.conversation.speaker
    thread.speaker(SpeakerKind.AGENT, who.id, who.name)
    if who.is_user:
        thread.set(assignee_id=who.id)
    if before.kind is not SpeakerKind.AGENT:
        await _keep_what_was_said(desk, thread, session)


async def _let_bot_speak(desk: Desk, thread: Thread, session: Any, *, outcome: str, note: str | None) -> None:
    """The bot is the speaker; it is told what was said since it last spoke, and answers none of it."""
    before = thread.conversation
    page, _ = await desk.store.messages.page(before.id, before_seq=None, limit=_STORY)
    tell_what_was_said(thread, [m for m in page if m.seq > before.bot_seq], outcome=outcome, note=note)
    thread.speaker(SpeakerKind.BOT)
    await _keep_what_was_said(desk, thread, session)


async def _keep_what_was_said(desk: Desk, thread: Thread, session: Any) -> None:
    """A change that the speaker agreed to: what people had written before it still goes out."""
    waiting = await desk.store.messages.to_send(thread.conversation.id, 100, session)
    thread.keep(
        [m for m in waiting if m.author.kind is AuthorKind.AGENT and m.epoch == thread.before.speaker.epoch]
    )


async def _sent_before(
    desk: Desk, conversation_id: str, who: Principal, client_id: str | None, session: Any
) -> Message | None:
    if client_id is None:
        return None
    return await desk.store.messages.by_client_id(conversation_id, who.id, client_id, session)


def name_of(speaker: Speaker) -> str:
    """What a sentence calls the speaker."""
    return {SpeakerKind.BOT: "The bot", SpeakerKind.NOBODY: "Nobody"}.get(
        speaker.kind, speaker.name or "A colleague"
    )
