"""Saved replies: written in the settings, used by a slash."""

from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import Parley


async def test_a_reply_is_written_once_and_used_by_its_shortcut(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "I want my money back")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await desk.open("Ada")
        await desk.take_over()
        await desk.field.press_sequentially("/ref")
        await expect(page.get_by_text("There are no saved replies")).to_be_visible()
        await desk.field.fill("x" * 8003)
        await expect(page.get_by_text("3 characters too many")).to_be_visible()
        await expect(page.get_by_role("button", name="Send", exact=False).first).to_be_disabled()
        await desk.field.fill("/nothing")
        await page.get_by_role("link", name="Write one").click()
        await expect(page).to_have_url(f"{parley.url}/settings/replies")
        await page.get_by_role("button", name="New reply").click()
        form = page.get_by_role("form", name="New reply")
        await form.get_by_label("Shortcut").fill("refund")
        await form.get_by_label("Title").fill("How refunds work")
        await form.get_by_label("Text", exact=True).fill("{{ contact.nme }}")
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_role("alert")).to_contain_text("There is no nme here")
        await form.get_by_label("Text", exact=True).fill("Dear {{ contact.first_name }}, it takes five days.")
        await form.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("/refund", exact=True)).to_be_visible()

        await page.goto(f"{parley.url}/")
        await desk.open("Ada")
        await expect(desk.field).to_have_value("/nothing")
        await desk.field.fill("")
        await desk.field.press_sequentially("/nothing")
        await expect(page.get_by_text("No saved reply is called “/nothing”.")).to_be_visible()
        await desk.field.press("Escape")
        await expect(page.get_by_text("No saved reply is called")).to_have_count(0)
        await desk.field.fill("")
        await desk.field.press_sequentially("Good morning. /ref")
        await expect(page.get_by_role("option", name="How refunds work")).to_be_visible()
        await desk.field.press("Enter")
        await expect(desk.field).to_have_value("Good morning. Dear Ada, it takes five days.")
        await desk.field.press_sequentially(" See https://example.com/refund")
        await expect(page.get_by_role("listbox", name="Saved replies")).to_have_count(0)
