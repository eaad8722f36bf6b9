"""The bot's turns: one at a time for a conversation, whichever process runs it, and never silence.

A turn is claimed by a lease on the conversation. What the customer writes meanwhile joins the next turn, also
if this one has to be asked again. The bot is asked with an id made of the conversation and the last message,
so a turn that is asked twice because a process died in between is answered twice the same. The answer is
committed only if the bot is still the speaker and the lease is still ours.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog

from connectors.content import Choice, Media, Text
from connectors.contract import Clock, StopWords
from connectors.preview import preview
from connectors.sms.optout import Wish, wish_of
from inbox.actions.desk import Carries, unknown
from inbox.actions.handoff import hand_over
from inbox.actions.teams import team_for
from inbox.bus import Bus
from inbox.dialogue import Answer, BotError, BotNotReady, CannotRead, Dialogue, Turn
from inbox.leases import Leases
from inbox.metrics import TURN_SECONDS, TURNS
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.conversation import BotState, Conversation, SpeakerKind, Work
from inbox.model.message import BOT, Message
from inbox.model.team import Team
from inbox.model.thread import Thread, asks
from inbox.store import Conflict, Store, StoreError, Unwritable
from inbox.worker import Worker

log = structlog.get_logger(__name__)

_RETRY = timedelta(seconds=1)
_RECENT = 40


class Turns:
    """Runs the turns that are due."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        dialogue: Dialogue,
        clock: Clock,
        *,
        at_once: int = 16,
        carries: Carries = unknown,
    ) -> None:
        """`carries` says what a channel can carry of what the bot says."""
        self._store = store
        self._bus = bus
        self._dialogue = dialogue
        self._clock = clock
        self._leases = Leases("turn", store, clock)
        self.worker = Worker("turn", store, clock, self.run, at_once=at_once, leases=self._leases)
        self._carries = carries
        bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            turn = change.after.turn
            if turn and turn.owner is None and (change.before is None or change.before.turn != turn):
                self.worker.wake(change.after.id)

    async def run(self, conversation_id: str) -> None:
        """Run one turn of the conversation, if one is due and nobody else runs it."""
        if self._dialogue.is_starting and not self._dialogue.is_ready:
            return  # what is due stays due, and is found once the bot has loaded
        claimed = await self._leases.claim(conversation_id)
        if claimed is None:
            return
        conversation, owner = claimed
        try:
            await self._run(conversation, owner)
        except asyncio.CancelledError:  # this process stops: another may take the turn at once
            await self._store.conversations.postpone(conversation.id, "turn", owner, self._clock())
            raise
        finally:
            self._leases.drop(owner)

    async def _run(self, conversation: Conversation, owner: str) -> None:
        upto = conversation.turn.upto if conversation.turn else None
        heard = await self._store.messages.heard(
            conversation.id, conversation.bot_seq, conversation.inbound_seq if upto is None else upto
        )
        part = next_part([m for m in heard if asks(m.content)])
        if conversation.speaker.kind is not SpeakerKind.BOT or not part:
            is_over = await self._store.conversations.finish(
                conversation.id, "turn", owner, conversation.rev, self._clock()
            )
            if not is_over:
                self.worker.wake(conversation.id)
            return
        with TURN_SECONDS.time():
            await self._answer(conversation, part, owner)

    async def _answer(self, conversation: Conversation, part: list[Message], owner: str) -> None:
        try:
            if await self._asks_to_be_left_alone(conversation, part):
                await self._conclude(conversation, part, owner, None, reason="consent")
                TURNS.labels("consent").inc()
                return
            answer = await self._ask(conversation, part)
            await self._conclude(conversation, part, owner, answer)
            TURNS.labels("handed_over" if answer.handoff else "answered").inc()
        except BotNotReady as error:
            if not self._may_wait(part):
                await self._give_up(conversation, part, owner, error)
                return
            TURNS.labels("postponed").inc()
            await self._store.conversations.postpone(conversation.id, "turn", owner, self._clock() + _RETRY)
        except BotError as error:
            await self._give_up(conversation, part, owner, error)
        except (StoreError, Conflict):
            raise
        except Exception as error:
            if not isinstance(error, Unwritable):
                log.exception("turn failed", conversation=conversation.id)
            refused = BotError(f"The bot's answer cannot be used: {error}")
            await self._give_up(conversation, part, owner, refused)

    async def _asks_to_be_left_alone(self, conversation: Conversation, part: list[Message]) -> bool:
        """Whether the customer may want no more messages, in words of their own: a human decides."""
        carries = await self._carries(conversation.channel_id)
        if carries is None or carries.stop_words is StopWords.NONE:
            return False
        texts = [m.content.text for m in part if isinstance(m.content, Text)]
        return any(wish_of(text, language=conversation.language) is Wish.REVIEW for text in texts)

    def _may_wait(self, part: list[Message]) -> bool:
        """Whether there is still time for the bot to come back: while it loads, or within its limit."""
        waited = self._clock() - part[0].created_at
        return self._dialogue.is_starting or waited < timedelta(seconds=self._dialogue.timeout)

    async def _ask(self, conversation: Conversation, part: list[Message]) -> Answer:
        if conversation.bot.untold:
            event_id = f"{conversation.id}:{conversation.speaker.epoch}"
            await self._dialogue.tell(conversation.id, event_id, conversation.bot.untold)
        text, payload = said(part)
        if not text and not payload:
            raise CannotRead(f"The bot cannot read this: {preview(part[-1].content)}")
        turn = Turn(
            turn_id=f"{conversation.id}:{part[-1].seq}",
            conversation_id=conversation.id,
            text=text,
            payload=payload,
            channel={"id": conversation.channel_id, "kind": conversation.channel_kind},
            contact={"id": conversation.contact_id, "name": conversation.contact.name},
            language=conversation.language,
            metadata={"contents": [type(m.content).__struct_config__.tag for m in part]},
        )
        return await self._dialogue.turn(turn)

    async def _give_up(
        self, conversation: Conversation, part: list[Message], owner: str, error: BotError
    ) -> None:
        """Never silence: a bot that cannot answer leads to a human."""
        log.warning("turn failed", conversation=conversation.id, reason=error.reason)  # its text may quote
        TURNS.labels(error.reason).inc()
        await self._conclude(conversation, part, owner, None, reason=error.reason, detail=str(error))

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
        """Commit the turn's outcome; without an answer, a handoff for `reason`."""

        carries = await self._carries(conversation.channel_id)
        may_be_known = True  # nobody may have changed it since the claim: see `inbox/sending.py`

        async def work(session: Any) -> tuple[Commit, None]:
            nonlocal may_be_known
            is_known, may_be_known = may_be_known and answer is not None and not answer.handoff, False
            present = (
                conversation if is_known else await self._store.conversations.get(conversation.id, session)
            )
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
                read = None if is_known else await self._store.messages.get(part[-1].id, session)
                fresh = read or part[-1]
                understood = _understood(thread, fresh, answer)
                recent = [understood if m.id == fresh.id else m for m in recent]
            thread.set(bot_seq=part[-1].seq, turn=None)
            if answer is None:
                hand_over(thread, reason=reason, detail=detail, recent=recent, farewell=[], team=team)
            elif answer.handoff:
                hand_over(
                    thread,
                    reason=answer.handoff.reason,
                    detail=answer.handoff.detail,
                    recent=recent,
                    farewell=answer.replies,
                    team=team,
                )
            else:
                for content in answer.replies:
                    thread.say(BOT, content)
                if present.inbound_seq > part[-1].seq:
                    thread.set(turn=Work(at=thread.now))
            if answer is None or answer.handoff:  # what the bot had said before still goes out
                queued = await self._store.messages.to_send(present.id, 100, session)
                thread.keep([m for m in queued if m.epoch == present.speaker.epoch])
            return Commit(conversations=[change_of(thread, holder=("turn", owner))]), None

        commit, _ = await self._store.change(work)
        self._bus.publish(commit)


def _understood(thread: Thread, message: Message, answer: Answer) -> Message:
    """Write down what the bot made of the message, and return what it becomes."""
    understood = thread.change(message, parse=answer.parse)
    intent = answer.intent
    thread.set(
        bot=BotState(
            intent=intent.name,
            confidence=intent.confidence,
            slots=answer.slots,
            model=answer.model.id,
        )
    )
    return understood


def next_part(messages: list[Message]) -> list[Message]:
    """The next turn's messages: texts that follow each other are one; a tapped choice is its own."""
    part: list[Message] = []
    for message in messages:
        if part and not (isinstance(part[-1].content, Text) and isinstance(message.content, Text)):
            break
        part.append(message)
    return part


def said(part: list[Message]) -> tuple[str | None, str | None]:
    """What the bot is told of a part: text and payload. Both None for what it cannot read."""
    content = part[-1].content
    match content:
        case Text():
            return "\n".join(m.content.text for m in part if isinstance(m.content, Text)), None
        case Choice(title=title, payload=payload):
            return title, payload or None
        case Media(caption=caption):
            return caption, None
        case _:
            return None, None
