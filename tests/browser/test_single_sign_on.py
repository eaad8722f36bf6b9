"""Single sign-on in a real browser: set up in the settings, then used; the provider is another site."""

from ipaddress import ip_network
from typing import Any

from playwright.async_api import Browser, expect

from inbox.settings import Settings
from tests.browser.inbox_desk import a_desk
from tests.browser.test_axe import found_by_axe
from tests.openid import an_openid_provider
from tests.parley import running_parley

SLOW = 30_000
ANNA: dict[str, Any] = {
    "sub": "anna",
    "email": "anna@bank.example",
    "email_verified": True,
    "name": "Anna Neri",
}


async def test_it_is_set_up_in_the_settings_and_lets_somebody_new_in(
    browser: Browser, settings: Settings
) -> None:
    ours = {
        "public_url": f"http://localhost:{settings.http_port}",
        "private_networks": (ip_network("127.0.0.1/32"),),
    }
    async with (
        an_openid_provider([ANNA]) as issuer,
        running_parley(settings.model_copy(update=ours)) as parley,
        a_desk(browser, parley) as desk,
    ):
        page = desk.page
        await page.goto(f"{parley.url}/settings/single-sign-on")
        form = page.get_by_role("form", name="Single sign-on")
        await expect(form).to_contain_text(f"http://localhost:{settings.http_port}/login/sso/back")
        await form.get_by_label("Issuer").fill("http://127.0.0.1:1")
        await form.get_by_label("What the button says").fill("Example Bank")
        await form.get_by_label("Client id").fill("parley")
        await form.get_by_label("Client secret").fill("a secret")
        await form.get_by_label("Domains that may sign in").fill("bank.example")
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_role("alert")).to_contain_text("was not reached", timeout=SLOW)
        await form.get_by_label("Issuer").fill(issuer)
        await form.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("your provider has answered")).to_be_visible(timeout=SLOW)
        await expect(form.get_by_label("Client secret")).to_have_value("")
        assert await found_by_axe(page) == []

        await page.context.clear_cookies()
        await page.goto(f"{parley.url}/login?next=/account")
        assert await found_by_axe(page) == []
        await page.get_by_role("link", name="Single sign-on: Example Bank").click()
        await page.get_by_role("button", name="anna", exact=True).click()
        await page.wait_for_url(f"{parley.url}/account", timeout=SLOW)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        (anna,) = await parley.store.users.list({"email": ANNA["email"]})
        assert (anna.name, anna.role) == ("Anna Neri", "agent")
