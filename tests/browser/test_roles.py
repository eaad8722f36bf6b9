"""Roles and the audit log in the settings, with a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, expect

from inbox.model.people import Role
from tests.browser.inbox_desk import a_desk
from tests.parley import ADMIN_PASSWORD, Parley


@asynccontextmanager
async def a_page(browser: Browser, parley: Parley) -> AsyncIterator[Page]:
    """The page on which the auditor finds herself after signing in."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{parley.url}/login")
    await page.get_by_label("Email").fill("olga.auditor@example.com")
    await page.get_by_label("Password").fill(ADMIN_PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{parley.url}/settings/audit")
    try:
        yield page
    finally:
        await context.close()


async def test_a_role_is_made_and_given_and_the_auditor_sees_it(browser: Browser, parley: Parley) -> None:
    await parley.a_user("Marco Rossi")
    await parley.a_user("Olga Auditor", Role.AUDITOR)
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/roles")
        await page.get_by_role("button", name="New role").click()
        form = page.get_by_role("form", name="New role")
        await form.get_by_label("Name").fill("Night clerk")
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_role("alert")).to_have_text("A role needs a permission.")
        await form.get_by_label("Read conversations").check()
        await form.get_by_role("button", name="Save").click()
        await expect(page.locator("#roles li", has_text="Night clerk").first).to_contain_text("0 people")
        await page.get_by_label("Role of Marco Rossi").select_option("Night clerk")
        await expect(page.locator("#roles li", has_text="Night clerk").first).to_contain_text("1 person")
        await page.get_by_label("Role of Admin").select_option("Agent")
        await expect(page.get_by_text("Nobody would be left who is an admin.")).to_be_visible()
        desk.complaints.clear()  # the browser notes every refused request

    async with a_page(browser, parley) as page:
        log = page.get_by_role("region", name="Audit log")
        await expect(log.get_by_role("listitem").filter(has_text="user changed").first).to_be_visible()
        await log.get_by_label("What").select_option("role")
        await expect(log.get_by_role("listitem")).to_have_count(1)
        await log.get_by_text("Details").click()
        await expect(log.locator(".changes").get_by_text("Night clerk")).to_be_visible()
        await log.get_by_role("button", name="Is it whole?").click()
        await expect(log.get_by_role("status")).to_contain_text("Whole: ")
