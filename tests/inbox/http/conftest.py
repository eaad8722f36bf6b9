"""One Parley for all tests of the doors: each test brings its own customers and colleagues."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from tests.parley import Client, Parley, running_parley, settings_for

_NUMBERS = count(15_550_000_000)


@pytest.fixture(scope="session")
async def parley(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley that serves on a free port, shared by the tests of this folder."""
    async with running_parley(settings_for(mongodb, tmp_path_factory.mktemp("parley"))) as parley:
        yield parley


@pytest.fixture
def number() -> str:
    """A customer's phone number that no other test uses."""
    return str(next(_NUMBERS))


@pytest.fixture
async def agent(parley: Parley) -> Client:
    """A signed-in agent of one's own."""
    return await parley.an_agent(f"Agent {next(_NUMBERS)}")
