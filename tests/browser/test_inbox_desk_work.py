"""What an agent does with lists and with their own words: undo, send later, many at once."""

import asyncio
import re

from playwright.async_api import Browser, Route, expect

from inbox.actions.later import say_due
from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.parley import Parley, until

PAINTED = """[...(CSS.highlights.get('found') ?? [])]
  .some((r) => r.startContainer.data.slice(r.startOffset, r.endOffset).toLowerCase() === "turq")"""


async def test_what_was_sent_can_be_taken_back_and_goes_when_it_is_not(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "Where is it?")
    async with a_desk(browser, parley, may_undo=True) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.say("Your order is lots")
        await desk.page.locator(".held").get_by_role("button", name="Undo").click()
        await expect(desk.page.get_by_text("You took back a message")).to_be_visible()
        await expect(desk.field).to_have_value("Your order is lots")
        await expect(desk.row("Ada")).not_to_contain_text("lots")
        await desk.say("Your order is lost")
        await desk.page.locator(".held").get_by_role("button", name="Send now").click()
        await expect(desk.message("Your order is lost").locator(".ticks.read")).to_be_visible(timeout=15_000)
    sent = [m for m in await parley.thread((await parley.conversations())[0].id) if m.author.kind == "agent"]
    assert [m.status for m in sent] == ["cancelled", "read"]


async def test_what_is_to_be_sent_later_is_seen_by_colleagues_and_can_be_changed(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "Tell me tomorrow")
    laura = await parley.a_user("Laura Conti")
    async with a_desk(browser, parley) as desk, a_desk(browser, parley, laura.email) as other:
        await desk.open("Ada")
        await other.open("Ada")
        await desk.take_over()
        await desk.field.fill("Good morning, Ada")
        await desk.page.get_by_role("button", name="Schedule").click()
        await desk.page.get_by_role("menuitem", name="Tomorrow").click()
        await expect(desk.field).to_have_value("")
        await expect(other.page.locator(".scheduled")).to_contain_text("Good morning, Ada")
        await expect(other.page.get_by_text("wrote a message to be sent")).to_be_visible()
        await desk.page.locator(".scheduled").get_by_role("button", name="Edit").click()
        await expect(desk.field).to_have_value("Good morning, Ada")
        await expect(other.page.locator(".scheduled")).to_have_count(0)


async def test_a_file_and_words_are_said_later_in_their_order(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Send me the label tomorrow")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.page.locator(".composer input[type=file]").set_input_files(
            {"name": "label.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 label"}
        )
        await desk.field.fill("Here is the label")
        await desk.page.get_by_role("button", name="Schedule").click()
        await desk.page.get_by_role("menuitem", name="Tomorrow").click()
        await expect(desk.field).to_have_value("")
        await expect(desk.page.locator(".attached li")).to_have_count(0)
        await expect(desk.page.locator(".scheduled .said")).to_have_text(["label.pdf", "Here is the label"])
        await parley.store._database.scheduled.update_many(
            {}, [{"$set": {"due": {"$subtract": ["$due", 3 * 86_400_000]}}}]
        )
        await say_due(parley.parts.desk)
        await expect(desk.page.locator(".scheduled")).to_have_count(0)
        await expect(desk.message("Here is the label")).to_be_visible()
        mine = [m for m in await parley.thread(conversation.id) if m.author.kind == "agent"]
        assert [type(m.content).__name__ for m in mine] == ["Document", "Text"]
        assert desk.complaints == []


