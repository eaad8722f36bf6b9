"""An office for the tests of what happens behind the doors."""

import pytest

from inbox.store import Store
from tests.inbox.office import Office


@pytest.fixture
async def office(store: Store) -> Office:
    """An inbox without its doors, on an empty store."""
    return Office(store)
