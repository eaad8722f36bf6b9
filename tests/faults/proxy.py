"""A wire between two processes that can be cut, stalled, slowed, and made to lose the answers."""

import asyncio
import contextlib
from enum import StrEnum

_CHUNK = 1 << 16


class Wire(StrEnum):
    """How the wire is."""

    WHOLE = "whole"
    CUT = "cut"
    """Connections break, new ones are refused."""
    STALLED = "stalled"
    """Nothing passes and nobody is told; what was sent meanwhile arrives when the wire is whole again."""
    DEAF = "deaf"
    """Requests pass, answers are lost: the half-open connection that a dying router leaves."""
    HALVED = "halved"
    """Half of an answer's first piece passes, and then nothing more."""
    HALF = "half"
    """The far side seems to have closed its direction of each connection; requests still reach it."""


_LOSES = (Wire.DEAF, Wire.HALF, Wire.HALVED)


class Proxy:
    """Forwards TCP connections to 127.0.0.1:`target`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._near: set[asyncio.StreamWriter] = set()
        self._is_open = asyncio.Event()
        self._is_open.set()
        self.port = 0
        self.state = Wire.WHOLE
        self.delay = 0.0
        """Seconds by which each piece is late, both ways."""
        self.passed = asyncio.Event()
        """Set at each piece that goes to the target; whoever waits for the next one clears it."""

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and break all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def become(self, state: Wire) -> None:
        """Change how the wire is. What lost answers is broken at its end, since they are missing there."""
        before, self.state = self.state, state
        if state is Wire.STALLED:
            self._is_open.clear()
        else:
            self._is_open.set()
        if state is Wire.HALF:
            for near in self._near:
                _end(near)
        if state is Wire.CUT or before in _LOSES:
            for line in list(self._lines):
                line.cancel()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        self._near.add(writer)
        if self.state is Wire.HALF:
            _end(writer)
        ends = [writer]
        try:
            await self._is_open.wait()
            if self.state is Wire.CUT:
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            ends.append(far_writer)
            there = asyncio.create_task(self._pass(reader, far_writer, back=False))
            here = asyncio.create_task(self._pass(far_reader, writer, back=True))
            try:
                await asyncio.wait({there, here}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                there.cancel()
                here.cancel()
                await asyncio.gather(there, here, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(task)
            self._near.discard(writer)
            for end in ends:
                with contextlib.suppress(OSError, RuntimeError):
                    end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool) -> None:
        is_halved = False
        with contextlib.suppress(OSError):
            while piece := await reader.read(_CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._is_open.wait()
                if back and self.state is Wire.HALVED and not is_halved:
                    is_halved, piece = True, piece[: len(piece) // 2]
                elif back and self.state in _LOSES:
                    continue
                if not back:
                    self.passed.set()
                writer.write(piece)
                await writer.drain()


def _end(writer: asyncio.StreamWriter) -> None:
    """Say that nothing more will come: a FIN."""
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()
