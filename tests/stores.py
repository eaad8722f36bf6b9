"""Stores for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from inbox.model.ids import new_id
from inbox.store import Store, StoreError


@asynccontextmanager
async def an_empty_store(uri: str) -> AsyncIterator[Store]:
    """A store on a database of its own, dropped afterwards."""
    store = await Store.open(uri, f"test_{new_id()}")
    try:
        yield store
    finally:
        await forget(store)


async def forget(store: Store) -> None:
    """Drop the store's database and close it.

    The transaction of a process that was killed may hold the database for a minute; then it stays, under a
    name that nobody else has, until its MongoDB is gone.
    """
    with suppress(StoreError):
        await store._client.drop_database(store._database.name)
    store.close()


async def emptied(store: Store) -> Store:
    """Another store on the same database, without anything in it but its indexes and its version."""
    database = store._database
    names = set(await database.list_collection_names()) - {"meta", "system.profile"}
    await asyncio.gather(*(database[name].delete_many({}) for name in names))
    await database.drop_collection("system.profile")
    return Store(store._client, database.name)
