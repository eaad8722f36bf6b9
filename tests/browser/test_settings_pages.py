"""The settings: a page for each thing, found on the side, and on a phone one or the other."""

import pytest
from playwright.async_api import Browser, Dialog, expect

from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.browser.test_axe import WIDE, found_by_axe
from tests.parley import Parley


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)], ids=["wide", "phone"])
async def test_every_page_is_reached_and_nothing_serious_is_found(
    browser: Browser, parley: Parley, scheme: str, viewport: dict[str, int]
) -> None:
    options = {"viewport": viewport, "color_scheme": scheme, "reduced_motion": "reduce"}
    async with a_desk(browser, parley, **options) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings")
        links = page.get_by_role("navigation", name="Settings").get_by_role("link")
        await expect(links.first).to_be_visible()
        found: list[str] = []
        for at in [await link.get_attribute("href") for link in await links.all()]:
            assert at
            await page.goto(f"{parley.url}/settings", wait_until="networkidle")
            await page.locator(f'.places a[href="{at}"]').click()
            await expect(page).to_have_url(f"{parley.url}{at}")
            await expect(page.locator("main.admin section h2")).to_be_visible()
            await expect(page.get_by_text("Loading…")).to_have_count(0)
            found += [f"{at}: {one}" for one in await found_by_axe(page)]
        assert found == []


async def test_back_goes_to_the_page_before_and_what_is_not_there_is_told(
    browser: Browser, parley: Parley
) -> None:
    async with a_desk(browser, parley, viewport=PHONE) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings")
        await page.get_by_role("link", name="Teams").click()
        await expect(page.get_by_role("button", name="New team")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_role("link", name="Teams")).to_be_visible()
        await page.goto(f"{parley.url}/settings/nothing")
        await expect(page.get_by_text("There is no such page in the settings")).to_be_visible()
        await page.locator(".upwards").click()
        await expect(page.get_by_role("link", name="Channels")).to_be_visible()


async def test_first_steps_lead_to_the_settings_and_what_is_not_saved_there_is_not_left_unasked(
    browser: Browser, parley: Parley
) -> None:
    async with a_desk(browser, parley) as desk:
        page = desk.page
        asked: list[str] = []
        answers = [False, True, True]

        async def answer(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await (dialog.accept() if answers.pop(0) else dialog.dismiss())

        page.on("dialog", answer)
        first = page.get_by_role("region", name="Nobody has written yet")
        await expect(first.get_by_role("link")).to_have_count(5)
        assert await found_by_axe(page) == []
        await first.get_by_role("link", name="Make a team").click()
        await page.get_by_role("button", name="New team").click()
        form = page.get_by_role("form", name="New team")
        await form.get_by_label("Name", exact=True).fill("Returns")
        await page.get_by_role("link", name="Macros").click()
        await expect(form.get_by_label("Name", exact=True)).to_have_value("Returns")
        await page.get_by_role("link", name="Macros").click()
        await expect(page).to_have_url(f"{parley.url}/settings/macros")
        await page.get_by_role("link", name="Teams").click()
        await page.get_by_role("button", name="New team").click()
        await form.get_by_label("Name", exact=True).fill("Returns")
        await page.goto(f"{parley.url}/settings/macros")
        assert asked == ["confirm", "confirm", "beforeunload"]
        await page.goto(f"{parley.url}/settings/teams")
        await page.get_by_role("button", name="New team").click()
        await form.get_by_label("Name", exact=True).fill("Returns")
        await form.get_by_role("button", name="Save").click()
        await expect(form).to_have_count(0)
        await page.get_by_role("link", name="Macros").click()
        await expect(page).to_have_url(f"{parley.url}/settings/macros")
        assert len(asked) == 3
        await a_conversation(parley, "Hello")
        await page.goto(parley.url)
        await expect(page.get_by_text("Pick a conversation")).to_be_visible()
        await expect(first).to_have_count(0)
