"""Static files: packed, kept by browsers under their version, and nothing else of the disk."""

import pytest

from inbox.http.files import STATIC, asset, version
from tests.parley import Parley

SCRIPT = "inbox/main.js"


async def test_a_script_goes_packed_and_is_kept_for_a_year(parley: Parley) -> None:
    async with parley.http.get(f"{parley.url}{asset(SCRIPT)}") as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert await answer.read() == (STATIC / SCRIPT).read_bytes()


async def test_a_browser_that_cannot_unpack_gets_it_plain(parley: Parley) -> None:
    headers = {"Accept-Encoding": "identity"}
    async with parley.http.get(f"{parley.url}{asset(SCRIPT)}", headers=headers) as answer:
        assert "Content-Encoding" not in answer.headers
        assert await answer.read() == (STATIC / SCRIPT).read_bytes()


async def test_an_old_version_is_served_but_not_kept(parley: Parley) -> None:
    async with parley.http.get(f"{parley.url}/static/0123456789ab/{SCRIPT}") as answer:
        assert answer.status == 200 and answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["../templates/login.html", "%2e%2e/templates/login.html", "..%2f..%2fREADME.md"]
)
async def test_nothing_outside_the_folder_is_served(parley: Parley, path: str) -> None:
    for base in ("/static", f"/static/{version()}"):
        async with parley.http.get(f"{parley.url}{base}/{path}") as answer:
            assert answer.status == 404
