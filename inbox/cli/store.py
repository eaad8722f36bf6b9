"""The store for one command: MongoDB as set, as `parley up` runs it, or started just for the command."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from inbox.actions.errors import ActionRefused
from inbox.cli.terminal import fail
from inbox.machine import home, mongod
from inbox.model.audit import audit_key
from inbox.settings import Settings, load
from inbox.store import Store, StoreError, StoreUnavailable

T = TypeVar("T")
PATIENCE = timedelta(seconds=8)


def now() -> datetime:
    """The clock of commands."""
    return datetime.now(UTC)


def with_store(work: Callable[[Store, Settings], Awaitable[T]]) -> T:
    """Run a command's work on the store. What it refuses or cannot reach is told in plain words."""

    async def run() -> T:
        settings = load()
        async with opened(settings) as store:
            return await work(store, settings)

    try:
        return asyncio.run(run())
    except (ActionRefused, StoreUnavailable) as refused:
        fail(str(refused))
    except StoreError as error:
        fail(f"MongoDB refused: {str(error)[:300]}")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The store of these settings. Raises `MachineTrouble` or `StoreUnavailable`."""
    async with _server(settings) as uri:
        store = await Store.open(uri, settings.mongodb_db, wait=PATIENCE)
        store.audit.sign_with(audit_key(settings.secret()))
        try:
            yield store
        finally:
            store.close()


@asynccontextmanager
async def _server(settings: Settings) -> AsyncIterator[str]:
    if settings.mongodb_uri:
        yield settings.mongodb_uri
        return
    home.make_ready(settings.home)
    data = settings.home / "mongo"
    if home.is_held(settings.home):
        yield mongod.address(data)
        return
    with home.held(settings.home):
        port = mongod.port_for(data)
        log = settings.home / "log" / "mongod.log"
        process, uri = await mongod.launch(mongod.program(data, log, port=port), port=port)
        try:
            yield uri
        finally:
            await process.stop()
