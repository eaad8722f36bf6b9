"""Feeds the queue of outgoing webhooks: follows what was committed, and makes an event of each change.

One process at a time follows, by a lease. An event's id follows from what it tells of, so that one which is
come by twice, over an overlap, is queued once. How far a conversation was told of is noted in the transaction
that queues its events: a process that is killed leaves both or neither, and so never a gap.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog

from connectors.content import INTERNAL, Note
from inbox import wire
from inbox.actions.desk import Desk
from inbox.follower import Follower
from inbox.model.commit import ConversationChange
from inbox.model.conversation import Conversation
from inbox.model.message import Message
from inbox.model.secrets import Vault
from inbox.model.webhook import Delivery, Subscription, Told, envelope, event_id
from inbox.store import CHANGES_KEPT

log = structlog.get_logger(__name__)

DUTY = "webhooks"
_LEASE = timedelta(seconds=20)
_OVERLAP = timedelta(seconds=10)
"""Commits become visible a little out of the order of their times."""

_REMEMBERED = timedelta(seconds=CHANGES_KEPT * 0.9)
_PAGE = 200


class Event(NamedTuple):
    """Something that happened in a conversation."""

    id: str
    what: str
    at: datetime
    data: dict[str, Any]


class Telling:
    """Follows all conversations while a program wants to be told."""

    def __init__(self, desk: Desk, vault: Vault, wake: Callable[[str], None]) -> None:
        """`wake` is told the id of each delivery that is queued."""
        self._desk = desk
        self._wake = wake
        self._store = desk.store
        self._vault = vault
        self.follower = Follower(DUTY, desk.store, desk.clock, self.step)
        self._is_wanted = True
        desk.bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        """Look at once; while nobody wants to be told, the next look is early enough."""
        if changes and self._is_wanted:
            self.follower.wake()

    async def step(self) -> int:
        """Queue what happened since the last step, if that falls to us. How many deliveries."""
        wanted = await self._store.webhooks.list({"is_on": True})
        self._is_wanted = bool(wanted)
        now = self._desk.clock()
        if not wanted or not await self.follower.is_ours(_LEASE):
            return 0
        begun = min(each.created_at for each in wanted)
        place = max(begun, await self._store.webhooks.place() or begun)
        done = await self._catch_up(place, now, wanted) if place < now - _REMEMBERED else 0
        since, key = place - _OVERLAP, ""
        while True:
            changed, last = await self._store.conversations.changed_since(since, key, _PAGE)
            for conversation in changed:
                done += await self._tell(conversation, wanted)
            if last is None:
                break
            since, key = last
            await self.follower.is_ours(_LEASE)
        await self._store.webhooks.keep_place(now)
        return done

    async def _catch_up(self, since: datetime, now: datetime, wanted: list[Subscription]) -> int:
        """After a longer pause: what changed is no longer known, but what was said is."""
        until, ids = now, dict[str, None]()
        while lines := await self._store.automation.lines_between(since, until, _PAGE):
            ids |= dict.fromkeys(line.conversation_id for line in lines)
            if len(lines) < _PAGE or lines[-1].created_at >= until:
                break
            until = lines[-1].created_at
        found = [await self._store.conversations.get(each) for each in ids]
        return sum([await self._tell(each, wanted) for each in found if each])

    async def _tell(self, conversation: Conversation, wanted: Iterable[Subscription]) -> int:
        """Queue the events of a conversation that nobody has queued."""
        told = await self._store.webhooks.told(conversation.id)
        if told and told.rev >= conversation.rev:
            return 0
        lines = await self._store.messages.changed_since(conversation.id, told.rev if told else 0)
        shown = wire.conversation_json(conversation)
        queue = [
            self._delivery(event, subscription, conversation)
            for event in events_of(conversation, shown, lines, told)
            for subscription in wanted
            if subscription.wants(event.what, conversation.channel_id) and event.at >= subscription.created_at
        ]
        seq = max([conversation.seq, *(line.seq for line in lines)])
        until = Told(id=conversation.id, rev=conversation.rev, seq=seq, state=state_of(shown))
        count = await self._store.deliveries.tell(queue, until, told)
        for each in queue if count else ():
            self._wake(each.id)
        return count

    def _delivery(self, event: Event, to: Subscription, conversation: Conversation) -> Delivery:
        message = event.data.get("message") or {}
        order = {
            "conversation_id": conversation.id,
            "rev": message.get("rev", conversation.rev),
            "seq": message.get("seq", conversation.seq),
        }
        return Delivery(
            id=f"{event.id}.{to.id}",
            subscription_id=to.id,
            event_id=event.id,
            what=event.what,
            conversation_id=conversation.id,
            body=self._vault.seal(envelope(event.what, event.at, event.data, order).decode()),
            at=event.at,
            due=self._desk.clock(),
        )


def state_of(shown: dict[str, Any]) -> dict[str, object]:
    """What of a conversation makes it another when it changes, for programs."""
    names = ("status", "speaker", "assignee_id", "team_id", "labels", "priority")
    return {name: shown[name] for name in names}


def events_of(
    conversation: Conversation, shown: dict[str, Any], lines: Iterable[Message], told: Told | None
) -> Iterator[Event]:
    """What happened in a conversation since it was last told of, the oldest first."""
    at = conversation.updated_at
    if told is None:
        born = event_id(conversation.id, "created")
        yield Event(born, "conversation.created", conversation.created_at, {"conversation": shown})
    for line in lines:
        if (event := _of_line(line, shown, told, at)) is not None:
            yield event
    state = state_of(shown)
    if told is not None and (changed := [name for name in state if state[name] != told.state.get(name)]):
        data = {"conversation": shown, "changed": changed}
        yield Event(event_id(conversation.id, "changed", conversation.rev), "conversation.changed", at, data)


def _of_line(line: Message, shown: dict[str, Any], told: Told | None, at: datetime) -> Event | None:
    is_new = told is None or line.seq > told.seq
    data = {"conversation": shown, "message": wire.message_json(line)}
    if isinstance(line.content, Note):
        is_told = is_new
        return Event(event_id(line.id, "created"), "note.created", line.created_at, data) if is_told else None
    if isinstance(line.content, INTERNAL):
        return None
    if is_new:
        return Event(event_id(line.id, "created"), "message.created", line.created_at, data)
    return Event(event_id(line.id, line.rev), "message.updated", at, data)
