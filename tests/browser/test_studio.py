"""A designer's work on the data, in the browser, on a copy of the bot's own."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from inbox.model.people import Role
from inbox.settings import SOURCES
from tests.parley import Parley, answer, running_parley, settings_for, until


@pytest.fixture
async def taught(mongodb: str, tmp_path: Path) -> AsyncIterator[Parley]:
    """A Parley whose data may be changed."""
    shutil.copytree(SOURCES / "nlu_data", tmp_path / "data")
    async with running_parley(settings_for(mongodb, tmp_path, nlu_data=tmp_path / "data")) as parley:
        yield parley


@asynccontextmanager
async def a_studio(browser: Browser, parley: Parley, **options: Any) -> AsyncIterator[Page]:
    """A designer's page. At the end it must have complained of nothing."""
    designer = await parley.an_agent("Dora Designer", Role.DESIGNER)
    given = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options}
    context = await browser.new_context(**given)
    context.set_default_timeout(8000)
    name, _, value = designer.cookie["Cookie"].partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": parley.url}])
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    try:
        yield page
        assert [words for words in complaints if "status of 4" not in words] == []
    finally:
        await context.close()


def text_of(parley: Parley, name: str) -> str:
    return (Path(parley.settings.nlu_data) / name).read_text()


async def test_an_example_is_added_marked_moved_and_undone(browser: Browser, taught: Parley) -> None:
    before = text_of(taught, "nlu/orders.yml")
    async with a_studio(browser, taught) as page:
        await page.goto(f"{taught.url}/")
        await expect(page).to_have_url(f"{taught.url}/studio")
        await page.get_by_role("link", name="order_status", exact=False).first.click()
        field = page.get_by_label("New example")
        await field.fill("is 55512 on its way")
        await field.press("Enter")
        await field.press_sequentially("the next one")  # while the first is on its way
        added = page.locator(".ex", has_text="55512")
        await expect(added).to_be_visible()
        await expect(field).to_have_value("the next one")
        assert text_of(taught, "nlu/orders.yml") != before

        line = added.locator(".exline")
        await line.dblclick(position={"x": 40, "y": 8})  # the number is the second word
        mark = page.get_by_role("dialog", name="Mark 55512")
        await mark.get_by_label("Entity").fill("order_number")
        await mark.get_by_role("button", name="Mark", exact=True).click()
        await expect(added.locator("mark")).to_contain_text("order_number")
        assert "- is [55512](order_number) on its way\n" in text_of(taught, "nlu/orders.yml")

        await added.get_by_role("checkbox").check()
        await page.get_by_label("Move to").select_option("cancel_order")
        await expect(added).to_have_count(0)
        await page.get_by_role("link", name="History").click()
        for words in ("Moved", "Changed", "Added"):
            entry = page.locator(".edits > li", has_text=words).filter(has_not_text="Undid").first
            await entry.get_by_role("button", name="Undo").click()
            await entry.get_by_role("button", name="Undo it?").click()
            await expect(page.locator(".edits > li", has_text="Undid").filter(has_text=words)).to_be_visible()
    assert text_of(taught, "nlu/orders.yml") == before


async def test_a_response_changed_on_disk_meanwhile_is_shown_and_not_overwritten(
    browser: Browser, taught: Parley
) -> None:
    async with a_studio(browser, taught) as page:
        await page.goto(f"{taught.url}/studio/responses/utter_goodbye")
        text = page.get_by_label("Text").first
        await expect(text).not_to_have_value("")
        was = await text.input_value()
        await expect(page.locator(".previews .said").first).to_contain_text(was)
        await text.fill("Mine.")
        path = Path(taught.settings.nlu_data) / "domain.yml"
        path.write_text(path.read_text().replace(was, "Theirs."))
        await page.get_by_role("button", name="Save").click()
        conflict = page.get_by_role("alertdialog")
        await expect(conflict).to_contain_text("Theirs.")
        await expect(conflict).to_contain_text("Mine.")
        assert "Mine." not in path.read_text()
        await conflict.get_by_role("button", name="Put mine in its place").click()
        await expect(conflict).to_have_count(0)
        assert "Mine." in path.read_text()
        assert "Theirs." not in path.read_text()


