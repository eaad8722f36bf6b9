"""An admin's pages: invitations, programs' keys, how long what is kept, quiet hours; with a real browser."""

from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import PHONE, a_desk
from tests.browser.test_axe import found_by_axe
from tests.parley import Parley

GOOD = "wobbly giraffes hum at dusk"


async def test_somebody_is_invited_and_makes_their_account(browser: Browser, parley: Parley) -> None:
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/invitations")
        await page.get_by_role("button", name="Invite somebody").click()
        form = page.get_by_role("form", name="Invite somebody")
        await form.get_by_label("Email").fill("nina.neri@example.com")
        await form.get_by_label("Role").select_option("Supervisor")
        await form.get_by_role("button", name="Make the link").click()
        link = await page.get_by_label("To be copied").input_value()
        assert await found_by_axe(page) == []

        stranger = await browser.new_context(viewport=PHONE, color_scheme="dark", locale="it-IT")
        theirs = await stranger.new_page()
        await theirs.goto(link)
        await theirs.get_by_label("Il tuo nome").fill("Nina Neri")
        await theirs.get_by_label("Password").fill("password1234")
        await theirs.keyboard.press("Enter")
        await expect(theirs.get_by_role("alert")).to_be_visible()
        assert await found_by_axe(theirs) == []
        await theirs.get_by_label("Password").fill(GOOD)
        await theirs.get_by_role("button", name="Crea il mio account").click()
        await expect(theirs).to_have_url(f"{parley.url}/")
        await theirs.goto(link)
        await expect(theirs.get_by_text("Questo invito è già stato usato.")).to_be_visible()
        await stranger.close()

        invitations = page.get_by_role("region", name="Invitations")
        await invitations.get_by_role("button", name="Reload").click()
        await expect(invitations.get_by_role("listitem")).to_contain_text("nina.neri@example.com used")


async def test_keys_retention_and_quiet_hours_are_set_on_a_phone(browser: Browser, parley: Parley) -> None:
    async with a_desk(browser, parley, viewport=PHONE, color_scheme="dark") as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/tokens")
        await page.get_by_role("button", name="New key").click()
        form = page.get_by_role("form", name="New key")
        await form.get_by_label("Name of the program").fill("Reports")
        await form.get_by_label("Read the audit log").check()
        await form.get_by_role("button", name="Make the key").click()
        assert (await page.get_by_label("To be copied").input_value()).startswith("parley_")
        keys = page.get_by_role("region", name="Programs’ keys")
        await expect(keys.get_by_role("listitem")).to_contain_text("never used")

        await page.goto(f"{parley.url}/settings/retention")
        kept = page.get_by_role("region", name="How long conversations are kept")
        await kept.get_by_role("button", name="New rule").click()
        await kept.get_by_label("Days without anything new").fill("30")
        await kept.locator("select").select_option("WhatsApp")
        await expect(kept.get_by_text("It would delete nothing now.")).to_be_visible()
        await kept.get_by_role("button", name="Save").click()
        await expect(kept.get_by_text("Deleted after 30 days")).to_be_visible()

        await page.goto(f"{parley.url}/settings/quiet-hours")
        quiet = page.get_by_role("form", name="Quiet hours of WhatsApp")
        await quiet.get_by_label("until").fill("09:30")
        await quiet.get_by_role("button", name="Save").click()
        await expect(quiet.get_by_role("button", name="Save")).to_be_disabled()
        channel = await parley.store.channels.get("whatsapp")
        assert channel and channel.quiet_hours == "21:00-09:30"
        assert await found_by_axe(page) == []
