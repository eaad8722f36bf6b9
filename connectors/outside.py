"""Calls to addresses that people give: other programs' webhooks, sign-in providers.

What may be called is judged as `connectors.addresses` says, for the first address and for each one that it
leads on to. A call has an end in time, and its answer in bytes.
"""

import contextlib
import ipaddress
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from connectors.addresses import Network, PublicResolver, host_called, may_be_called
from connectors.http import Answer

PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
_LARGEST = 1 << 20
_LEADS_ON = (301, 302, 303, 307, 308)


class NotCalled(Exception):
    """The call was not made, or nothing came of it. The text is fit for whoever gave the address."""


class Outside:
    """Calls addresses that people gave. Has a session of its own, which connects to nothing else."""

    def __init__(self, allowed: Iterable[Network] = (), *, resolver: AbstractResolver | None = None) -> None:
        """`allowed` are networks that may be called besides public addresses."""
        self._allowed = tuple(allowed)
        self._resolver = PublicResolver(resolver, self._allowed)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def reaches_inside(self) -> bool:
        """Whether an operator lets networks be called that are not public."""
        return bool(self._allowed)

    def check(self, url: str) -> str:
        """The address, if it is one that may be called as far as can be told without asking for its name.

        Raises `NotCalled`.
        """
        try:
            parts = urlsplit(url)
            host, _ = host_called(url).rstrip("."), parts.port
        except ValueError:
            raise NotCalled("This is no address.") from None
        if parts.scheme not in ("http", "https") or not host or not url.isprintable() or " " in url:
            raise NotCalled("The address must begin with https:// or http:// and a host's name.")
        if parts.username is not None or parts.password is not None:
            raise NotCalled("The address may have no user and no password in it.")
        if not self._may_be(host):
            raise NotCalled(f"{host[:100]} is on a network that may not be called.")
        return url

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        redirects: int = 0,
        limit: int = _LARGEST,
        timeout: aiohttp.ClientTimeout = PATIENCE,  # noqa: ASYNC109 - aiohttp's own kind of limit
    ) -> Answer:
        """Make one call, and follow as many `redirects` without its headers if these lead to another host.

        Raises `NotCalled`: the address may not be called, does not answer, or says more than `limit` bytes.
        """
        given = dict(headers or {})
        for _ in range(redirects + 1):
            answer = await self._one(method, self.check(url), given, body, limit, timeout)
            target = answer.headers.get("location")
            if not redirects or answer.status not in _LEADS_ON or not target:
                return answer
            target = urljoin(url, target)
            given = given if _origin(target) == _origin(url) else {}
            if answer.status in (301, 302, 303) and method != "HEAD":
                method, body = "GET", None
            url = target
        raise NotCalled("The address leads from one to the next.")

    async def _one(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        limit: int,
        patience: aiohttp.ClientTimeout,
    ) -> Answer:
        session = self._own_session()
        try:
            async with session.request(
                method, url, headers=headers, data=body, timeout=patience, allow_redirects=False
            ) as response:
                found = await _within(response, limit)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise NotCalled("This is no address.") from None
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
            raise NotCalled("Its TLS certificate is not good.") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise NotCalled("Its name leads nowhere, or to a network that may not be called.") from error
        except TimeoutError as error:
            raise NotCalled("It did not answer in time.") from error
        except aiohttp.ClientConnectorError as error:
            raise NotCalled("It cannot be reached.") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise NotCalled("The line broke, or what answers does not speak HTTP.") from error
        lowered = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status, headers=lowered, body=found)

    def _own_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=self._resolver, limit=40, use_dns_cache=False)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._session

    def _may_be(self, host: str) -> bool:
        """Whether a host that is an address may be called. A name is judged when it is resolved.

        aiohttp asks no resolver for an address.
        """
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(host)
            return may_be_called(host, self._allowed)
        return True


async def _within(response: aiohttp.ClientResponse, limit: int) -> bytes:
    found = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        found += chunk
        if len(found) > limit:
            response.close()
            raise NotCalled(f"Its answer has more than {limit:,} bytes.")
    return bytes(found)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
