"""Webhooks in the settings: made with a secret that is shown once, tried, and told again."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import a_desk
from tests.browser.test_axe import found_by_axe
from tests.parley import Parley, running_parley, settings_for

HERE = "127.0.0.2"


@pytest.fixture
async def hearing() -> AsyncIterator[tuple[str, list[str]]]:
    """Another program: its address, and the ids of what it was told."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.headers["webhook-id"])
        return web.Response(status=500 if len(heard) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hear", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HERE, 0).start()
    yield f"http://{HERE}:{runner.addresses[0][1]}/hear", heard
    await runner.cleanup()


@pytest.fixture
async def parley(mongodb: str, tmp_path: Path) -> AsyncIterator[Parley]:
    """A Parley that may call one address of this machine."""
    inside = (ip_network(f"{HERE}/32"),)
    async with running_parley(settings_for(mongodb, tmp_path, private_networks=inside)) as parley:
        yield parley


async def test_a_webhook_is_made_tried_and_told_again(
    browser: Browser, parley: Parley, hearing: tuple[str, list[str]]
) -> None:
    url, heard = hearing
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/webhooks")
        part = page.locator("#webhooks")
        await part.get_by_role("button", name="New webhook").click()
        form = page.get_by_role("form", name="New webhook")
        await form.get_by_label("Address").fill("http://169.254.169.254/")
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_role("alert")).to_contain_text("may not be called")
        await form.get_by_label("Address").fill(url)
        await form.get_by_label("note.created").check()
        await form.get_by_role("button", name="Save").click()
        await expect(part.get_by_text("whsec_")).to_be_visible()
        await part.get_by_role("button", name="I have it").click()
        await expect(part.get_by_text("whsec_")).to_have_count(0)
        await part.get_by_role("button", name=f"Test {url}").click()
        await part.get_by_role("button", name=f"Deliveries to {url}").click()
        row = part.locator(".tried li")
        await expect(row.first).to_be_visible()
        while not await row.first.get_by_text("It answered 500").count():
            await part.get_by_role("button", name="Look again").click()
        await part.get_by_role("button", name="Tell again: ping").click()
        while not await row.get_by_text("delivered", exact=True).count():
            await part.get_by_role("button", name="Look again").click()
        assert len(set(heard)) == 1
        assert await found_by_axe(page) == []
