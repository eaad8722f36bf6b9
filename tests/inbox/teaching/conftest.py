"""One Parley for the tests of the studio, with a bot's folder whose programs are scripted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inbox.model.people import Role
from tests.inbox.teaching.benches import a_bot_home, some_data
from tests.parley import Client, Parley, running_parley, settings_for


@pytest.fixture(scope="module")
async def parley(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley that serves on a free port, shared by the tests of a module."""
    home = tmp_path_factory.mktemp("studio")
    settings = settings_for(
        mongodb, home / "var", bot_home=a_bot_home(home / "bot"), nlu_data=some_data(home / "nlu_data")
    )
    async with running_parley(settings) as parley:
        yield parley


@pytest.fixture(scope="module")
async def designer(parley: Parley) -> Client:
    """Somebody who designs the bot."""
    return await parley.an_agent("Ana Design", Role.DESIGNER)


@pytest.fixture
def data(parley: Parley) -> Path:
    """The folder of the training data."""
    return parley.settings.nlu_data
