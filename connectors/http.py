"""Calls to providers: one way to make them, one translation of what can go wrong on the way.

The line that matters is whether the provider may have taken the message. While the connection is being made
it surely has not (`Unreachable`); once the request is on its way nobody knows (`OutcomeUnknown`). Nothing
here logs, and no error names more of an address than its host: some providers want a secret in the path.
"""

import asyncio
import base64
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import msgspec

from connectors.errors import OutcomeUnknown, ProviderDown, Unreachable

PATIENCE = aiohttp.ClientTimeout(total=30, connect=10)
"""How long a call may take, and how much of that the connection may take."""

LARGEST_ANSWER = 1 << 20
"""How many bytes of an answer are read. A provider's answer to a message is a few hundred."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider answered. `headers` are looked up by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def retry_after(self, now: datetime | None = None) -> float | None:
        """The provider's wish in seconds (RFC 9110, 10.2.3), None if it gave none that makes sense."""
        given = self.headers.get("retry-after", "").strip()
        if given.isascii() and given.isdigit():
            return float(given[:9])
        try:
            at = parsedate_to_datetime(given)
        except (ValueError, OverflowError):
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


def basic(user: str, password: str) -> str:
    """The Authorization header of RFC 7617, in UTF-8."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


async def call(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    provider: str,
    headers: Mapping[str, str],
    json: Any = None,
    form: Mapping[str, str] | None = None,
    parts: aiohttp.FormData | None = None,
    timeout: aiohttp.ClientTimeout = PATIENCE,  # noqa: ASYNC109 - aiohttp's own kind of limit
) -> Answer:
    """Make one call and give the answer, whatever its status. Follows no redirects.

    The body is `json`, or else `form` as a browser would send it, or `parts` with files in them, or nothing.
    Raises `Unreachable` if the call surely did not arrive, `OutcomeUnknown` if it may have, and
    `ProviderDown` for a redirect. `provider` is the name that an agent reads.
    """
    body, kind = _written(json, form)
    sent = dict(headers) | ({} if body is None else {"Content-Type": kind})
    try:
        async with http.request(
            method, url, data=parts or body, headers=sent, timeout=timeout, allow_redirects=False
        ) as response:
            answer = await _read(response)
    except aiohttp.InvalidURL:
        raise Unreachable(f"The address set for {provider} is no address.") from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Unreachable(f"{provider} cannot be reached at {urlsplit(url).hostname}.") from error
    except TimeoutError as error:
        raise OutcomeUnknown(f"{provider} did not answer in time; it may have sent the message.") from error
    except aiohttp.ClientError as error:
        raise OutcomeUnknown(f"The line to {provider} broke; it may have sent the message.") from error
    if 300 <= answer.status < 400:
        raise ProviderDown(
            f"{provider} sent us to another address; check the channel's.", code=f"http_{answer.status}"
        )
    return answer


def _written(json: Any, form: Mapping[str, str] | None) -> tuple[bytes | None, str]:
    if form is not None:
        return urlencode(form, errors="replace").encode("ascii"), "application/x-www-form-urlencoded"
    return (None if json is None else msgspec.json.encode(json)), "application/json"


async def _read(response: aiohttp.ClientResponse) -> Answer:
    """The answer with at most `LARGEST_ANSWER` bytes of body.

    A body that breaks off hides whether a message was taken, so it raises; but a refusal is plain from its
    status alone.
    """
    body = bytearray()
    refused = contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError)
    with refused if response.status >= 400 else contextlib.nullcontext():
        async for chunk in response.content.iter_chunked(1 << 16):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                response.close()
                break
    lowered = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status, headers=lowered, body=bytes(body[:LARGEST_ANSWER]))
