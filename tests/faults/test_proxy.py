"""The wire does what its name says: else a fault would be none."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.proxy import Proxy, Wire


class Echo:
    """A server that says back each line, and remembers it."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                self.heard.append(line)
                writer.write(line)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def a_wire() -> AsyncIterator[tuple[Proxy, Echo]]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    await proxy.start()
    yield proxy, echo
    await proxy.stop()
    server.close()


async def said(reader: asyncio.StreamReader, within: float = 0.3) -> bytes | None:
    """The next line; None if none comes in time."""
    try:
        return await asyncio.wait_for(reader.readline(), within)
    except TimeoutError:
        return None


async def test_a_whole_wire_passes_everything() -> None:
    async with a_wire() as (proxy, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"one\n")
        assert await said(reader, 2) == b"one\n"
        writer.close()


async def test_a_cut_wire_breaks_what_there_is_and_lets_nobody_through() -> None:
    async with a_wire() as (proxy, echo):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        await asyncio.sleep(0.05)
        await proxy.become(Wire.CUT)
        assert await ends(reader)
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"one\n")
        assert await ends(reader)
        writer.close()
        assert echo.heard == []


async def ends(reader: asyncio.StreamReader) -> bool:
    """Whether the connection is over, politely or not."""
    try:
        return await asyncio.wait_for(reader.read(), 2) == b""
    except ConnectionError:
        return True


async def test_a_stalled_wire_tells_nobody_and_delivers_later() -> None:
    async with a_wire() as (proxy, echo):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        await asyncio.sleep(0.05)
        await proxy.become(Wire.STALLED)
        writer.write(b"one\n")
        assert await said(reader) is None
        assert echo.heard == []
        await proxy.become(Wire.WHOLE)
        assert await said(reader, 2) == b"one\n"
        writer.close()


@pytest.mark.parametrize(("state", "answer"), [(Wire.DEAF, None), (Wire.HALF, b"")])
async def test_requests_pass_and_answers_do_not(state: Wire, answer: bytes | None) -> None:
    async with a_wire() as (proxy, echo):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        await asyncio.sleep(0.05)
        await proxy.become(state)
        writer.write(b"one\n")
        assert await said(reader) == answer, "nothing, or the end"
        await asyncio.sleep(0.05)
        assert echo.heard == [b"one\n"]
        await proxy.become(Wire.WHOLE)
        assert await ends(reader), "what had lost an answer is broken"
        writer.close()


async def test_half_of_an_answer_passes_and_then_nothing() -> None:
    async with a_wire() as (proxy, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        await asyncio.sleep(0.05)
        await proxy.become(Wire.HALVED)
        writer.write(b"one two\n")
        assert await asyncio.wait_for(reader.readexactly(4), 60) == b"one "
        writer.write(b"three\n")
        assert await said(reader) is None
        await proxy.become(Wire.WHOLE)
        assert await ends(reader), "nobody could make sense of what came after the gap"
        writer.close()


async def test_a_slow_wire_is_late_both_ways() -> None:
    async with a_wire() as (proxy, _):
        proxy.delay = 0.1
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        since = asyncio.get_running_loop().time()
        writer.write(b"one\n")
        assert await said(reader, 5) == b"one\n"
        assert asyncio.get_running_loop().time() - since >= 0.2
        writer.close()
