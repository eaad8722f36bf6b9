"""A conversation while it is being changed. Pure: what it becomes is written by the store as one commit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors.content import (
    INTERNAL,
    Activity,
    Content,
    Edit,
    Media,
    Permission,
    Reaction,
    Revoke,
    System,
)
from connectors.contract import Capabilities
from connectors.events import DeliveryStatus
from connectors.fitting import Answer, Fitted, fit
from connectors.preview import preview
from inbox.model.conversation import BotState, Conversation, LastMessage, Speaker, SpeakerKind, Status, Work
from inbox.model.filetypes import safe_name
from inbox.model.following import followed
from inbox.model.ids import new_id
from inbox.model.message import SYSTEM, Answered, Author, AuthorKind, Direction, Fitting, Message

replace = msgspec.structs.replace

_REMARKS = (Reaction, Edit, Revoke, System, Permission)

_MOVES_UP_AFTER = timedelta(minutes=1)

_NOT_A_MESSAGE = (System, Edit, Revoke)
"""What comes from a customer without opening the window in which we may write."""


def _plainly_named(content: Content) -> Content:
    """The content, a file by the name under which it can be saved: `gnp.exe` turned around is no picture."""
    if not isinstance(content, Media) or content.filename is None:
        return content
    return replace(content, filename=safe_name(content.filename, content.mime_type or ""))


def asks(content: Content) -> bool:
    """Whether a customer who sends this waits for an answer; a reaction, say, does not."""
    return not isinstance(content, _REMARKS)


class Thread:
    """What a conversation becomes: its new state, the messages that join it and those that change.

    However much is done to it, it is one commit: `rev` grows by one, and everything touched carries it.
    """

    def __init__(self, conversation: Conversation, now: datetime, *, is_new: bool = False) -> None:
        self.before = conversation
        self.is_new = is_new
        self.now = now
        self.added: list[Message] = []
        self.changed: dict[str, Message] = {}
        self.carries: Capabilities | None = None
        """What the channel carries, if what is said is to be fitted to it."""
        self.link: Callable[[Media], str | None] | None = None
        """Where the world can have a file of ours, for channels that carry none."""
        self.cause: tuple[str, ...] = ()
        """Which rules led to what is added now."""
        self._next = conversation
        self._touched = is_new

    @property
    def conversation(self) -> Conversation:
        """The state that the conversation will have."""
        if not self._touched:
            return self._next
        return replace(self._next, rev=self.before.rev + 1, updated_at=self.now)

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to commit."""
        return self._touched

    def settle(self) -> None:
        """Say what the changes mean for the case of the people who answer. Once, when all is done."""
        if self._touched:
            self._next = followed(self.before, self._next, self.added, self.now)

    def set(self, **fields: Any) -> None:
        """Change fields of the conversation."""
        self._next = replace(self._next, **fields)
        self._touched = True

    def add(self, author: Author, content: Content, **fields: Any) -> Message:
        """Append a message and return it; `fields` are those of `Message`."""
        content = _plainly_named(content)
        seq = self._next.seq + 1
        message = Message(
            id=fields.pop("id", None) or new_id(),
            conversation_id=self._next.id,
            channel_id=self._next.channel_id,
            contact_id=self._next.contact_id,
            seq=seq,
            rev=self.before.rev + 1,
            direction=fields.pop("direction", Direction.OUT),
            author=author,
            content=content,
            created_at=self.now,
            cause=self.cause,
            **fields,
        )
        self.added.append(message)
        self.set(seq=seq)
        if not isinstance(content, INTERNAL):
            line = LastMessage(message.id, preview(content), author.kind, self.now)
            self.set(last_message=line, listed_at=self._listed())
        return message

    def _listed(self) -> datetime:
        """Where the conversation stands in the list: it moves up when a minute has passed since it last did.

        To move costs MongoDB more than all else of a commit. Not at the full minute, or all would at once.
        """
        last = self._next.listed_at
        return last if last and last <= self.now < last + _MOVES_UP_AFTER else self.now

    def change(self, message: Message, **fields: Any) -> Message:
        """Change a message of the conversation, one that was just added too, and return what it becomes."""
        changed = replace(message, rev=self.before.rev + 1, **fields)
        for place, added in enumerate(self.added):
            if added.id == message.id:
                self.added[place] = changed
                break
        else:
            self.changed[message.id] = changed
        self._touched = True
        if changed.status == DeliveryStatus.FAILED and changed.error and changed.error.elsewhere:
            self.look_elsewhere(self.now)
        return changed

    def look_elsewhere(self, at: datetime) -> None:
        """Have somebody look then whether a message should go by another channel; an earlier time stays."""
        due = self._next.fallback
        if due is None or (due.owner is None and due.at > at):
            self.set(fallback=Work(at=at))

    def activity(self, event: str, **details: Any) -> Message:
        """Note that something happened, for colleagues."""
        return self.add(SYSTEM, Activity(event, {k: v for k, v in details.items() if v is not None}))

    def take_in(
        self, author: Author, content: Content, *, window: timedelta | None = None, **fields: Any
    ) -> Message:
        """Append what the customer sent without asking anybody to answer it.

        `window` is for how long it lets us write, if the channel minds that.
        """
        message = self.add(author, content, direction=Direction.IN, status="received", **fields)
        self.set(last_inbound_at=self.now, last_inbound_external_id=message.external_id)
        if window and not isinstance(content, _NOT_A_MESSAGE):
            closes = min(message.sent_at or self.now, self.now) + window
            self.set(window_closes_at=max(closes, self._next.window_closes_at or closes))
        return message

    def hear(self, author: Author, content: Content, **fields: Any) -> Message:
        """Append what the customer wrote; if it asks for an answer and the bot speaks, a turn becomes due."""
        message = self.take_in(author, content, **fields)
        after = self._next
        if not asks(content):
            return message
        self.set(
            inbound_seq=message.seq,
            unread_count=after.unread_count + 1,
            waiting_since=after.waiting_since or self.now,
        )
        if after.speaker.kind is SpeakerKind.BOT and after.turn is None:
            self.set(turn=Work(at=self.now))
        return message

    def say(
        self, author: Author, content: Content, *, held_until: datetime | None = None, **fields: Any
    ) -> Message:
        """Append something for the customer, fitted to the channel, and put it in the outbox.

        If it has to become several messages, the first is returned: it tells what was changed. None of them
        leaves before `held_until`.
        """
        fitted = self.fit(content)
        how: dict[str, Any] = {"status": DeliveryStatus.QUEUED, "epoch": self._next.speaker.epoch}
        how["held_until"] = held_until
        if fitted.changes:
            fields["fitting"] = Fitting(content, fitted.changes, len(fitted.contents))
        is_answer = author.kind is not AuthorKind.SYSTEM and asks(content)  # a reaction is no answer
        answered = self._answered() if is_answer else None
        message = self.add(author, fitted.contents[0], answered=answered, **how, **fields)
        for each in fitted.contents[1:]:
            self.add(author, each, **how, part_of=message.id, purpose=message.purpose)
        self._expect(fitted.answers)
        if is_answer:
            self.set(waiting_since=None)
        self.deliver(held_until)
        return message

    def _answered(self) -> Answered | None:
        """What is said now as the answer to a customer who waits, if one does."""
        since = self._next.waiting_since
        return Answered((self.now - since).total_seconds(), self._next.team_id) if since else None

    def fit(self, content: Content) -> Fitted:
        """What the channel is given for a content."""
        if self.carries is None:
            return Fitted((content,))
        return fit(content, self.carries, language=self._next.language, link=self.link)

    def _expect(self, answers: tuple[Answer, ...]) -> None:
        """What the customer may write for an answer now; what was asked before is over."""
        if answers or self._next.answers is self.before.answers:
            self.set(answers=answers)

    def deliver(self, at: datetime | None = None) -> None:
        """Let the outbox look at the conversation, now or then, unless it is already about to."""
        if self._next.delivery is None:
            self.set(delivery=Work(at=at or self.now))

    def deliver_at_once(self) -> None:
        """Let the outbox look now at what waits for another attempt or for a report."""
        if self._next.delivery and self._next.delivery.owner is None:
            self.set(delivery=Work(at=self.now))

    def speaker(self, kind: SpeakerKind, agent_id: str | None = None, name: str | None = None) -> Speaker:
        """Change who speaks: the epoch grows, and what the former speaker had not sent is refused."""
        speaker = Speaker(kind, agent_id, name, self._next.speaker.epoch + 1)
        self.set(speaker=speaker, queued_at=self.now if kind is SpeakerKind.NOBODY else None)
        self.deliver_at_once()  # what is refused now must not hold back what is said next
        if kind is SpeakerKind.BOT:
            self.set(bot_seq=self._next.seq)  # what humans have dealt with is not answered again
            self.set(told=None)
        else:
            self.set(turn=None)
        return speaker

    def keep(self, queued: list[Message]) -> None:
        """Let messages that an agent had written before a change they agreed to go out all the same."""
        for message in queued:
            self.change(message, epoch=self._next.speaker.epoch)

    def tell_bot(self, **event: Any) -> None:
        """Note something that the bot must be told before its next turn."""
        bot = self._next.bot
        self.set(bot=replace(bot, untold=[*bot.untold, event][-50:]))

    def open(self) -> None:
        """Something is left to do again, for whoever it was."""
        self.set(status=Status.OPEN, resolved_at=None, snoozed_until=None, campaign_id=None)

    def reopen(self) -> None:
        """Open a resolved or snoozed conversation again, with the bot as the speaker if it was resolved."""
        was = self._next.status
        if was is Status.RESOLVED:
            if self._next.speaker.kind is not SpeakerKind.BOT:
                self.speaker(SpeakerKind.BOT)
            self.set(summary=None, assignee_id=None, resolved_at=None)
            bot = self._next.bot
            self.set(bot=BotState(model=bot.model, assistant=bot.assistant, untold=bot.untold))
        self.open()
