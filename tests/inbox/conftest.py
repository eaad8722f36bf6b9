"""An empty store and an office for the tests of what happens behind the doors."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from inbox.actions import passwords
from inbox.store import Store
from tests.inbox.office import Office


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are meant to take long; a test that is not about that need not wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture
async def office(store: Store) -> Office:
    """An inbox without its doors, on an empty store."""
    return Office(store)
