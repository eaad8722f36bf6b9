"""The chat in a real browser, against a server that can lose, delay and refuse on demand."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.browser.widget_peer import BOT, WEB, Peer, widget_peer

QUESTION = {
    "type": "options",
    "text": "What is it about?",
    "options": [
        {"title": "Track an order", "payload": "/track"},
        {"title": "Our shop", "url": "https://shop.example/"},
    ],
}


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with widget_peer() as running:
        yield running


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    yield context
    await context.close()


def chat_of(page: Page) -> FrameLocator:
    return page.frame_locator("#parley-chat iframe")


async def open_chat(context: BrowserContext, url: str) -> tuple[Page, FrameLocator]:
    page = await context.new_page()
    await page.goto(url)
    await page.locator("#parley-chat .launcher").click()
    await expect(chat_of(page).locator("#log")).to_have_attribute("aria-busy", "false")
    return page, chat_of(page)


async def write(chat: FrameLocator, text: str) -> None:
    await chat.locator("#input").fill(text)
    await chat.locator("#input").press("Enter")


def said(chat: FrameLocator, whose: str = "mine") -> Any:
    return chat.locator(f"#log .row.{whose}:not(.greeting) .bubble .words")


async def test_a_visitor_writes_is_answered_and_finds_it_all_after_a_reload(
    peer: Peer, visitor: BrowserContext
) -> None:
    peer.answer = lambda text: {"type": "text", "text": f"You said: {text}"}
    page, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "Where is my parcel?")
    await expect(said(chat)).to_have_text(["Where is my parcel?"])
    await expect(said(chat, "us")).to_have_text(["You said: Where is my parcel?"])
    await expect(chat.locator(".row.mine .meta")).to_contain_text("Sent")
    await page.reload()
    await expect(said(chat)).to_have_text(["Where is my parcel?"])
    await expect(said(chat, "us")).to_have_text(["You said: Where is my parcel?"])
    assert len(peer.conversations) == 1


async def test_what_is_written_offline_is_sent_once_and_in_order(peer: Peer, visitor: BrowserContext) -> None:
    _, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "one")
    await expect(chat.locator(".row.mine .meta")).to_contain_text("Sent")
    await visitor.set_offline(True)
    await expect(chat.locator("#banner")).to_contain_text("offline")
    for text in ("two", "three"):
        await write(chat, text)
    await expect(chat.locator(".row.mine.pending")).to_have_count(2)
    await peer.say("missed meanwhile", silently=True)
    await visitor.set_offline(False)
    await expect(chat.locator(".row.mine.pending")).to_have_count(0)
    await expect(said(chat, "us")).to_have_text(["missed meanwhile"])
    await expect(said(chat)).to_have_text(["one", "two", "three"])
    await expect(chat.locator("#banner")).to_be_hidden()
    assert peer.texts == ["one", "two", "three"]


async def test_a_message_whose_confirmation_was_lost_is_there_once(
    peer: Peer, visitor: BrowserContext
) -> None:
    peer.lost_answers = 1
    _, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "only once")
    await expect(chat.locator(".row.mine.received")).to_have_count(1)
    await write(chat, "then this")
    await expect(chat.locator(".row.mine.received")).to_have_count(2)
    await expect(said(chat)).to_have_text(["only once", "then this"])
    assert peer.texts == ["only once", "then this"]


async def test_what_waits_to_be_sent_outlives_the_page(peer: Peer, visitor: BrowserContext) -> None:
    page, chat = await open_chat(visitor, f"{peer.url}/demo")
    await visitor.set_offline(True)
    await write(chat, "kept")
    await expect(chat.locator(".row.mine.pending")).to_have_count(1)
    await page.close()
    await visitor.set_offline(False)
    again = await visitor.new_page()
    await again.goto(f"{peer.url}/demo")
    await expect(chat_of(again).locator(".row.mine.received")).to_have_count(1)
    assert peer.texts == ["kept"]


async def test_two_tabs_stay_in_step(peer: Peer, visitor: BrowserContext) -> None:
    peer.answer = lambda text: {"type": "text", "text": "answer"} if text == "question" else None
    _, first = await open_chat(visitor, f"{peer.url}/demo")
    page = await visitor.new_page()
    await page.goto(f"{peer.url}/demo")
    second = chat_of(page)
    await expect(second.locator("#log")).to_have_attribute("aria-busy", "false")
    await write(first, "question")
    await expect(said(second)).to_have_text(["question"])
    await write(second, "thank you")
    for chat in (first, second):
        await expect(said(chat)).to_have_text(["question", "thank you"])
        await expect(said(chat, "us")).to_have_text(["answer"])
    assert len(peer.conversations) == 1
    assert peer.texts == ["question", "thank you"]


async def test_a_quick_reply_vanishes_and_stays_recorded(peer: Peer, visitor: BrowserContext) -> None:
    peer.answer = lambda text: QUESTION if text == "hello" else None
    page, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "hello")
    await chat.get_by_role("button", name="Track an order").click()
    await expect(said(chat)).to_have_text(["hello", "Track an order"])
    await expect(chat.locator("button.answer")).to_have_count(0)
    await expect(chat.get_by_role("link", name="Our shop")).to_be_visible()
    choice = peer.sent[-1]
    assert choice["choice"] == {"title": "Track an order", "payload": "/track"}
    assert choice["reply_to"] == peer.conversation.messages[1]["id"]
    await page.reload()
    await expect(said(chat)).to_have_text(["hello", "Track an order"])
    await expect(chat.locator("button.answer")).to_have_count(0)


async def test_a_refused_message_offers_a_retry_under_the_same_id(
    peer: Peer, visitor: BrowserContext
) -> None:
    peer.refusals = [{"title": "No", "detail": "That could not be kept.", "code": "refused"}]
    page, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "please")
    await expect(chat.locator(".row.mine.failed .meta")).to_contain_text("That could not be kept.")
    await page.reload()
    await chat.get_by_role("button", name="Retry").click()
    await expect(chat.locator(".row.mine.received")).to_have_count(1)
    assert peer.sent[0]["client_id"] == peer.sent[1]["client_id"]
    assert peer.texts == ["please"]


async def test_a_passing_fault_mends_itself(peer: Peer, visitor: BrowserContext) -> None:
    peer.refusals = [{"title": "Later", "detail": "Busy.", "code": "unavailable"}]
    _, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "please")
    await expect(chat.locator(".row.mine.received")).to_have_count(1)
    assert peer.texts == ["please"]


@pytest.mark.parametrize(
    "text",
    [
        '<img src=x onerror="parent.hit=1"><script>top.hit=1</script>',
        'javascript:alert(1) data:text/html,<b>x</b> https://ok.example/"onmouseover="x',
        "</span></div><h1>out</h1> &lt;b&gt; {{7*7}} ${7*7}",
    ],
)
async def test_what_people_type_stays_text(peer: Peer, visitor: BrowserContext, text: str) -> None:
    _, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, text)
    await peer_said(peer, chat)
    await peer.say(text)
    hostile = [{"title": "go", "url": "javascript:alert(1)"}]
    await peer.say({"type": "card", "title": text, "image": "javascript:alert(1)", "options": hostile}, BOT)
    await peer.say({"type": "document", "url": "data:text/html,<script>1</script>", "filename": text}, BOT)
    await expect(chat.locator(".row.us .file")).to_have_count(1)
    assert await said(chat).all_inner_texts() == [text]
    assert await chat.locator("#log :is(script, h1, img, [onerror], [onmouseover])").count() == 0
    targets = await chat.locator("#log a").evaluate_all("all => all.map(a => a.protocol)")
    assert set(targets) <= {"https:"}


async def peer_said(peer: Peer, chat: FrameLocator) -> None:
    await expect(chat.locator(".row.mine.received")).to_have_count(len(peer.texts))


async def test_before_the_first_open_little_is_fetched(peer: Peer, visitor: BrowserContext) -> None:
    page = await visitor.new_page()
    await page.goto(f"{peer.url}/demo")
    await expect(page.locator("#parley-chat .launcher")).to_be_visible()
    await page.wait_for_timeout(500)
    ours = [path for path in peer.fetched if path != "/demo" and not path.startswith("/static/demo/")]
    assert ours == ["/widget.js"]
    assert len(gzip.compress((WEB / "static/widget/loader.js").read_bytes())) < 8_000


async def test_it_works_on_a_page_with_a_strict_policy(peer: Peer, visitor: BrowserContext) -> None:
    complaints: list[str] = []
    visitor.on(
        "console", lambda message: complaints.append(message.text) if message.type == "error" else None
    )
    visitor.on("weberror", lambda error: complaints.append(str(error.error)))
    page, chat = await open_chat(visitor, peer.strict_url)
    await write(chat, "from elsewhere")
    await expect(chat.locator(".row.mine.received")).to_have_count(1)
    assert (await page.locator("#parley-chat .panel").bounding_box() or {})["width"] == 400
    assert peer.auth[0]["page"]["url"] == peer.strict_url
    await page.reload()
    await expect(said(chat)).to_have_text(["from elsewhere"])
    assert [text for text in complaints if "favicon" not in text] == []


async def test_the_launcher_counts_what_came_while_closed(peer: Peer, visitor: BrowserContext) -> None:
    page, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "hello")
    await peer_said(peer, chat)
    await chat.locator("#close").click()
    await peer.say("first")
    await peer.say("second")
    launcher = page.locator("#parley-chat .launcher")
    await expect(launcher).to_have_accessible_name("Open chat, 2 unread")
    await page.reload()
    await expect(launcher).to_have_accessible_name("Open chat, 2 unread")
    await launcher.click()
    await expect(said(chat, "us")).to_have_text(["first", "second"])
    await chat.locator("#close").click()
    await expect(launcher).to_have_accessible_name("Open chat")
    assert max(peer.seen) == 3


async def test_escape_closes_and_gives_the_focus_back(peer: Peer, visitor: BrowserContext) -> None:
    page = await visitor.new_page()
    await page.goto(f"{peer.url}/demo")
    launcher = page.locator("#parley-chat .launcher")
    await launcher.focus()
    await page.keyboard.press("Enter")
    await expect(chat_of(page).locator("#input")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(launcher).to_be_focused()
    await expect(launcher).to_have_attribute("aria-expanded", "false")


async def test_open_or_closed_is_remembered_on_the_next_page(peer: Peer, visitor: BrowserContext) -> None:
    await open_chat(visitor, f"{peer.url}/demo")
    other = await visitor.new_page()
    await other.goto(f"{peer.url}/demo?next")
    launcher = other.locator("#parley-chat .launcher")
    await expect(launcher).to_have_attribute("aria-expanded", "true")
    await launcher.click()
    await other.reload()
    await expect(launcher).to_have_attribute("aria-expanded", "false")


async def test_a_phone_shows_it_full_screen_and_keeps_the_focus_in(peer: Peer, browser: Browser) -> None:
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    page, chat = await open_chat(context, f"{peer.url}/demo")
    box = await page.locator("#parley-chat .panel").bounding_box() or {}
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert await chat.locator("#input").evaluate("input => getComputedStyle(input).fontSize") == "16px"
    for key in ["Tab"] * 9 + ["Shift+Tab"] * 12:
        await page.keyboard.press(key)
        assert await page.evaluate("document.activeElement.id") == "parley-chat"
    await chat.locator("#close").click()
    await expect(page.locator("#parley-chat .launcher")).to_be_visible()
    assert await page.evaluate("[...document.body.children].filter(child => child.inert).length") == 0
    await context.close()


async def test_a_visitor_of_another_language_reads_their_own(peer: Peer, browser: Browser) -> None:
    context = await browser.new_context(locale="ar")
    page, chat = await open_chat(context, f"{peer.url}/demo")
    assert await chat.locator("html").get_attribute("dir") == "rtl"
    await expect(chat.locator("#input")).to_have_attribute("placeholder", "اكتب رسالة…")
    await expect(page.locator("#parley-chat .launcher")).to_have_accessible_name("إغلاق الدردشة")
    assert peer.auth[0]["language"] == "ar"
    await context.close()


async def test_starting_again_forgets_the_visitor(peer: Peer, visitor: BrowserContext) -> None:
    page, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "secret")
    await peer_said(peer, chat)
    ended = peer.conversation
    await chat.locator("#menu-button").click()
    await chat.get_by_role("menuitem", name="End chat").click()
    await chat.get_by_role("button", name="End chat").click()
    await expect(said(chat)).to_have_count(0)
    assert ended.status == "resolved"
    await page.reload()
    await expect(chat.locator("#log")).to_have_attribute("aria-busy", "false")
    await expect(said(chat)).to_have_count(0)
    assert len(peer.conversations) == 2


async def test_the_transcript_is_a_text_file(peer: Peer, visitor: BrowserContext) -> None:
    peer.answer = lambda text: QUESTION
    page, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "हैलो")
    await expect(said(chat, "us")).to_have_text(["What is it about?"])
    await chat.locator("#menu-button").click()
    async with page.expect_download() as download:
        await chat.get_by_role("menuitem", name="Download transcript").click()
    text = (await (await download.value).path()).read_text(encoding="utf-8-sig")
    assert "You: हैलो" in text
    assert "Finch: What is it about?" in text


async def test_only_parley_may_steer_the_widget(peer: Peer, visitor: BrowserContext) -> None:
    page, _ = await open_chat(visitor, peer.strict_url)
    await page.evaluate("window.postMessage({ parley: 'close' }, '*')")
    await page.wait_for_timeout(200)
    await expect(page.locator("#parley-chat .launcher")).to_have_attribute("aria-expanded", "true")


FORM = {
    "type": "options",
    "text": "Where should we send it?",
    "options": [
        {
            "title": "Fill in the address",
            "action": {
                "type": "fill_form",
                "form_id": "address",
                "fields": [
                    {"name": "street", "label": "Street"},
                    {"name": "floor", "label": "Floor", "kind": "number", "required": False},
                    {"name": "when", "label": "When", "kind": "choice", "choices": ["Morning", "Evening"]},
                ],
            },
        }
    ],
}


async def test_a_form_is_filled_in_by_the_keyboard_and_sent_once(peer: Peer, visitor: BrowserContext) -> None:
    peer.answer = lambda text: FORM if text == "Hi" else {"type": "text", "text": "Thank you."}
    _, chat = await open_chat(visitor, f"{peer.url}/demo")
    await write(chat, "Hi")
    opener = chat.get_by_role("button", name="Fill in the address")
    await opener.click()
    form = chat.get_by_role("form", name="Fill in the address")
    await expect(form.get_by_label("Street")).to_be_focused()
    await form.get_by_label("Street").press("Escape")
    await expect(form).to_be_hidden()
    await expect(opener).to_be_focused()
    await opener.press("Enter")
    await form.get_by_label("When").select_option("Evening")
    await form.get_by_role("button", name="Send").click()
    assert len(peer.sent) == 1, "the street is needed"
    await form.get_by_label("Street").fill("Via Torino 1")
    await form.get_by_label("Street").press("Enter")
    await expect(said(chat).last).to_contain_text("Via Torino 1")
    await expect(chat.get_by_text("Thank you.")).to_be_visible()
    await expect(opener).to_have_count(0)
    assert peer.sent[1]["form"] == {
        "name": "address",
        "values": {"street": "Via Torino 1", "when": "Evening"},
    }
    assert peer.sent[1]["reply_to"] == peer.conversation.messages[1]["id"]
