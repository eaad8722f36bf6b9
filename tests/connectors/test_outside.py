"""Calls to addresses that people give: never to this machine or its neighbours, however it is asked for."""

import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from connectors.addresses import is_public, may_be_called
from connectors.outside import NotCalled, Outside

ALLOWED = "127.0.0.2"
FORBIDDEN = "127.0.0.1"
OF_THE_TEST = (ip_network(f"{ALLOWED}/32"),)
"""One address of this machine stands for the public internet, the others for what lies behind the wall."""


class Fickle(AbstractResolver):
    """A name server of an attacker: it answers with the next of its answers each time, the last for ever."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            {"hostname": host, "host": each, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
            for each in found
        ]

    async def close(self) -> None:
        return None


class Servers:
    """The same port of two addresses of this machine: who was called, and how."""

    def __init__(self) -> None:
        self.port = 0
        self.called: list[str] = []
        self.headers: list[Any] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        assert request.transport
        self.called.append(request.transport.get_extra_info("sockname")[0])
        self.headers.append(request.headers.get("Authorization"))
        match request.path:
            case "/on":
                raise web.HTTPFound(request.query["to"])
            case "/round":
                raise web.HTTPFound("/round")
            case "/endless":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(64):
                    await response.write(b"x" * 65536)
                return response
        return web.Response(text="inside")


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    servers, app = Servers(), web.Application()
    app.router.add_route("*", "/{rest:.*}", servers.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    first = web.TCPSite(runner, ALLOWED, 0)
    await first.start()
    servers.port = runner.addresses[0][1]
    await web.TCPSite(runner, FORBIDDEN, servers.port).start()
    yield servers
    await runner.cleanup()


async def got(url: str, resolver: AbstractResolver | None = None, **more: Any) -> str:
    outside = Outside(OF_THE_TEST, resolver=resolver)
    try:
        return (await outside.call("GET", url, **more)).body.decode()
    finally:
        await outside.close()


async def test_a_name_on_an_allowed_network_is_called(servers: Servers) -> None:
    assert await got(f"http://shop.example:{servers.port}/", Fickle((ALLOWED,))) == "inside"
    assert servers.called == [ALLOWED]


async def test_a_name_server_that_changes_its_answer_gains_nothing(servers: Servers) -> None:
    resolver = Fickle((ALLOWED,), (FORBIDDEN,))
    outside = Outside(OF_THE_TEST, resolver=resolver)
    url = f"http://shop.example:{servers.port}/"
    headers = {"Connection": "close"}
    assert (await outside.call("GET", url, headers=headers)).status == 200
    with pytest.raises(NotCalled):
        await outside.call("GET", url, headers=headers)
    await outside.close()
    assert resolver.asked == 2
    assert servers.called == [ALLOWED]


async def test_a_name_with_one_forbidden_address_among_others_is_not_called(servers: Servers) -> None:
    with pytest.raises(NotCalled):
        await got(f"http://shop.example:{servers.port}/", Fickle((ALLOWED, FORBIDDEN)))
    assert servers.called == []


async def test_a_redirect_is_judged_like_the_first_address(servers: Servers) -> None:
    inside = f"http://{FORBIDDEN}:{servers.port}/secret"
    with pytest.raises(NotCalled):
        await got(f"http://{ALLOWED}:{servers.port}/on?to={inside}", redirects=3)
    named = f"http://inside.example:{servers.port}/secret"
    with pytest.raises(NotCalled):
        await got(
            f"http://shop.example:{servers.port}/on?to={named}", Fickle((ALLOWED,), (FORBIDDEN,)), redirects=3
        )
    assert servers.called == [ALLOWED, ALLOWED]


async def test_a_redirect_is_followed_only_when_asked_and_not_for_ever(servers: Servers) -> None:
    outside = Outside(OF_THE_TEST)
    base = f"http://{ALLOWED}:{servers.port}"
    assert (await outside.call("POST", f"{base}/on?to=/", body=b"x")).status == 302
    assert (await outside.call("GET", f"{base}/on?to=/", redirects=1)).body == b"inside"
    with pytest.raises(NotCalled):
        await outside.call("GET", f"{base}/round", redirects=3)
    await outside.close()


async def test_another_host_is_not_given_the_credentials(servers: Servers) -> None:
    target = f"http://other.example:{servers.port}/"
    await got(
        f"http://shop.example:{servers.port}/on?to={target}",
        Fickle((ALLOWED,)),
        headers={"Authorization": "Bearer secret"},
        redirects=1,
    )
    assert servers.headers == ["Bearer secret", None]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/",
        "http://[2002:7f00:1::]:{port}/",
        "http://localhost:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://127.1:{port}/",
        "http://0:{port}/",
        "http://127.0.0.1.:{port}/",
        "http://127。0。0。1:{port}/",
        "http://①②⑦.⓪.⓪.①:{port}/",
        "http://１２７.0.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://user:pw@127.0.0.2:{port}/",
        "ftp://127.0.0.2/",
        "file:///etc/passwd",
        "gopher://127.0.0.2:{port}/",
        "http://127.0.0.2:99999/",
        "http://[broken/",
        "http:///nowhere",
        "//127.0.0.2/",
        "",
    ],
)
async def test_what_is_inside_is_not_called_in_whatever_form(servers: Servers, url: str) -> None:
    with pytest.raises(NotCalled):
        await got(url.format(port=servers.port))
    assert servers.called == []


async def test_an_answer_without_end_is_not_read_to_the_end(servers: Servers) -> None:
    with pytest.raises(NotCalled, match="100,000 bytes"):
        await got(f"http://{ALLOWED}:{servers.port}/endless", limit=100_000)


async def test_a_silent_host_is_not_waited_for(servers: Servers) -> None:
    with socket.socket() as silent:
        silent.bind((ALLOWED, 0))
        silent.listen()
        brief = aiohttp.ClientTimeout(total=0.3)
        with pytest.raises(NotCalled, match="in time"):
            await got(f"http://{ALLOWED}:{silent.getsockname()[1]}/", timeout=brief)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("64:ff9b::a00:1", False),
        ("::ffff:10.0.0.1", False),
        ("::127.0.0.1", False),
        ("100.64.0.1", False),
        ("192.0.2.1", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("fec0::1", False),
        ("64:ff9b:1::7f00:1", False),
        ("2001:0:7f00:1::", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("240.0.0.1", False),
        ("no address", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_an_allowed_network_is_known_in_each_form() -> None:
    allowed = (ip_network("10.1.0.0/16"),)
    assert may_be_called("10.1.2.3", allowed)
    assert may_be_called("::ffff:10.1.2.3", allowed)
    assert not may_be_called("10.2.0.1", allowed)