async def test_what_is_typed_survives_a_file_that_git_left_in_conflict(
    browser: Browser, taught: Parley
) -> None:
    path = Path(taught.settings.nlu_data) / "domain.yml"
    whole = path.read_text()
    async with a_studio(browser, taught) as page:
        await page.goto(f"{taught.url}/studio/responses/utter_goodbye")
        text = page.get_by_label("Text").first
        await text.fill("Typed meanwhile.")
        marked = whole.replace("  utter_goodbye:", "<<<<<<< HEAD\n  utter_goodbye:", 1)
        path.write_text(marked)
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("This is not in the data now")).to_be_visible()
        await expect(page.get_by_text("no valid YAML")).to_be_visible()
        await expect(text).to_have_value("Typed meanwhile.")
        assert path.read_text() == marked
        path.write_text(whole)
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("This is not in the data now")).to_have_count(0)
        await until(lambda: "Typed meanwhile." in path.read_text())

        # Deleted elsewhere, it is shown as a conflict, with what was typed.
        await text.fill("Typed again.")
        without = path.read_text().replace("  utter_goodbye:", "  utter_something_else:", 1)
        path.write_text(without)
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("alertdialog")).to_contain_text("Typed again.")
        await expect(text).to_have_value("Typed again.")
        assert path.read_text() == without


async def test_a_customers_words_are_marked_by_selecting_them(browser: Browser, taught: Parley) -> None:
    """By keyboard alone, from the queue into the data."""

    def unsure(turn: dict[str, Any]) -> dict[str, Any]:
        intent = {"name": "nlu_fallback", "confidence": 0.3}
        ranking = [{"name": "order_status", "confidence": 0.28}]
        return answer("Sorry?", parse={"text": turn["text"], "intent": intent, "ranking": ranking})

    taught.bot.script = unsure
    await taught.customer_says("kindly find parcel AB77")

    async def read() -> bool:
        return bool([c for c in await taught.conversations() if c.bot.intent])

    await until(read)
    async with a_studio(browser, taught) as page:
        await page.goto(f"{taught.url}/studio/review")
        await page.get_by_role("button", name="Edit and mark").press("Enter")
        field = page.get_by_label("The example that is taught")
        await expect(field).to_be_focused()
        await page.keyboard.press("End")
        for _ in range(5):  # with the space before it, which is no part of the mark
            await page.keyboard.press("Shift+ArrowLeft")
        marking = page.get_by_role("group", name="Edit and mark")
        await expect(marking.locator("mark")).to_have_text("AB77")
        entity = marking.get_by_label("Entity")
        await page.keyboard.press("Tab")
        await expect(entity).to_be_focused()
        await page.keyboard.type("order_number")
        await page.keyboard.press("Enter")
        await expect(field).to_have_value("kindly find parcel [AB77](order_number)")
        await expect(field).to_be_focused()
        await page.keyboard.press("Control+A")
        await expect(marking.get_by_role("status")).to_contain_text("marked already")
        await page.keyboard.press("Escape")
        await expect(field).to_have_count(0)
        await expect(page.get_by_role("button", name="Edit and mark")).to_be_focused()
        await page.keyboard.press("a")
        await expect(page.get_by_text("Nothing to review")).to_be_visible()
        await expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    assert "- kindly find parcel [AB77](order_number)\n" in text_of(taught, "nlu/orders.yml")


async def test_a_rule_is_edited_as_a_list_and_seen_as_a_picture(browser: Browser, taught: Parley) -> None:
    async with a_studio(browser, taught) as page:
        await page.goto(f"{taught.url}/studio/dialogues/rule/Say%20goodbye/0")
        await page.get_by_role("button", name="Bot does…").click()
        await page.get_by_role("combobox", name="Step 3").fill("utter_welcome")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("button", name="Save")).to_have_count(0)
        assert "- action: utter_goodbye\n      - action: utter_welcome\n" in text_of(taught, "rules.yml")
        goodbye = text_of(taught, "rules.yml").index("- rule: Say goodbye")
        await page.get_by_role("button", name="Further up in its file").click()
        await until(lambda: text_of(taught, "rules.yml").index("- rule: Say goodbye") < goodbye)
        await page.get_by_role("link", name="Picture").click()
        # What ends where another goes on has its name in a row of its own, over nothing else.
        await page.locator(".graphbar select").select_option("all")
        boxes = await page.locator(".graph .node rect, .graph .end").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().toJSON())"
        )
        assert len(boxes) > 150
        assert overlapping(boxes) == []
        await page.locator(".graphbar select").select_option("rule")
        await page.get_by_label("Only those with").fill("goodbye")
        await expect(page.locator(".graph .node")).to_have_count(3)
        await page.get_by_role("link", name="Say goodbye").click()
        await expect(page.get_by_label("Name", exact=True)).to_have_value("Say goodbye")


