"""Channels are looked up; a store that is silent for a moment closes no door."""

import asyncio
import time

import msgspec
import pytest

from inbox.app import now
from inbox.lines import Lines
from inbox.store import StoreError, StoreUnavailable
from tests.parley import Parley


def lines_of(parley: Parley) -> Lines:
    """Lines that nobody else asks."""
    return Lines(parley.store, parley.parts.vault, parley.http, now, rehearsal_url=parley.url)


async def silent(channel_id: str) -> None:
    await asyncio.sleep(3600)


async def gone(channel_id: str) -> None:
    raise StoreUnavailable("AutoReconnect")


@pytest.mark.parametrize("answer", [silent, gone])
async def test_what_is_known_stands_while_the_store_does_not_answer(
    parley: Parley, monkeypatch: pytest.MonkeyPatch, answer
) -> None:
    lines = lines_of(parley)
    assert await lines.get("whatsapp")
    monkeypatch.setattr("inbox.lines._FRESH", 0.0)
    monkeypatch.setattr("inbox.lines._PATIENCE", 0.2)
    monkeypatch.setattr(parley.store.channels, "get", answer)
    since = time.monotonic()
    assert await lines.get("whatsapp")
    with pytest.raises(StoreError):
        await lines.get("never seen")
    assert time.monotonic() - since < 60
    monkeypatch.undo()
    assert await lines.get("no such channel") is None


async def test_while_one_asks_the_others_go_by_what_is_known(
    parley: Parley, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of(parley)
    assert await lines.get("whatsapp")
    monkeypatch.setattr("inbox.lines._FRESH", 60.0)
    monkeypatch.setattr("inbox.lines._PATIENCE", 5.0)
    lines._checked["whatsapp"] -= 61
    monkeypatch.setattr(parley.store.channels, "get", silent)
    first = asyncio.create_task(lines.get("whatsapp"))
    await asyncio.sleep(0.02)
    async with asyncio.timeout(4):
        assert await lines.get("whatsapp")
    assert not first.done()
    assert await first


async def test_a_channel_that_is_switched_off_has_no_line(
    parley: Parley, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = lines_of(parley)
    monkeypatch.setattr("inbox.lines._FRESH", 0.0)
    assert await lines.get("whatsapp")
    channel = await parley.store.channels.get("whatsapp")
    assert channel
    await parley.store.channels.put(msgspec.structs.replace(channel, enabled=False))
    assert await lines.get("whatsapp") is None
