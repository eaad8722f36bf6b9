"""Contacts: found, looked at, edited in place, by keyboard."""

from playwright.async_api import Browser, FilePayload, expect

from inbox.actions import profiles
from inbox.model.people import PERMISSIONS, Principal, Role
from inbox.model.profile import AttributeKind
from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.parley import Parley

ADMIN = Principal(id="a", name="Anna", permissions=PERMISSIONS[Role.ADMIN])


async def test_a_contact_is_found_and_edited_in_place_by_keyboard(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Where is my order?", name="Giulia Bianchi", phone="393331234567")
    await a_conversation(parley, "Hello", name="Ada Lovelace", phone="441632960000")
    plan = {"label": "Plan", "kind": AttributeKind.CHOICE, "choices": ("Gold", "Silver")}
    await profiles.define(parley.parts.desk, ADMIN, "plan", **plan)
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.get_by_role("link", name="Contacts").click()
        await expect(page.get_by_role("link", name="Giulia Bianchi")).to_be_visible()
        await page.keyboard.press("/")
        await page.keyboard.type("4567")
        await expect(page.get_by_role("link", name="Ada Lovelace")).to_have_count(0)
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Giulia Bianchi")).to_be_visible()
        await expect(page.locator(".timeline")).to_contain_text("Where is my order?")

        await page.get_by_role("button", name="Edit Name: Giulia Bianchi").press("Enter")
        await page.keyboard.type("<b>Giulia</b> Rossi")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="<b>Giulia</b> Rossi")).to_be_visible()
        await expect(page.locator(".rows")).to_contain_text("<b>Giulia</b> Rossi")
        await page.get_by_role("button", name="Edit Email").press("Enter")
        await page.keyboard.type("giulia@example")
        await page.keyboard.press("Enter")
        await expect(page.locator("input:invalid").or_(page.get_by_role("alert"))).to_be_visible()
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Edit Plan: not known").press("Enter")
        await page.get_by_role("combobox", name="Plan").select_option("Gold")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("button", name="Edit Plan: Gold")).to_be_focused()

        await page.get_by_label("New note").fill("Prefers the morning.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".notes")).to_contain_text("Prefers the morning.")
        await page.reload()
        await expect(page.locator(".notes")).to_contain_text("Prefers the morning.")
        await page.get_by_role("button", name="Delete the note of Admin").click()
        await expect(page.locator(".notes li")).to_have_count(0)
        await page.locator(".timeline a").click()
        await expect(page.locator(".msgs")).to_contain_text("Where is my order?")


async def test_two_contacts_are_merged_and_parted_again(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "From my own phone", name="Ada Lovelace", phone="441632960000")
    await a_conversation(parley, "From my office", name="A. Lovelace", phone="441632960001")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/contacts")
        await page.get_by_role("link", name="Ada Lovelace").click()
        await page.get_by_role("button", name="Merge with another contact").press("Enter")
        await page.keyboard.type("0001")
        await (
            page.get_by_role("list", name="Contacts found")
            .get_by_role("button", name="A. Lovelace")
            .press("Enter")
        )
        await page.get_by_role("dialog").get_by_role("button", name="Merge").press("Enter")
        await expect(page.locator(".timeline li")).to_have_count(2)
        await expect(page.locator(".rows .row")).to_have_count(1)
        await page.get_by_role("button", name="Part A. Lovelace again").click()
        await expect(page.locator(".timeline li")).to_have_count(1)
        await expect(page.locator(".rows .row")).to_have_count(2)


async def test_a_phone_shows_the_list_or_a_contact(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Where is my order?", name="Giulia Bianchi", phone="393331234567")
    async with a_desk(browser, parley, viewport=PHONE, has_touch=True) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/contacts")
        await page.get_by_role("link", name="Giulia Bianchi").click()
        await expect(page.get_by_role("heading", name="Giulia Bianchi")).to_be_visible()
        await expect(page.get_by_label("Search contacts")).to_be_hidden()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.go_back()
        await expect(page.get_by_label("Search contacts")).to_be_visible()


async def test_an_admin_defines_an_attribute_and_takes_the_contacts_along(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "Hello", name="Ada Lovelace", phone="441632960000")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/settings/attributes")
        await page.get_by_role("button", name="New attribute").click()
        await page.get_by_label("Label").fill("Größe")
        await page.get_by_label("Kind").select_option("choice")
        await page.get_by_label("Choices, one a line").fill("S\nM\n\nL")
        await page.get_by_role("form", name="New attribute").get_by_role("button", name="Save").click()
        await expect(page.locator("#attributes .lines")).to_contain_text("One of several: S, M, L")
        await page.goto(f"{parley.url}/contacts")
        await page.get_by_role("link", name="Ada Lovelace").click()
        await page.get_by_role("button", name="Edit Größe").click()
        await page.get_by_role("combobox", name="Größe").select_option("M")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Edit Größe: M")).to_be_visible()
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Export").click()
        assert ",M," in (await (await download.value).path()).read_text("utf-8-sig")


async def test_a_file_is_imported_after_a_look_at_what_it_does(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Hello", name="Ada Lovelace", phone="441632960000")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/contacts")
        await page.get_by_role("button", name="Import").click()
        dialog = page.get_by_role("dialog")
        rows = "Ada King,+441632960000\nGiulia Bianchì,+393331234567\nNobody,12\n"
        file: FilePayload = {
            "name": "people.csv",
            "mimeType": "text/csv",
            "buffer": f"name,phone\n{rows}".encode("cp1252"),
        }
        await dialog.get_by_label("CSV file").set_input_files([file])
        await expect(dialog.get_by_role("alert")).to_contain_text("not in Unicode")
        await dialog.get_by_label("How the file is written").select_option("Western Europe (Windows)")
        await dialog.get_by_label("CSV file").set_input_files([file])
        await expect(dialog.get_by_label("Lines left out")).to_contain_text("Line 4 A number begins with +")
        await expect(dialog.get_by_label("The first rows")).to_contain_text("Giulia Bianchì New")
        async with page.expect_download() as download:
            await dialog.get_by_role("link", name="Save this list").click()
        kept = (await (await download.value).path()).read_text()
        assert kept.startswith('line,reason\n4,"A number begins with +')
        await expect(page.locator(".rows .row")).to_have_count(1)
        await dialog.get_by_role("button", name="Import 2 rows").press("Enter")
        await dialog.get_by_role("button", name="Done").press("Enter")
        await expect(page.locator(".rows .row")).to_have_count(2)
        await expect(page.locator(".rows")).to_contain_text("Ada King")


async def test_a_segment_is_made_chosen_edited_and_deleted(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Where is my order?", name="Giulia Bianchi", phone="393331234567")
    await a_conversation(parley, "Hello", name="Ada Lovelace", phone="441632960000")
    (giulia,) = await parley.store.contacts.known_as(["phone:+393331234567"])
    await profiles.edit(parley.parts.desk, ADMIN, giulia.id, {"email": "giulia@example.com"})
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/contacts")
        await page.get_by_role("button", name="New segment").click()
        form = page.get_by_role("form", name="New segment")
        await form.get_by_label("Name").fill("With an email")
        await form.get_by_label("Condition").select_option("email")
        await form.get_by_label("Comparison").select_option("known")
        await form.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("link", name="Ada Lovelace")).to_have_count(0)
        await expect(page.get_by_role("link", name="Giulia Bianchi")).to_be_visible()
        await expect(page.get_by_label("Segment", exact=True)).to_contain_text("With an email (1)")
        await page.locator(".segments").get_by_role("button", name="Edit").click()
        form = page.get_by_role("form", name="Edit the segment")
        await form.get_by_label("Name").fill("Without an email")
        await form.get_by_label("Comparison").select_option("unknown")
        await form.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("link", name="Ada Lovelace")).to_be_visible()
        await expect(page.get_by_role("link", name="Giulia Bianchi")).to_have_count(0)
        await expect(page.get_by_label("Segment", exact=True)).to_contain_text("Without an email (1)")
        await page.locator(".segments").get_by_role("button", name="Delete").click()
        await expect(page.get_by_role("link", name="Giulia Bianchi")).to_be_visible()
        await expect(page.get_by_role("link", name="Ada Lovelace")).to_be_visible()
