"""The phone in a real browser: typed, ticked, tapped."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from connectors.content import Option, Options, Text
from connectors.contract import Outbound
from connectors.events import Identity, IdentityKind
from rehearsal.sms.stand_in import Message
from rehearsal.stand_in import Channel
from tests.rehearsal.conftest import Rehearsal

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@pytest.fixture
async def page(rehearsal: Rehearsal) -> AsyncIterator[Page]:
    problems: list[str] = []
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        await page.goto(rehearsal.url)
        yield page
        await browser.close()
    assert problems == []


async def test_a_customer_writes_and_answers_with_the_keyboard_alone(
    rehearsal: Rehearsal, page: Page
) -> None:
    await page.get_by_label("Message", exact=True).fill("<b>Where</b> is my order?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_title("The inbox has it")).to_be_visible()
    await expect(page.locator(".mine .text")).to_have_text("<b>Where</b> is my order?")

    to = (Identity(IdentityKind.PHONE, f"+{rehearsal.giulia}"),)
    asked = Options("Did you get it?", [Option("Yes", "/yes"), Option("No", "/no")])
    connector = rehearsal.connector
    first = rehearsal.stand_in.phones.of(rehearsal.giulia)[0]
    await connector.mark_read(first.id, account=None, typing=True)
    await expect(page.get_by_label("The business is typing")).to_be_visible()
    await connector.send(Outbound(message_id="m1", to=to, content=asked))
    await expect(page.get_by_label("The business is typing")).to_be_hidden()
    await expect(page.get_by_title("Read", exact=True)).to_be_visible()

    await page.get_by_role("button", name="No", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="No", exact=True)).to_be_disabled()
    await expect(page.get_by_role("button", name="Yes", exact=True)).to_be_disabled()
    await rehearsal.until(lambda: any(b"button_reply" in taken[0] for taken in rehearsal.inbox.taken))


async def test_another_customer_has_another_phone(rehearsal: Rehearsal, page: Page) -> None:
    await page.get_by_role("button", name="New customer").click()
    await expect(page.get_by_text("Write something, as a customer would.")).to_be_visible()
    stranger = list(rehearsal.stand_in.phones.customers)[-1]
    to = (Identity(IdentityKind.PHONE, f"+{rehearsal.giulia}"),)
    rehearsal.write()
    await rehearsal.connector.send(Outbound(message_id="m1", to=to, content=Text("For Giulia")))
    await expect(page.get_by_text("Write something")).to_be_visible()
    await page.get_by_label("Which customer’s phone").select_option(rehearsal.giulia)
    await expect(page.get_by_text("For Giulia")).to_be_visible()
    assert stranger != rehearsal.giulia


async def test_trouble_is_a_switch(rehearsal: Rehearsal, page: Page) -> None:
    await page.get_by_text("Trouble", exact=True).click()
    await page.get_by_label("Deliver every webhook twice").check()
    await expect(page.get_by_text("1 on")).to_be_visible()
    assert rehearsal.stand_in.trouble.duplicate
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert await page.evaluate(fits)


async def test_an_sms_phone_shows_what_short_messages_can_show(rehearsal: Rehearsal, page: Page) -> None:
    settings = {"account_sid": "AC1", "auth_token": "hush", "from": "+15550100200"}
    stand_in = rehearsal.stand_in.stage.add(  # type: ignore[attr-defined]
        Channel(id="sms", kind="twilio", name="Texts", settings=settings)
    )
    await page.get_by_role("button", name="Texts").click()
    await page.get_by_label("Message", exact=True).fill("ж" * 71)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("2 segments")).to_be_visible()
    stand_in.take(Message("+16505550101", "Your order is on its way."))
    await expect(page.get_by_text("Your order is on its way.")).to_be_visible()
    await expect(page.get_by_role("button", name="Reply to this message")).to_have_count(0)
    await page.get_by_label("Attach").click()
    await expect(page.get_by_role("button", name="Picture")).to_be_visible()
    await expect(page.get_by_role("button", name="Poll")).to_be_hidden()
    await page.get_by_text("Trouble", exact=True).click()
    choice = page.get_by_label("Fail every message with")
    await choice.select_option(label="21610 · customer has opted out")
    await expect(page.get_by_text("1 on")).to_be_visible()
    assert stand_in.trouble.fail == 21610
