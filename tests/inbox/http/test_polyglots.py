"""Files that are two things at once, and names that lead elsewhere: saved or shown, never run.

What a browser would make of a file is decided by the headers that it comes with, so these are what is held
here: no script of a file may run on our origin, whatever its bytes, its name and its claimed type say.
"""

import re
from urllib.parse import quote, unquote

import pytest
from yarl import URL

from tests.inbox.http.test_media import brought, got
from tests.parley import Client, Parley

SCRIPT = b"<script>window.hit=1</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
ZIP = b"PK\x03\x04\x14\0\0\0\0\0META-INF/MANIFEST.MF"
POLYGLOTS = {
    "SVG with a script": (SVG, "image/svg+xml", "a.svg"),
    "SVG called PNG": (SVG, "image/png", "a.png"),
    "a page called JPEG": (b"<!doctype html>" + SCRIPT, "image/jpeg", "a.jpg"),
    "a page called text": (b"<html>" + SCRIPT, "text/plain", "a.txt"),
    "a page after blanks": (b" " * 600 + b"<html>" + SCRIPT, "text/plain", "a.txt"),
    "XHTML": (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "text/xml", "a.xml"),
    "a page of two encodings": (
        b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
        "text/html; charset=utf-7",
        "a",
    ),
    "GIF that is a script": (b"GIF89a/*" + b"\0" * 8 + b"*/=1;alert(1);//", "text/javascript", "a.js"),
    "GIFAR": (b"GIF89a" + b"\0" * 64 + ZIP, "application/java-archive", "a.jar"),
    "JPEG with a page": (b"\xff\xd8\xff\xe0" + SCRIPT, "text/html", "a.html"),
    "PDF with a script": (
        b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
        None,
        "a.pdf",
    ),
    "PDF that is a page": (b"%PDF-1.7\n<html>" + SCRIPT, "text/html", "a.html"),
    "WebP with a page": (b"RIFF\x24\0\0\0WEBPVP8 " + SCRIPT, "text/html", "a.html"),
    "a flash film": (b"CWS\x0a" + b"\0" * 40, "application/x-shockwave-flash", "a.swf"),
    "a manifest": (b"CACHE MANIFEST\n/\n", "text/cache-manifest", "a.appcache"),
    "a calendar with a script": (b"BEGIN:VCALENDAR\n" + SCRIPT, "text/calendar", "a.ics"),
}
RUNS = re.compile(r"html|xml|svg|javascript|ecmascript|flash|java-archive|manifest|octet-stream;")


@pytest.mark.parametrize("kind", POLYGLOTS)
async def test_nothing_of_a_file_runs_on_our_origin(parley: Parley, agent: Client, kind: str) -> None:
    body, claimed, name = POLYGLOTS[kind]
    given = {"Content-Type": claimed or "application/octet-stream", "X-Filename": name}
    status, file = await brought(agent, body, **given)
    assert status == 201
    response, served = await got(agent, f"/api/v1/files/{file['id']}")
    assert response.status == 200 and served == body
    assert not RUNS.search(response.headers["Content-Type"])
    assert "charset" not in response.headers["Content-Type"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    rules = [rule.strip() for rule in response.headers["Content-Security-Policy"].split(";")]
    assert "sandbox" in rules and "default-src 'none'" in rules
    assert not any(rule.startswith(("script-src", "object-src")) for rule in rules)
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    is_shown = response.headers["Content-Disposition"].startswith("inline")
    assert is_shown is response.headers["Content-Type"].startswith("image/"), "all else is only saved"


NAMES = {
    "../../../etc/passwd": "etc passwd",
    "..\\..\\web.config": "web.config",
    "/etc/cron.d/x": "etc cron.d x",
    "invoice\u202egnp.exe": "invoice gnp.exe",
    'a"; filename="b.html': "a ; filename= b.html",
    "a\r\nSet-Cookie: x=1\r\n\r\n<script>": "a Set-Cookie x=1 script",
    "a\0.html": "a .html",
    "…": "…",
    "CON:.txt": "CON .txt",
    "<img src=x onerror=alert(1)>.png": "img src=x onerror=alert(1) .png",
}


@pytest.mark.parametrize("given", NAMES)
async def test_a_name_leads_nowhere_and_adds_no_header(parley: Parley, agent: Client, given: str) -> None:
    status, file = await brought(agent, **{"X-Filename": quote(given, safe="")})
    assert (status, file["name"]) == (201, NAMES[given])
    response, _ = await got(agent, f"/api/v1/files/{file['id']}?save")
    told = response.headers["Content-Disposition"]
    assert "Set-Cookie" not in response.headers
    plain, _, encoded = told.partition("; filename*=UTF-8''")
    assert unquote(encoded) == NAMES[given]
    assert re.fullmatch(r'attachment; filename="[^"\\/\r\n]*"', plain)


PATHS = (
    "/static/../../pyproject.toml",
    "/static/%2e%2e/%2e%2e/pyproject.toml",
    "/static/..%2f..%2fpyproject.toml",
    "/static/..%5c..%5cpyproject.toml",
    "/static/%252e%252e/%252e%252e/pyproject.toml",
    "/static/000000000000/../../../pyproject.toml",
    "/static//etc/passwd",
    "/static/%00",
    "/static/....//....//pyproject.toml",
    "/api/v1/files/..%2f..%2f..%2fetc%2fpasswd",
    "/files/..%2f..%2fetc%2fpasswd/1.x/name",
    "/visitors/webchat/files/..%2f/1.x/..%2f..%2fetc%2fpasswd",
    "/widget/..%2f..%2fpyproject.toml",
    "/studio/..%2f..%2fpyproject.toml",
    "/api/v1/studio/export?x=../../etc/passwd",
)


@pytest.mark.parametrize("path", PATHS)
async def test_no_path_leads_out_of_what_is_served(parley: Parley, agent: Client, path: str) -> None:
    url = URL(f"{parley.url}{path}", encoded=True)
    async with parley.http.get(url, headers=agent.cookie, allow_redirects=False) as answer:
        text = await answer.text()
        assert answer.status in (303, 401, 403, 404)
        assert "root:" not in text and "[project]" not in text
