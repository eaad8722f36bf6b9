"""The reports: what was written and answered, for a time that one chooses, as a page and as a file."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from inbox.app import now
from inbox.model.people import Role
from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.browser.test_axe import found_by_axe
from tests.parley import Parley

OVERLAP = """() => {
    const shown = [...document.querySelectorAll(".column small")]
      .filter((one) => one.textContent && getComputedStyle(one).visibility === "visible")
      .map((one) => {
        const words = document.createRange();
        words.selectNodeContents(one);
        return words.getBoundingClientRect();
      });
    return shown.some((box, place) => place > 0 && box.left < shown[place - 1].right + 4);
}"""


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE], ids=["wide", "phone"])
async def test_what_was_written_is_told_for_the_time_that_is_chosen(
    browser: Browser, parley: Parley, viewport: dict[str, int]
) -> None:
    await a_conversation(parley, "Where is my order?", "I want a person")
    admin = await parley.an_agent("Bea Boss", Role.ADMIN)
    at = (await parley.conversations())[0].id
    await admin.post(f"/conversations/{at}/labels", {"add": ["refund"]})
    await parley.store.tallies.go_on(now() + timedelta(seconds=1), 50)
    async with a_desk(browser, parley, viewport=viewport) as desk:
        page = desk.page
        await page.get_by_role("link", name="Reports").click()
        received = page.get_by_role("listitem").filter(has_text="Messages from customers").locator("b")
        await expect(received).not_to_have_text("0")
        await expect(page.get_by_role("group", name="Channel")).to_contain_text("WhatsApp")
        labels = page.get_by_role("region", name="Labels given").get_by_role("listitem")
        await expect(labels).to_have_text("refund1")
        assert not await page.evaluate(OVERLAP)
        await page.get_by_text("As a table").click()
        await expect(page.get_by_role("group", name="Day").get_by_role("row")).to_have_count(2)
        await page.get_by_role("button", name="7 days").click()
        await expect(page).to_have_url(f"{parley.url}/reports?days=7")
        await expect(page.locator(".column")).to_have_count(7)
        assert await found_by_axe(page) == []
        overflow = "document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth"
        assert await page.evaluate(overflow) <= 0

        await page.get_by_role("button", name="Other days").click()
        await page.get_by_label("From", exact=True).fill("2025-01-01")
        await page.get_by_label("To", exact=True).fill("2025-01-31")
        await page.get_by_role("button", name="Show").click()
        await expect(page).to_have_url(f"{parley.url}/reports?since=2025-01-01&until=2025-01-31")
        await expect(received).to_have_text("0")
        await page.go_back()
        await expect(page.locator(".column")).to_have_count(7)
        async with page.expect_download() as download:
            await page.locator("#days").get_by_role("link", name="CSV").click()
        text = (await (await download.value).path()).read_text(encoding="utf-8-sig")
        assert text.startswith("id,name,received,bot,agents")
        assert desk.complaints == []
