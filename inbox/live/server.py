"""The Socket.IO server: both namespaces, and what keeps their pages in step."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import socketio
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from inbox.live.agents import AGENTS, AgentsNamespace, agent_room
from inbox.live.alerts import Alerts
from inbox.live.campaigns import CampaignNews
from inbox.live.counting import Counting
from inbox.live.fanout import Fanout
from inbox.live.news import News
from inbox.live.passing import Passing
from inbox.live.visitors import VisitorsNamespace, tell_typing
from inbox.model.conversation import Conversation
from inbox.parts import Parts

log = structlog.get_logger(__name__)

_MAX_PACKET = 200_000
_RENEW_EVERY = 20.0
_LOOK_EVERY = 2.0


@web.middleware
async def _uncompressed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pass over a browser's offer to compress its WebSocket.

    A compressor for each connection takes more memory than all the rest of it, and compressing a row once for
    each agent more time than sending it. The servers of Socket.IO in JavaScript do not compress either:
    https://socket.io/docs/v4/server-options/#permessagedeflate
    """
    if request.path.startswith("/socket.io/") and "Sec-WebSocket-Extensions" in request.headers:
        headers = request.headers.copy()
        del headers["Sec-WebSocket-Extensions"]
        request = request.clone(headers=headers)
    return await handler(request)


class Live:
    """Tells connected pages what was committed."""

    def __init__(self, parts: Parts) -> None:
        settings = parts.settings
        self._fanout: Fanout | None = None
        if settings.redis_url:
            channel = f"parley:{settings.mongodb_db}"
            self._fanout = Fanout(
                settings.redis_url, parts.clock, channel=channel, sign_out=self._session_ended
            )
        self.server = socketio.AsyncServer(
            async_mode="aiohttp",
            client_manager=self._fanout or Passing(),
            max_http_buffer_size=_MAX_PACKET,
            ping_interval=20,
            ping_timeout=15,
            cors_allowed_origins=None,
        )
        self._store = parts.store
        self._agents = AgentsNamespace(parts)
        self.server.register_namespace(self._agents)
        self.server.register_namespace(VisitorsNamespace(parts))
        self._news = News(self.server, parts.store, self._fanout)
        self._counting = Counting(self.server, self._agents, parts.store)
        self._alerts = Alerts(self.server, self._agents, parts)
        self._renew_now = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._typing: set[asyncio.Task[None]] = set()
        parts.hints.listen(self._tell_typing)
        parts.bus.listen(self._news.hear)
        parts.bus.listen(self._counting.hear)
        self._campaigns = CampaignNews(self.server)
        parts.bus.listen(self._campaigns.hear)
        parts.bus.listen_to_campaigns(self._campaigns.moved)

    def attach(self, app: web.Application) -> None:
        """Serve `/socket.io/` in this application; when it stops, the pages are sent away first."""
        self.server.attach(app)
        app.middlewares.append(_uncompressed)
        app.on_shutdown.append(self._send_away)

    def start(self) -> None:
        """Begin to tell."""
        if self._fanout:
            self._fanout.initialize()
        jobs = {
            "tell": self._news.tell(),
            "make good": self._news.make_good(self._renew_now.set),
            "count": self._counting.run(is_shared=self._fanout is not None),
            "renew": self._renew(),
            "sessions": self._look_at_sessions(),
            "alerts": self._alerts.run(),
            "campaigns told": self._campaigns.tell(),
        }
        self._tasks = [asyncio.create_task(job, name=name) for name, job in jobs.items()]

    async def _send_away(self, app: web.Application) -> None:
        """Close the connections as a broken network would: pages come back by themselves, elsewhere.

        Engine.IO's own farewell would tell some clients to stay away. `None` ends a connection's writer,
        which closes the WebSocket.
        """
        for socket in list(self.server.eio.sockets.values()):
            await socket.queue.put(None)

    async def stop(self) -> None:
        """Tell nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._fanout:
            await self._fanout.stop()
        with contextlib.suppress(Exception):
            await self.server.shutdown()

    def _tell_typing(self, conversation: Conversation) -> None:
        """A customer types where the provider tells us so: agents see it for a moment."""
        task = asyncio.create_task(tell_typing(self.server, self._store, conversation, on=True))
        self._typing.add(task)
        task.add_done_callback(self._typing.discard)

    async def tell_presence(self) -> None:
        """Tell all agents who is here, on all processes."""
        await self._agents.tell_presence()

    async def erased(self, conversation_ids: Sequence[str]) -> None:
        """Let all agents' pages forget these conversations, on all processes."""
        await self.server.emit("erased", {"ids": list(conversation_ids)}, room="agents", namespace=AGENTS)

    async def drafted(self, user_id: str, draft: dict[str, Any]) -> None:
        """Let the user's other pages show what they have begun to write, on all processes."""
        await self.server.emit("draft", draft, room=agent_room(user_id), namespace=AGENTS)

    async def signed_out(self, user_id: str) -> None:
        """End the live connections of a user's sessions that have ended, on other processes too."""
        await self._session_ended(user_id)
        if self._fanout:
            await self._fanout.tell_signed_out(user_id)

    async def _session_ended(self, user_id: str) -> None:
        await self._agents.session_ended(user_id)

    async def _look_at_sessions(self) -> None:
        """Miss no session that ended elsewhere: by `parley user`, or while Redis is away."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                await self._agents.end_ended()
            except Exception as error:  # the store is gone: the next look finds it
                log.debug("cannot look at the sessions", error=type(error).__name__)

    async def _renew(self) -> None:
        """Keep this process's agents present: now and then, and at once when Redis is back."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_RENEW_EVERY):
                    await self._renew_now.wait()
            try:
                await self._agents.renew()
                if self._renew_now.is_set():
                    await self._agents.tell_presence()
            except Exception as error:
                log.warning("cannot renew the pages", error=type(error).__name__)
            self._renew_now.clear()
