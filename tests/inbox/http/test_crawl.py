"""Every page and route of the running application is asked, as a scanner does: what each answer carries."""

import asyncio
import re
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from inbox.http.health import _is_near
from inbox.model.ids import new_id
from inbox.model.people import Role
from inbox.store import StoreError
from tests.parley import Parley

TELLS = re.compile(r"aiohttp|Python/|Traceback|/work/|site-packages|\.py\b", re.IGNORECASE)


@pytest.mark.parametrize("signed", [False, True])
async def test_every_answer_keeps_browsers_strict_and_tells_nothing_of_our_inside(
    parley: Parley, signed: bool
) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    headers = {**admin.cookie, **admin.csrf} if signed else {}
    asked = 0
    for route in parley.routes:
        method, path = route.split(" ")
        if method not in ("GET", "OPTIONS", "*") or path.startswith(("/rehearsal", "/socket.io")):
            continue
        url = parley.url + re.sub(r"\{[^}]+\}", "nothing", path)
        async with parley.http.get(url, headers=headers, allow_redirects=False) as answer:
            asked += 1
            text = (await answer.read()).decode("utf-8", "replace")
            assert answer.status < 500, route
            assert answer.headers["X-Content-Type-Options"] == "nosniff", route
            assert answer.headers["Server"] == "Parley", route
            assert not TELLS.search("\n".join(answer.headers.values())), route
            if answer.content_type == "application/problem+json":
                assert not TELLS.search(text), route
            if path.startswith("/hooks/"):
                continue
            rules = answer.headers["Content-Security-Policy"]
            assert "script-src" in rules or "default-src 'none'" in rules, route
            assert "unsafe-inline" not in re.sub(r"style-src[^;]*", "", rules), route
            assert "unsafe-eval" not in rules, route
            assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), route
            embedded = "cross-origin" if path == "/widget.js" else "same-origin"
            assert answer.headers["Cross-Origin-Resource-Policy"] == embedded, route
            if path.startswith("/api/"):
                assert re.search("no-store|private|no-cache", answer.headers["Cache-Control"]), route
            if answer.content_type == "text/html":
                _check_page(route, text, rules)
    assert asked > 100


async def test_the_figures_of_our_traffic_are_not_the_worlds(parley: Parley) -> None:
    for header in ("X-Forwarded-For", "Forwarded"):
        async with parley.http.get(f"{parley.url}/metrics", headers={header: "for=10.0.0.1"}) as answer:
            assert answer.status == 404, "it came through a proxy"
    async with parley.http.get(f"{parley.url}/metrics") as answer:
        assert answer.status == 200
    for remote, near in (("10.0.0.9", True), ("::1", True), ("8.8.8.8", False), ("::ffff:8.8.8.8", False)):
        assert _is_near(make_mocked_request("GET", "/metrics").clone(remote=remote)) is near


