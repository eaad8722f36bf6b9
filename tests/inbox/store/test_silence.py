"""A store that says nothing is given up in time."""

import asyncio
import time
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from inbox.store import Store, StoreError
from tests.faults.proxy import Proxy, Wire
from tests.parley import until


async def test_who_asks_a_store_that_has_fallen_silent_is_told_so(
    mongodb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.store._SILENCE", 2_000)
    proxy = Proxy(urlsplit(mongodb).port or 0)
    await proxy.start()
    store = await Store.open(f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true", "test_silence")
    try:
        assert await store.conversations.get("x") is None
        await proxy.become(Wire.STALLED)
        since = time.monotonic()
        with pytest.raises(StoreError):
            async with asyncio.timeout(60):
                await store.conversations.get("x")
        assert time.monotonic() - since < 30
        await proxy.become(Wire.WHOLE)

        async def answers() -> bool:
            with suppress(StoreError):  # it may take a moment to find it again
                return await store.conversations.get("x") is None
            return False

        await until(answers)
    finally:
        store.close()
        await proxy.stop()
