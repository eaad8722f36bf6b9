"""How often one address may ask: enough for an office, not enough for a flood."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from inbox.http.auth import address_of
from inbox.http.limits import Buckets
from inbox.parts import PARTS
from tests.parley import running_parley, settings_for


async def test_a_flood_is_told_to_slow_down_and_webhooks_are_not(mongodb: str, tmp_path: Path) -> None:
    async with (
        running_parley(settings_for(mongodb, tmp_path, requests_per_second=5)) as parley,
        aiohttp.ClientSession() as http,
    ):

        async def statuses(path: str) -> Counter[int]:
            found: Counter[int] = Counter()
            for _ in range(60):
                async with http.get(parley.url + path) as answer:
                    found[answer.status] += 1
                    if answer.status == 429:
                        assert answer.headers["Retry-After"] == "1"
            return found

        assert (await statuses("/api/v1/me"))[429] > 20
        assert 429 not in await statuses("/hooks/nothing")


def test_a_bucket_fills_again_with_time_and_never_beyond_its_brim() -> None:
    buckets = Buckets(burst=2, per_second=1)
    assert [buckets.take("a", now=0) for _ in range(3)] == [True, True, False]
    assert buckets.take("b", now=0), "each address has a bucket of its own"
    assert [buckets.take("a", now=1) for _ in range(2)] == [True, False]
    assert [buckets.take("a", now=900) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        (["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (["198.51.100.1", "203.0.113.7"], "203.0.113.7"),  # what the proxy says stands in a line of its own
        (["198.51.100.1", "203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (["nonsense"], "10.0.0.1"),
        ([], "10.0.0.1"),
    ],
)
async def test_nobody_names_the_address_that_they_are_counted_by(
    mongodb: str, tmp_path: Path, lines: list[str], address: str
) -> None:
    app = web.Application()
    app[PARTS] = SimpleNamespace(settings=settings_for(mongodb, tmp_path, trusted_proxies="10.0.0.0/8"))
    headers = CIMultiDict([("X-Forwarded-For", line) for line in lines])
    request = make_mocked_request("GET", "/", headers=headers, app=app).clone(remote="10.0.0.1")
    assert address_of(request) == address
