"""One bound connection: our requests in a window, theirs answered. SMPP 3.4, section 2.

The session knows nothing of messages: what comes in goes to `receive`, which says how to answer. Every
request that was written comes to an end: the SMSC's answer, or `LineBroken`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from itertools import count

import msgspec
import structlog

from connectors.sms.smpp.commands import RESPONSE, Command
from connectors.sms.smpp.pdus import Malformed, Pdu, decode, header_of, length_of
from connectors.sms.smpp.statuses import INVALID_COMMAND, OK, TEMPORARY_FAULT

log = structlog.get_logger(__name__)

Receive = Callable[[bytes, Pdu | None], Awaitable[int]]
"""Takes the octets of a `deliver_sm` or `data_sm` and what they mean, None if they cannot be read."""

_MESSAGES = (Command.DELIVER_SM, Command.DATA_SM)
_UNANSWERED_BY_CUSTOM = (Command.ALERT_NOTIFICATION, Command.OUTBIND)
_AT_ONCE = 200
"""How many messages of the SMSC are in work at once; while there are more, nothing is read."""

_FORGOTTEN = 1000
"""With so many requests that were never answered the SMSC is not well: the line is given up."""

_IN_WORK = 9.0
"""Seconds for which a session that ends waits for what is being stored: longer than that takes, or fails."""

_LAST_SEQUENCE = 0x7FFF_FFFF


class LineBroken(Exception):
    """The connection is over. The text says why, in plain words."""


class Session:
    """One connection from its first octet to its last."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        receive: Receive,
        window: int,
        patience: float,
    ) -> None:
        """`patience`: seconds after which a request without an answer leaves the window."""
        self._reader = reader
        self._writer = writer
        self._receive = receive
        self._patience = patience
        self._places = asyncio.Semaphore(window)
        self._inbound = asyncio.Semaphore(_AT_ONCE)
        self._sequence = count(1)
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: LineBroken | None = None
        self._is_leaving = False

    @property
    def is_open(self) -> bool:
        """Whether requests can be written."""
        return self._broken is None

    @property
    def outstanding(self) -> int:
        """How many requests wait for their answer."""
        return len(self._waiting)

    async def run(self, enquire_every: float) -> None:
        """Read and keep the line alive until it is over. Always ends by raising `LineBroken` or cancelled."""
        tasks = {asyncio.create_task(self._read()), asyncio.create_task(self._enquire(enquire_every))}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            error = next(iter(done)).exception()
            if isinstance(error, LineBroken):
                raise error
            raise LineBroken(f"The connection failed ({type(error).__name__}).") from error
        except BaseException as error:
            self._break(error if isinstance(error, LineBroken) else LineBroken("The line was closed."))
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def request(self, pdu: Pdu, patience: float) -> Pdu:
        """Write a request and give the answer. Raises `LineBroken` or `TimeoutError`."""
        return await asyncio.wait_for(asyncio.shield(await self._write(pdu)), patience)

    async def submit(self, pdu: Pdu) -> "asyncio.Future[Pdu]":
        """Write a request as soon as the window has a place for it.

        Raises `LineBroken` if it was surely not written. The answer holds a late one too; it raises
        `LineBroken` when none will come any more.
        """
        await self._places.acquire()
        try:
            answer = await self._write(pdu)
        except BaseException:
            self._places.release()
            raise
        place = _Once(self._places.release)
        timer = asyncio.get_running_loop().call_later(self._patience, place)

        def is_over(_: object) -> None:
            timer.cancel()
            place()

        answer.add_done_callback(is_over)
        return answer

    async def close(self, patience: float = 2.0) -> None:
        """Answer what is in work, say goodbye if anybody hears, and close the connection. Raises nothing."""
        self._is_leaving = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_IN_WORK)
        if self._broken is None:
            with contextlib.suppress(LineBroken, TimeoutError, OSError):
                await self.request(Pdu(command=Command.UNBIND), patience)
        self._break(LineBroken("The line was closed."))
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(patience):
                await self._writer.wait_closed()

    async def _write(self, pdu: Pdu) -> "asyncio.Future[Pdu]":
        if self._broken:
            raise self._broken
        if len(self._waiting) > _FORGOTTEN:
            self._break(LineBroken("The SMSC leaves too many requests without an answer."))
            raise LineBroken("The SMSC leaves too many requests without an answer.")
        sequence = next(self._sequence) & _LAST_SEQUENCE or next(self._sequence)
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        octets = msgspec.structs.replace(pdu, sequence=sequence).encode()
        self._waiting[sequence] = answer
        self._writer.write(octets)
        with contextlib.suppress(OSError):  # then reading fails as well, and ends the session
            await self._writer.drain()
        return answer

    async def _enquire(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await self.request(Pdu(command=Command.ENQUIRE_LINK), min(every, self._patience))
            except TimeoutError:
                raise LineBroken("The SMSC has fallen silent.") from None

    async def _read(self) -> None:
        try:
            while True:
                octets = await self._reader.readexactly(4)
                octets += await self._reader.readexactly(length_of(octets) - 4)
                await self._sort(octets)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise LineBroken("The SMSC closed the connection.") from error
        except Malformed as error:  # where the next PDU begins nobody knows
            self._answer(Pdu(command=Command.GENERIC_NACK, status=error.status))
            raise LineBroken(f"The SMSC sent what is no SMPP: {error}") from error

    async def _sort(self, octets: bytes) -> None:
        head, pdu, fault = header_of(octets), None, None
        try:
            pdu = decode(octets)
        except Malformed as error:
            fault = error
        if head.is_response:
            self._answered(pdu or head)
        elif head.command in _MESSAGES and self._is_leaving:  # whoever comes after us may have it
            command = head.command | RESPONSE
            self._answer(Pdu(command=command, sequence=head.sequence, status=TEMPORARY_FAULT))
        elif head.command in _MESSAGES:
            await self._inbound.acquire()
            task = asyncio.create_task(self._take(head, octets, pdu))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif head.command in (Command.ENQUIRE_LINK, Command.UNBIND):
            self._answer(Pdu(command=head.command | RESPONSE, sequence=head.sequence))
            if head.command == Command.UNBIND:
                raise LineBroken("The SMSC ended the session.")
        elif head.command not in _UNANSWERED_BY_CUSTOM:
            status = fault.status if fault else INVALID_COMMAND
            self._answer(Pdu(command=Command.GENERIC_NACK, status=status, sequence=head.sequence))
        with contextlib.suppress(OSError):
            await self._writer.drain()

    def _answered(self, pdu: Pdu) -> None:
        answer = self._waiting.pop(pdu.sequence, None)
        if answer and not answer.done():
            answer.set_result(pdu)

    async def _take(self, head: Pdu, octets: bytes, pdu: Pdu | None) -> None:
        try:
            status = await self._receive(octets, pdu)
        except Exception:  # whatever it was, the message is not stored: the SMSC must keep it
            log.exception("message not stored")
            status = TEMPORARY_FAULT
        finally:
            self._inbound.release()
        fields = {"message_id": ""} if status == OK else {}
        answer = Pdu(command=head.command | RESPONSE, sequence=head.sequence, status=status, fields=fields)
        self._answer(answer)

    def _answer(self, pdu: Pdu) -> None:
        if self._broken is None:
            self._writer.write(pdu.encode())

    def _break(self, why: LineBroken) -> None:
        """Let nothing more through, and tell all who wait."""
        if self._broken is None:
            self._broken = why
            self._writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(LineBroken(str(self._broken)))
                answer.exception()  # whoever waits is told; that nobody does is no fault
        self._waiting.clear()


class _Once:
    """Calls `what` the first time it is called itself."""

    def __init__(self, what: Callable[[], None]) -> None:
        self._what: Callable[[], None] | None = what

    def __call__(self) -> None:
        what, self._what = self._what, None
        if what:
            what()
