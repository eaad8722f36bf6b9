"""A designer keeps a second assistant and a second language, in the browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_axe import found_by_axe
from tests.browser.test_studio import a_studio
from tests.inbox.teaching.tiny import a_tiny_bot
from tests.parley import Parley, running_parley, settings_for, until


@pytest.fixture
async def small(mongodb: str, tmp_path: Path) -> AsyncIterator[Parley]:
    """A Parley that is taught three intents."""
    data = a_tiny_bot(tmp_path / "data")
    async with running_parley(settings_for(mongodb, tmp_path, nlu_data=data)) as parley:
        yield parley


async def test_assistants_and_languages_are_made_and_edited_side_by_side(
    browser: Browser, small: Parley
) -> None:
    home = small.settings.assistants
    async with a_studio(browser, small) as page:
        await page.goto(f"{small.url}/studio/assistants")
        await expect(page.locator(".whose")).to_have_count(0)  # one in one language has nothing to choose
        await page.get_by_role("button", name="Add a language").click()
        await page.get_by_label("Language (en").fill("it")
        await page.get_by_label("Begin with").select_option("=")
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("link", name="Italian")).to_be_visible()
        assert (home / "default/it/domain.yml").read_text() == (
            small.settings.nlu_data / "domain.yml"
        ).read_text()
        await page.get_by_role("button", name="New assistant").click()
        await page.get_by_label("Name", exact=True).fill("The Club")
        await page.get_by_label("Language (en").fill("en")
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("heading", name="The Club")).to_be_visible()
        await expect(page.locator(".whose option")).to_have_count(3)
        assert (home / "the-club/en/rules.yml").is_file()
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.reload()  # the switcher comes after the tabs, and must not push the present one away
        await expect(page.locator(".whose option")).to_have_count(3)
        tabs = page.get_by_role("navigation", name="Studio")
        await expect(tabs.get_by_role("link", name="Assistants")).to_be_in_viewport(ratio=0.95)
        await page.set_viewport_size({"width": 1440, "height": 900})

        # What one language gets is missing in the other, and is seen there.
        await page.get_by_role("link", name="Italian").click()
        await expect(page.get_by_label("Assistant", exact=True)).to_have_value("default.it")
        await page.get_by_role("button", name="New intent").click()
        await page.get_by_label("Name", exact=True).fill("thank")
        await page.get_by_label("First example").fill("grazie mille")
        new = page.get_by_role("complementary", name="Intents")
        await new.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("heading", name="thank")).to_be_visible()
        assert written(home / "default/it/nlu/all.yml", "grazie mille")
        assert "grazie" not in (small.settings.nlu_data / "nlu/all.yml").read_text()
        await page.get_by_role("link", name="Assistants").click()
        await page.get_by_role("link", name="Side by side").click()
        await expect(page.get_by_role("row", name="thank")).to_contain_text("missing")
        await page.get_by_label("Only what is missing somewhere").check()
        await expect(page.get_by_role("row", name="greet")).to_have_count(0)
        await page.get_by_label("Only what is missing somewhere").uncheck()

        await page.get_by_role("link", name="utter_greet").click()
        columns = page.locator(".column")
        await columns.nth(1).get_by_label("Text").fill("Ciao!")
        await columns.nth(1).get_by_role("button", name="Save Italian").click()
        await until(lambda: written(home / "default/it/domain.yml", "Ciao!"))
        assert "Ciao!" not in (small.settings.nlu_data / "domain.yml").read_text()
        assert await found_by_axe(page) == []

        await page.get_by_label("Assistant", exact=True).select_option("the-club.en")
        await page.wait_for_url("**edition=the-club.en")
        await page.get_by_role("link", name="Intents").click()
        await expect(page.get_by_role("link", name="human_handoff")).to_be_visible()
        await expect(page.get_by_role("link", name="order_status")).to_have_count(0)


def written(file: Path, words: str) -> bool:
    """Whether the file has these words."""
    return words in file.read_text()
