"""What every connector's tests need: a session, a clock, a far side."""

import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from connectors.contract import Clock
from tests.connectors.far_side import FarSide, far_side

settings.register_profile("parley", deadline=None)
settings.load_profile("parley")
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "parley-hypothesis")

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return lambda: NOW


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def provider() -> AsyncIterator[FarSide]:
    async with far_side() as side:
        yield side
