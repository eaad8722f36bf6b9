"""Single sign-on in a real browser: set up in the settings, then used; the provider is another site."""

import html
from ipaddress import ip_network
from typing import Any

from playwright.async_api import Browser, Page, Route, expect

from inbox.settings import Settings
from tests.browser.inbox_desk import a_desk
from tests.browser.test_axe import found_by_axe
from tests.openid import an_openid_provider
from tests.parley import ADMIN_EMAIL, ADMIN_PASSWORD, Parley, running_parley
from tests.saml import IdentityProvider, asked_in, form_of

SLOW = 30_000
ANNA: dict[str, Any] = {
    "sub": "anna",
    "email": "anna@bank.example",
    "email_verified": True,
    "name": "Anna Neri",
    "groups": ["Everyone", "Desk leads"],
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
        await form.get_by_role("button", name="Add a group").click()
        await form.get_by_label("Group, as the provider calls it").fill("Desk leads")
        await form.get_by_label("Role", exact=True).select_option("supervisor")
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
        assert (anna.name, anna.role) == ("Anna Neri", "supervisor")
        await desk_signs_in_anew(parley, page)
        await saml_is_set_up_and_lets_her_in(browser, parley, page)


async def desk_signs_in_anew(parley: Parley, page: Page) -> None:
    """The admin is back, and sees the settings."""
    await page.context.clear_cookies()
    await page.goto(f"{parley.url}/login?next=/settings/single-sign-on")
    await page.get_by_label("Email").fill(ADMIN_EMAIL)
    await page.get_by_label("Password").fill(ADMIN_PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def saml_is_set_up_and_lets_her_in(browser: Browser, parley: Parley, page: Page) -> None:
    """By a form of another site: Chromium sends no cookie of ours with it, and does with what follows."""
    provider = IdentityProvider()
    form = page.get_by_role("form", name="SAML 2.0")
    await form.get_by_label("metadata themselves").fill(provider.metadata())
    await form.get_by_label("What the button says").fill("Other Bank")
    await form.get_by_label("Domains that may sign in").fill("bank.example")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text(provider.issuer, timeout=SLOW)
    assert await found_by_axe(page) == []

    async def answer(route: Route) -> None:
        ours = (f"{parley.url}/login/saml/metadata", f"{parley.url}/login/saml/back")
        said = provider.answer(ours, parley.parts.clock(), asked=asked_in(route.request.url).get("ID"))
        value = html.escape(form_of(said)["SAMLResponse"])
        posts = (
            f'<form method="post" action="{ours[1]}"><input name="SAMLResponse" value="{value}"><button>Go'
        )
        await route.fulfill(content_type="text/html", body=posts)

    anna = await browser.new_context(locale="en-GB")
    await anna.route(f"{provider.address}**", answer)
    hers = await anna.new_page()
    await hers.goto(f"{parley.url}/login?next=/account")
    await hers.get_by_role("link", name="Single sign-on: Other Bank").click()
    await hers.get_by_role("button", name="Go").click()
    await hers.wait_for_url(f"{parley.url}/account", timeout=SLOW)
    await expect(hers.get_by_role("heading", level=1)).to_be_visible()
    await anna.close()
