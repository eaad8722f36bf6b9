"""Passkeys in a real browser, with the authenticator that Chromium has for tests."""

from typing import Any

from playwright.async_api import Browser, Page, expect

from inbox.settings import Settings
from tests.browser.inbox_desk import a_desk
from tests.parley import running_parley

SLOW = 30_000


async def an_authenticator(page: Page) -> tuple[Any, str]:
    """A device that says yes, and knows its holder."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


async def test_a_passkey_is_made_named_used_and_deleted(browser: Browser, settings: Settings) -> None:
    by_name = settings.model_copy(update={"public_url": f"http://localhost:{settings.http_port}"})
    async with running_parley(by_name) as parley, a_desk(browser, parley) as desk:
        page = desk.page
        devtools, device = await an_authenticator(page)
        await page.goto(f"{parley.url}/account")
        await page.get_by_role("button", name="Add a passkey").click()
        passkeys = page.get_by_role("region", name="Passkeys")
        await expect(passkeys.get_by_role("listitem")).to_contain_text("not used yet", timeout=SLOW)
        await passkeys.get_by_role("button", name="Rename").click()
        await page.get_by_role("textbox", name="Name").fill("My laptop")
        await page.keyboard.press("Enter")
        await expect(passkeys.get_by_role("listitem")).to_contain_text("My laptop")
        (kept,) = await parley.store.passkeys.list()

        await page.context.clear_cookies()
        await page.goto(f"{parley.url}/login?next=/account")
        await page.get_by_role("button", name="Use a passkey").click()
        await expect(passkeys.get_by_role("listitem")).to_contain_text("last used", timeout=SLOW)
        (used,) = await parley.store.passkeys.list()
        assert used.sign_count > kept.sign_count

        await passkeys.get_by_role("button", name="Delete My laptop").click()
        await passkeys.get_by_role("button", name="Delete for good?").click()
        await expect(passkeys.get_by_role("listitem")).to_have_count(0)
        await page.context.clear_cookies()
        await page.goto(f"{parley.url}/login")
        await page.get_by_role("button", name="Use a passkey").click()
        await expect(page.get_by_role("alert")).to_contain_text("not one that opens an account", timeout=SLOW)

        await parley.store.passkeys.add(used)  # a clone that has fallen behind: its counter does not grow
        (credential,) = (await devtools.send("WebAuthn.getCredentials", {"authenticatorId": device}))[
            "credentials"
        ]
        await parley.store.passkeys.change(used.id, sign_count=credential["signCount"] + 50)
        async with page.expect_response("**/login/passkey", timeout=SLOW) as answered:
            await page.get_by_role("button", name="Use a passkey").click()
        assert (await answered.value).status == 422
        assert not [one for one in await page.context.cookies() if one["name"] == "parley"]
        desk.complaints.clear()  # the browser notes every refused request
