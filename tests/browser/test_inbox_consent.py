"""What an agent sees of consent, and of what a channel makes of their words."""

from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import Parley


async def test_who_opted_out_is_seen_and_cannot_be_written_to(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await parley.customer_says("STOP")
        await expect(desk.page.get_by_text("The customer opted out (“STOP”")).to_be_visible()
        await expect(desk.page.get_by_text("opted out: “STOP”")).to_be_visible()
        await expect(desk.field).not_to_be_editable()
        await parley.customer_says("START")
        await expect(desk.page.get_by_text("opted in again: “START”")).to_be_visible()
        await expect(desk.field).to_be_editable()
        await desk.say("Welcome back")
        await expect(desk.message("Welcome back").locator(".ticks, .tick").first).to_be_visible()


async def test_a_long_draft_says_what_becomes_of_it_and_so_does_the_message(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.field.fill("One sentence here. " * 300)
        told = "The text is longer than this channel allows and becomes 2 messages."
        await expect(desk.page.locator(".fits")).to_contain_text(told)
        await desk.field.press("Control+Enter")
        first = desk.page.locator(".msgs article", has=desk.page.locator(".fitted"))
        await first.get_by_text("Changed for the channel").click()
        await expect(first).to_contain_text(told)
