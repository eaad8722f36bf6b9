"""Whoever is on the other end of the line may send anything: we stay up, remember little, and come back."""

import asyncio
import random
import resource
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from connectors.errors import OutcomeUnknown
from connectors.events import Unreadable
from connectors.sms.smpp import link
from inbox.store import Store
from tests.connectors.sms.smpp.desk import Desk, a_connector, a_text, held
from tests.parley import until

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come back soon."""
    monkeypatch.setattr(link, "_FIRST", 0.1)
    monkeypatch.setattr(link, "_LONGEST", 0.2)


def pdu(
    command: int, body: bytes = b"", *, sequence: int = 1, status: int = 0, length: int | None = None
) -> bytes:
    """A PDU, or one that lies about its length."""
    return (
        struct.pack(">IIII", 16 + len(body) if length is None else length, command, status, sequence) + body
    )


class Stranger:
    """A server that takes the bind, then does as a test says. Written without our own codec."""

    def __init__(self, then: Peer) -> None:
        self.then = then
        self.binds = 0
        self.port = 0
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            _, _, _, sequence = struct.unpack(">IIII", (await self.one(reader))[:16])
            self.binds += 1
            writer.write(pdu(0x80000009, b"x\0", sequence=sequence))
            await self.then(reader, writer)
            while True:
                self.heard.append(await self.one(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def one(self, reader: asyncio.StreamReader) -> bytes:
        length = await reader.readexactly(4)
        return length + await reader.readexactly(int.from_bytes(length, "big") - 4)


@asynccontextmanager
async def a_stranger(then: Peer) -> AsyncIterator[Stranger]:
    stranger = Stranger(then)
    server = await asyncio.start_server(stranger.serve, "127.0.0.1", 0)
    stranger.port = server.sockets[0].getsockname()[1]
    try:
        yield stranger
    finally:
        server.close()


def writes(*octets: bytes) -> Peer:
    async def then(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for each in octets:
            writer.write(each)

    return then


@pytest.mark.parametrize("length", [0, 4, 15, 80_000, 0x7FFFFFFF, 0xFFFFFFFF])
async def test_a_length_that_cannot_be_ends_the_session_and_costs_nothing(store: Store, length: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    flood = pdu(5, b"x" * 2000, length=length)
    async with (
        a_stranger(writes(*[flood] * 50)) as stranger,
        held(a_connector(stranger.port), Desk(store), open=False),
    ):
        await until(lambda: stranger.binds >= 3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000, "KiB"


async def test_a_message_that_breaks_off_is_kept_and_the_session_goes_on(store: Store) -> None:
    desk = Desk(store)
    octets = [pdu(5, b"\0\1\1123\0\1\1456\0\0\0\0\0\0\0\0\0\0\xfehi", sequence=9), pdu(0x15, sequence=10)]
    async with a_stranger(writes(*octets)) as stranger, held(a_connector(stranger.port), desk):
        await until(lambda: len(stranger.heard) >= 2)
        assert stranger.binds == 1
    assert sorted(stranger.heard[:2]) == sorted(
        [pdu(0x80000005, b"\0", sequence=9), pdu(0x80000015, sequence=10)]
    )
    (event,) = desk.events
    assert isinstance(event, Unreadable) and event.raw["hex"] == octets[0].hex()


async def test_unknown_commands_get_a_generic_nack(store: Store) -> None:
    commands = [
        pdu(0x99, b"??", sequence=2),
        pdu(4, sequence=3),
        pdu(3, b"1\0\0\0\0", sequence=4),
        pdu(0x102, sequence=5),
    ]
    async with a_stranger(writes(*commands)) as stranger, held(a_connector(stranger.port), Desk(store)):
        await until(lambda: len(stranger.heard) >= 3)
        await asyncio.sleep(0.1)
        assert [(each[4:8].hex(), each[11]) for each in stranger.heard] == [
            ("80000000", 3),
            ("80000000", 1),
            ("80000000", 3),
        ]


async def test_answers_that_nobody_asked_for_change_nothing(store: Store) -> None:
    octets = [pdu(0x80000004, b"1\0", sequence=n) for n in range(2, 500)]
    octets += [pdu(0x80000000, sequence=77), pdu(0x80000777, sequence=78), pdu(0x80000015, sequence=79)]
    desk = Desk(store)
    async with (
        a_stranger(writes(*octets, pdu(0x15, sequence=80))) as stranger,
        held(a_connector(stranger.port), desk),
    ):
        await until(lambda: stranger.heard)
    assert stranger.binds == 1 and not desk.events


@pytest.mark.parametrize(
    "answer",
    [pdu(0x80000004, b""), pdu(0x80000004, b"\xff" * 300), pdu(0x80000015, b""), pdu(0x80000004, b"\0")],
)
async def test_an_odd_answer_to_a_message_is_no_success_and_no_crash(store: Store, answer: bytes) -> None:
    async def then(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await stranger.one(reader)
        writer.write(answer[:12] + asked[12:16] + answer[16:])

    async with a_stranger(then) as stranger, held(a_connector(stranger.port), Desk(store)) as line:
        if answer[16:17] == b"\xff":
            assert len((await line.send(a_text())).external_id) == 300
        else:
            with pytest.raises(OutcomeUnknown):
                await line.send(a_text())


@pytest.mark.parametrize("seed", range(8))
async def test_noise_never_brings_us_down(store: Store, seed: int) -> None:
    chance = random.Random(seed)

    def noise() -> bytes:
        body = chance.randbytes(chance.randrange(60))
        return pdu(
            chance.choice([5, 0x103, 0x80000004, 0x15, 0x21, 0x0B]), body, sequence=chance.randrange(2**32)
        )

    desk = Desk(store)
    async with (
        a_stranger(writes(*[noise() for _ in range(300)], pdu(0x15, sequence=4711))) as stranger,
        held(a_connector(stranger.port), desk),
    ):
        await until(
            lambda: any(
                each[4:8] == b"\x80\0\0\x15" and each[12:] == b"\0\0\x12\x67" for each in stranger.heard
            )
        )
        assert stranger.binds == 1


async def test_a_half_message_does_not_hold_the_line_for_ever(store: Store) -> None:
    async with (
        a_stranger(writes(pdu(5, b"half", length=4000))) as stranger,
        held(a_connector(stranger.port, enquire_seconds="0.2"), Desk(store), open=False),
    ):
        await until(lambda: stranger.binds >= 2)


async def test_whoever_does_not_listen_is_left(store: Store) -> None:
    async def then(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with pytest.raises(ConnectionError):
            while True:
                writer.write(pdu(0x99, b"?" * 50) * 1000)
                await writer.drain()

    async with (
        a_stranger(then) as stranger,
        held(a_connector(stranger.port, enquire_seconds="0.3"), Desk(store), open=False),
    ):
        await until(lambda: stranger.binds >= 2, within=60)


async def test_a_bind_that_is_answered_with_nonsense_is_no_bind(store: Store) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    desk = Desk(store)
    async with held(a_connector(server.sockets[0].getsockname()[1]), desk, open=False):
        await until(lambda: desk.told)
    assert not desk.told[0][0]
    server.close()
