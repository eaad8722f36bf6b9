"""Whatever a customer controls is words on our pages: their name, a file's, a place's, a card's title."""

import json
import re
from typing import Any

from playwright.async_api import Browser, Dialog, Page, expect

from connectors.content import Options
from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.browser.inbox_desk import a_desk
from tests.parley import Client, Parley, until, whatsapp_value

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
            f"/contacts?id={found.contact_id}",
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


MARKS = "Z" + "\u0301\u0323\u0337" * 3_333
LAYOUT = (
    MARKS,
    "\u202egnp.exe",
    "a\u200b\u200c\u200d\u2060\ufeffb",
    "W" * 3_000,
    "\u2067\u2066שלום العربية",
    "\ufdfd" * 60,
)
"""Marks that pile up, overrides of direction, what is not seen, words without an end."""


async def _colleagues_words(admin: Client, words: str, contact_id: str, conversation_id: str) -> None:
    """Wherever a colleague may write what colleagues read."""
    name = f"{words[:36]}{new_id()[-4:]}"
    for path, body in (
        ("/saved_replies", {"shortcut": new_id()[-8:], "title": name, "text": words}),
        ("/views", {"name": name, "query": {"q": name}}),
        ("/teams", {"name": name}),
        ("/contact_segments", {"name": name, "clauses": [{"field": "blocked", "value": "no"}]}),
        ("/tokens", {"name": name, "scopes": ["conversations:read"], "days": 3}),
        ("/campaigns", {"name": name, "channel_id": "whatsapp", "text": words, "numbers": ["+393331112222"]}),
        ("/roles", {"name": name, "permissions": ["conversations:read"]}),
        (f"/contacts/{contact_id}/notes", {"text": words}),
        (f"/conversations/{conversation_id}/messages", {"text": words, "note": True}),
    ):
        await admin.post(path, body)
    attribute = f"a{new_id()[-8:]}"
    for method, path, given in (
        ("PUT", f"/contact_attributes/{attribute}", {"label": name, "kind": "text"}),
        ("PATCH", f"/contacts/{contact_id}", {"attributes": {attribute: words[:400]}}),
    ):
        assert (await admin.call(method, path, given))[0] == 200


async def test_words_of_colleagues_and_words_that_break_a_layout_are_words(
    browser: Browser, parley: Parley
) -> None:
    """On every page of settings, too, wide and on a phone; nothing reaches over its page."""
    parley.bot.script = card_with_hostile_words
    kinds = [{"type": "text", "text": {"body": words}} for words in LAYOUT]
    for n, words in enumerate(LAYOUT):
        file = {"id": str(n), "mime_type": "application/pdf", "sha256": "x", "filename": f"{words[:200]}.pdf"}
        kinds.append({"type": "document", "document": {**file, "caption": words}})
    phone = "15557770002"
    messages = [
        {"from": phone, "id": f"wamid.{new_id()}", "timestamp": "1790000000", **kind} for kind in kinds
    ]
    name = {"name": f"{MARKS[:90]}\u202e{'W' * 300}"}
    body = whatsapp_value({"contacts": [{"profile": name, "wa_id": phone}], "messages": messages})
    assert await parley.hook(json.dumps(body).encode()) == 200
    found = await until(lambda: _settled(parley, phone))
    fitted = next(m for m in await parley.thread(found.id) if isinstance(m.content, Options))
    card = {"title": WORDS[:200], "text": MARKS, "options": [{"title": "W" * 90, "payload": WORDS}]}
    as_by_rcs = {"$set": {"content": {"type": "carousel", "cards": [card, card]}}}
    await parley.store._database.messages.update_one({"_id": fitted.id}, as_by_rcs)
    admin = await parley.an_agent("Hostile Admin", Role.ADMIN)
    for words in (" ".join(WAYS[:5]), MARKS[:900], "W" * 90):
        await _colleagues_words(admin, words, found.contact_id, found.id)
    rated = {"score": 1, "comment": MARKS + WORDS, "at": parley.parts.clock()}
    there = {"$set": {"rating": rated, "labels": ["W" * 40, WAYS[0][:40]]}}
    await parley.store._database.conversations.update_one({"_id": found.id}, there)
    async with a_desk(browser, parley) as desk:
        page, dialogs = desk.page, []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for width in (390, 1440):
            await page.set_viewport_size({"width": width, "height": 844})
            for path in (f"/?c={found.id}", f"/contacts?id={found.contact_id}", *_PAGES):
                await page.goto(f"{parley.url}{path}")
                await expect(page.locator("main").filter(visible=True).first).to_be_visible()
                await expect(page.locator("body")).to_contain_text(re.compile(r"WWW|window\.hit"))
                await _nothing_came_of_it(page)
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert "\u202e" not in str((await admin.get(f"/conversations/{found.id}"))["contact"])
        assert dialogs == [] and desk.complaints == []


_PAGES = (
    "/settings/teams",
    "/settings/replies",
    "/settings/attributes",
    "/settings/tokens",
    "/settings/roles",
    "/campaigns",
)


async def _settled(parley: Parley, phone: str = PHONE) -> Any:
    for conversation in await parley.conversations():
        if conversation.contact.address == f"+{phone}" and conversation.turn is None and conversation.bot_seq:
            return conversation
    return None


async def _nothing_came_of_it(page: Page) -> None:
    assert await page.evaluate("window.hit") is None
    assert await page.locator(f"body {MADE}").count() == 0
