"""Campaigns: written, counted, tried, sent and looked at, and an answer in the inbox."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from inbox.model.people import Role
from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.browser.test_axe import found_by_axe
from tests.parley import Parley, answer


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE], ids=["wide", "phone"])
async def test_a_campaign_is_written_counted_sent_and_its_results_are_shown(
    browser: Browser, parley: Parley, viewport: dict[str, int]
) -> None:
    parley.bot.script = lambda turn: answer("Hello!")
    found = await a_conversation(parley, "Hello")
    admin = await parley.an_agent("Campaign Admin", Role.ADMIN)
    consent = {"granted": True, "purpose": "marketing", "words": "Yes, send me offers."}
    status, _ = await admin.call("POST", f"/conversations/{found.id}/consent", consent)
    assert status == 200
    await admin.call("PUT", f"/channels/{found.channel_id}/quiet_hours", {"quiet_hours": "off"})
    async with a_desk(browser, parley, viewport=viewport) as desk:
        page = desk.page
        await page.get_by_role("link", name="Campaigns").click()
        await expect(page.get_by_text("No campaigns yet")).to_be_visible()
        assert await found_by_axe(page) == []
        await page.get_by_role("button", name="New campaign").click()
        form = page.get_by_role("form", name="Campaign")
        await form.get_by_label("Name").fill("Spring")
        await form.get_by_role("combobox", name="Channel").select_option(found.channel_id)
        await form.get_by_role("radio", name="A list of numbers").check()
        await form.get_by_label("Numbers, one on each line").fill("name,phone\nAda,+15550001111")
        await form.get_by_role("textbox", name="Text", exact=True).fill("{% for x in y %}")
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_role("alert")).to_be_visible()
        await form.get_by_role("textbox", name="Text", exact=True).fill(
            "Hi {{ contact.first_name }}, spring is here."
        )
        await form.get_by_role("button", name="Save").click()
        check = page.get_by_role("region", name="Before it starts")
        await expect(check.get_by_role("status")).to_contain_text("1 of 1 contact gets it")
        await expect(check).to_contain_text("Hi Ada, spring is here.")
        assert await found_by_axe(page) == []
        overflow = "document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth"
        assert await page.evaluate(overflow) <= 0
        await check.get_by_role("button", name="Start now").click()
        await check.get_by_role("button", name="Send it to 1 customer?").click()
        await expect(page.get_by_text("Finished", exact=True)).to_be_visible(timeout=30_000)
        await expect(page.get_by_role("listitem").filter(has_text="Said").locator("b")).to_have_text("1")
        assert await found_by_axe(page) == []
        assert await page.evaluate(overflow) <= 0
        await page.get_by_role("link", name="Campaigns").first.click()
        await expect(page.locator(".campaignrow")).to_contain_text("Said to 1 customer")

        later = {
            "name": "Later",
            "channel_id": found.channel_id,
            "text": "Hi",
            "contact_ids": [found.contact_id],
        }
        _, made = await admin.call("POST", "/campaigns", later)
        await admin.call(
            "POST",
            f"/campaigns/{made['id']}/start",
            {"at": (parley.parts.clock() + timedelta(days=9)).isoformat()},
        )
        await admin.call("POST", f"/campaigns/{made['id']}/pause", {})
        await page.goto(f"{parley.url}/campaigns?c={made['id']}")
        await expect(page.get_by_text("Paused", exact=True)).to_be_visible()
        await expect(page.get_by_text("Begins")).to_be_visible()
        await expect(page.get_by_role("region", name="Progress")).to_have_count(0)