async def test_a_draft_follows_its_author_to_another_device(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        async with desk.page.expect_response(lambda r: r.url.endswith("/draft") and r.ok):
            await desk.field.fill("Half a sentence")
        async with a_desk(browser, parley, viewport=PHONE) as phone:
            await phone.open("Ada")
            await expect(phone.field).to_have_value("Half a sentence")
            await desk.field.fill("Half a sentence more")
            await expect(phone.field).to_have_value("Half a sentence more")
            await phone.page.get_by_role("button", name="Send", exact=True).click()
            await expect(desk.field).to_have_value("")  # or it would be said twice


async def test_a_colleague_who_is_named_hears_of_it_and_finds_the_place(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "Hello")
    laura = await parley.a_user("Laura Conti")
    async with a_desk(browser, parley) as desk, a_desk(browser, parley, laura.email) as hers:
        await expect(hers.page.get_by_role("button", name="Mentions", exact=True)).to_be_visible()
        await desk.open("Ada")
        await desk.page.keyboard.press("n")
        await desk.field.press_sequentially("Please look, @lau")
        await desk.page.get_by_role("option", name="Laura Conti").wait_for()
        await desk.field.press("Enter")
        await expect(desk.field).to_have_value("Please look, @Laura Conti ")
        await desk.field.press("Control+Enter")
        await hers.page.get_by_role("button", name="Mentions, 1 new").click()
        await hers.page.get_by_role("dialog").get_by_text("Please look").click()
        await expect(hers.page.locator(".note.marked")).to_be_visible()
        await expect(hers.page.get_by_role("button", name="Mentions", exact=True)).to_be_visible()


async def test_many_are_resolved_at_once_and_brought_back(browser: Browser, parley: Parley) -> None:
    for place, name in enumerate(("Ada", "Grace", "Edith")):
        await a_conversation(parley, "Hello", name=name, phone=f"1555000444{place}")
    async with a_desk(browser, parley) as desk, a_desk(browser, parley) as other:
        await desk.show("All")
        await other.show("All")
        for name in ("Ada", "Grace"):
            await desk.page.get_by_role("checkbox", name=f"Choose {name}").check()
        await desk.page.locator(".bulk").get_by_role("button", name="Resolve").click()
        await expect(desk.page.get_by_text("Resolved: 2 conversations")).to_be_visible()
        for page in (desk, other):
            await expect(page.row("Ada")).to_have_count(0)
            await expect(page.row("Edith")).to_have_count(1)
        await desk.page.locator(".toast").get_by_role("button", name="Undo").click()
        for page in (desk, other):
            await expect(page.row("Ada")).to_contain_text("Bot")
            await expect(page.row("Grace")).to_contain_text("Bot")


async def test_what_a_colleague_has_done_since_is_not_undone(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    anna = await parley.an_agent("Anna Schmidt")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.page.keyboard.press("e")
        undo = desk.page.locator(".toast").get_by_role("button", name="Undo")
        await expect(undo).to_be_visible()
        await anna.post(f"/conversations/{conversation.id}/reopen")
        await anna.post(f"/conversations/{conversation.id}/assign", {"agent_id": anna.user.id})
        await expect(desk.page.get_by_text("Anna Schmidt answers", exact=True)).to_be_visible()
        await undo.click()
        await expect(desk.page.locator(".toast")).to_contain_text("Ada: it has been changed since")
    (after,) = await parley.conversations()
    assert (after.status, after.assignee_id) == ("open", anna.user.id)


async def test_a_double_click_resolves_and_does_not_reopen(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.page.get_by_role("button", name="Resolve", exact=True).dblclick(delay=50)
        await expect(desk.page.locator(".toast")).to_contain_text("Resolved: Ada")
        await desk.page.get_by_role("button", name="Reopen").first.focus()
        await desk.page.keyboard.press("Enter")
        await expect(desk.page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()

    async def events() -> list[str]:
        said = [m.content for m in await parley.thread(conversation.id) if m.author.kind == "system"]
        return [content.event for content in said]

    async def is_told() -> bool:
        return (await events())[-1] == "reopened"

    await until(is_told)
    assert (await events()).count("reopened") == 1


async def test_a_list_is_filtered_and_kept_as_a_view(browser: Browser, parley: Parley) -> None:
    ada = await a_conversation(parley, "Hello")
    grace = await a_conversation(parley, "Hello", name="Grace", phone="15550002222")
    agent = await parley.an_agent("Filing Agent")
    await agent.post(f"/conversations/{ada.id}/labels", {"add": ["vip"]})
    async with a_desk(browser, parley) as desk:
        await desk.show("All")
        await desk.page.get_by_role("button", name="Filter and order").click()
        form = desk.page.get_by_role("dialog")
        await form.get_by_label("Label").select_option("vip")
        await form.get_by_role("button", name="Show").click()
        await expect(desk.row("Grace")).to_have_count(0)
        await expect(desk.row("Ada")).to_have_count(1)
        await desk.page.get_by_role("button", name="Views").click()
        await desk.page.get_by_role("menuitem", name="Keep this list").click()
        await form.get_by_label("Name").fill("Our best")
        await form.get_by_role("button", name="Keep").click()
        await desk.page.get_by_role("button", name="Without: vip").click()
        await expect(desk.row("Grace")).to_have_count(1)
        await desk.page.keyboard.press("Control+k")
        await desk.page.get_by_role("combobox").fill("our best")
        await desk.page.keyboard.press("Enter")
        await expect(desk.row("Grace")).to_have_count(0)
        await agent.post(f"/conversations/{grace.id}/assign", {"agent_id": agent.user.id})
        await desk.page.get_by_role("button", name="Without: vip").click()
        await desk.page.get_by_role("button", name="Filter and order").click()
        await form.get_by_label("Assigned to").select_option("Filing Agent")
        await form.get_by_role("button", name="Show").click()
        await expect(desk.row("Ada")).to_have_count(0)
        await expect(desk.row("Grace")).to_have_count(1)
        await desk.page.get_by_role("button", name="Without: Assigned to Filing Agent").click()
        await desk.row("Ada").click()
        await expect(desk.row("Ada").locator(".unread")).to_have_count(0)
        await desk.page.locator(".msgs").focus()
        await desk.page.keyboard.press("u")
        await expect(desk.row("Ada").locator(".unread")).to_be_visible()
        await expect(desk.page.get_by_text("Pick a conversation")).to_be_visible()


async def test_what_the_server_refuses_is_shown_as_it_was(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        may_answer = asyncio.Event()

        async def refuse(route: Route) -> None:
            await may_answer.wait()
            await route.fulfill(status=503, json={"status": 503, "title": "Busy", "detail": "Not just now."})

        await desk.page.route("**/resolve", refuse)
        await desk.page.locator(".msgs").focus()
        await desk.page.keyboard.press("e")
        await expect(desk.row("Ada")).to_have_count(0)  # at the click, before the server has said anything
        await expect(desk.page.get_by_role("button", name="Reopen").first).to_be_visible()
        may_answer.set()
        await expect(desk.page.get_by_text("Not just now.")).to_be_visible()
        await expect(desk.row("Ada")).to_have_count(1)
        await expect(desk.page.get_by_role("button", name="Reopen")).to_have_count(0)
        assert (await parley.conversations())[0].status == "open"


async def test_of_a_long_list_only_what_is_seen_is_drawn(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    one = await parley.store.conversations._all.find_one({})
    copies = [
        {**one, "_id": f"{n:028x}", "contact_id": f"c{n}", "contact": {"name": f"Customer {n}"}}
        for n in range(400)
    ]
    await parley.store.conversations._all.insert_many(copies)
    async with a_desk(browser, parley) as desk:
        await desk.show("All")
        await expect(desk.page.locator(".row").first).to_be_visible()
        seen: set[str] = set()

        async def is_at_its_end() -> bool:
            seen.update(await desk.page.locator(".row .who bdi").all_text_contents())
            assert await desk.page.locator(".row").count() <= 60
            await desk.page.locator("#rows").evaluate("pane => pane.scrollTop += pane.clientHeight")
            return len(seen) >= 401

        await until(is_at_its_end, within=60)


async def test_a_place_in_a_long_thread_is_found_by_words_and_by_its_address(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "The turquoise umbrella")
    at = (await parley.conversations())[0].id
    agent = await parley.an_agent("Filing Agent")
    for n in range(60):
        await agent.post(f"/conversations/{at}/messages", {"text": f"Note {n}", "note": True})

    async def is_indexed() -> bool:
        return bool((await agent.get(f"/conversations/{at}/search?q=turq"))["items"])

    await until(is_indexed, within=30)
    await agent.post(
        f"/conversations/{at}/take_over", {"epoch": (await parley.conversations())[0].speaker.epoch}
    )
    await parley.customer_says(*(f"Line {n}." for n in range(500)))
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.page.keyboard.press("f")
        await desk.page.get_by_role("searchbox", name="Find in this conversation").fill("turq")
        await expect(desk.page.get_by_text("1 of 2")).to_be_visible()  # the bot has repeated it
        await desk.page.keyboard.press("Enter")
        await expect(desk.page.get_by_text("2 of 2")).to_be_visible()
        await expect(desk.page.locator(".marked")).to_have_text(re.compile(r"^\s*The turquoise"))
        await expect(desk.page.locator(".marked")).to_be_in_viewport()
        await desk.page.goto(parley.url)
        await desk.show("All")
        await desk.page.get_by_role("searchbox", name="Search every message").fill("turq")
        await expect(desk.row("Ada").locator("mark")).to_be_visible(timeout=20_000)
        await desk.row("Ada").click()  # straight to what was looked for, and its words are painted
        await expect(desk.page.locator(".marked")).to_contain_text("turquoise")
        await expect(desk.page.locator(".marked")).to_be_in_viewport()
        await until(lambda: desk.page.evaluate(PAINTED), within=15)
        await desk.page.goto(f"{parley.url}/?c={at}&m=1")
        await expect(desk.page.locator(".marked")).to_be_in_viewport()
        await expect(desk.message("Line 499.")).to_have_count(0)  # not all that lies between is drawn
        drawn = await desk.page.locator(".msgs article").count()
        assert drawn < 320
        await desk.page.locator(".msgs").evaluate("box => { box.scrollTop = box.scrollHeight; }")
        await expect(desk.page.locator(".msgs article").nth(drawn + 50)).to_be_attached()
        await parley.customer_says("The newest of all")
        await desk.page.get_by_role("button", name=re.compile("newest|new message")).click()
        await expect(desk.message("The newest of all")).to_be_in_viewport()
        await expect(desk.message("Line 0.")).to_have_count(1)


async def test_a_whole_case_by_the_keyboard_alone(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Where is my order?")
    async with a_desk(browser, parley) as desk:
        keys = desk.page.keyboard
        await keys.press("Control+k")
        await keys.type("show all")
        await keys.press("Enter")
        await expect(desk.row("Ada")).to_have_count(1)
        await keys.press("j")
        await expect(desk.page.locator(".msgs")).to_have_attribute("aria-busy", "false")
        await keys.press("t")
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await keys.press("Enter")
        await expect(desk.page.get_by_text("You answer")).to_be_visible()
        await expect(desk.field).to_be_focused()
        await keys.type("On its way")
        await keys.press("Control+Enter")
        await expect(desk.message("On its way")).to_be_visible()
        await keys.press("Escape")
        await keys.press("n")
        await keys.type("Called the courier")
        await keys.press("Control+Enter")
        await expect(desk.page.locator(".note:not(.pending)")).to_contain_text("Called the courier")
        await keys.press("Escape")
        await keys.press("Control+k")
        await keys.type("priority: high")
        await keys.press("Enter")
        await expect(desk.row("Ada")).to_contain_text("high")
        await keys.press("?")
        await expect(desk.page.get_by_role("dialog", name="Keys")).to_be_visible()
        await keys.press("Escape")
        await keys.press("e")
        await expect(desk.page.get_by_text("Resolved: Ada")).to_be_visible()
        await expect(desk.row("Ada")).to_have_count(0)
