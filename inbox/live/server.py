"""The Socket.IO server, and the way from a commit to everybody's screen."""

import asyncio
import contextlib
from collections.abc import Sequence

import socketio
import structlog
from aiohttp import web

from inbox import wire
from inbox.http.lists import counts
from inbox.live.agents import AGENTS, AgentsNamespace, agent_room, conversation_room
from inbox.live.visitors import VISITORS, VisitorsNamespace, told_to_visitor, visitor_room
from inbox.model.commit import ConversationChange
from inbox.model.people import User
from inbox.parts import Parts

log = structlog.get_logger(__name__)

_MAX_PACKET = 200_000
_COUNT_EVERY = 1.0
_COUNT_ANYWAY = 5.0
_RENEW_EVERY = 20.0


class Live:
    """Tells connected pages what was committed."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        manager = None
        self._is_shared = parts.settings.redis_url is not None
        if parts.settings.redis_url:
            manager = socketio.AsyncRedisManager(parts.settings.redis_url, channel="parley")
        self.server = socketio.AsyncServer(
            async_mode="aiohttp",
            client_manager=manager,
            max_http_buffer_size=_MAX_PACKET,
            ping_interval=20,
            ping_timeout=15,
            cors_allowed_origins=None,
        )
        self._agents = AgentsNamespace(parts)
        self._visitors = VisitorsNamespace(parts)
        self.server.register_namespace(self._agents)
        self.server.register_namespace(self._visitors)
        self._changes: asyncio.Queue[ConversationChange] = asyncio.Queue()
        self._counts_are_old = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        parts.bus.listen(self._hear)

    def attach(self, app: web.Application) -> None:
        """Serve `/socket.io/` in this application."""
        self.server.attach(app)

    def start(self) -> None:
        """Begin to tell."""
        self._tasks = [
            asyncio.create_task(job(), name=name)
            for name, job in (("tell", self._tell), ("count", self._count), ("renew", self._renew))
        ]

    async def stop(self) -> None:
        """End all connections; the pages come back to another process by themselves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(Exception):
            await self.server.shutdown()

    async def signed_out(self, user_id: str) -> None:
        """End the live connections of a user."""
        for page, agent in list(self._agents.pages.items()):
            if agent.id == user_id:
                await self.server.disconnect(page, namespace=AGENTS)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            self._changes.put_nowait(change)
        self._counts_are_old.set()

    async def _tell(self) -> None:
        while True:
            change = await self._changes.get()
            try:
                await self._tell_one(change)
            except Exception:
                log.exception("cannot tell of a change", conversation=change.after.id)

    async def _tell_one(self, change: ConversationChange) -> None:
        conversation = change.after
        if self._is_heard("agents", AGENTS):
            row = wire.conversation_json(conversation)
            await self.server.emit("conversation", row, room="agents", namespace=AGENTS)
        touched = [*change.added, *change.changed]
        if touched and self._is_heard(conversation_room(conversation.id), AGENTS):
            news = {
                "conversation_id": conversation.id,
                "rev": conversation.rev,
                "items": [wire.message_json(m) for m in touched],
            }
            room = conversation_room(conversation.id)
            await self.server.emit("messages", news, room=room, namespace=AGENTS)
        room = visitor_room(conversation.contact_id)
        if conversation.channel_kind == "webchat" and self._is_heard(room, VISITORS):
            news = told_to_visitor(conversation, touched)
            await self.server.emit("messages", news, room=room, namespace=VISITORS)

    def _is_heard(self, room: str, namespace: str) -> bool:
        """Whether anybody may be in the room: with Redis, on another process."""
        return self._is_shared or room in self.server.manager.rooms.get(namespace, {})

    async def _count(self) -> None:
        """Tell every agent on this process their counts, at most once a second.

        What other processes commit is not heard here, so with several the counts are also told now and then.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_COUNT_ANYWAY if self._is_shared else None):
                    await self._counts_are_old.wait()
            self._counts_are_old.clear()
            agents: dict[str, User] = {agent.id: agent for agent in self._agents.pages.values()}
            for agent_id in agents:
                try:
                    numbers = await counts(self._parts.store, agent_id)
                    await self.server.emit("counts", numbers, room=agent_room(agent_id), namespace=AGENTS)
                except Exception as error:  # the store or Redis is gone: the next change tells again
                    log.warning("cannot tell the counts", error=type(error).__name__)
            await asyncio.sleep(_COUNT_EVERY)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY)
            try:
                await self._agents.renew()
            except Exception as error:
                log.warning("cannot renew the pages", error=type(error).__name__)
