"""What keeps the inbox right: lost hints, lost lines, long threads; and what every content looks like."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from playwright.async_api import Browser, Route, expect

from connectors.content import Note
from inbox.app import now
from inbox.http.pages import version
from inbox.model.people import Role
from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.parley import Parley, answer, until, whatsapp_value


def whatsapp(*messages: dict[str, Any], phone: str = "15550001111") -> dict[str, Any]:
    """A webhook with these messages of Ada."""
    common = {"from": phone, "timestamp": "1790000000"}
    all_of_them = [{**common, "id": f"wamid.{place}", **message} for place, message in enumerate(messages)]
    return whatsapp_value(
        {"contacts": [{"profile": {"name": "Ada"}, "wa_id": phone}], "messages": all_of_them}
    )


async def test_nothing_is_missing_after_the_line_was_cut(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Before")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.cut()
        await expect(desk.page.get_by_text("Connection lost")).to_be_visible()
        await parley.customer_says("While you were away", "and again")
        await parley.customer_says("Someone new", name="Grace", phone="15550002222")
        await desk.say("Written without a line")
        await expect(desk.message("Written without a line")).to_contain_text("goes by itself")
        await desk.page.set_viewport_size(PHONE)
        await desk.page.get_by_role("button", name="Private note").click()
        await desk.say("A note without a line")
        retry = desk.message("A note without a line").get_by_role("button", name="Retry")
        assert await retry.evaluate(LINES) == 1
        await desk.page.get_by_role("button", name="Reply", exact=True).click()
        await desk.page.set_viewport_size({"width": 1440, "height": 900})
        await desk.mend()
        await expect(desk.page.get_by_text("Connection lost")).to_have_count(0, timeout=15000)
        for text in ("While you were away", "and again", "Written without a line", "A note without a line"):
            await expect(desk.message(text)).to_have_count(1)
        await expect(desk.page.locator(".pending")).to_have_count(0)
        await expect(desk.row("Grace")).to_be_visible()
        posts = re.compile(r"/messages$")
        await desk.page.route(posts, lambda route: route.abort())
        await desk.say("The page is closed too soon")
        await expect(desk.page.get_by_text("Not sent: ")).to_be_visible()
        await desk.page.unroute(posts)
        await desk.page.reload()
        await expect(desk.message("The page is closed too soon")).to_have_count(1)
        await expect(desk.page.locator(".pending")).to_have_count(0)
        await until(
            lambda: desk.page.evaluate("!Object.keys(localStorage).some((k) => k.includes('unsent'))")
        )
        await desk.page.evaluate(LEFT_BEHIND)  # an hour ago
        await desk.page.reload()
        await desk.page.get_by_text("1 message was not sent.").wait_for()
        await desk.page.get_by_role("button", name="Retry").click()
        await expect(desk.message("From long ago")).to_have_count(1)
        await expect(desk.page.locator(".pending")).to_have_count(0)


LINES = """(element) => {
    const words = document.createRange();
    words.selectNodeContents(element);
    return words.getClientRects().length;
}"""

LEFT_BEHIND = """() => {
    const id = new URLSearchParams(location.search).get("c");
    const row = { client_id: "long-ago", text: "From long ago", note: false, content: null, mentions: [],
                  answers: null, created_at: new Date(Date.now() - 3_600_000).toISOString() };
    const by = JSON.parse(document.getElementById("app").dataset.user).id;
    localStorage.setItem(`parley:unsent:${id}:long-ago`, JSON.stringify({ by, id, row }));
}"""


async def test_a_lost_hint_is_made_good(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Before")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        desk.loses = "messages"
        await parley.customer_says("Nobody told the page of this")
        await expect(desk.message("Nobody told the page of this")).to_have_count(1)


async def test_older_messages_load_without_a_jump(browser: Browser, parley: Parley) -> None:
    parley.bot.script = lambda turn: answer("Noted.", handoff={"reason": "asked", "detail": ""})
    await a_conversation(parley, "Hello")
    await parley.customer_says(*(f"Line number {n}." for n in range(1, 121)))
    may_load = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_load.wait()
        await route.continue_()

    async with a_desk(browser, parley) as desk:
        await desk.page.route("**/messages?*before_seq=*", hold)
        await desk.open("Ada")
        await expect(desk.message("Line number 120.")).to_be_visible()
        await expect(desk.message("Line number 30.")).to_have_count(0)
        place = """() => {
            const box = document.querySelector(".msgs");
            const isSeen = (message) => message.getBoundingClientRect().top > 200;
            const seen = [...box.querySelectorAll("article")].find(isSeen);
            return [seen.textContent, Math.round(seen.getBoundingClientRect().top)];
        }"""
        await desk.page.locator(".msgs").evaluate("box => { box.scrollTop = 350; }")
        before = await desk.page.evaluate(place)
        may_load.set()
        await expect(desk.message("Line number 30.")).to_have_count(1)
        text, top = await desk.page.evaluate(place)
        assert text == before[0]
        assert abs(top - before[1]) <= 2
        await parley.customer_says("The newest of all")
        await desk.page.get_by_role("button", name="1 new message").click()
        await expect(desk.message("The newest of all")).to_be_in_viewport()


async def test_a_customers_markup_is_only_text(browser: Browser, parley: Parley) -> None:
    attack = '<img src=x onerror="document.title=1"> javascript:alert(1) https://example.com/a?b=1&c=2.'
    await a_conversation(parley, attack, name="<b>Ada</b>")
    async with a_desk(browser, parley) as desk:
        await desk.open("<b>Ada</b>")
        await expect(desk.message(attack).first).to_be_visible()
        assert await desk.page.locator(".msgs img, .row b").count() == 0
        link = desk.message(attack).first.get_by_role("link")
        await expect(link).to_have_attribute("href", "https://example.com/a?b=1&c=2")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")


async def test_every_kind_of_message_is_shown(browser: Browser, parley: Parley) -> None:
    pin = {"latitude": 45.07, "longitude": 7.68, "name": "Piazza Castello", "address": "Torino"}
    card = {
        "name": {"formatted_name": "Grace Hopper"},
        "phones": [{"phone": "+1 555 000 2222", "type": "WORK"}],
    }
    basket = [{"product_retailer_id": "LAMP", "quantity": 2, "item_price": 10, "currency": "EUR"}]
    tapped = {"type": "button_reply", "button_reply": {"id": "/yes", "title": "Yes, please"}}
    picture = {"id": "1", "mime_type": "image/jpeg", "sha256": "x", "caption": "It is broken"}
    await parley.hook(
        whatsapp(
            {"type": "text", "text": {"body": "Look at this"}},
            {"type": "image", "image": picture},
            {
                "type": "document",
                "document": {"id": "2", "mime_type": "application/pdf", "filename": "bill.pdf"},
            },
            {"type": "location", "location": pin},
            {"type": "contacts", "contacts": [card]},
            {"type": "order", "order": {"catalog_id": "1", "product_items": basket}},
            {"type": "interactive", "interactive": tapped},
            {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "A"}},
            {"type": "reaction", "reaction": {"message_id": "wamid.long-ago", "emoji": "B"}},
            {"type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}]},
        )
    )
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        for text in ("It is broken", "bill.pdf", "Piazza Castello", "Grace Hopper", "Order of 1 product",
                     "Yes, please", "Reacted B to an earlier message", "Cannot be shown here"):  # fmt: skip
            await expect(desk.message(text).first).to_be_attached()
        await expect(desk.message("Look at this").first.locator(".reactions")).to_contain_text("A")
        place = desk.message("Piazza Castello").first
        await expect(place.get_by_role("img", name="Seen from above")).to_be_visible()
        await expect(place.get_by_role("link", name="Open in a map")).to_have_attribute(
            "href", re.compile("^https://www.openstreetmap.org/")
        )
        await desk.take_over()
        await expect(desk.page.get_by_text("Only a template may be sent")).to_be_visible()
        await expect(place.get_by_role("button", name="Answer this message")).to_have_count(0)
        opened = {"$set": {"window_closes_at": now() + timedelta(hours=1)}}  # they wrote long ago
        await parley.store._database.conversations.update_many({}, opened)
        await desk.page.reload()
        await place.hover()
        await place.get_by_role("button", name="Answer this message").click()
        quote = desk.page.locator(".quoting .quote")
        await expect(quote).to_contain_text("Piazza Castello")
        assert await quote.evaluate("(quote) => quote.scrollHeight - quote.clientHeight") <= 0


async def test_keys_work_but_never_while_one_types(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    await a_conversation(parley, "Hello", name="Grace", phone="15550002222")
    async with a_desk(browser, parley) as desk:
        keys, heading = desk.page.keyboard, desk.page.locator(".threadhead h2")
        await desk.show("All")
        await expect(desk.page.locator(".row")).to_have_count(2)
        await keys.press("j")
        await expect(heading).to_have_text("Grace")
        await keys.press("j")
        await expect(heading).to_have_text("Ada")
        await keys.press("k")
        await expect(heading).to_have_text("Grace")
        await keys.press("?")
        await expect(desk.page.get_by_role("dialog", name="Keys")).to_be_visible()
        await keys.press("Escape")
        await keys.press("n")
        await keys.type("jjk?e")
        await expect(desk.field).to_have_value("jjk?e")
        await expect(heading).to_have_text("Grace")
        await keys.press("Escape")
        await keys.press("/")
        await keys.type("ada")
        await expect(desk.page.locator(".row")).to_have_count(1)
        await keys.press("Control+k")
        await keys.type("dark")
        await keys.press("Enter")
        await expect(desk.page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_a_whole_case_by_keyboard_alone(browser: Browser, parley: Parley) -> None:
    """Read, take, answer from a saved reply, label, priority, a note, the team, snooze, resolve, undo."""
    parley.bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
    conversation = await a_conversation(parley, "Where is my refund?")
    admin = await parley.an_agent("Boss", Role.ADMIN)
    laura = await parley.a_user("Laura Conti")
    await admin.post("/teams", {"name": "Refunds"})
    reply = {"shortcut": "refund", "title": "Refund", "text": "It is on its way, {{ contact.name }}."}
    await admin.post("/saved_replies", reply)
    async with a_desk(browser, parley) as desk:
        page, press, write = desk.page, desk.page.keyboard.press, desk.page.keyboard.type

        async def command(words: str) -> None:
            await press("Control+k")
            await expect(page.get_by_role("combobox", name="Command or person")).to_be_focused()
            await write(words)
            await press("Enter")
            await expect(page.get_by_role("dialog")).to_have_count(0)

        await command("show unassigned")
        await expect(desk.row("Ada")).to_be_visible()
        await press("j")
        await expect(desk.message("Where is my refund?")).to_be_visible()
        await press("t")
        await expect(desk.field).to_be_focused()
        await write("/ref")
        await expect(page.get_by_role("option", name="/refund")).to_be_visible()
        await press("Enter")
        await expect(desk.field).to_have_value("It is on its way, Ada.")
        await press("Control+Enter")
        await expect(desk.message("It is on its way, Ada.").locator(".ticks")).to_be_visible()
        await press("Escape")
        await command("add a label")
        await expect(page.get_by_role("combobox", name="New label")).to_be_focused()
        await write("Refund")
        await press("Enter")
        await expect(page.locator(".triage .chip", has_text="refund")).to_be_visible()
        await command("priority: urgent")
        await expect(page.get_by_role("button", name="Priority: Urgent; change")).to_be_visible()
        await press("n")
        await write("Please look, @lau")
        await expect(page.get_by_role("option", name="Laura Conti")).to_be_visible()
        await press("Enter")
        await press("Control+Enter")
        await expect(page.locator(".note", has_text="Please look, @Laura Conti")).to_be_visible()
        await press("Escape")
        await command("team refunds")
        await expect(page.get_by_role("button", name="Team: Refunds; change")).to_be_visible()
        await press("s")
        await expect(page.get_by_role("dialog", name="Snooze")).to_be_visible()
        await press("ArrowDown")
        await press("Enter")
        await expect(page.locator('.speaker[data-kind="agent"]')).to_contain_text("Snoozed until")
        await press("e")
        await expect(page.get_by_text("Resolved: Ada")).to_be_visible()
        await expect(page.locator('.speaker[data-kind="resolved"]')).to_be_visible()
        await press("z")
        await expect(page.get_by_text("Undone")).to_be_visible()
        await expect(page.locator(".speaker")).to_contain_text("You answer")
    after = await parley.store.conversations.get(conversation.id)
    assert (after.status, after.priority, after.labels) == ("open", "urgent", ("refund",))
    assert (after.assignee_id, after.waiting_since) == (after.speaker.id, None)
    notes = [m.content for m in await parley.thread(conversation.id) if isinstance(m.content, Note)]
    assert [(note.text, note.mentions) for note in notes] == [("Please look, @Laura Conti", (laura.id,))]


async def test_the_queue_is_ordered_by_who_waits_longest(browser: Browser, parley: Parley) -> None:
    parley.bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
    for place, name in enumerate(("Ada", "Grace", "Joan")):
        await a_conversation(parley, "A person, please", name=name, phone=f"1555000{place}000")
    async with a_desk(browser, parley) as desk:
        names = desk.page.locator(".row .who bdi")
        await desk.show("Unassigned")
        await expect(names).to_have_text(["Joan", "Grace", "Ada"])
        await desk.page.get_by_role("button", name="Filter and order").click()
        await desk.page.get_by_role("dialog").get_by_label("Order").select_option("waiting")
        await desk.page.get_by_role("button", name="Show", exact=True).click()
        await expect(names).to_have_text(["Ada", "Grace", "Joan"])
        await desk.row("Ada").click()
        await desk.say("I am here.")
        await expect(names).to_have_text(["Grace", "Joan"])


async def test_a_phone_shows_one_pane_at_a_time(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley, viewport=PHONE, has_touch=True, is_mobile=True) as desk:
        composer, side = desk.page.locator(".composer"), desk.page.locator(".side")
        await desk.open("Ada")
        await expect(desk.page.locator(".list")).to_be_hidden()
        await desk.page.get_by_role("button", name="Details", exact=True).click()
        await expect(side).to_be_visible()
        await expect(composer).to_be_hidden()
        assert await desk.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await desk.page.go_back()
        await expect(composer).to_be_visible()
        await desk.page.get_by_role("button", name="Details", exact=True).click()
        await desk.page.get_by_role("button", name="Back to the conversation").click()
        await expect(composer).to_be_visible()
        await desk.page.get_by_role("button", name="More").click()
        await expect(desk.page.get_by_role("menuitem", name="Take over")).to_be_focused()
        await desk.page.keyboard.press("Enter")
        await desk.page.get_by_role("dialog").get_by_role("button", name="Take over").click()
        await expect(desk.field).to_be_focused()
        await desk.page.get_by_role("button", name="Emoji").click()
        await expect(desk.page.locator(".emojis")).to_be_in_viewport(ratio=1)
        await desk.page.keyboard.press("Escape")
        await desk.page.get_by_label("React", exact=True).click()
        await expect(desk.page.locator(".reacts")).to_be_in_viewport(ratio=1)
        assert await desk.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await desk.page.reload()  # as a link or a notification opens it
        await expect(composer).to_be_visible()
        await desk.page.get_by_role("button", name="Back to the list").click()
        await expect(desk.row("Ada")).to_be_visible()


async def test_an_admin_sees_channels_and_what_could_not_be_read(browser: Browser, parley: Parley) -> None:
    await parley.hook(whatsapp_value({"messages": [{"id": "wamid.x", "type": "text", "text": 5}]}))
    async with a_desk(browser, parley) as desk:
        await desk.page.get_by_role("link", name="Settings").click()
        await expect(desk.page.get_by_text(f"{parley.url}/hooks/whatsapp").first).to_be_visible()
        await desk.page.get_by_role("link", name="Quarantine 1").click()
        held = desk.page.get_by_role("region", name="Quarantine").get_by_role("listitem")
        await expect(held).to_have_count(1)
        await held.get_by_text("What was received").click()
        await expect(held.locator("pre")).to_contain_text("wamid.x")
        await held.get_by_role("button", name="Delete").click()
        await held.get_by_role("button", name="Delete for good?").click()
        await expect(desk.page.get_by_text("Nothing is in quarantine")).to_be_visible()


RULES = """async (store) => {
    const S = await import(store);
    const state = S.emptyState({ id: "me", name: "Me" });
    const conversation = (rev, more = {}) => ({
        id: "c", rev, status: "open", speaker: { kind: "bot", epoch: 1 }, assignee_id: null, unread_count: 0,
        created_at: "2026-01-01", contact: { name: "Ada" }, ...more });
    const message = (seq, rev, more = {}) => ({
        id: `m${seq}`, seq, rev, direction: "in", content: { type: "text" }, ...more });
    const seqs = () => state.threads.get("c").messages.map((m) => m.seq);
    const put = (items, rev, as, more) => S.putMessages(state, "c", { items, rev, more }, as);
    const told = {};
    S.setView(state, { tab: "bot" });
    S.putConversation(state, conversation(5));
    told.inBot = S.rows(state).length;
    told.staleIsIgnored = S.putConversation(state, conversation(5, { status: "resolved" })) === false
        && S.putConversation(state, conversation(4)) === false;
    S.putConversation(state, conversation(6, { speaker: { kind: "agent", id: "me" }, assignee_id: "me" }));
    told.leftBot = S.rows(state).length;
    const view = S.setView(state, { tab: "all" });
    S.askPage(state);
    S.putConversation(state, { ...conversation(1), id: "later" });
    S.putPage(state, view, { items: [conversation(5)], next_cursor: null }, { first: true });
    told.heardWhileAsked = S.rows(state).map((one) => `${one.id}${one.rev}`).sort();
    const pressed = ["none", "low", "urgent"].map((priority, i) => conversation(9, { priority, id: i }));
    const pressing = S.setView(state, { sort: "priority" });
    S.putPage(state, pressing, { items: pressed, next_cursor: null }, { first: true });
    told.byPriority = S.rows(state).map((one) => one.id);
    state.threads.set("c", S.emptyThread());
    put([message(11, 5), message(12, 6)], 6, "page", true);
    told.nextHintIsComplete = put([message(13, 7)], 7, "hint");
    told.lateHintChangesNothing = put([message(12, 6, { status: "old" })], 6, "hint")
        && state.threads.get("c").messages[1].status === undefined;
    told.skippedHintAsksForMore = put([message(15, 10)], 10, "hint") === false
        && state.threads.get("c").rev === 7;
    put([message(14, 9), message(15, 10), message(2, 10)], 10, "changes");
    told.afterChanges = [seqs(), state.threads.get("c").rev];
    put([message(9, 2), message(10, 3)], 10, "older", true);
    told.afterOlder = seqs();
    S.addPending(state, "c", { client_id: "x", text: "hi" });
    put([message(16, 11, { client_id: "x" })], undefined, "one");
    told.settled = [state.threads.get("c").pending.length, seqs().at(-1), state.threads.get("c").rev];
    const reaction = message(2, 2, { content: { type: "reaction" } });
    told.firstUnread = S.firstUnread([message(1, 1), reaction, message(3, 3)], 2);
    const T = await import(store.replace("store.js", "telling.js"));
    const kept = new T.Store({ n: 0 }, T.paced(1e8));
    told.drawn = [];
    kept.subscribe(() => told.drawn.push(kept.state.n));
    for (const way of ["hear", "hear", "hear", "change"]) {
        kept[way]((s) => { s.n += 1; });
        await new Promise((done) => setTimeout(done));
    }
    return told;
}"""


async def test_the_rules_of_revs(browser: Browser, parley: Parley) -> None:
    page = await browser.new_page()
    await page.goto(f"{parley.url}/login")
    assert await page.evaluate(RULES, f"{parley.url}/static/{version()}/inbox/store.js") == {
        "inBot": 1,
        "staleIsIgnored": True,
        "leftBot": 0,
        "heardWhileAsked": ["c6", "later1"],
        "byPriority": [2, 1, 0],
        "nextHintIsComplete": True,
        "lateHintChangesNothing": True,
        "skippedHintAsksForMore": True,
        "afterChanges": [[11, 12, 13, 14, 15], 10],
        "afterOlder": [9, 10, 11, 12, 13, 14, 15],
        "settled": [0, 16, 10],
        "firstUnread": 1,
        "drawn": [1, 4],  # the first at once, what pours in later, what is done here at once with all before
    }
    await page.close()
