"""An agent's work in a real browser: take over, answer, note, hand back, and two agents in step."""

from playwright.async_api import Browser, expect

from inbox.model.people import Role
from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import Parley, answer


async def test_a_wrong_password_is_told_and_a_right_one_leads_on(browser: Browser, parley: Parley) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{parley.url}/settings")
    await page.get_by_label("Email").fill(parley.admin_email)
    await page.get_by_label("Password").fill("a guess")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("wrong")
    assert await page.get_by_label("Email").input_value() == parley.admin_email
    await page.get_by_label("Password").fill(parley.admin_password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(
        page.get_by_role("tablist").or_(page.get_by_role("heading", name="Channels"))
    ).to_be_visible()
    await context.close()


async def test_what_a_customer_writes_appears_by_itself(browser: Browser, parley: Parley) -> None:
    async with a_desk(browser, parley) as desk:
        await desk.show("Bot")
        await expect(desk.page.get_by_text("The bot has no conversations")).to_be_visible()
        await a_conversation(parley, "Where is my order?")
        await expect(desk.row("Ada")).to_contain_text("You said: Where is my order?")
        await expect(desk.page.get_by_role("tab", name="Bot")).to_contain_text("1")
        await desk.row("Ada").click()
        await expect(desk.message("Where is my order?").first).to_contain_text("inform 0.90")
        await expect(desk.page.get_by_text("The bot is answering. Take over to reply.")).to_be_visible()


async def test_a_reply_settles_without_a_double_and_gets_its_ticks(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.say("Hello Ada, I am here.")
        await expect(desk.message("I am here.")).to_have_count(1)
        await expect(desk.message("I am here.").locator(".ticks")).to_contain_text("✓")
        await expect(desk.page.locator(".msgs .pending")).to_have_count(0)
        await desk.page.reload()
        await expect(desk.message("I am here.")).to_have_count(1)
        await expect(desk.page.get_by_text("Admin took over from the bot")).to_be_visible()


async def test_a_note_is_yellow_and_never_leaves(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.page.keyboard.press("n")
        await expect(desk.page.get_by_text("Only colleagues see this")).to_be_visible()
        await desk.field.fill("Ada is a VIP")
        await desk.page.get_by_role("button", name="Add note").click()
        await expect(desk.page.locator(".note:not(.pending)", has_text="VIP")).to_have_count(1)
        stored = (await parley.thread(conversation.id))[-1]
        assert (stored.content.text, stored.is_internal) == ("Ada is a VIP", True)


async def test_reply_and_note_keep_their_own_drafts_across_a_reload(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.field.fill("Dear Ada")
        await desk.page.get_by_role("button", name="Private note").click()
        await desk.field.fill("Do not promise anything")
        await desk.page.get_by_role("button", name="Reply", exact=True).click()
        assert await desk.field.input_value() == ""  # the words had become the note, and were changed there
        await desk.field.fill("Dear Ada, again")
        await desk.page.reload()
        await expect(desk.field).to_have_value("Dear Ada, again")
        await desk.page.get_by_role("button", name="Private note").click()
        await expect(desk.field).to_have_value("Do not promise anything")


async def test_two_agents_stay_in_step(browser: Browser, parley: Parley) -> None:
    parley.bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
    await a_conversation(parley, "Can I talk to a person?")
    anna = await parley.a_user("Anna Schmidt")
    boss = await parley.an_agent("Bea Boss", Role.ADMIN)
    board = await boss.post("/teams", {"name": "Board", "members": [boss.user.id], "is_private": True})
    async with a_desk(browser, parley) as one, a_desk(browser, parley, anna.email) as two:
        for desk in (one, two):
            await desk.open("Ada", tab="Unassigned")
            await expect(desk.page.get_by_role("heading", name="What the bot hands over")).to_be_visible()
            await expect(desk.page.locator("#summary")).to_contain_text("The customer asked for a person")
        await expect(one.page.get_by_text("Anna Schmidt is viewing")).to_be_visible()
        await two.field.press_sequentially("Hi")
        await expect(one.page.get_by_text("Anna Schmidt is typing").first).to_be_visible()
        await two.page.get_by_role("button", name="Take and send").click()
        await expect(one.message("Hi").last).to_contain_text("Anna Schmidt")
        await expect(one.page.get_by_text("Anna Schmidt answers", exact=True)).to_be_visible()
        await expect(one.row("Ada")).to_have_count(0)
        await expect(one.page.get_by_role("tab", name="Unassigned")).to_contain_text("0")
        at = (await parley.conversations())[0].id
        await boss.post(f"/conversations/{at}/team", {"team_id": board["id"]})
        await expect(two.page.get_by_text("The conversation with Ada is with a private team")).to_be_visible()
        await expect(two.page.locator(".msgs")).to_have_count(0)
        await two.show("All")
        await expect(two.row("Ada")).to_have_count(0)
        two.complaints.clear()  # that the server has no such conversation for her


async def test_taking_over_is_asked_once_and_the_server_decides(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    anna = await parley.an_agent("Anna Schmidt")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.page.keyboard.press("t")
        dialog = desk.page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Take over from the bot?")
        await anna.post(f"/conversations/{conversation.id}/take_over", {"epoch": conversation.speaker.epoch})
        await dialog.get_by_role("button", name="Take over").click()
        await expect(dialog).to_contain_text("Anna Schmidt has it now")
        await dialog.get_by_role("button", name="Take over anyway").click()
        await expect(desk.page.get_by_text("You answer")).to_be_visible()
        await expect(desk.field).to_be_focused()


async def test_words_that_may_not_be_sent_are_kept(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    anna = await parley.an_agent("Anna Schmidt")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        epoch = (await anna.get(f"/conversations/{conversation.id}"))["speaker"]["epoch"]
        desk.loses = "conversation"
        await anna.post(f"/conversations/{conversation.id}/take_over", {"epoch": epoch})
        await desk.say("I was about to say this")
        await expect(desk.page.get_by_text("Anna Schmidt is answering. Take over to reply.")).to_be_visible()
        await expect(desk.field).to_have_value("I was about to say this")
        await desk.page.get_by_role("button", name="Make my draft a note").click()
        await desk.page.get_by_role("button", name="Add note").click()
        await expect(desk.page.locator(".note", has_text="I was about to say this")).to_have_count(1)


async def test_hand_to_bot_resolve_and_reopen(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.page.get_by_role("button", name="Hand to bot").click()
        dialog = desk.page.get_by_role("dialog")
        await dialog.get_by_text("Not resolved").click()
        await dialog.get_by_label("Note for the record").fill("Wants a refund")
        await dialog.get_by_role("button", name="Hand to bot").click()
        await expect(desk.page.get_by_text("The bot answers", exact=True)).to_be_visible()
        await expect(desk.page.get_by_text("“Wants a refund”")).to_be_visible()
        await desk.page.keyboard.press("e")
        await expect(
            desk.page.get_by_text("This conversation is resolved. Reopen it to reply.")
        ).to_be_visible()
        await expect(desk.row("Ada")).to_have_count(0)
        await desk.page.locator(".acts").get_by_role("button", name="Reopen").click()
        await expect(desk.page.get_by_text("You answer")).to_be_visible()


async def test_a_failed_message_says_why_and_can_be_sent_again(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await the_provider(parley, fail=131026)
        await desk.say("Are you there?")
        failure = desk.message("Are you there?").locator(".failure")
        await expect(failure).to_contain_text("Not delivered: ")
        await the_provider(parley, fail=0)
        await failure.get_by_role("button", name="Retry").click()
        await expect(desk.message("Are you there?").locator(".ticks")).to_contain_text("✓")
        await expect(failure).to_have_count(0)


async def the_provider(parley: Parley, **trouble: int) -> None:
    """Give the stand-in for Meta some trouble, or none."""
    url = f"{parley.url}/rehearsal/api/phones/whatsapp/trouble"
    async with parley.http.put(url, json=trouble) as response:
        assert response.status == 200, await response.text()
