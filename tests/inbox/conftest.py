"""An empty store and an office for the tests of what happens behind the doors."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from argon2 import PasswordHasher

from inbox.actions import people
from inbox.store import Store
from inbox.store.indexes import INDEXES
from tests.inbox.office import Office
from tests.stores import an_empty_store


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are meant to take long; a test that is not about that need not wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
async def shared_store(mongodb: str) -> AsyncIterator[Store]:
    """One database for all tests of this folder: making its indexes takes longer than most of them."""
    async with an_empty_store(mongodb) as store:
        yield store


@pytest.fixture
async def store(shared_store: Store) -> Store:
    """A store of one's own, emptied of what the test before left."""
    database = shared_store._database
    names = (*INDEXES, "requests", "orders", "contact_attributes", "progress", "media.files", "media.chunks")
    await asyncio.gather(*(database[name].delete_many({}) for name in names))
    await database.drop_collection("system.profile")
    return Store(shared_store._client, database.name)


@pytest.fixture
async def office(store: Store) -> Office:
    """An inbox without its doors, on an empty store."""
    return Office(store)
