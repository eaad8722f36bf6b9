"""Trying two models side by side, keeping the trial, and a guest who tries too; the models are scripted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from inbox.model.training import ModelVersion, Person
from tests.browser.test_studio import a_studio
from tests.inbox.teaching.benches import a_bot_home
from tests.inbox.teaching.tiny import a_tiny_bot
from tests.parley import Parley, running_parley, settings_for

LEFT_OUT = "Here the bot would do something, and say what came of it."


@pytest.fixture
async def parley(mongodb: str, tmp_path: Path) -> AsyncIterator[Parley]:
    """A Parley with a model of its own and a candidate."""
    home, data = a_bot_home(tmp_path / "bot"), a_tiny_bot(tmp_path / "nlu_data")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "parley.tar.gz").write_bytes(b"the bot's own")
    own = {"bot_home": home, "bot_models": tmp_path / "models", "nlu_data": data}
    async with running_parley(settings_for(mongodb, tmp_path / "var", **own)) as parley:
        sha = sha256(b"candidate").hexdigest()
        await parley.parts.store.models.keep(sha, BytesIO(b"candidate"))
        about = {"revision": "0123456789" * 6, "seconds": 1.0, "scores": {}, "size": 9}
        author, now = Person("d", "Dora"), datetime.now(UTC)
        version = ModelVersion(id="c", rasa_id="r", sha256=sha, author=author, trained_at=now, **about)
        await parley.parts.store.models.versions.put(version)
        yield parley


async def test_two_models_side_by_side_a_story_and_a_guest(browser: Browser, parley: Parley) -> None:
    candidate = sha256(b"candidate").hexdigest()[:6]
    async with a_studio(browser, parley) as page:
        await page.goto(f"{parley.url}/studio/try")
        await page.get_by_label("Your message").fill("hello")
        await page.keyboard.press("Enter")
        sides = {name: page.get_by_role("region", name=name) for name in ("Candidate", "Live")}
        await expect(sides["Candidate"].locator(".said")).to_contain_text(
            f"{candidate}: hello", timeout=60_000
        )
        await expect(sides["Live"].locator(".said")).to_contain_text("parley: hello")
        await expect(sides["Live"]).to_contain_text("rule “Say hello”")
        await expect(sides["Live"]).to_contain_text("3 ms")
        await sides["Live"].get_by_role("button", name="Bye").click()
        await expect(sides["Live"].nth(1).locator(".said")).to_contain_text("parley: /bye")
        await expect(page.locator(".mine").nth(1)).to_have_text("Bye")

        # An action that is left out is no bot that has nothing to say.
        await page.get_by_label("Your message").fill("look it up")
        await page.keyboard.press("Enter")
        await expect(sides["Live"].nth(2)).to_contain_text(LEFT_OUT, timeout=60_000)
        await expect(sides["Live"].nth(2)).to_contain_text("left out here")

        await page.get_by_text("Keep it as a test story").click()
        await page.get_by_label("Name of the story").fill("hello and bye")
        await page.get_by_role("button", name="Show what it writes").click()
        await expect(page.locator(".diff")).to_contain_text("+  - story: hello and bye")
        tests = parley.settings.nlu_data / "tests" / "test_stories.yml"
        assert "hello and bye" not in tests.read_text()
        await page.get_by_role("button", name="Save the story").click()
        await expect(page.locator(".diff")).to_have_count(0)
        assert "- story: hello and bye\n" in tests.read_text()

        await page.get_by_text("Let guests try it").click()
        await page.get_by_role("button", name="Make a link").click()
        url = await page.get_by_label("The link, shown this once").input_value()
        await page.get_by_role("button", name="Start over").click()
        await expect(page.locator(".mine")).to_have_count(0)
        context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
        try:
            guest = await context.new_page()
            await guest.goto(url.replace(parley.settings.public_url, parley.url))
            await guest.get_by_label("Your message").fill("is anybody there")
            await guest.keyboard.press("Enter")
            await expect(guest.locator(".said")).to_contain_text(
                f"{candidate}: is anybody there", timeout=60_000
            )
            await guest.get_by_role("button", name="Bye").click()
            await expect(guest.locator(".said")).to_have_count(2)
            assert await guest.evaluate("document.documentElement.scrollWidth") <= 390
            await guest.get_by_label("Your message").fill("look it up")
            await guest.keyboard.press("Enter")
            await expect(guest.get_by_role("log")).to_contain_text(LEFT_OUT, timeout=60_000)
            await page.get_by_role("button", name="Take back").click()
            await page.get_by_role("button", name="Take it back?").click()
            await expect(page.get_by_role("button", name="Take back")).to_have_count(0)
            await guest.get_by_label("Your message").fill("and now")
            await guest.keyboard.press("Enter")
            await expect(guest.get_by_role("alert")).to_contain_text("does not work any more")
            await expect(guest.get_by_label("Your message")).to_have_value("and now")
            gone = await guest.goto(guest.url)  # forwarded, or opened again later
            assert gone and gone.status == 404
            await expect(guest.get_by_role("heading", name="Try our bot")).to_be_visible()
            await expect(guest.get_by_role("main")).to_contain_text("This link does not work any more.")
        finally:
            await context.close()
