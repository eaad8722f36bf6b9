"""Files from providers: from their hosts alone, from public addresses alone, and no endless ones."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from aiohttp.test_utils import TestServer

from connectors.addresses import is_public
from connectors.contract import Located
from connectors.download import Downloads, Forbidden, TooLarge
from connectors.errors import ContentRefused, ProviderDown, SendFailed, Unreachable

MEGABYTE = 1024 * 1024


class Everywhere(AbstractResolver):
    """A name server of an attacker: every name is where it says."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        self.asked.append(host)
        return [
            {"hostname": host, "host": self.address, "port": port, "family": family, "proto": 0, "flags": 0}
        ]

    async def close(self) -> None:
        return None


class Shelf:
    """A provider's file server on this machine."""

    def __init__(self) -> None:
        self.origin = ""
        self.seen: list[tuple[str, str | None]] = []
        self.elsewhere = ""

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.path, request.headers.get("Authorization")))
        match request.path:
            case "/small":
                return web.Response(body=b"bytes of a file")
            case "/endless":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(64):
                    await response.write(b"x" * 65536)
                return response
            case "/moved":
                return web.Response(status=302, headers={"Location": "/small"})
            case "/away":
                return web.Response(status=302, headers={"Location": self.elsewhere})
            case "/round":
                return web.Response(status=302, headers={"Location": "/round"})
        return web.Response(status=int(request.path[1:]))


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    shelf, app = Shelf(), web.Application()
    app.router.add_get("/{rest:.*}", shelf.file)
    server = TestServer(app)
    await server.start_server()
    shelf.origin = str(server.make_url("")).rstrip("/")
    yield shelf
    await server.close()


@pytest.fixture
async def downloads(http: aiohttp.ClientSession) -> AsyncIterator[Downloads]:
    downloads = Downloads(http)
    yield downloads
    await downloads.close()


async def fetched(downloads: Downloads, url: str, *, limit: int = MEGABYTE, **more: Any) -> bytes:
    located = Located(url=url, **{"hosts": ("lookaside.fbsbx.com", ".fbcdn.net"), **more})
    async with downloads.open(located, limit=limit) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_a_file_at_the_origin_that_an_admin_chose_is_fetched_with_the_token(
    downloads: Downloads, shelf: Shelf
) -> None:
    headers = {"Authorization": "Bearer token"}
    found = await fetched(downloads, f"{shelf.origin}/moved", own=f"{shelf.origin}/v26.0", headers=headers)
    assert found == b"bytes of a file"
    assert shelf.seen == [("/moved", "Bearer token"), ("/small", "Bearer token")]


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1/small",
        "https://[::1]/small",
        "https://2130706433/small",
        "https://lookaside.fbsbx.com.evil.example/small",
        "https://evilfbcdn.net/small",
        "https://lookaside.fbsbx.com:8443/small",
        "https://lookaside.fbsbx.com@evil.example/small",
        "http://lookaside.fbsbx.com/small",
        "file:///etc/passwd",
        "https://[broken/small",
        "",
    ],
)
async def test_an_address_that_is_not_the_providers_is_refused_unasked(
    downloads: Downloads, shelf: Shelf, url: str
) -> None:
    with pytest.raises(Forbidden) as refused:
        await fetched(downloads, url, own=shelf.origin)
    assert not refused.value.retry
    assert not shelf.seen


async def test_another_port_of_this_machine_is_not_the_admins_choice(
    downloads: Downloads, shelf: Shelf
) -> None:
    with pytest.raises(Forbidden):
        await fetched(downloads, f"{shelf.origin}/small", own="http://127.0.0.1:1")
    assert not shelf.seen


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fd00::1", "0.0.0.0"])
async def test_a_providers_name_that_leads_to_our_own_network_leads_nowhere(
    http: aiohttp.ClientSession, address: str
) -> None:
    resolver = Everywhere(address)
    downloads = Downloads(http, resolver=resolver)
    with pytest.raises(Unreachable):
        await fetched(downloads, "https://lookaside.fbsbx.com/small")
    assert resolver.asked == ["lookaside.fbsbx.com"]
    await downloads.close()


async def test_a_redirect_to_elsewhere_is_refused(downloads: Downloads, shelf: Shelf) -> None:
    shelf.elsewhere = "http://169.254.169.254/"
    with pytest.raises(Forbidden):
        await fetched(downloads, f"{shelf.origin}/away", own=shelf.origin)


async def test_a_redirect_to_another_host_loses_the_token(
    downloads: Downloads, shelf: Shelf, http: aiohttp.ClientSession
) -> None:
    shelf.elsewhere = "https://cdn.fbcdn.net/x"
    resolver = Everywhere("127.0.0.1")
    downloads = Downloads(http, resolver=resolver)
    with pytest.raises(Unreachable):
        await fetched(
            downloads, f"{shelf.origin}/away", own=shelf.origin, headers={"Authorization": "Bearer token"}
        )
    assert resolver.asked == ["cdn.fbcdn.net"]
    await downloads.close()


async def test_a_file_that_is_too_large_is_left(downloads: Downloads, shelf: Shelf) -> None:
    with pytest.raises(TooLarge):
        await fetched(downloads, f"{shelf.origin}/small", own=shelf.origin, size=2 * MEGABYTE)
    assert not shelf.seen
    with pytest.raises(TooLarge):
        await fetched(downloads, f"{shelf.origin}/small", own=shelf.origin, limit=5)
    with pytest.raises(TooLarge):
        await fetched(downloads, f"{shelf.origin}/endless", own=shelf.origin)


@pytest.mark.parametrize(
    ("path", "error", "retry"),
    [("404", ContentRefused, False), ("503", ProviderDown, True), ("round", ProviderDown, True)],
)
async def test_a_refusal_says_whether_to_come_again(
    downloads: Downloads, shelf: Shelf, path: str, error: type[SendFailed], retry: bool
) -> None:
    with pytest.raises(error) as refused:
        await fetched(downloads, f"{shelf.origin}/{path}", own=shelf.origin)
    assert refused.value.retry is retry


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("157.240.1.1", True),
        ("2a03:2880:f003::1", True),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::", False),
        ("224.0.0.1", False),
        ("fe80::1", False),
        ("nonsense", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public
