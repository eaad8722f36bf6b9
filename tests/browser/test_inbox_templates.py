"""The 24 hours of WhatsApp in a real browser: a countdown, a closed window, a template that gets through."""

from datetime import timedelta
from typing import Any

from playwright.async_api import Browser, FilePayload, expect

from connectors.content import Template
from inbox.app import now
from rehearsal.files import a_picture
from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import Parley, until


async def closes(parley: Parley, conversation: Any, **left: float) -> None:
    """Let the window close then."""
    at = now() + timedelta(**left)
    await parley.store._database.conversations.update_one(
        {"_id": conversation.id}, {"$set": {"window_closes_at": at}}
    )


async def test_a_template_gets_through_when_free_text_does_not(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    assert conversation.window_closes_at is not None
    await parley.parts.upkeep.look()
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await expect(desk.field).to_be_editable()
        await closes(parley, conversation, minutes=-1)
        await desk.page.reload()
        await expect(desk.page.locator(".barrier")).to_contain_text("Only a template may be sent")
        assert not await desk.field.is_editable()
        await desk.page.get_by_role("button", name="Choose a template").click()
        dialog = desk.page.get_by_role("dialog")
        await dialog.get_by_label("Template", exact=True).select_option("order_update it")
        await expect(dialog).not_to_contain_text("autumn sale")
        for place, value in enumerate(("Ada", "48213", "venerdì"), 1):
            await dialog.get_by_label(f"Text, value {place}").fill(value)
        await expect(dialog.locator(".templatepreview")).to_contain_text("Ciao Ada, il tuo ordine 48213")
        await expect(dialog.get_by_label("Text, value 1")).to_have_accessible_name(
            "Text, value 1 such as “Ada”"
        )
        await expect(dialog.get_by_label("Text, value 3")).to_have_accessible_name(
            "Text, value 3 such as “venerdì”"
        )
        await dialog.get_by_role("button", name="Send").click()
        await expect(dialog).to_have_count(0)
        await expect(desk.message("Ciao Ada, il tuo ordine 48213")).to_have_count(1)

        async def sent() -> Any:
            found = [m for m in await parley.thread(conversation.id) if isinstance(m.content, Template)]
            return found and found[0].status in ("sent", "delivered", "read")

        await until(sent)
        await expect(desk.page.get_by_role("button", name="Choose a template")).to_be_visible()
        await desk.page.get_by_role("button", name="Choose a template").click()
        await dialog.get_by_label("Template", exact=True).select_option("order_update en_US")
        await expect(dialog.get_by_role("list", name="Buttons")).to_contain_text("Track it")
        await dialog.get_by_label("Template", exact=True).select_option("delivery_photo en_US")
        await dialog.get_by_label("name").fill("Ada")
        door: FilePayload = {"name": "door.png", "mimeType": "image/png", "buffer": a_picture()}
        await dialog.get_by_label("Picture").set_input_files([door])
        await expect(dialog.locator(".templatepreview img")).to_be_visible()
        await dialog.get_by_role("button", name="Send").click()
        await expect(dialog).to_have_count(0)
        photo = desk.message("Your parcel is at your door, Ada.")
        await expect(photo.locator("img")).to_be_visible()

        async def arrived() -> Any:
            url = f"{parley.url}/rehearsal/api/phones/whatsapp"
            async with parley.http.get(url) as answer:
                bubbles = (await answer.json())["bubbles"]
            return [b for b in bubbles if "at your door, Ada" in b.get("text", "") and b.get("media")]

        await until(arrived)
        assert desk.complaints == []


async def test_a_template_is_sent_later_though_the_window_is_closed(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    await parley.parts.upkeep.look()
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await closes(parley, conversation, minutes=-1)
        await desk.page.reload()
        await desk.page.get_by_role("button", name="Choose a template").click()
        dialog = desk.page.get_by_role("dialog")
        await dialog.get_by_label("Template", exact=True).select_option("order_update it")
        await expect(dialog.get_by_role("button", name="Schedule")).to_be_disabled()
        for place, value in enumerate(("Ada", "48213", "venerdì"), 1):
            await dialog.get_by_label(f"Text, value {place}").fill(value)
        await dialog.get_by_role("button", name="Schedule").click()
        await dialog.get_by_role("menuitem", name="Next week").click()
        await expect(dialog).to_have_count(0)
        waiting = desk.page.locator(".scheduled")
        await expect(waiting).to_contain_text("Ciao Ada, il tuo ordine 48213")
        await waiting.get_by_role("button", name="Send now").click()
        await expect(waiting).to_have_count(0)

        async def sent() -> Any:
            found = [m for m in await parley.thread(conversation.id) if isinstance(m.content, Template)]
            return found and found[0].status in ("sent", "delivered", "read")

        await until(sent)
        assert desk.complaints == []


async def test_the_hours_of_the_window_are_counted(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await expect(desk.page.locator(".composer .bar")).to_contain_text("Free text for 24 hours more")
        await closes(parley, conversation, minutes=44.5)
        await desk.page.reload()
        await expect(desk.page.locator(".composer .bar")).to_contain_text("Free text for 45 minutes more")
