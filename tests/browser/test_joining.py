"""Two conversations of a customer shown as one, and all that was said on one page."""

from datetime import timedelta

from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import Parley, until


async def test_an_old_conversation_is_shown_with_the_new_one_and_parted_again(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "About order 48213", name="Ada Lovelace", phone="441632960000")
    (old,) = await parley.conversations()
    await until(lambda: _is_answered(parley, old.id))
    admin = await parley.an_agent()
    await admin.post(f"/conversations/{old.id}/resolve")
    aside = {"resolved_at": old.created_at - timedelta(days=3)}
    await parley.store._database.conversations.update_one(
        {"_id": old.id}, {"$set": aside, "$inc": {"rev": 1}}
    )
    await parley.customer_says("It has still not come", phone="441632960000", name="Ada Lovelace")
    new = await until(lambda: _another(parley, old.id))
    await until(lambda: _is_answered(parley, new.id))
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await desk.open("Ada Lovelace")
        await expect(desk.message("It has still not come").first).to_be_visible()
        await page.get_by_role("button", name="Merge", exact=True).click()
        await expect(desk.message("About order 48213").first).to_be_visible()
        texts = await page.locator(".msgs article.in").all_inner_texts()
        assert ["48213" in text for text in texts] == [True, False], texts
        await page.get_by_role("button", name="Part", exact=True).click()
        await expect(desk.message("About order 48213")).to_have_count(0)
        await page.get_by_role("link", name="Everything said on all channels").click()
        await expect(page.locator(".alltime")).to_contain_text("About order 48213")
        await expect(page.locator(".alltime")).to_contain_text("It has still not come")


async def _is_answered(parley: Parley, at: str) -> bool:
    conversation = await parley.store.conversations.get(at)
    return bool(conversation and conversation.turn is None and conversation.delivery is None)


async def _another(parley: Parley, than: str):
    return next((c for c in await parley.conversations() if c.id != than), None)