async def test_an_error_is_logged_by_its_route_not_by_the_secret_in_its_path(
    parley: Parley, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(secret: str, *_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(parley.store.invitations, "get", fails)
    with capture_logs() as lines:
        async with parley.http.get(f"{parley.url}/join/a-secret-that-lets-in") as answer:
            assert answer.status == 503
    assert any(line.get("route") == "/join/{secret}" for line in lines), lines
    assert "a-secret-that-lets-in" not in str(lines)


def _check_page(route: str, text: str, rules: str) -> None:
    """No script without the answer's own nonce, no handler and no style within the page."""
    nonce = re.search(r"script-src [^;]*'nonce-([^']*)'", rules)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or (nonce and nonce[1] and f'nonce="{nonce[1]}"' in attributes), route
    assert not re.search(r"<[a-z]+[^>]*\son[a-z]+\s*=", text), route
    assert not re.search(r"<[a-z]+[^>]*\sstyle\s*=", text), route
    assert "javascript:" not in text, route


HUSH = "hush-hush-0123456789"
UNREADABLE = [
    f"GET /hooks/x?secret={HUSH} HTTP/9.1",
    f"FOO\x01 /?secret={HUSH} HTTP/1.1",
    f"GET /?secret={HUSH} HTTP/1.1\r\nHost: a\r\nNo header {HUSH}",
    f"GET /?secret={HUSH} HTTP/1.1\r\nHost: a\r\nCookie\x00: parley={HUSH}",
    f"GET /?secret={HUSH} HTTP/1.1\r\nHost: a\r\nContent-Length: {HUSH}",
    f"POST /hooks/x?secret={HUSH} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
    f"GET /{HUSH}{'a' * 9000} HTTP/1.1\r\nHost: a",
    f"GET / HTTP/1.1\r\nHost: a\r\nCookie: parley={HUSH}{'a' * 9000}",
]


@pytest.mark.parametrize("head", UNREADABLE)
async def test_what_cannot_be_read_is_neither_answered_nor_logged_with_its_words(
    parley: Parley, head: str, caplog: pytest.LogCaptureFixture
) -> None:
    at = urlsplit(parley.url)
    with capture_logs() as lines:
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
        writer.write(f"{head}\r\n\r\n".encode("latin-1"))
        answer = (await asyncio.wait_for(reader.read(), 30)).decode()
        writer.close()
    assert answer.splitlines()[0].split(" ")[1] == "400"
    for header in (
        "Server: Parley",
        "X-Content-Type-Options: nosniff",
        "Content-Security-Policy: default-src",
    ):
        assert header in answer
    assert not TELLS.search(answer)
    assert any(line["event"] == "unreadable request" for line in lines)
    assert HUSH not in f"{answer}{lines!r}{caplog.text}"


ODD = [
    ("TRACE", "/"), ("PUT", "/login"), ("OPTIONS", "*"), ("CONNECT", "a:1"), ("HEAD", "/login"),
    ("GET", "//evil.example/%2e%2e"), ("GET", "/static/..;/app.py"),
    ("GET", "/static/%2e%2e/%2e%2e/inbox/app.py"),
    ("GET", "/static/....//....//inbox/app.py"), ("GET", "/static/%252e%252e/inbox/app.py"),
    ("GET", "/static/..%5c..%5cinbox%5capp.py"), ("GET", "/api/v1/../v1/me"), ("GET", "/api/v1//me"),
    ("GET", "/api;/v1/me"), ("PROPFIND", "/api/v1/contacts"), ("DELETE", "/healthz"), ("GET", "/login%00"),
    ("GET", "/login?next=%0d%0aSet-Cookie:%20a=b"), ("GET", "http://evil.example/login"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ODD)
async def test_odd_methods_and_paths_lead_nowhere(parley: Parley, method: str, path: str) -> None:
    at = urlsplit(parley.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: close\r\n\r\n".encode())
    answer = (await asyncio.wait_for(reader.read(), 30)).decode("utf-8", "replace")
    writer.close()
    status = int(answer.split(" ", 2)[1])
    assert status in (200, 400, 401, 403, 404, 405)
    assert (status == 200) is (path.split("?")[0].endswith("/login") and method in ("GET", "HEAD"))
    head, _, body = answer.partition("\r\n\r\n")
    assert "X-Content-Type-Options: nosniff" in head and "Server: Parley" in head
    assert "Set-Cookie: a=b" not in head and "evil.example" not in head
    assert "import " not in body


async def test_parts_and_unchanged_files_carry_what_whole_ones_do(parley: Parley) -> None:
    url = f"{parley.url}/static/app.css"
    plain = {"Accept-Encoding": "identity"}
    async with parley.http.get(url, headers=plain) as answer:
        tag = answer.headers["ETag"]
    for headers, status in (
        ({"Range": "bytes=0-9"}, 206),
        ({"Range": "bytes=999999999-"}, 416),
        ({"If-None-Match": tag}, 304),
    ):
        async with parley.http.get(url, headers=plain | headers) as answer:
            assert answer.status == status
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "script-src" in answer.headers["Content-Security-Policy"]
