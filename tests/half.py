"""A far side that answers by half and then says nothing more, with its connection open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Half:
    """`port`, and how many requests have come."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked = 0
        self.port = 0
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request by half; stay until the other side has had enough."""
        try:
            await reader.readuntil(b"\r\n")
            self.asked += 1
            writer.write(self.answer)
            while await reader.read(1 << 16):
                pass
        finally:
            writer.close()


@asynccontextmanager
async def half_an_answer(answer: bytes, port: int = 0) -> AsyncIterator[Half]:
    """One on a port of its own, or on that port."""
    half = Half(answer)
    server = await asyncio.start_server(half.serve, "127.0.0.1", port)
    half.port = server.sockets[0].getsockname()[1]
    try:
        yield half
    finally:
        server.close()
