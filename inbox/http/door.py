"""The door for webhooks: the plain ones are answered here, before a web framework makes requests of them.

Every connection begins at it. As long as nothing but plain webhooks comes over it (`plain` says what they
are), each is answered right away. At the first that is anything else, a page, a WebSocket, a body in chunks,
an odd header, the connection becomes aiohttp's for good, with every byte that was not answered: one place
knows all of HTTP, and here is only what is beyond doubt. aiohttp's own way costs 50 µs a request, and 5,000
come in a second.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final, NamedTuple, cast

from connectors.contract import Webhook

LONGEST: Final = 256 * 1024
"""Bytes of a request that are waited for here; a longer one is read by aiohttp, bit by bit."""

_LONGEST_HEAD: Final = 8 * 1024
IDLE: Final = 120.0
"""Seconds after which a connection is ended over which nothing comes, or not all of a request."""

_BEGIN = b"POST /hooks/"
_HEAD = re.compile(
    rb"POST (/hooks/([A-Za-z0-9._~-]{1,200})) HTTP/1\.1\r\n"
    rb"((?:[!#$%&'*+.^_`|~0-9A-Za-z-]++:[ -~\t]*+\r\n){1,64}+)\r\n"
)
_NOT_PLAIN = frozenset(
    {"transfer-encoding", "content-encoding", "expect", "upgrade", "trailer", "te", "proxy-connection"}
)


class Plain(NamedTuple):
    """A plain webhook, read."""

    channel_id: str
    webhook: Webhook
    size: int
    """How many bytes it took."""


class Answer(NamedTuple):
    """What a provider is answered."""

    status: int
    body: str
    kind: str = "text/plain"
    retry_after: str | None = None


class Unfinished(Exception):
    """It may become a plain webhook when more of it has come."""


def plain(data: bytes, public_url: str) -> Plain | None:
    """The webhook that `data` begins with, None if it does not begin with a plain one.

    Plain is a POST of HTTP/1.1 to a channel's address without a query, with one `Content-Length`, no header
    twice, none that changes how the body is read or what becomes of the connection, and nothing but printable
    ASCII before the body. Raises `Unfinished`.
    """
    head = _HEAD.match(data)
    if head is None:
        may_be = _BEGIN.startswith(data[: len(_BEGIN)]) and len(data) <= _LONGEST_HEAD
        if not may_be or b"\r\n\r\n" in data:
            return None
        raise Unfinished
    lines = head[3].decode("ascii").split("\r\n")
    headers = {}
    for line in lines[:-1]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip(" \t")
    length = headers.get("content-length", "")
    if len(headers) != len(lines) - 1 or not (length.isdecimal() and len(length) < 9):
        return None
    if not _NOT_PLAIN.isdisjoint(headers) or "host" not in headers:
        return None
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    size = head.end() + int(length)
    if size > LONGEST:
        return None
    if len(data) < size:
        raise Unfinished
    url = public_url + head[1].decode("ascii")
    webhook = Webhook(method="POST", url=url, headers=headers, query={}, body=data[head.end() : size])
    return Plain(head[2].decode("ascii"), webhook, size)


class Door(asyncio.Protocol):
    """One connection, as long as nothing but plain webhooks comes over it."""

    def __init__(self, house: "Doors") -> None:
        self._house = house
        self._data = b""
        self._task: asyncio.Task[None] | None = None
        self._is_last = False
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._house.open.add(self)
        self._heard_at = self._loop.time()
        self._timer = self._loop.call_later(IDLE, self._look)

    def connection_lost(self, error: Exception | None) -> None:
        self._house.open.discard(self)
        self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        if not self._data:
            self._heard_at = self._loop.time()
        self._data = self._data + data if self._data else data
        if self._task is None:
            self._next()
        elif len(self._data) > LONGEST:
            self._transport.pause_reading()  # whoever sends on without waiting for answers may wait

    def close(self) -> None:
        """End it, after the answer if one is due."""
        if self._task is None:
            self._transport.close()
        self._is_last = True

    def _look(self) -> None:
        left = self._heard_at + IDLE - self._loop.time()
        if self._task is None and left <= 0:
            self._transport.close()
        else:
            self._timer = self._loop.call_later(left if left > 0 else IDLE, self._look)

    def _next(self) -> None:
        try:
            found = plain(self._data, self._house.public_url)
        except Unfinished:
            return
        if found is None and not self._is_whole_head():
            return
        if found is None:
            self._give_away()
            return
        self._data = self._data[found.size :]
        self._task = self._loop.create_task(self._answer(found))
        self._house.answering.add(self._task)

    def _is_whole_head(self) -> bool:
        """Whether aiohttp can have the connection: once it has it, nobody looks how long a head takes."""
        begun = len(self._data) <= _LONGEST_HEAD and self._data[:1].isalpha()
        return not begun or b"\r\n\r\n" in self._data

    async def _answer(self, found: Plain) -> None:
        task = self._task
        try:
            answer = await self._house.take(found.channel_id, found.webhook)
        except asyncio.CancelledError:
            self._transport.close()
            raise
        finally:
            self._house.answering.discard(cast("asyncio.Task[None]", task))
        if self._transport.is_closing():
            return
        self._transport.write(written(answer, int(time.time()), self._is_last))
        self._task = None
        if self._is_last:
            self._transport.close()
            return
        self._transport.resume_reading()
        if self._data:
            self._next()

    def _give_away(self) -> None:
        """Let aiohttp have the connection, with what has come."""
        self.connection_lost(None)
        heir = self._house.otherwise()
        self._transport.set_protocol(heir)
        heir.connection_made(self._transport)
        heir.data_received(self._data)


class Doors:
    """Makes a `Door` for each connection: what a server is given in place of aiohttp's own."""

    def __init__(
        self,
        take: Callable[[str, Webhook], Awaitable[Answer]],
        otherwise: Callable[[], asyncio.Protocol],
        public_url: str,
    ) -> None:
        """`take` answers a webhook for a channel and raises nothing; `otherwise` serves all else."""
        self.take = take
        self.otherwise = otherwise
        self.public_url = public_url
        self.open: set[Door] = set()
        self.answering: set[asyncio.Task[None]] = set()

    def __call__(self) -> Door:
        return Door(self)

    def close(self) -> None:
        """End what is idle, and all else after its answer."""
        for door in list(self.open):
            door.close()

    async def wait(self, patience: float) -> None:
        """Wait until all answers are given, so many seconds at most."""
        if self.answering:
            await asyncio.wait(self.answering, timeout=patience)


def written(answer: Answer, now: int, is_last: bool) -> bytes:
    """An answer as it goes over the wire, at `now` in seconds since 1970."""
    body = answer.body.encode()
    more = f"Retry-After: {answer.retry_after}\r\n" if answer.retry_after else ""
    if is_last:
        more += "Connection: close\r\n"
    return (
        f"HTTP/1.1 {answer.status} {_phrase(answer.status)}\r\n"
        f"Content-Type: {answer.kind}; charset=utf-8\r\n"
        f"X-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"Date: {_date(now)}\r\n{more}\r\n"
    ).encode("latin-1") + body


@lru_cache(maxsize=64)
def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


@lru_cache(maxsize=2)
def _date(now: int) -> str:
    return formatdate(now, usegmt=True)