def overlapping(boxes: list[dict[str, float]]) -> list[tuple[dict[str, float], dict[str, float]]]:
    """Pairs of what is drawn over each other, by more than a pixel."""
    return [
        (a, b)
        for a, b in combinations(boxes, 2)
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 1
    ]


async def test_a_slot_is_made_renamed_everywhere_and_the_renaming_undone(
    browser: Browser, taught: Parley
) -> None:
    before = text_of(taught, "domain.yml"), text_of(taught, "tests/test_stories.yml")
    async with a_studio(browser, taught, viewport={"width": 390, "height": 844}) as page:
        await page.goto(f"{taught.url}/studio/slots/slot/return_reason")
        tab = page.get_by_role("link", name="Slots & forms")
        await expect(tab).to_be_in_viewport(ratio=1)
        await page.get_by_role("button", name="Rename return_reason").click()
        await page.get_by_label("New name").fill("why")
        await page.get_by_role("button", name="Rename everywhere").click()
        await expect(page.get_by_role("heading", name="why")).to_be_visible()
        assert "return_reason:" not in text_of(taught, "domain.yml")
        assert "{why}" in text_of(taught, "domain.yml")
        assert "- why: does not fit" in text_of(taught, "tests/test_stories.yml")
        await page.goto(f"{taught.url}/studio/history")
        entry = page.locator(".edits > li", has_text="Renamed slot").first
        await entry.get_by_role("button", name="Undo").click()
        await entry.get_by_role("button", name="Undo it?").click()
        await expect(page.locator(".edits > li", has_text="Undid")).to_be_visible()
        assert (text_of(taught, "domain.yml"), text_of(taught, "tests/test_stories.yml")) == before


async def test_a_word_is_found_wherever_it_stands(browser: Browser, taught: Parley) -> None:
    async with a_studio(browser, taught) as page:
        await page.goto(f"{taught.url}/studio/find")
        field = page.get_by_role("searchbox", name="Find in all data")
        await expect(field).to_be_focused()
        await field.press_sequentially("goodbye")
        hits = page.locator(".hits > li")
        await expect(page).to_have_url(f"{taught.url}/studio/find/goodbye")
        for chip in ("Intent", "Response", "Rule", "Test story"):
            await expect(hits.filter(has_text=chip).first).to_be_visible()
        rule = hits.filter(has=page.get_by_role("link", name="Rule Say goodbye")).first
        line = 1 + text_of(taught, "rules.yml").splitlines().index("  - rule: Say goodbye")
        await expect(rule.locator(".sub")).to_have_text(f"rules.yml:{line}")

        # What is found leads to its place, and back again.
        await rule.get_by_role("link").click()
        await expect(page.get_by_label("Name", exact=True)).to_have_value("Say goodbye")
        await page.go_back()
        await expect(field).to_have_value("goodbye")

        # Another language's words, words that no data have, one letter, and what git has just brought.
        await field.fill("सामान")
        await expect(hits.filter(has_text="nlu/hindi.yml").first).to_be_visible()
        await field.fill("zeppelin")
        await expect(page.get_by_text("Nothing in the data has “zeppelin” in it")).to_be_visible()
        path = Path(taught.settings.nlu_data) / "nlu" / "small_talk.yml"
        path.write_text(
            path.read_text().replace("examples: |\n", "examples: |\n      - is that a zeppelin\n", 1)
        )
        await field.fill("a zeppelin")
        example = hits.filter(has_text="is that a zeppelin")
        await expect(example).to_have_count(1)
        await field.fill("a")
        await expect(page.get_by_text("Two letters are enough")).to_be_visible()
        await field.fill("a zeppelin")
        await example.get_by_role("link").click()
        await expect(page.locator(".ex", has_text="zeppelin")).to_be_in_viewport()
