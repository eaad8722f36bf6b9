"""The chat as the real application serves it: from the shop's page to the store and back."""

import gzip
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, expect

from connectors.content import Choice
from tests.parley import Json, Parley, answer, until


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


async def write(chat: FrameLocator, text: str) -> None:
    await chat.locator("#input").fill(text)
    await chat.locator("#input").press("Enter")


async def texts_in_store(parley: Parley) -> list[str]:
    (conversation,) = await parley.conversations()
    thread = await parley.thread(conversation.id)
    return [m.content.text for m in thread if m.direction == "in" and hasattr(m.content, "text")]


def offer(turn: Json) -> Json:
    """A scripted bot that asks back with two answers to tap."""
    options = [{"title": "Track it", "payload": "/track"}, {"title": "Return it", "payload": "/return"}]
    question = {"type": "options", "text": "What about it?", "options": options}
    return {**answer(), "replies": [question]}


async def test_a_visitor_of_the_shop_writes_and_the_bot_answers(
    parley: Parley, visitor: BrowserContext
) -> None:
    complaints: list[str] = []
    visitor.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    visitor.on("weberror", lambda error: complaints.append(str(error.error)))
    page, chat = await open_chat(visitor, parley)
    await write(chat, "Where is order 48213?")
    await expect(chat.locator(".row.mine.received")).to_have_count(1)
    await expect(chat.get_by_text("You said: Where is order 48213?")).to_be_visible()
    await page.reload()
    await expect(chat.get_by_text("You said: Where is order 48213?")).to_be_visible()
    await expect(chat.locator(".row.mine")).to_have_count(1)
    assert await texts_in_store(parley) == ["Where is order 48213?"]
    assert complaints == []


async def test_a_tapped_answer_vanishes_and_is_stored_as_a_choice(
    parley: Parley, visitor: BrowserContext
) -> None:
    parley.bot.script = offer
    _, chat = await open_chat(visitor, parley)
    await write(chat, "my parcel")
    await expect(chat.get_by_role("button", name="Track it")).to_be_visible()
    parley.bot.script = lambda turn: answer("Thank you.")
    await chat.get_by_role("button", name="Track it").click()
    await expect(chat.get_by_text("Thank you.")).to_be_visible()
    await expect(chat.locator("button.answer")).to_have_count(0)
    (conversation,) = await parley.conversations()
    chosen = [m.content for m in await parley.thread(conversation.id) if isinstance(m.content, Choice)]
    assert [(choice.title, choice.payload) for choice in chosen] == [("Track it", "/track")]


async def test_what_was_written_without_a_network_arrives_once(
    parley: Parley, visitor: BrowserContext
) -> None:
    _, chat = await open_chat(visitor, parley)
    await write(chat, "one")
    await expect(chat.get_by_text("You said: one")).to_be_visible()
    await visitor.set_offline(True)
    await write(chat, "two")
    await write(chat, "three")
    await expect(chat.locator(".row.mine.pending")).to_have_count(2)
    await visitor.set_offline(False)
    await expect(chat.locator(".row.mine.received")).to_have_count(3)
    assert await texts_in_store(parley) == ["one", "two", "three"]


async def test_an_agent_and_a_visitor_talk(parley: Parley, visitor: BrowserContext) -> None:
    _, chat = await open_chat(visitor, parley)
    await write(chat, "hello")
    await expect(chat.get_by_text("You said: hello")).to_be_visible()
    marco = await parley.an_agent("Marco Rossi")
    (conversation,) = await parley.conversations()
    current = await marco.get(f"/conversations/{conversation.id}")
    path = f"/conversations/{conversation.id}"
    await marco.post(f"{path}/take_over", {"epoch": current["speaker"]["epoch"]})
    await expect(chat.get_by_text("Marco Rossi joined")).to_be_visible()
    await marco.post(f"{path}/messages", {"client_id": "1", "text": "<b>Hello</b>, I am Marco."})
    await marco.post(f"{path}/messages", {"client_id": "2", "text": "for colleagues only", "note": True})
    await expect(chat.get_by_text("<b>Hello</b>, I am Marco.")).to_be_visible()
    await expect(chat.locator("#status")).to_have_text("You are talking to Marco Rossi")
    await expect(chat.get_by_text("for colleagues only")).to_have_count(0)

    async def is_read() -> bool:
        return any(m.client_id == "1" and m.status == "read" for m in await parley.thread(conversation.id))

    assert await until(is_read)


async def test_before_the_first_open_less_than_40_kb_come_over_the_wire(
    parley: Parley, visitor: BrowserContext
) -> None:
    page = await visitor.new_page()
    bodies: dict[str, int] = {}

    async def weigh(path: str) -> None:
        async with parley.http.get(f"{parley.url}{path}") as response:
            bodies[path] = len(gzip.compress(await response.read()))

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(parley.url)))
    await page.goto(f"{parley.url}/demo")
    await expect(page.locator("#parley-chat .launcher")).to_be_visible()
    await page.wait_for_timeout(500)
    ours = [path for path in asked if path != "/demo" and "/demo/" not in path]
    for path in ours:
        await weigh(path)
    assert ours == ["/widget.js"]
    assert sum(bodies.values()) < 40_000
