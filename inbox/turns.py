"""The bot's turns: one at a time for a conversation, whichever process runs it, and never silence.

A turn is claimed by a lease on the conversation. What the customer writes meanwhile joins the next turn, also
if this one has to be asked again. The bot is asked with an id made of the conversation and the turn's
messages, so a turn that is asked twice because a process died in between is answered twice the same. The
answer is committed only if the bot is still the speaker and the lease is still ours.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec
import structlog

from connectors.content import Choice, FormAnswer, Media, Text
from connectors.contract import Clock, StopWords
from connectors.forms import payload_of, words_of
from connectors.preview import preview
from connectors.sms.optout import Wish, wish_of
from inbox.actions.desk import Carries, unknown
from inbox.ahead import Ahead, turn_id
from inbox.bus import Bus
from inbox.concluding import Concluding, Foresee, Leave, in_line, unforeseen
from inbox.dialogue import Answer, BotError, BotNotReady, CannotRead, Dialogue, Turn
from inbox.joint import Joint
from inbox.leases import Leases
from inbox.metrics import TURN_SECONDS, TURNS
from inbox.model.commit import Commit, ConversationChange
from inbox.model.conversation import Conversation, SpeakerKind
from inbox.model.message import Direction, Message
from inbox.model.thread import asks
from inbox.store import Conflict, Store, StoreError, Unwritable
from inbox.worker import Worker

log = structlog.get_logger(__name__)

replace = msgspec.structs.replace

_RETRY = timedelta(seconds=1)


class Claimed(NamedTuple):
    """A turn that is ours to run."""

    conversation: Conversation
    owner: str
    heard: list[Message] | None = None
    """What it is about, if that need not be read."""


class Turns:
    """Runs the turns that are due."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        dialogue: Dialogue,
        clock: Clock,
        *,
        at_once: int = 32,
        carries: Carries = unknown,
        joint: Joint | None = None,
        leave: Leave = in_line,
        foresee: Foresee = unforeseen,
    ) -> None:
        """So many turns `at_once`, and as many more that are ours wait for a hand: what is claimed with its
        message needs no claim of its own, and need not be read.

        `carries` says what a channel can carry of what the bot says.
        `joint` writes what several conversations commit together; `leave` gives an answer its way out, and
        `foresee` is told of a conversation in which there may soon be one.
        """
        self._store = store
        self._dialogue = dialogue
        self._clock = clock
        self._leases = Leases("turn", store, clock)
        self.worker = Worker("turn", store, clock, self.run, at_once=at_once, leases=self._leases)
        self._at_once = at_once
        self._foresee = foresee
        self._carries = carries
        joint = joint or Joint(store, bus)
        self._concluding = Concluding(store, bus, joint, clock, carries=carries, leave=leave)
        self._born: dict[str, Claimed] = {}
        self._ahead = Ahead()
        bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            turn = change.after.turn
            if turn is None or (change.before and change.before.turn == turn):
                continue
            if turn.owner is None:
                self.worker.wake(change.after.id)
            elif owner := self._leases.adopt(change.after.id, turn):
                self._born[change.after.id] = Claimed(change.after, owner, _heard_in(change))
                self.worker.wake(change.after.id)

    def claim_at_birth(self, commit: Commit) -> Commit:
        """The commit with the turns that fall due by it claimed by us, as many as are run at once or next.

        So a turn that this process is going to run needs no claim of its own.
        """
        room = self.worker.room + self._at_once if self._dialogue.is_ready and self.worker.is_working else 0
        for place, change in enumerate(commit.conversations):
            turn, after = change.after.turn, change.after
            if room <= 0:
                break
            is_new = turn is not None and turn.owner is None and turn.attempts == 0
            if not is_new or (change.before and change.before.turn) or not _is_whole(change):
                continue
            turn = self._leases.born(self._clock(), upto=after.inbound_seq)
            after = replace(after, turn=turn)
            commit.conversations[place] = replace(change, after=after)
            room -= 1
        return commit

    def ask_ahead(self, changes: Sequence[ConversationChange]) -> None:
        """Ask the bot about what is being made durable, as far as hands are free for it.

        MongoDB must have said that each conversation is as its change takes it to be. A new conversation is
        not asked about: if it does not come about, the bot would remember what no erasure finds.
        """
        for change in changes:
            turn, after = change.after.turn, change.after
            if turn is None or not self._leases.is_ours(turn) or change.before is None or after.bot.untold:
                continue
            part = _part_of(_heard_in(change))
            is_for_bot = after.speaker.kind is SpeakerKind.BOT and len(part) == 1 and any(said(part))
            if is_for_bot and self.worker.room > len(self._ahead.under_way):
                self._ahead.begin(turn_id(after, part), self._answer_ahead(after, part))

    async def _answer_ahead(self, conversation: Conversation, part: list[Message]) -> Answer | None:
        if await self._asks_to_be_left_alone(conversation, part):
            return None
        return await self._dialogue.turn(_turn_of(conversation, part))

    async def run(self, conversation_id: str) -> None:
        """Run one turn of the conversation, if one is due and nobody else runs it."""
        claimed = self._born.pop(conversation_id, None)
        if claimed is None:
            if self._dialogue.is_starting and not self._dialogue.is_ready:
                return  # what is due stays due, and is found once the bot has loaded
            taken = await self._leases.claim(conversation_id)
            if taken is None:
                return
            claimed = Claimed(*taken)
        conversation, owner, _ = claimed
        try:
            await self._run(claimed)
        except asyncio.CancelledError:  # this process stops: another may take the turn at once
            await self._store.conversations.postpone(conversation.id, "turn", owner, self._clock())
            raise
        finally:
            self._leases.drop(owner)

    async def _run(self, claimed: Claimed) -> None:
        conversation, owner, heard = claimed
        if heard is None:
            upto = conversation.turn.upto if conversation.turn else None
            heard = await self._store.messages.heard(
                conversation.id, conversation.bot_seq, conversation.inbound_seq if upto is None else upto
            )
        part = self._ahead.apart(conversation, _part_of(heard))
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
                await self._concluding.give_up(conversation, part, owner, reason="consent")
                TURNS.labels("consent").inc()
                return
            answer = await self._ask(conversation, part)
            await self._concluding.answer(conversation, part, owner, answer)
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
        turn = _turn_of(conversation, part)
        await self._foresee(conversation)
        answer = await self._ahead.answer(turn.turn_id)
        if answer is not None:
            return answer
        if conversation.bot.untold:
            event_id = f"{conversation.id}:{conversation.speaker.epoch}"
            await self._dialogue.tell(turn, event_id, conversation.bot.untold)
        if not turn.text and not turn.payload:
            raise CannotRead(f"The bot cannot read this: {preview(part[-1].content)}")
        return await self._dialogue.turn(turn)

    async def _give_up(
        self, conversation: Conversation, part: list[Message], owner: str, error: BotError
    ) -> None:
        """Never silence: a bot that cannot answer leads to a human."""
        log.warning("turn failed", conversation=conversation.id, reason=error.reason)  # its text may quote
        TURNS.labels(error.reason).inc()
        await self._concluding.give_up(conversation, part, owner, reason=error.reason, detail=str(error))


def _is_whole(change: ConversationChange) -> bool:
    """Whether all that a turn would be about came with this commit."""
    before = change.before
    return before is None or before.inbound_seq <= max(before.bot_seq, change.after.bot_seq)


def _heard_in(change: ConversationChange) -> list[Message]:
    """What the customer wrote with this commit that the bot has not had."""
    return [m for m in change.added if m.direction is Direction.IN and m.seq > change.after.bot_seq]


def _part_of(heard: list[Message]) -> list[Message]:
    return next_part([m for m in heard if asks(m.content)])


def _turn_of(conversation: Conversation, part: list[Message]) -> Turn:
    text, payload = said(part)
    return Turn(
        turn_id=turn_id(conversation, part),
        conversation_id=conversation.id,
        text=text,
        payload=payload,
        channel={"id": conversation.channel_id, "kind": conversation.channel_kind},
        contact={"id": conversation.contact_id, "name": conversation.contact.name},
        language=conversation.language,
        metadata={"contents": [type(m.content).__struct_config__.tag for m in part]},
        assistant=conversation.bot.assistant,
        place=part[-1].seq,
    )


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
        case FormAnswer() as form:
            return words_of(form), payload_of(form)
        case _:
            return None, None
