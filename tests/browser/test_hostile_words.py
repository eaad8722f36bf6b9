"""Whatever a customer controls is words on our pages: their name, a file's, a place's, a card's title."""

import json
from typing import Any

from playwright.async_api import Browser, Dialog, Page, expect

from tests.browser.inbox_desk import a_desk
from tests.parley import Parley, until, whatsapp_value

WAYS = (
    '<img src=x onerror="alert(1);window.hit=1">',
    "<script>alert(1);window.hit=1</script>",
    '"><svg onload="alert(1);window.hit=1">',
    "javascript:alert(1)",
    "</script><script>window.hit=1</script>",
    "${window.hit=1}{{7*7}}<%= 7*7 %>",
)
WORDS = " ".join(WAYS)
PHONE = "15557770001"

MADE = ":is([onerror], [onload], a[href^='javascript:'], script:not([src]):not([type='importmap']))"
"""What is on a page only if a customer's words became a part of it."""


def hostile_messages() -> list[dict[str, Any]]:
    """A message of each kind, with words that would be more in every place where a customer may write."""
    place = {
        "latitude": 45.0,
        "longitude": 9.0,
        "name": WORDS,
        "address": WORDS,
        "url": "javascript:alert(1)",
    }
    card = {
        "name": {"formatted_name": WORDS, "first_name": WORDS, "last_name": WORDS, "prefix": WORDS},
        "org": {"company": WORDS, "department": WORDS, "title": WORDS},
        "addresses": [{"street": WORDS, "city": WORDS, "country_code": WAYS[0]}],
        "phones": [{"phone": WORDS, "type": WORDS, "wa_id": PHONE}],
        "emails": [{"email": WORDS}],
        "urls": [{"url": "javascript:alert(1)"}],
    }
    file = {
        "id": "1",
        "mime_type": "text/html",
        "sha256": "x",
        "filename": f"{WAYS[0]}.html",
        "caption": WORDS,
    }
    order = {
        "catalog_id": "1",
        "text": WORDS,
        "product_items": [{"product_retailer_id": WORDS, "quantity": 1, "item_price": 1, "currency": "EUR"}],
    }
    kinds: list[dict[str, Any]] = [
        {"type": "text", "text": {"body": WORDS}},
        {"type": "location", "location": place},
        {"type": "contacts", "contacts": [card]},
        {"type": "document", "document": file},
        {
            "type": "image",
            "image": {"id": "2", "mime_type": "image/svg+xml", "sha256": "x", "caption": WORDS},
        },
        {"type": "button", "button": {"text": WORDS, "payload": WORDS}},
        {
            "type": "interactive",
            "interactive": {
                "type": "list_reply",
                "list_reply": {"id": WORDS[:200], "title": WORDS, "description": WORDS},
            },
        },
        {"type": "order", "order": order},
        {
            "type": "text",
            "text": {"body": "From a page"},
            "referral": {
                "source_url": "javascript:alert(1)",
                "source_type": "ad",
                "source_id": "1",
                "headline": WORDS,
                "body": WORDS,
            },
        },
        {"type": "reaction", "reaction": {"message_id": "wamid.hostile0", "emoji": WAYS[0]}},
        {"type": WAYS[0], "errors": [{"code": 1, "title": WORDS}]},
    ]
    return [
        {"from": PHONE, "id": f"wamid.hostile{n}", "timestamp": "1790000000", **kind}
        for n, kind in enumerate(kinds)
    ]


def card_with_hostile_words(turn: dict[str, Any]) -> dict[str, Any]:
    """A bot whose answers repeat a customer's words, as a card's title and text and as what can be tapped."""
    card = {
        "type": "card",
        "title": WORDS[:180],
        "text": WORDS,
        "options": [{"title": WAYS[0][:20], "payload": WORDS[:100]}],
    }
    return {
        "replies": [card, {"type": "carousel", "cards": [card, card]}],
        "handoff": None,
        "parse": {"intent": {"name": WORDS, "confidence": 0.9}, "entities": [], "ranking": []},
        "slots": {"said": WORDS},
        "model": {"id": "scripted"},
    }


async def test_no_words_of_a_customer_become_part_of_a_page(browser: Browser, parley: Parley) -> None:
    parley.bot.script = card_with_hostile_words
    contacts = [{"profile": {"name": WORDS}, "wa_id": PHONE}]
    body = whatsapp_value({"contacts": contacts, "messages": hostile_messages()})
    assert await parley.hook(json.dumps(body).encode()) == 200
    found = await until(lambda: _settled(parley))
    async with a_desk(browser, parley) as desk:
        page, dialogs = desk.page, []

        async def dismissed(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            await dialog.dismiss()

        page.on("dialog", dismissed)
        admin = await parley.an_agent("Labelling Agent")
        status, _ = await admin.call("PATCH", f"/contacts/{found.contact_id}", {"name": WORDS[:100]})
        assert status == 200
        for path in (
            f"/?c={found.id}",
            "/contacts",
            f"/contacts?c={found.contact_id}",
            "/reports",
            "/settings/channels",
            "/settings/audit",
            "/settings/dead-letters",
            "/settings/rules",
            "/studio/review",
        ):
            await page.goto(f"{parley.url}{path}")
            await expect(page.locator("main").first).to_be_visible()
            if path.startswith("/?"):
                await expect(page.locator(".msgs article").nth(9)).to_be_visible()
            await _nothing_came_of_it(page)
        assert dialogs == []


async def _settled(parley: Parley) -> Any:
    for conversation in await parley.conversations():
        if conversation.contact.address == f"+{PHONE}" and conversation.turn is None and conversation.bot_seq:
            return conversation
    return None


async def _nothing_came_of_it(page: Page) -> None:
    assert await page.evaluate("window.hit") is None
    assert await page.locator(f"body {MADE}").count() == 0
