"""What is written at the end of a bot's turn: its answer, or that a human must go on."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from connectors.contract import Clock
from inbox.actions.desk import Carries
from inbox.actions.found_out import found_out
from inbox.actions.handoff import hand_over
from inbox.actions.teams import team_for
from inbox.bus import Bus
from inbox.dialogue import Answer
from inbox.joint import Draft, Joint
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.consent import Refusals
from inbox.model.conversation import BotState, Conversation, Work
from inbox.model.message import BOT, Message
from inbox.model.team import Team
from inbox.model.thread import Thread
from inbox.passages import Passage
from inbox.store import Store

_RECENT = 40

Leave = Callable[[Conversation], AbstractAsyncContextManager[Passage | None]]
"""Asks the outbox for a passage, see `inbox/passages.py`."""

Foresee = Callable[[Conversation], Awaitable[None]]
"""Tells the outbox that a passage may soon be asked for."""


def in_line(conversation: Conversation) -> AbstractAsyncContextManager[Passage | None]:
    """No passage: an answer is queued."""
    return nullcontext()


async def unforeseen(conversation: Conversation) -> None:
    """Nothing is prepared for an answer."""


class Concluding:
    """Writes how turns end. Nothing is written if the turn is no longer its owner's."""

    def __init__(
        self, store: Store, bus: Bus, joint: Joint, clock: Clock, *, carries: Carries, leave: Leave
    ) -> None:
        self._store = store
        self._bus = bus
        self._joint = joint
        self._clock = clock
        self._carries = carries
        self._leave = leave

    async def answer(
        self, conversation: Conversation, part: list[Message], owner: str, answer: Answer
    ) -> None:
        """The bot's answer to `part`. The conversation is as it was when the turn was claimed."""
        if (
            answer.handoff
            or answer.contact
            or not await self._answer_as_known(conversation, part, owner, answer)
        ):
            await self._conclude(conversation, part, owner, answer)

    async def give_up(
        self, conversation: Conversation, part: list[Message], owner: str, *, reason: str, detail: str = ""
    ) -> None:
        """A handoff for `reason`."""
        await self._conclude(conversation, part, owner, None, reason=reason, detail=detail)

    async def _answer_as_known(
        self, conversation: Conversation, part: list[Message], owner: str, answer: Answer
    ) -> bool:
        """Commit the answer if nobody has changed the conversation since the claim. False if so."""
        carries = await self._carries(conversation.channel_id)
        async with self._leave(conversation) as passage:

            def draw(refusals: Refusals) -> ConversationChange:
                thread = Thread(conversation, self._clock())
                thread.carries = carries
                _understood(thread, part[-1], answer)
                _say(thread, part, answer)
                if passage:
                    passage.leave(thread, refusals)
                return change_of(thread, holder=("turn", owner))

            leaves_by = conversation.channel_id if passage else None
            return await self._joint.write(Draft(conversation, draw, leaves_by)) is not None

    async def _conclude(
        self,
        conversation: Conversation,
        part: list[Message],
        owner: str,
        answer: Answer | None,
        *,
        reason: str = "",
        detail: str = "",
    ) -> None:
        """Read everything and commit the turn's outcome; without an answer, a handoff for `reason`."""
        carries = await self._carries(conversation.channel_id)

        async def work(session: Any) -> tuple[Commit, None]:
            present = await self._store.conversations.get(conversation.id, session)
            if present is None or present.turn is None or present.turn.owner != owner:
                return Commit(), None  # a human took over, or our lease ran out and another runs it
            thread = Thread(present, self._clock())
            thread.carries = carries
            recent: list[Message] = []
            team: Team | None = None
            if answer is None or answer.handoff:
                recent, _ = await self._store.messages.page(present.id, before_seq=None, limit=_RECENT)
                named = answer.handoff.team if answer and answer.handoff else None
                team = await team_for(self._store, present, named, session)
            if answer is not None:
                fresh = await self._store.messages.get(part[-1].id, session) or part[-1]
                understood = _understood(thread, fresh, answer)
                recent = [understood if m.id == fresh.id else m for m in recent]
            more = Commit()
            if answer is not None and answer.contact:
                more = await found_out(self._store, thread, answer.contact, session)
            if answer is not None and answer.handoff is None:
                _say(thread, part, answer)
                return Commit(
                    [change_of(thread, holder=("turn", owner)), *more.conversations], more.contacts
                ), None
            thread.set(bot_seq=part[-1].seq, turn=None)
            why = answer.handoff if answer else None
            hand_over(
                thread,
                reason=why.reason if why else reason,
                detail=why.detail if why else detail,
                recent=recent,
                farewell=answer.replies if answer else [],
                team=team,
            )
            # what the bot had said before still goes out
            queued = await self._store.messages.to_send(present.id, 100, session)
            thread.keep([m for m in queued if m.epoch == present.speaker.epoch])
            return Commit(
                [change_of(thread, holder=("turn", owner)), *more.conversations], more.contacts
            ), None

        commit, _ = await self._store.change(work)
        self._bus.publish(commit)


def _say(thread: Thread, part: list[Message], answer: Answer) -> None:
    """End the turn with the bot's replies; what arrived meanwhile is the next one."""
    thread.set(bot_seq=part[-1].seq, turn=None)
    for content in answer.replies:
        thread.say(BOT, content)
    if thread.before.inbound_seq > part[-1].seq:
        thread.set(turn=Work(at=thread.now))


def _understood(thread: Thread, message: Message, answer: Answer) -> Message:
    """Write down what the bot made of the message, and return what it becomes."""
    understood = thread.change(message, parse=answer.judged)
    intent = answer.intent
    if answer.language and not thread.conversation.language:
        thread.set(language=answer.language)
    thread.set(
        bot=BotState(
            intent=intent.name,
            confidence=intent.confidence,
            slots=answer.slots,
            model=answer.model.id,
            assistant=answer.assistant or thread.conversation.bot.assistant,
        )
    )
    return understood
