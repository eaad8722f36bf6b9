"""The way from a commit to every screen: what was committed here, and what was missed from elsewhere."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import socketio
import structlog

from connectors.content import Note
from inbox import wire
from inbox.live.agents import AGENTS, agent_room, conversation_room, team_room
from inbox.live.fanout import Fanout
from inbox.live.visitors import VISITORS, told_to_visitor, visitor_room
from inbox.model.commit import ConversationChange
from inbox.model.conversation import Conversation
from inbox.model.message import Message
from inbox.store import Store, StoreError

log = structlog.get_logger(__name__)

_LOOK_EVERY = 1.0
_OVERLAP = timedelta(seconds=10)
"""Commits become visible a little out of the order of their times."""

_TOGETHER = 0.015
"""Seconds from telling what has changed until more is told. What changes meanwhile reaches a page in one
write, which costs hardly more than a single row; what changes after a quiet moment is told at once."""

_A_LOOK = 500
_LATEST = 30
"""How many of a thread's last messages a visitor is told again after a gap."""


class News:
    """Tells pages what changed. A change that must wait is told together with the conversation's next one."""

    def __init__(self, server: socketio.AsyncServer, store: Store, fanout: Fanout | None) -> None:
        self._server = server
        self._store = store
        self._fanout = fanout
        self._waiting: dict[str, ConversationChange] = {}
        self._wake = asyncio.Event()

    def hear(self, changes: Sequence[ConversationChange]) -> None:
        """These were committed by this process."""
        for change in changes:
            earlier = self._waiting.pop(change.after.id, None)
            self._waiting[change.after.id] = _merged(earlier, change) if earlier else change
        self._wake.set()

    async def tell(self) -> None:
        """Tell of what was committed here, on all processes. Runs until it is cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = list(self._waiting.values()), {}
            await self._part(batch)
            for change in batch:
                try:
                    await self._tell_one(change.after, [*change.added, *change.changed])
                    await self._hide(change)
                except Exception:
                    log.exception("cannot tell of a change", conversation=change.after.id)
            await asyncio.sleep(_TOGETHER)

    async def _part(self, batch: Sequence[ConversationChange]) -> None:
        """Send the pages of those away whose conversations are another contact's now, before more is told.

        Contacts were merged, or a merge was undone: a page that stayed in the room would hear a stranger's
        news, or none. It comes back to whom it belongs to.
        """
        for former in {c.before.contact_id for c in batch if c.before and _has_moved(c)}:
            try:
                await self._server.manager.send_away(visitor_room(former), VISITORS)
            except Exception:
                log.exception("cannot send pages away", contact=former)

    async def make_good(self, renew: Callable[[], object]) -> None:
        """Tell this process's pages what no other process could tell them. Runs until it is cancelled.

        While Redis is gone that is all that others do, a second later than otherwise. `renew` is called when
        it is over.
        """
        fanout = self._fanout
        while fanout:
            await fanout.gap.wait()
            told: dict[str, int] = {}
            while (since := fanout.take_gap()) is not None:
                try:
                    await self._look_up(since - _OVERLAP, told)
                except StoreError as error:
                    log.warning("cannot look up what was missed", error=type(error).__name__)
                    fanout.open_gap(since)
                await asyncio.sleep(_LOOK_EVERY)
            renew()

    async def _look_up(self, since: datetime, told: dict[str, int]) -> None:
        place: tuple[datetime, str] | None = (since, "")
        while place:
            found, place = await self._store.conversations.changed_since(*place, _A_LOOK)
            for conversation in found:
                if told.get(conversation.id) != conversation.rev:
                    told[conversation.id] = conversation.rev
                    await self._tell_here(conversation)

    async def _tell_here(self, conversation: Conversation) -> None:
        """An agent's page that has the thread open sees by the `rev` that it must ask for more."""
        row, private = wire.conversation_json(conversation), await self._private_team(conversation)
        for room in _shown_in(private):
            await self._server.emit("conversation", row, room=room, namespace=AGENTS, ignore_queue=True)
        room = visitor_room(conversation.contact_id)
        if conversation.channel_kind == "webchat" and self._is_here(room, VISITORS):
            messages, _ = await self._store.messages.page(conversation.id, before_seq=None, limit=_LATEST)
            news = told_to_visitor(conversation, messages)
            await self._server.emit("messages", news, room=room, namespace=VISITORS, ignore_queue=True)

    async def _tell_one(self, conversation: Conversation, touched: list[Message]) -> None:
        private = await self._private_team(conversation)
        for shown in _shown_in(private):
            if self._is_heard(shown, AGENTS):
                row = wire.conversation_json(conversation)
                await self._server.emit("conversation", row, room=shown, namespace=AGENTS)
        room = conversation_room(conversation.id, private)
        if touched and self._is_heard(room, AGENTS):
            items = [wire.message_json(m) for m in touched]
            news = {"conversation_id": conversation.id, "rev": conversation.rev, "items": items}
            await self._server.emit("messages", news, room=room, namespace=AGENTS)
        for message in touched:
            if isinstance(message.content, Note):
                for user_id in await self._who_see(private, message.content.mentions):
                    news = wire.mention_json(message)
                    await self._server.emit("mention", news, room=agent_room(user_id), namespace=AGENTS)
        room = visitor_room(conversation.contact_id)
        if conversation.channel_kind == "webchat" and self._is_heard(room, VISITORS):
            news = told_to_visitor(conversation, touched)
            await self._server.emit("messages", news, room=room, namespace=VISITORS)

    async def _hide(self, change: ConversationChange) -> None:
        """Tell those who have had it in their lists that a private team has it now: they ask whether they may
        see it still. Nobody else learns of it, and nothing but the id.
        """
        if change.before is None or change.before.team_id == change.after.team_id:
            return
        if await self._private_team(change.after):
            news = {"ids": [change.after.id]}
            for shown in _shown_in(await self._private_team(change.before)):
                await self._server.emit("hidden", news, room=shown, namespace=AGENTS)

    async def _private_team(self, conversation: Conversation) -> str | None:
        """The team that a conversation is hidden in, None if everybody may see it."""
        team_id = conversation.team_id
        return team_id if team_id and team_id in await self._store.teams.private() else None

    async def _who_see(self, private: str | None, user_ids: Sequence[str]) -> list[str]:
        """Those of the users who may see what is of that private team."""
        if private is None:
            return list(user_ids)
        team = await self._store.teams.get(private)
        return [user_id for user_id in user_ids if team and user_id in team.members]

    def _is_heard(self, room: str, namespace: str) -> bool:
        """Whether anybody may be in the room: with Redis, on another process."""
        return self._fanout is not None or self._is_here(room, namespace)

    def _is_here(self, room: str, namespace: str) -> bool:
        return room in self._server.manager.rooms.get(namespace, {})


def _shown_in(private: str | None) -> tuple[str, ...]:
    """The rooms whose pages have a conversation in their lists."""
    return (team_room(private),) if private else ("agents",)


def _has_moved(change: ConversationChange) -> bool:
    return change.before is not None and change.before.contact_id != change.after.contact_id


def _merged(earlier: ConversationChange, later: ConversationChange) -> ConversationChange:
    """Both as one change: each message once, as it is after the later one."""
    anew = {m.id for m in (*later.added, *later.changed)}
    return ConversationChange(
        earlier.before,
        later.after,
        [m for m in earlier.added if m.id not in anew] + later.added,
        [m for m in earlier.changed if m.id not in anew] + later.changed,
    )
