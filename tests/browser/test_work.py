"""What stands behind the inbox: set up in the settings, seen in the list and in the thread."""

from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import Parley, answer


async def test_what_is_promised_is_seen_in_the_list_and_in_the_thread(
    browser: Browser, parley: Parley
) -> None:
    parley.bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
    await a_conversation(parley, "A person, please")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/sla")
        await page.get_by_role("button", name="New policy").click()
        form = page.get_by_role("form", name="New policy")
        await form.get_by_label("Name").fill("Gold")
        await form.get_by_label("First answer, minutes").fill("")
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_role("alert")).to_contain_text("Promise at least one")
        await form.get_by_label("First answer, minutes").fill("90")
        await form.get_by_role("button", name="Save").click()
        await expect(page.locator("#sla .line")).to_contain_text("First answer in 1 h 30 min")

        await page.goto(f"{parley.url}/")
        await desk.open("Ada")
        await expect(page.locator(".speaker .chip")).to_contain_text("First answer due in 1h 29m")
        await page.get_by_role("button", name="Filter and order").click()
        await page.get_by_role("dialog").get_by_label("Order").select_option("What was promised first")
        await page.get_by_role("button", name="Show", exact=True).click()
        await expect(desk.row("Ada")).to_be_visible()
        await desk.take_over()
        await desk.say("Here I am.")
        await expect(page.locator(".speaker .chip")).to_have_count(0)
        await expect(desk.row("Ada")).to_have_count(0)
        await page.goto(f"{parley.url}/settings/sla")
        await expect(page.get_by_role("row", name="First answer")).to_contain_text("100 %")


async def test_customers_are_asked_how_it_was_and_what_they_say_is_shown(
    browser: Browser, parley: Parley
) -> None:
    parley.bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
    await a_conversation(parley, "A person, please")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/silence")
        form = page.get_by_role("form", name="After silence")
        await form.get_by_label("Resolve conversations whose customer is silent").check()
        await form.get_by_label("Farewell").fill("Bye, {{ contact.first_name }}.")
        await form.get_by_label("Otherwise for a channel or a team").select_option(index=1)
        await form.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved: silent conversations are resolved")).to_be_visible()
        await page.reload()
        await expect(page.locator("fieldset.patience")).to_have_count(2)
        await page.goto(f"{parley.url}/settings/survey")
        form = page.get_by_role("form", name="How it was")
        await form.get_by_label("Ask customers how our help was").check()
        await form.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved: customers are asked")).to_be_visible()
        await page.goto(f"{parley.url}/")
        await desk.open("Ada")
        await page.locator(".acts").get_by_role("button", name="Resolve").click()
        await expect(page.locator(".msgs article", has_text="How was our help?")).to_be_visible()
        await parley.customer_says("5")
        await expect(page.get_by_text("Ada rated this 5 of 5")).to_be_visible()
        await page.goto(f"{parley.url}/settings/survey")
        await expect(page.get_by_text("5.0 of 5 in the last 30 days")).to_be_visible()
        await expect(page.locator("#survey .rated li")).to_contain_text("Ada")


async def test_a_rule_is_tried_kept_and_runs_and_a_macro_takes_all_its_steps(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "My bill is wrong")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/rules")
        await page.get_by_role("button", name="New rule").click()
        form = page.get_by_role("form", name="New rule")
        await form.get_by_label("Name").fill("Bills")
        await form.get_by_label("Value of condition 1").fill("bill, invoice")
        await form.get_by_label("Value of step 1").fill("billing")
        await form.get_by_role("button", name="Try on the last day").click()
        await expect(form.get_by_role("status")).to_contain_text("It would have run once")
        await form.get_by_role("button", name="Save").click()
        await expect(page.locator("#rules .line")).to_contain_text("add the label “billing”")
        await page.get_by_role("link", name="Macros").click()
        await page.get_by_role("button", name="New macro").click()
        form = page.get_by_role("form", name="New macro")
        await form.get_by_label("Name").fill("Say goodbye")
        await form.get_by_label("Value of step 1").fill("Bye {{ contact.first_name }}!")
        await form.get_by_role("button", name="Save").click()
        await expect(page.locator("#macros .line")).to_contain_text("and resolve")

        await page.goto(f"{parley.url}/")
        await a_conversation(parley, "Another bill", name="Grace", phone="15550002222")
        await desk.open("Grace")
        await expect(desk.row("Grace")).to_contain_text("billing")
        await expect(desk.row("Ada")).not_to_contain_text("billing")  # that was before the rule
        await desk.take_over()
        await page.keyboard.press("Control+k")
        await page.get_by_role("combobox").fill("goodbye")
        await page.keyboard.press("Enter")
        await expect(desk.message("Bye Grace!")).to_be_visible()
        await expect(page.get_by_text("Resolved by Admin")).to_be_visible()


async def test_a_customer_is_written_to_first_on_another_channel_and_then_blocked(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.get_by_role("link", name="Contacts").click()
        await page.get_by_role("link", name="Ada").click()
        await page.get_by_role("button", name="Write to Ada on SMS").click()
        await expect(page.get_by_text("Admin began this conversation")).to_be_visible()
        await desk.say("Your parcel is here.")
        await expect(desk.message("Your parcel is here.")).to_be_visible()
        await page.get_by_role("link", name="Contacts").click()
        await page.get_by_role("link", name="Ada").click()
        await expect(page.locator(".timeline li")).to_have_count(2)
        await page.get_by_role("button", name="Block", exact=True).click()
        await page.get_by_role("button", name="Block for sure?").click()
        await expect(page.get_by_text("what they send is kept").first).to_be_visible()
        turns = len(parley.bot.turns)
        await parley.customer_says("Answer me!")
        await page.reload()
        await expect(page.locator(".timeline")).to_contain_text("Answer me!")
        await expect(page.locator(".timeline .chip.good")).to_have_count(0)
        assert len(parley.bot.turns) == turns
