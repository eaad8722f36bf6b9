"""Every page and route of the running application is asked, as a scanner does: what each answer carries."""

import re

import pytest

from inbox.model.ids import new_id
from inbox.model.people import Role
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
            if path.startswith("/api/"):
                assert re.search("no-store|private|no-cache", answer.headers["Cache-Control"]), route
            if answer.content_type == "text/html":
                _check_page(route, text, rules)
    assert asked > 100


def _check_page(route: str, text: str, rules: str) -> None:
    """No script without the answer's own nonce, no handler and no style within the page."""
    nonce = re.search(r"script-src [^;]*'nonce-([^']*)'", rules)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or (nonce and nonce[1] and f'nonce="{nonce[1]}"' in attributes), route
    assert not re.search(r"<[a-z]+[^>]*\son[a-z]+\s*=", text), route
    assert not re.search(r"<[a-z]+[^>]*\sstyle\s*=", text), route
    assert "javascript:" not in text, route
