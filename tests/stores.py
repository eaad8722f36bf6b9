"""Stores for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from inbox.model.ids import new_id
from inbox.store import Store


@asynccontextmanager
async def an_empty_store(uri: str) -> AsyncIterator[Store]:
    """A store on a database of its own, dropped afterwards."""
    store = await Store.open(uri, f"test_{new_id()}")
    try:
        yield store
    finally:
        await store._client.drop_database(store._database.name)
        store.close()
