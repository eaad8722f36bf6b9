"""Snooze, labels, priority and search in a real browser."""

from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.parley import Parley


async def test_what_is_snoozed_is_gone_until_the_customer_writes(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Call me next week")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.page.keyboard.press("s")
        await desk.page.get_by_role("dialog").get_by_text("Until they write").click()
        await expect(desk.page.get_by_text("Snoozed until they write").first).to_be_visible()
        await expect(desk.row("Ada")).to_have_count(0)
        await a_conversation(parley, "Here I am again")
        await expect(desk.row("Ada")).to_contain_text("Here I am again")


async def test_a_date_can_be_chosen(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.page.locator(".acts").get_by_role("button", name="Snooze").click()
        await desk.page.get_by_role("menuitem", name="A date").click()
        await desk.page.get_by_role("dialog").get_by_role("button", name="Snooze").click()
        await expect(desk.page.get_by_text("Admin snoozed this until")).to_be_visible()


async def test_labels_and_priority_are_seen_by_a_colleague_at_once(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk, a_desk(browser, parley) as other:
        await desk.open("Ada")
        await other.open("Ada")
        await desk.page.get_by_role("button", name="Label", exact=True).click()
        await desk.page.get_by_label("New label").fill("VIP")
        await desk.page.keyboard.press("Enter")
        await desk.page.get_by_role("button", name="Priority").click()
        await desk.page.get_by_role("menuitemcheckbox", name="Urgent").click()
        await expect(other.row("Ada")).to_contain_text("vip")
        await expect(other.row("Ada")).to_contain_text("urgent")
        await other.page.get_by_role("button", name="Remove the label vip").click()
        await expect(desk.row("Ada")).not_to_contain_text("vip")


async def test_a_word_in_an_earlier_message_finds_the_conversation(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "It is about the turquoise umbrella")
    await a_conversation(parley, "Hello?")
    async with a_desk(browser, parley, viewport=PHONE) as desk:
        await desk.show("All")
        found = desk.row("Ada").locator("mark")
        async with desk.page.expect_response(lambda r: "q=turq" in r.url):
            await desk.page.get_by_role("searchbox").fill("turq")
        for _ in range(20):  # the index is written a moment after the commit
            if await found.count():
                break
            await desk.page.wait_for_timeout(300)
            await desk.page.get_by_role("searchbox").fill("turquoise umb")
            await desk.page.get_by_role("searchbox").fill("turq")
        await expect(found.first).to_have_text("turq")
