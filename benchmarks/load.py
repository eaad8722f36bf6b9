"""A load of HTTP requests from one process, cheap enough not to be what is measured.

Requests are bytes made beforehand; a connection sends the next one as soon as its answer has come. What is
answered 503 is sent again at the end, as providers do.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, cast


class Outcome(NamedTuple):
    """What a load came to. `latencies` are seconds, one for each answer, in the order of the answers."""

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]

    @property
    def per_second(self) -> float:
        """Answers of 200 a second."""
        return self.statuses.get(200, 0) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that `share` of the answers kept below."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


class _Connection(asyncio.Protocol):
    """One keep-alive connection. Reads only what it must: the status and the length of the answer."""

    def __init__(self, requests: deque[bytes], outcome: Outcome, done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._request = b""
        self._outcome = outcome
        self._done = done
        self._buffer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._send()

    def _send(self) -> None:
        if not self._requests:
            self._transport.close()
            return
        self._request = self._requests.popleft()
        self._sent_at = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.partition(b"Content-Length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._buffer = body[length:]
        status = int(head[9:12])
        self._outcome.statuses[status] = self._outcome.statuses.get(status, 0) + 1
        self._outcome.latencies.append(time.perf_counter() - self._sent_at)
        if status == 503:
            self._requests.append(self._request)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


def request(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST as it goes over the wire."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
    return head.encode() + body


async def drive(
    ports: Sequence[int],
    requests: Iterable[bytes],
    connections: int,
    *,
    home: Callable[[bytes], int] | None = None,
) -> Outcome:
    """Send all requests over so many connections, spread evenly over the ports.

    A request goes to any port or, with `home`, to the one whose place in `ports` that tells.
    """
    outcome = Outcome(0.0, [], {})
    loop = asyncio.get_running_loop()
    if home is None:
        queues = [deque(requests)] * len(ports)
    else:
        queues = [deque() for _ in ports]
        for request in requests:
            queues[home(request)].append(request)
    began = time.perf_counter()
    ended = []
    for number in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        ended.append(done)
        place = number % len(ports)
        await loop.create_connection(
            lambda done=done, queue=queues[place]: _Connection(queue, outcome, done),
            "127.0.0.1",
            ports[place],
        )
    await asyncio.gather(*ended)
    return outcome._replace(seconds=time.perf_counter() - began)
