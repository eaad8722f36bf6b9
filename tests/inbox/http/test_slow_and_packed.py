"""Requests that do not come, or that are not what they are packed as: told so, and nothing of ours breaks."""

import asyncio
import gzip
from typing import Any

import pytest
from structlog.testing import capture_logs

from inbox.http import bodies, door
from inbox.http.door import Answer, Doors
from tests.parley import Client, Parley, until


async def raw(parley: Parley, sent: bytes) -> bytes:
    """All that is answered to these bytes, until the answer's end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", parley.settings.http_port)
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return head


@pytest.mark.parametrize("path", ["/hooks/whatsapp?x=1", "/login", "/api/v1/saved_replies", "/api/v1/files"])
async def test_a_body_that_does_not_come_is_waited_for_no_longer(
    parley: Parley, agent: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_PATIENCE", 0.2)
    kind = "application/x-www-form-urlencoded" if path == "/login" else "application/json"
    head = [f"POST {path} HTTP/1.1", "Host: here", "Content-Length: 100", f"Content-Type: {kind}"]
    signs = {**agent.cookie, **agent.csrf, "X-Filename": "a.txt"}
    head += [f"{name}: {value}" for name, value in signs.items()]
    answer = await raw(parley, "\r\n".join([*head, "", "abcde"]).encode())
    assert answer.startswith(b"HTTP/1.1 408 "), answer


async def test_a_head_that_does_not_come_is_waited_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "IDLE", 0.1)

    async def take(channel_id: str, webhook: object) -> Answer:
        raise AssertionError

    def otherwise() -> asyncio.Protocol:
        raise AssertionError("given away without a head")

    doors = Doors(take, otherwise, "")
    server = await asyncio.get_running_loop().create_server(doors, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for begun in (b"GET /login HTTP/1.1\r\nHost: he", b"POST /hooks/whatsapp HTTP/1.1\r\nHo", b"PUT /a"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        assert await reader.read() == b""
        writer.close()
    server.close()


@pytest.mark.parametrize(
    ("packed", "status"),
    [(b"not gzip at all", 400), (gzip.compress(b" " * 50_000_000), 413)],
)
@pytest.mark.parametrize("path", ["/hooks/whatsapp", "/api/v1/saved_replies"])
async def test_a_body_that_is_not_packed_as_it_says_or_is_a_bomb(
    parley: Parley, agent: Client, path: str, packed: bytes, status: int
) -> None:
    headers = {**agent.cookie, **agent.csrf, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    async with parley.http.post(parley.url + path, data=packed, headers=headers) as answer:
        assert answer.status == status, await answer.text()


@pytest.mark.parametrize("path", ["/hooks/whatsapp", "/api/v1/saved_replies", "/login"])
async def test_a_badly_packed_body_is_told_and_noted_in_one_line(
    parley: Parley, agent: Client, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    form = "application/x-www-form-urlencoded"
    kind = {"Content-Type": form if path == "/login" else "application/json", "Content-Encoding": "gzip"}
    url = f"{parley.url}{path}"

    async def noted() -> list[Any]:
        return [line for line in lines if line["event"] == "unreadable body"]

    with capture_logs() as lines:
        async with parley.http.post(url, data=b"no gzip", headers=agent.cookie | agent.csrf | kind) as answer:
            assert answer.status in (400, 422), await answer.text()
            assert answer.content_type == "application/problem+json"
        (line,) = await until(noted)
    assert line["log_level"] == "info"
    assert "no gzip" not in str(lines)
    assert not [r for r in caplog.records if r.name.startswith("aiohttp")], caplog.text
