"""Teams: made in the settings, given conversations in the details, looked at in the list."""

from playwright.async_api import Browser, expect

from inbox.model.people import Role
from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import Parley, answer


async def test_a_team_is_made_and_given_a_conversation(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "The bill is wrong")
    await a_conversation(parley, "Where is it?", name="Grace", phone="15550002222")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/teams")
        await page.get_by_role("button", name="New team").click()
        form = page.get_by_role("form", name="New team")
        await form.get_by_label("Name").fill("Billing")
        await form.get_by_label("Opening hours").fill("whenever")
        await form.get_by_label("Admin", exact=True).check()
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_role("alert")).to_contain_text("is not like Mo-Fr 09:00-18:00")
        await form.get_by_label("Opening hours").fill("Mo-Fr 09:00-18:00")
        await form.get_by_role("button", name="Save").click()
        await expect(page.locator("#teams .line")).to_contain_text("Admin")
        await page.get_by_role("button", name="New team").click()
        second = page.get_by_role("form", name="New team")
        await second.get_by_label("Name").fill("Returns")
        await second.get_by_label("How work is shared").select_option("In turn")
        await second.get_by_label("Opening hours").fill("Mo-Fr 10:00-16:00; PH off")
        await second.get_by_label("If nobody takes it").select_option("It goes to Billing")
        await second.get_by_label("Which minutes count").select_option("All, at night and on holidays too")
        await second.get_by_label("Minutes to wait for a colleague").fill("5")
        await second.get_by_label("Tell customers their place").check()
        await second.get_by_text("What they read out of hours").click()
        await second.get_by_label("Italian").fill("Torniamo {when}.")
        await second.get_by_role("button", name="Save").click()
        await page.get_by_role("button", name="Edit Returns").click()
        second = page.get_by_role("form", name="Edit Returns")
        await second.get_by_text("What they read out of hours").click()
        await expect(second.get_by_label("Italian")).to_have_value("Torniamo {when}.")
        await expect(second.get_by_label("Which minutes count")).to_have_value("all")
        await expect(second.get_by_label("Minutes to wait for a colleague")).to_have_value("5")
        colleague = await parley.an_agent("Second Admin", Role.ADMIN)
        kept = next(t for t in (await colleague.get("/teams"))["items"] if t["name"] == "Returns")
        at = f"/teams/{kept['id']}"
        meanwhile = {k: v for k, v in kept.items() if k not in ("id", "updated_at")}
        assert (await colleague.call("PUT", at, meanwhile | {"tells_place": False}))[0] == 200
        await second.get_by_label("Minutes to wait for a colleague").fill("7")
        await second.get_by_role("button", name="Save").click()
        await expect(second.get_by_role("alert")).to_contain_text("Somebody else has changed this")
        assert (await colleague.get(at))["skill_minutes"] == 5
        await second.get_by_role("button", name="Save").click()  # they mean it
        await expect(second).to_have_count(0)
        assert (await colleague.get(at))["skill_minutes"] == 7

        await page.goto(f"{parley.url}/")
        await desk.open("Ada")
        await page.get_by_role("button", name="Team: none; change").click()
        await page.get_by_role("menuitemcheckbox", name="Billing").click()
        await expect(page.get_by_text("Admin gave this to Billing")).to_be_visible()
        await page.get_by_role("button", name="Filter and order").click()
        await page.get_by_role("dialog").get_by_label("Team").select_option("Billing")
        await page.get_by_role("button", name="Show", exact=True).click()
        await expect(desk.row("Grace")).to_have_count(0)
        await expect(desk.row("Ada")).to_be_visible()
        await page.get_by_role("button", name="Team: Billing; change").click()
        await page.get_by_role("menuitemcheckbox", name="No team").click()
        await expect(desk.row("Ada")).to_have_count(0)


async def test_what_the_bot_hands_over_goes_to_who_is_not_busy(browser: Browser, parley: Parley) -> None:
    await parley.a_user("Marco Rossi")
    parley.bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
    async with a_desk(browser, parley) as admin, a_desk(browser, parley, "marco.rossi@example.com") as marco:
        await admin.page.goto(f"{parley.url}/settings/teams")
        await admin.page.get_by_role("button", name="New team").click()
        form = admin.page.get_by_role("form", name="New team")
        await form.get_by_label("Name").fill("Support")
        await form.get_by_label("Admin", exact=True).check()
        await form.get_by_label("Marco Rossi").check()
        await form.get_by_label("How work is shared").select_option("In turn")
        await form.get_by_label("The default team").check()
        await form.get_by_role("button", name="Save").click()
        await expect(admin.page.locator("#teams .line")).to_contain_text("In turn")
        await admin.page.get_by_role("link", name="Agents").click()
        await admin.page.get_by_role("button", name="Edit Marco Rossi").click()
        seat = admin.page.get_by_role("form", name="Edit Marco Rossi")
        await seat.get_by_label("Conversations at once").fill("1")
        await seat.get_by_role("button", name="Save").click()
        await expect(admin.page.locator("#agents li", has_text="Marco")).to_contain_text("up to 1 at once")

        await admin.page.goto(f"{parley.url}/")
        await admin.page.get_by_role("button", name="Admin: preferences").click()
        await admin.page.get_by_role("menuitemcheckbox", name="Busy").click()
        await expect(admin.page.locator(".rail .dot.busy")).to_be_visible()
        await parley.customer_says("A person, please")
        await marco.show("Mine")
        await expect(marco.row("Ada")).to_be_visible()
        await parley.customer_says("Me too", name="Grace", phone="15550002222")
        await admin.show("Unassigned")
        await expect(admin.row("Grace")).to_be_visible()
        await admin.page.get_by_role("button", name="Admin: preferences").click()
        await admin.page.get_by_role("menuitemcheckbox", name="Online").click()
        await admin.show("Mine")
        await expect(admin.row("Grace")).to_be_visible()
        await expect(marco.row("Grace")).to_have_count(0)
