"""Sends agents who have no page open the news of what was committed here (RFC 8030, 8188, 8291, 8292).

News is a hint: the store is truth, and who comes back sees it all. So nothing is kept of what could not be
sent, and the process that commits is the one that tells.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from py_vapid import Vapid02  # type: ignore[import-untyped]
from pywebpush import WebPusher  # type: ignore[import-untyped]

from connectors.addresses import PublicResolver, host_called, is_public
from connectors.contract import Clock
from inbox.actions import push
from inbox.actions.access import seen
from inbox.actions.errors import NotFound
from inbox.actions.people import principal_of
from inbox.bus import Bus
from inbox.model.commit import ConversationChange
from inbox.model.people import User
from inbox.model.push import News, Subscription, Wishes, is_wanted, news_of, payload
from inbox.model.secrets import Vault
from inbox.store import Store, StoreError

log = structlog.get_logger(__name__)

_WAITING = 1_000
"""So much news waits at most; what is more is left out, rather than memory."""

_LIFE = timedelta(hours=4)
"""For so long a push service keeps news for a device that is off."""

_PATIENCE = aiohttp.ClientTimeout(total=10)
_GONE = (404, 410)


class Push:
    """Listens to the bus; one task sends."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        vault: Vault,
        clock: Clock,
        contact: str,
        *,
        session: Callable[[], aiohttp.ClientSession] | None = None,
    ) -> None:
        """`contact` is where push services find who runs this: an address with ``https:`` or ``mailto:``."""
        self._store = store
        self._vault = vault
        self._clock = clock
        self._contact = contact
        self._open = session or _public_session
        self._may_send = may_be_reached if session is None else lambda endpoint: True
        self._http: aiohttp.ClientSession | None = None
        self._queue: asyncio.Queue[News] = asyncio.Queue(_WAITING)
        self._task: asyncio.Task[None] | None = None
        bus.listen(self._hear)

    def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._run(), name="push")

    async def stop(self) -> None:
        """Stop; what is waiting is in the inbox all the same."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._http:
            await self._http.close()

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            for news in news_of(change):
                if not self._queue.full():
                    self._queue.put_nowait(news)

    async def _run(self) -> None:
        while True:
            news = await self._queue.get()
            try:
                await self.tell(news)
            except StoreError as error:
                log.warning("news not sent", error=type(error).__name__)
            except Exception:  # of one: the next go on
                log.exception("news failed")

    async def tell(self, news: News) -> int:
        """Send it to an agent's devices, unless a page of theirs is open or they want quiet. How many did."""
        devices = await self._store.subscriptions.list({"user_id": news.user_id})
        now = self._clock()
        if not devices or news.user_id in await self._store.presence.online(now):
            return 0
        user = await self._store.users.get(news.user_id)
        wishes = await self._store.push_wishes.get(news.user_id) or Wishes(id=news.user_id)
        if user is None or user.disabled or not is_wanted(news, wishes, now):
            return 0
        if not await self._may_see(user, news.conversation_id):
            return 0
        taken = [await self._send(device, payload(news, wishes)) for device in devices]
        return sum(taken)

    async def _may_see(self, user: User, conversation_id: str) -> bool:
        """Whether it is no conversation of a private team that they are not in."""
        try:
            await seen(principal_of(user), conversation_id, store=self._store)
        except NotFound:
            return False
        return True

    async def _send(self, device: Subscription, data: bytes) -> bool:
        """Whether the push service took it. A device that is gone is forgotten."""
        if not self._may_send(device.endpoint):
            return False
        subscription = {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
        body = WebPusher(subscription).encode(data)["body"]
        headers = {
            **await self._signed(device.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(_LIFE.total_seconds())),
        }
        self._http = self._http or self._open()
        try:
            async with self._http.post(
                device.endpoint, data=body, headers=headers, timeout=_PATIENCE, allow_redirects=False
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("push service not reached", error=type(error).__name__)
            return False
        if status in _GONE:
            await self._store.subscriptions.remove(device.id)
        return 200 <= status < 300

    async def _signed(self, endpoint: str) -> dict[str, str]:
        """Who we are, for this push service alone."""
        keys = await push.keys(self._store, self._vault)
        parts = urlsplit(endpoint)
        claims: dict[str, Any] = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": self._contact,
            "exp": int((self._clock() + timedelta(hours=12)).timestamp()),
        }
        signed: dict[str, str] = Vapid02.from_pem(self._vault.open(keys.private).encode()).sign(claims)
        return signed


def may_be_reached(endpoint: str) -> bool:
    """Whether an address can be a push service's: by TLS on its port, and no address of a network of ours.

    What a name stands for is judged when it is resolved.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = host_called(endpoint), parts.port
    except ValueError:
        return False
    is_number = ":" in host or host.replace(".", "").isdigit()
    return parts.scheme == "https" and port in (None, 443) and (not is_number or is_public(host))


def _public_session() -> aiohttp.ClientSession:
    """Reaches public addresses alone: browsers name the endpoint, and could name a machine of ours."""
    connector = aiohttp.TCPConnector(resolver=PublicResolver(), limit=10)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
