"""Web chat for people who are known, against the real server: asked first, logged in, asked how it was."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, expect

from inbox.actions import converse
from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.model.people import PERMISSIONS, Principal, Role
from tests.browser.test_widget_chat import chat_of, said, write
from tests.parley import Parley, until

SECRET = "shared with the site"
MARCO = Principal(id="marco", name="Marco", permissions=PERMISSIONS[Role.AGENT])
PAGE = """<!doctype html><html lang="en"><title>Shop</title>
<meta name="viewport" content="width=device-width">
<h1>A shop</h1><script src="{parley}/widget.js" data-channel="{channel}" {identity} async></script>"""


def signed(user_id: str, **more: str) -> dict[str, str]:
    proof = hmac.new(SECRET.encode(), user_id.encode(), hashlib.sha256).hexdigest()
    return {"id": user_id, "hash": proof, **more}


@pytest.fixture
async def shop(parley: Parley, aiohttp_server: Any) -> Any:
    """A site of another origin with the chat on it; `?user=` logs somebody in. Its address."""

    async def opening(**settings: str) -> str:
        kept = {"store": parley.store, "vault": parley.parts.vault, "clock": now}
        await add_channel("webchat", "shop", settings={"identity_secret": SECRET, **settings}, **kept)

        async def page(request: web.Request) -> web.Response:
            user = request.query.get("user")
            identity = f"data-identity='{json.dumps(signed(user, name=user.title()))}'" if user else ""
            text = PAGE.format(parley=parley.url, channel="shop", identity=identity)
            return web.Response(text=text, content_type="text/html")

        app = web.Application()
        app.router.add_get("/", page)
        server = await aiohttp_server(app)
        return f"http://localhost:{server.port}/"

    return opening


@pytest.fixture
async def visitor(browser: Browser) -> Any:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(10_000)
    yield context
    await context.close()


async def open_chat(context: BrowserContext, url: str) -> tuple[Page, FrameLocator]:
    page = await context.new_page()
    await page.goto(url)
    launcher = page.locator("#parley-chat .launcher")
    if await launcher.get_attribute("aria-expanded") != "true":
        await launcher.click()
    await expect(chat_of(page).locator("#log")).to_have_attribute("aria-busy", "false")
    return page, chat_of(page)


async def test_name_and_address_are_asked_before_the_first_message(
    parley: Parley, shop: Any, visitor: BrowserContext
) -> None:
    url = await shop(ask="name email?")
    page, chat = await open_chat(visitor, url)
    await expect(chat.locator("#input")).to_be_hidden()
    await chat.get_by_role("button", name="Start the chat").click()
    await expect(chat.locator("#input")).to_be_hidden()  # the name is missing
    await chat.get_by_label("Your name").fill("Ada")
    await chat.get_by_label("Email").fill("ada@example.com")
    await chat.get_by_role("button", name="Start the chat").click()
    await write(chat, "Hello")
    await expect(said(chat, "us")).to_have_text(["You said: Hello"])
    await page.reload()
    await expect(chat_of(page).get_by_label("Your name")).to_have_count(0)
    (conversation,) = await parley.conversations()
    contact = await parley.store.contacts.get(conversation.contact_id)
    assert (contact.name, contact.attributes) == ("Ada", {"email": "ada@example.com"})


async def test_a_login_takes_the_talk_along_and_a_logout_leaves_nothing(
    parley: Parley, shop: Any, visitor: BrowserContext
) -> None:
    url = await shop()
    page, chat = await open_chat(visitor, url)
    await write(chat, "Before the login")
    await expect(said(chat, "us")).to_have_count(1)
    await page.goto(f"{url}?user=ada")
    await expect(said(chat_of(page))).to_have_text(["Before the login"])
    await write(chat_of(page), "After it")
    await expect(said(chat_of(page), "us")).to_have_count(2)
    await page.evaluate("Parley.reset()")
    await page.goto(url)
    _, chat = await open_chat(visitor, url)
    await expect(said(chat)).to_have_count(0)
    _, elsewhere = await open_chat(visitor, f"{url}?user=ada")
    await expect(said(elsewhere)).to_have_text(["Before the login", "After it"])


async def test_a_script_of_the_page_may_say_who_it_is_later(shop: Any, visitor: BrowserContext) -> None:
    url = await shop()
    page, chat = await open_chat(visitor, f"{url}?user=ada")
    await write(chat, "I am Ada")
    await expect(said(chat)).to_have_text(["I am Ada"])
    await page.evaluate("who => Parley.identify(who)", signed("bob"))
    await expect(said(chat)).to_have_count(0)
    await page.evaluate("who => Parley.identify(who)", {"id": "ada", "hash": "made up"})
    await expect(chat.locator("#banner")).to_contain_text("not available")


async def test_outside_the_hours_it_says_so_and_takes_an_address(shop: Any, visitor: BrowserContext) -> None:
    _, chat = await open_chat(visitor, await shop(hours="off"))
    await expect(chat.get_by_label("Email")).to_be_visible()
    await expect(chat.locator("#input")).to_be_visible()  # one may write without it


async def test_once_it_is_closed_it_asks_how_it_was(
    parley: Parley, shop: Any, visitor: BrowserContext
) -> None:
    _, chat = await open_chat(visitor, await shop())
    await write(chat, "Hello")
    await expect(said(chat, "us")).to_have_count(1)
    (conversation,) = await parley.conversations()
    await expect(chat.get_by_text("How was it?")).to_be_hidden()
    await converse.resolve(parley.parts.desk, conversation.id, MARCO)
    await chat.get_by_label("4 of 5").check()
    await chat.get_by_label("Would you like to say why?").fill("Quick")
    await chat.locator("#rating").get_by_role("button", name="Send").click()
    await expect(chat.get_by_text("Thank you!")).to_be_visible()

    async def rated() -> Any:
        return (await parley.store.conversations.get(conversation.id)).rating

    rating = await until(rated)
    assert (rating.score, rating.comment) == (4, "Quick")
