"""One's account: what somebody does there to be safe, with a real browser."""

from playwright.async_api import Browser, expect

from inbox.actions.people import open_session
from inbox.app import now
from tests.browser.inbox_desk import a_desk
from tests.parley import ADMIN_EMAIL, ADMIN_PASSWORD, Parley


async def test_a_lost_device_is_signed_out_and_the_password_changed(browser: Browser, parley: Parley) -> None:
    user = await parley.store.users.first({"email": ADMIN_EMAIL})
    await open_session(user, store=parley.store, clock=now, device="Firefox on Windows")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.get_by_role("button", name="Admin: preferences").click()
        await page.get_by_role("menuitem", name="Your account").click()
        sessions = page.get_by_role("region", name="Where you are signed in")
        await expect(sessions.get_by_role("listitem")).to_have_count(2)
        await expect(sessions.get_by_role("listitem").filter(has_text="This one")).to_contain_text("on Linux")
        await sessions.get_by_role("button", name="End the session: Firefox on Windows").click()
        await expect(sessions.get_by_role("listitem")).to_have_count(1)

        await page.get_by_role("button", name="Change password").click()
        form = page.get_by_role("form", name="Change password")
        await form.get_by_label("Present password").fill("not this one")
        await form.get_by_label("New password").fill("a quiet yellow harbour")
        await form.get_by_role("button", name="Change password").click()
        await expect(form.get_by_role("alert")).to_have_text("The present password is wrong.")
        await form.get_by_label("Present password").fill(ADMIN_PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Your password is changed")).to_be_visible()
        desk.complaints.clear()  # the browser notes every refused request
