"""Between processes: what one tells its pages, the pages of all others hear, carried by Redis.

Redis keeps nothing. Whatever it did not carry, because it was gone or cut off, is a gap: every process learns
since when, and reads from the store what its pages have missed. So Redis may come and go at any time.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from socketio.async_pubsub_manager import AsyncPubSubManager

from connectors.contract import Clock
from inbox.live.passing import Passing

log = structlog.get_logger(__name__)

Message = dict[str, Any]
SignOut = Callable[[str], Awaitable[None]]

_BEAT_EVERY = 2.0
_SILENCE = timedelta(seconds=6)
"""Without a beat for so long, one's own included, the way through Redis counts as cut."""

_PATIENCE = 2.0
_PAUSE = 0.5
_WAITING = 10_000
"""Messages that wait for Redis; beyond that they are a gap."""

_AT_ONCE = 200
_SLACK = timedelta(seconds=2)
"""How long before the first sign of trouble it may have begun, besides the beats' silence."""

_GONE = (RedisError, OSError, TimeoutError)


class Fanout(AsyncPubSubManager, Passing):  # type: ignore[misc]
    """Socket.IO's client manager over Redis. Local pages are told at once, whatever Redis does."""

    name = "parley"

    def __init__(self, url: str, clock: Clock, *, channel: str, sign_out: SignOut) -> None:
        """`channel` is for the processes of one database; `sign_out` ends here what a user's ended sessions
        had open.
        """
        super().__init__(channel=channel)
        self.gap = asyncio.Event()
        """Set while there is something that was not carried, see `take_gap`."""
        self.is_cut = True
        """Whether nothing is carried at the moment."""
        self._url = url
        self._clock = clock
        self._sign_out = sign_out
        self._since: datetime | None = None
        self._out: asyncio.Queue[Message] = asyncio.Queue(_WAITING)
        self._untold: datetime | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def initialize(self) -> None:
        """Begin to carry. Called at the start, and by the Socket.IO server at its first connection."""
        if self._tasks:
            return
        super().initialize()
        self._tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._beat()), self.thread]

    async def stop(self) -> None:
        """Carry nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def tell_signed_out(self, user_id: str) -> None:
        """End the pages of the user's sessions that have ended, on all other processes."""
        await self._publish({"method": "signed_out", "user_id": user_id, "host_id": self.host_id})

    async def send_away(self, room: str, namespace: str) -> None:
        """The same for the room's pages on all processes."""
        await super().send_away(room, namespace)
        told = {"method": "send_away", "room": room, "namespace": namespace, "host_id": self.host_id}
        await self._publish(told)

    def take_gap(self) -> datetime | None:
        """Since when something was not carried; None if all was. While Redis is gone the gap stays open."""
        since = self._since
        if not self.is_cut:
            self._since = None
            self.gap.clear()
        return since

    def open_gap(self, since: datetime) -> None:
        """Something has not been carried since then."""
        self._since = min(self._since or since, since)
        self.gap.set()

    async def _publish(self, data: Message) -> None:
        """Hand a message to the sender; never waits."""
        try:
            self._out.put_nowait(data)
        except asyncio.QueueFull:
            self._note_untold()

    def _note_untold(self) -> None:
        self._untold = self._untold or self._clock() - _SLACK

    async def _send(self) -> None:
        """Publish what waits, many at a time. What cannot be published the others are told to look up."""
        redis = _connection(self._url)
        while True:
            batch = [await self._out.get()]
            while len(batch) < _AT_ONCE and not self._out.empty():
                batch.append(self._out.get_nowait())
            if self._untold:
                batch.append({"method": "gap", "since": self._untold.timestamp(), "host_id": self.host_id})
            try:
                async with redis.pipeline(transaction=False) as pipe:
                    for message in batch:
                        pipe.publish(self.channel, msgspec.json.encode(message))
                    await pipe.execute()
                self._untold = None
            except _GONE as error:
                if self._untold is None:
                    log.warning("cannot tell other processes", error=type(error).__name__)
                self._note_untold()
                await asyncio.sleep(_PAUSE)

    async def _beat(self) -> None:
        while True:
            await self._publish({"method": "beat", "host_id": self.host_id})
            await asyncio.sleep(_BEAT_EVERY)

    async def _listen(self) -> AsyncIterator[Message]:
        """What other processes tell their pages, over every loss of the connection."""
        while True:
            heard_at = self._clock()
            redis = _connection(self._url)
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(self.channel)
                    while True:
                        raw = await subscription.get_message(timeout=_BEAT_EVERY)
                        if raw is not None:
                            heard_at, self.is_cut = self._clock(), False
                            message = msgspec.json.decode(raw["data"], type=Message)
                            if not await self._is_ours(message):
                                yield message
                        elif self._clock() - heard_at > _SILENCE:
                            raise TimeoutError
            except (*_GONE, msgspec.DecodeError) as error:
                if not self.is_cut:
                    log.warning("other processes are not heard", error=type(error).__name__)
                self.is_cut = True
                self.open_gap(heard_at - _SLACK)
            finally:
                with contextlib.suppress(*_GONE):
                    await redis.aclose()
            await asyncio.sleep(_PAUSE)

    async def _is_ours(self, message: Message) -> bool:
        """Whether the message is one of our own kinds and not Socket.IO's; then it has been dealt with."""
        match message.get("method"):
            case "beat":
                return True
            case "gap":
                self.open_gap(datetime.fromtimestamp(message["since"], UTC))
                return True
            case "signed_out":
                if message["host_id"] != self.host_id:
                    await self._sign_out(message["user_id"])
                return True
            case "send_away":
                if message["host_id"] != self.host_id:
                    await super().send_away(message["room"], message["namespace"])
                return True
        return False


def _connection(url: str) -> Redis:
    """A client that says at once when Redis is gone, rather than try again by itself."""
    return Redis.from_url(
        url,
        socket_connect_timeout=_PATIENCE,
        socket_timeout=_PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
