"""Channels in the settings: added by a form that asks the provider first, tried, switched, removed."""

from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import a_desk
from tests.parley import Parley


async def test_a_channel_is_added_tried_changed_and_removed(browser: Browser, parley: Parley) -> None:
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/channels")
        await page.get_by_role("button", name="Add a channel").click()
        await page.get_by_role("menuitem", name="SMS by Twilio").click()
        form = page.get_by_role("form", name="New channel: SMS by Twilio")
        await form.get_by_label("Name", exact=True).fill("Support SMS")
        await form.get_by_label("Account sid").fill("AC" + "0" * 32)
        await form.get_by_label("Auth token").fill("a secret token")
        await form.get_by_text("More settings").click()
        await form.get_by_label("From").fill("+15550100")
        await form.get_by_label("API base").fill("http://127.0.0.1:9")
        await form.get_by_role("button", name="Add").click()
        await expect(form.get_by_role("alert")).to_be_visible()  # the provider cannot be asked
        await form.get_by_label("Ask the provider").uncheck()
        await form.get_by_role("button", name="Add").click()
        card = page.locator(".cards li", has_text="Support SMS")
        await expect(card).to_contain_text("/hooks/twilio")
        await expect(card.locator('svg[data-medium="SMS"] path')).to_be_attached()  # SMS, whoever provides it

        await card.get_by_role("button", name="Settings").click()
        form = page.get_by_role("form", name="Settings of Support SMS")
        await expect(form.get_by_label("Auth token")).to_have_value("")
        assert "a secret token" not in await page.content()
        await form.get_by_label("Name", exact=True).fill("Sales SMS")
        await form.get_by_label("Ask the provider").uncheck()
        await form.get_by_role("button", name="Save").click()
        card = page.locator(".cards li", has_text="Sales SMS")
        await expect(card).to_be_visible()
        kept = await parley.parts.store.channels.get("twilio")
        assert parley.parts.vault.open_all(kept.settings)["auth_token"] == "a secret token"

        await card.get_by_role("button", name="More about").click()
        await page.get_by_role("menuitem", name="Switch off").click()
        await expect(card).to_contain_text("Off")
        await card.get_by_role("button", name="More about").click()
        await page.get_by_role("menuitem", name="Remove").click()
        await card.get_by_role("button", name="Remove", exact=True).click()
        await expect(card).to_have_count(0)


async def test_a_channel_in_rehearsal_is_checked_and_sends_a_test(browser: Browser, parley: Parley) -> None:
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings")
        card = page.locator(".cards li", has_text="WhatsApp")
        await card.get_by_role("button", name="Check").click()
        await expect(page.locator(".toast").first).to_contain_text("WhatsApp:")
        await card.get_by_role("button", name="Send a test").click()
        await card.get_by_label("To").fill("+15550001111")
        await card.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator(".toast", has_text="Sent to +15550001111")).to_be_visible()
