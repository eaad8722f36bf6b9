"""Customers' files fetched from providers, and from nowhere else.

A webhook or a provider's answer names an address, and whoever can write one of those could make us call any
machine that we can reach (server-side request forgery). So an address must be on a host that the connector
names, by TLS, on its ordinary port, and resolve to public addresses alone; the addresses that were judged are
the ones that are connected to. A redirect is judged like the first address, and loses the credentials when it
leads to another host. The one exception is the origin of the channel's own `api_base`, which an admin chose:
a stand-in on this machine or a gateway inside the company.
"""

import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from connectors.addresses import PublicResolver, host_called
from connectors.contract import Located
from connectors.errors import ContentRefused, OutcomeUnknown, ProviderDown, SendFailed, Throttled, Unreachable

PATIENCE = aiohttp.ClientTimeout(total=None, connect=10, sock_read=30)
_REDIRECTS = 3
_CHUNK = 1 << 16
_MISSING = (401, 403, 404, 410)


class Forbidden(SendFailed):
    """The address is none that this provider's files may come from."""


class TooLarge(ContentRefused):
    """The file is larger than what is taken."""


class Downloads:
    """Fetches files. Has a session of its own, whose connections go to public addresses alone."""

    def __init__(self, http: aiohttp.ClientSession, *, resolver: AbstractResolver | None = None) -> None:
        """`http` serves the origins that admins chose; `resolver` stands in for the real one in tests."""
        self._own = http
        self._resolver = PublicResolver(resolver)
        self._public: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End the connections."""
        if self._public is not None:
            await self._public.close()

    @asynccontextmanager
    async def open(self, located: Located, *, limit: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """The file's bytes, at most `limit` of them.

        Raises `Forbidden`, `TooLarge` (also while it is read), and the errors of a call; a file that is gone
        is a `ContentRefused`.
        """
        if located.size is not None and located.size > limit:
            raise TooLarge(_too_large(limit), code="too_large")
        try:
            async with self._answer(located) as response:
                announced = response.content_length
                if announced is not None and announced > limit:
                    raise TooLarge(_too_large(limit), code="too_large")
                yield _within(response, limit)
        except TimeoutError as error:
            raise OutcomeUnknown("The provider stopped sending the file.", code="timeout") from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unreachable(f"The file's host {_host(located.url)} cannot be reached.") from error
        except aiohttp.ClientError as error:
            raise OutcomeUnknown("The line broke while the file was fetched.", code="broken") from error

    @asynccontextmanager
    async def _answer(self, located: Located) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer that holds the file, after the redirects that may be followed."""
        url, headers = located.url, dict(located.headers)
        for _ in range(_REDIRECTS + 1):
            session = self._session_for(url, located)
            async with session.get(url, headers=headers, timeout=PATIENCE, allow_redirects=False) as response:
                if response.status in (301, 302, 303, 307, 308) and "Location" in response.headers:
                    target = urljoin(url, response.headers["Location"])
                    headers = headers if _origin(target) == _origin(url) else {}
                    url = target
                    continue
                _check(response.status, response.headers)
                yield response
                return
        raise ProviderDown("The provider sends us from one address to the next.", code="redirects")

    def _session_for(self, url: str, located: Located) -> aiohttp.ClientSession:
        """The session by which `url` may be called. Raises `Forbidden`."""
        if located.own and _origin(url) == _origin(located.own):
            return self._own
        try:
            parts = urlsplit(url)
            host, port = host_called(url).rstrip("."), parts.port
        except ValueError:
            raise Forbidden("The file's address is none.", code="forbidden") from None
        is_plain = parts.scheme == "https" and port in (None, 443) and not parts.username
        if not is_plain or not _is_among(host, located):
            raise Forbidden(f"Files of this channel do not come from {host[:100]}.", code="forbidden")
        if self._public is None:
            connector = aiohttp.TCPConnector(resolver=self._resolver, limit=20)
            self._public = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._public


def _is_among(host: str, located: Located) -> bool:
    """Whether the host is one of the provider's. An address instead of a name never is."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return any(host == h or (h.startswith(".") and host.endswith(h)) for h in located.hosts)
    return False


def _check(status: int, headers: Mapping[str, Any]) -> None:
    if 200 <= status < 300:
        return
    code = f"http_{status}"
    if status == 429:
        raise Throttled("The provider asks us to fetch files more slowly.", code=code)
    if status in _MISSING:
        raise ContentRefused("The provider no longer has the file, or does not let us have it.", code=code)
    if status >= 500 or status == 408:
        raise ProviderDown("The provider cannot hand out the file at the moment.", code=code)
    raise ContentRefused("The provider does not hand out the file.", code=code)


async def _within(response: aiohttp.ClientResponse, limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge(_too_large(limit), code="too_large")
        yield chunk


def _too_large(limit: int) -> str:
    return f"The file is larger than the {limit / 1048576:,.0f} MB that are taken here."


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; of what is no address, something that equals nothing else."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        return parts.scheme, (parts.hostname or "").lower(), port
    except ValueError:
        return "", url, None
