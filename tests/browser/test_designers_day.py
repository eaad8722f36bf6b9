"""A designer's day: find what the bot fails at, teach it, train, publish, roll back; an agent helps."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import a_desk
from tests.inbox.teaching.benches import a_bot_home
from tests.inbox.teaching.tiny import a_tiny_bot
from tests.parley import Parley, answer, running_parley, settings_for, until


@pytest.fixture
async def parley(mongodb: str, tmp_path: Path) -> AsyncIterator[Parley]:
    """A Parley with the tiny bot's data, whose training is scripted."""
    home, data = a_bot_home(tmp_path / "bot"), a_tiny_bot(tmp_path / "nlu_data")
    settings = settings_for(mongodb, tmp_path / "var", bot_home=home, nlu_data=data)
    async with running_parley(settings) as parley:
        parley.bot.script = unsure
        yield parley


def unsure(turn: dict[str, Any]) -> dict[str, Any]:
    ranking = [{"name": "greet", "confidence": 0.28}]
    intent = {"name": "nlu_fallback", "confidence": 0.3}
    parse = {"text": turn["text"], "intent": intent, "ranking": ranking, "entities": []}
    return answer("Sorry?", parse=parse)


async def test_what_customers_write_becomes_a_model_that_answers(browser: Browser, parley: Parley) -> None:
    await parley.customer_says("can I pay order 48213 by invoice", phone="15550002001")
    await parley.customer_says("hello hello", phone="15550002002", name="Bob")

    async def read() -> bool:
        return len([c for c in await parley.conversations() if c.bot.intent]) == 2

    await until(read)
    nlu = parley.settings.nlu_data / "nlu" / "all.yml"
    before = nlu.read_bytes()
    async with a_desk(browser, parley) as desk:
        page = desk.page
        # An agent says what one of them means.
        await desk.open("Ada", tab="Bot")
        said = page.locator(".msgs article.in").first
        await said.get_by_label("Correct what the bot understood").click()
        await said.get_by_label("It means").fill("payment")
        await said.get_by_role("button", name="Tell the designers").click()
        await expect(page.get_by_text("you say payment")).to_be_visible()

        # The designer reviews both by keys, takes one back, and teaches it after all.
        await page.goto(f"{parley.url}/studio/review")
        first = page.locator(".review").first
        await expect(first).to_contain_text("Admin says payment")
        await expect(first).to_contain_text("greet28 % sure")  # how sure the bot was of its own
        await expect(first.get_by_role("button", name="Accept payment")).to_be_visible()
        await expect(page.locator(".review")).to_have_count(2)
        await expect(page.get_by_text("48213")).to_have_count(0)

        # Chosen by mouse, where the rows move below it, and keys go on from there.
        second = page.locator(".review").nth(1).get_by_role("checkbox")
        await second.check()
        await page.keyboard.press("x")
        await expect(second).not_to_be_checked()
        await page.keyboard.press("k")
        await page.keyboard.press("a")
        await expect(page.locator(".review")).to_have_count(1)
        await until(lambda: b"- intent: payment" in nlu.read_bytes())
        await page.keyboard.press("u")
        await expect(page.locator(".review")).to_have_count(2)
        assert nlu.read_bytes() == before
        await page.keyboard.press("a")
        await until(lambda: b"- intent: payment" in nlu.read_bytes())
        await page.keyboard.press("c")
        await page.get_by_label("What does it mean?").fill("greet")
        await page.get_by_role("button", name="Teach").click()
        await expect(page.get_by_text("Nothing to review")).to_be_visible()

        # Train, look at the log, publish, try on a share, roll back. The trainer does as domain.yml says.
        domain = parley.settings.nlu_data / "domain.yml"
        domain.write_text("works\n")
        await page.goto(f"{parley.url}/studio/models")
        await page.get_by_role("button", name="Train").click()
        model = page.locator(".model").first
        await expect(model).to_be_visible(timeout=60_000)
        await page.locator(".job summary", has_text="Log").first.click()
        await expect(page.locator(".job pre")).to_contain_text("checking the data")
        await model.get_by_role("button", name="Activate for all").click()
        await expect(model.get_by_text("Live", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Roll back").click()
        await expect(model.get_by_text("Live", exact=True)).to_have_count(0)
        await model.get_by_role("button", name="Canary…").click()
        await model.get_by_label("Share of conversations, %").fill("25")
        await model.get_by_role("button", name="Start").click()
        await expect(model.get_by_text("Canary, 25 %")).to_be_visible()
        await expect(page.get_by_role("heading", name="Live and canary")).to_be_visible()
        await expect(model.get_by_role("button", name="Delete")).to_have_count(0)

        # A second one of the same data is told from the first, and is deleted once it is sure.
        await page.get_by_role("button", name="Train").click()
        await expect(page.locator(".model")).to_have_count(2, timeout=60_000)
        names = await page.locator(".modelhead code").all_text_contents()
        facts = await page.locator(".model .fact code").all_text_contents()
        assert len(set(names)) == 2 and len(set(facts)) == 1, (names, facts)
        second = page.locator(".model", has_text=names[0])
        await second.get_by_role("button", name="Delete").click()
        await expect(page.locator(".model")).to_have_count(2)
        await second.get_by_role("button", name="Delete it for good?").click()
        await expect(page.locator(".model")).to_have_count(1)
        await expect(page.locator(".modelhead code")).to_have_text(names[1])

        # A mistake in the data is told with its place.
        domain.write_text("fails\n")
        await page.get_by_role("button", name="Train").click()
        await expect(page.locator(".joberror")).to_contain_text("rules.yml, line 7", timeout=60_000)
