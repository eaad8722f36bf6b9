"""Three processes with one store and one Redis, shared by the tests of this folder."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from tests.parley import settings_for
from tests.redis import RedisServer, a_redis
from tests.sideways.fleet import Fleet, a_fleet

_NUMBERS = count(15_553_000_000)


@pytest.fixture(scope="session")
async def redis(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RedisServer]:
    """A real Redis."""
    async with a_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
async def fleet(
    mongodb: str, redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Fleet]:
    """Three processes that have started at the same moment on an empty store."""
    home = tmp_path_factory.mktemp("fleet")
    trusted = ("127.0.0.1/32",)
    settings = settings_for(mongodb, home, redis_url=redis.url, trusted_proxies=",".join(trusted))
    async with a_fleet(settings.model_copy(update={"rehearsal": False}), 3) as fleet:
        yield fleet


@pytest.fixture
def phones() -> list[str]:
    """Numbers of six customers that no other test uses."""
    return [str(next(_NUMBERS)) for _ in range(6)]
