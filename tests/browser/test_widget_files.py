"""Visitors' files in a real browser: brought with progress, sent, and shown on both sides."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, expect

from connectors.content import Audio, Document, Image
from rehearsal.files import a_picture, a_sound
from tests.parley import Parley, until

PICTURE = {"name": "my lamp.png", "mimeType": "image/png", "buffer": a_picture()}


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    yield context
    await context.close()


async def open_chat(context: BrowserContext, parley: Parley) -> tuple[Page, FrameLocator]:
    page = await context.new_page()
    await page.goto(f"{parley.url}/demo")
    await page.locator("#parley-chat .launcher").click()
    chat = page.frame_locator("#parley-chat iframe")
    await expect(chat.locator("#log")).to_have_attribute("aria-busy", "false")
    return page, chat


async def heard(parley: Parley) -> list[object]:
    found = await parley.conversations()
    thread = await parley.thread(found[0].id) if found else []
    return [m.content for m in thread if m.direction == "in"]


async def test_a_visitor_sends_a_picture_and_sees_it_again(parley: Parley, visitor: BrowserContext) -> None:
    complaints: list[str] = []
    visitor.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page, chat = await open_chat(visitor, parley)
    await chat.locator("#file").set_input_files(PICTURE)
    await expect(chat.locator(".row.mine.received img")).to_have_count(1)
    await expect(chat.locator("#files li")).to_have_count(0)
    assert await until(lambda: chat.locator(".row.mine img").evaluate("i => i.naturalWidth")) == 320
    await chat.locator("#file").set_input_files(
        {"name": "note.wav", "mimeType": "audio/wav", "buffer": a_sound()}
    )
    await expect(chat.locator(".row.mine.received audio")).to_have_count(1)
    await page.reload()
    await expect(chat.locator(".row.mine.received")).to_have_count(2)
    assert await until(lambda: chat.locator(".row.mine img").evaluate("i => i.naturalWidth")) == 320
    assert [type(each) for each in await heard(parley)] == [Image, Audio]
    picture = (await heard(parley))[0]
    assert isinstance(picture, Image) and picture.filename == "my lamp.png"
    assert not complaints


async def test_what_may_not_be_sent_is_told_before_or_after(parley: Parley, visitor: BrowserContext) -> None:
    _, chat = await open_chat(visitor, parley)
    await chat.locator("#file").set_input_files(
        {"name": "film.mp4", "mimeType": "video/mp4", "buffer": bytes(10 * 1024 * 1024 + 1)}
    )
    await expect(chat.locator("#files li")).to_contain_text("At most 10 MB")
    await chat.locator("#files").get_by_role("button", name="Remove").click()
    await chat.locator("#file").set_input_files(
        {"name": "tool.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ program"}
    )
    await expect(chat.locator("#files li")).to_contain_text("cannot be sent here")
    assert await heard(parley) == []


async def test_a_picture_that_did_not_get_through_goes_on_retry(
    parley: Parley, visitor: BrowserContext
) -> None:
    page, chat = await open_chat(visitor, parley)
    await page.route("**/visitors/webchat/files/*/*", lambda route: route.abort())
    await chat.locator("#file").set_input_files(PICTURE)
    await expect(chat.locator("#files li")).to_contain_text("did not get through")
    await page.unroute("**/visitors/webchat/files/*/*")
    await chat.locator("#files").get_by_role("button", name="Retry").click()
    await expect(chat.locator(".row.mine.received img")).to_have_count(1)


async def test_an_agents_file_is_shown_to_the_visitor_it_was_meant_for(
    parley: Parley, visitor: BrowserContext
) -> None:
    _, chat = await open_chat(visitor, parley)
    await chat.locator("#input").fill("Hello")
    await chat.locator("#input").press("Enter")
    await expect(chat.locator(".row.mine.received")).to_have_count(1)
    agent = await parley.an_agent("Marco")
    (conversation,) = await parley.conversations()
    await agent.post(f"/conversations/{conversation.id}/take_over", {"epoch": conversation.speaker.epoch})
    headers = {**agent._headers, "X-Filename": "label.pdf", "Content-Type": "application/pdf"}
    async with parley.http.post(f"{parley.url}/api/v1/files", data=b"%PDF-1.7", headers=headers) as answer:
        file = (await answer.json())["id"]
    content = {"type": "document", "file_id": file}
    await agent.post(f"/conversations/{conversation.id}/messages", {"content": content})
    link = chat.locator(".row.us a.file", has_text="label.pdf")
    await expect(link).to_have_count(1)
    url = await link.evaluate("a => a.href")
    async with parley.http.get(url) as answer:
        assert (answer.status, await answer.read()) == (200, b"%PDF-1.7")
    other, _ = parley.parts.visitors.issue("webchat")
    visitor_id = url.split("/files/")[1].split("/")[0]
    async with parley.http.get(url.replace(visitor_id, other)) as answer:
        assert answer.status == 404
    assert Document in [type(m.content) for m in await parley.thread(conversation.id)]
