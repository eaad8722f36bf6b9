"""Calls to providers: what went wrong, and may the message have been taken."""

from datetime import UTC, datetime
from email.utils import format_datetime

import aiohttp
import pytest

from connectors.errors import OutcomeUnknown, ProviderDown, Unreachable
from connectors.http import LARGEST_ANSWER, Answer, call
from tests.connectors.far_side import FarSide
from tests.half import half_an_answer


async def test_a_silent_provider_leaves_the_outcome_unknown(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.silent = True
    brief = aiohttp.ClientTimeout(total=0.2)
    with pytest.raises(OutcomeUnknown, match="did not answer in time"):
        await call(http, "POST", provider.url, provider="Acme", headers={}, json={}, timeout=brief)


HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: 500\r\n"


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 2", HEAD % b"200 OK", HEAD % b"200 OK" + b'\r\n{"messages": [{"i']
)
async def test_half_an_answer_and_then_silence_leaves_the_outcome_unknown(
    http: aiohttp.ClientSession, begun: bytes
) -> None:
    brief = aiohttp.ClientTimeout(total=0.5)
    async with half_an_answer(begun) as half:
        with pytest.raises(OutcomeUnknown, match="did not answer in time"):
            url = f"http://127.0.0.1:{half.port}"
            await call(http, "POST", url, provider="Acme", headers={}, json={}, timeout=brief)


async def test_half_a_refusal_is_a_refusal(http: aiohttp.ClientSession) -> None:
    brief = aiohttp.ClientTimeout(total=0.5)
    async with half_an_answer(HEAD % b"400 Bad Request" + b'\r\n{"error": {"co') as half:
        url = f"http://127.0.0.1:{half.port}"
        answer = await call(http, "POST", url, provider="Acme", headers={}, json={}, timeout=brief)
    assert (answer.status, answer.body) == (400, b'{"error": {"co')


async def test_no_redirect_is_followed(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.status, provider.headers = 307, {"Location": f"{provider.url}/elsewhere"}
    with pytest.raises(ProviderDown):
        await call(http, "POST", provider.url, provider="Acme", headers={"Authorization": "x"}, json={})
    assert [each.path for each in provider.calls] == ["/"]


async def test_an_endless_answer_is_cut(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = "x" * (LARGEST_ANSWER * 2)
    answer = await call(http, "GET", provider.url, provider="Acme", headers={})
    assert len(answer.body) == LARGEST_ANSWER


@pytest.mark.parametrize("address", ["http://", "no address", "http://[::1", "http://no-such-host.invalid/x"])
async def test_an_address_that_leads_nowhere_reaches_nobody(
    http: aiohttp.ClientSession, address: str
) -> None:
    with pytest.raises(Unreachable):
        await call(http, "POST", address, provider="Acme", headers={}, json={})


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("", None), ("7", 7.0), ("-1", None), ("soon", None), ("٣", None), ("9" * 40, 999999999.0)],
)
def test_the_wish_to_wait_is_read_from_seconds(given: str, seconds: float | None) -> None:
    assert Answer(status=429, headers={"retry-after": given}, body=b"").retry_after() == seconds


def test_the_wish_to_wait_is_read_from_a_date() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    given = format_datetime(now.replace(minute=1), usegmt=True)
    assert Answer(status=429, headers={"retry-after": given}, body=b"").retry_after(now) == 60


async def test_a_form_travels_as_a_browser_would_send_it(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    form = {"To": "+16505550101", "Body": "a&b=ü 🙂\n\ud83d"}
    await call(http, "POST", provider.url, provider="Acme", headers={}, form=form)
    assert provider.calls[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert provider.calls[0].body == form | {"Body": "a&b=ü 🙂\n?"}
