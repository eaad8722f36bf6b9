"""What axe-core finds on the agent's pages: nothing serious, wide and narrow, light and dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.browser.test_studio import a_studio
from tests.parley import Parley, answer, until

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = {"width": 1440, "height": 900}


async def found_by_axe(page: Page) -> list[str]:
    """What is serious or critical, with where it is."""
    await page.evaluate(AXE)
    await page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))")
    told: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{found['id']}: {node['target']} {node['html'][:160]} {node['failureSummary'][:200]}"
        for found in told["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
async def test_nothing_serious_is_found(
    browser: Browser, parley: Parley, scheme: str, viewport: dict[str, int]
) -> None:
    at = (await a_conversation(parley, "Where is it?")).id
    agent = await parley.an_agent("Filing Agent")
    await agent.post(f"/conversations/{at}/labels", {"add": ["vip"]})
    await agent.post(f"/conversations/{at}/priority", {"priority": "urgent"})
    options = {"viewport": viewport, "color_scheme": scheme, "reduced_motion": "reduce"}
    async with a_desk(browser, parley, **options) as desk:
        page = desk.page
        await desk.show("All")
        await desk.row("Ada").hover()
        found = await found_by_axe(page)
        await page.get_by_role("button", name="Filter and order").click()
        found += await found_by_axe(page)
        await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        await page.get_by_role("checkbox", name="Choose Ada").check()
        found += await found_by_axe(page)
        await desk.open("Ada")
        await desk.take_over()
        await desk.field.fill("Good morning")
        await page.get_by_role("button", name="Schedule").click()
        await page.get_by_role("menuitem", name="Tomorrow").click()
        await page.locator(".scheduled").wait_for()
        await page.get_by_role("button", name="Emoji").click()
        found += await found_by_axe(page)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Private note").click()
        await desk.field.fill("A note")
        await page.keyboard.press("Control+Enter")
        await page.locator(".note:not(.pending)").wait_for()
        await page.locator(".msgs").focus()
        await page.keyboard.press("f")
        await page.get_by_role("searchbox", name="Find in this conversation").wait_for()
        found += await found_by_axe(page)
        assert found == []


STUDIO = [
    "intents/greet",
    "words",
    "responses/utter_goodbye",
    "slots",
    "dialogues/rule/Say%20goodbye/0",
    "advice",
    "find/order",
    "history",
    "files",
    "review",
    "models",
    "try",
    "evaluate",
]


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide-light", "phone-dark"]
)
async def test_nothing_serious_is_found_in_the_studio(
    browser: Browser, parley: Parley, viewport: dict[str, int], scheme: str
) -> None:
    parse = {"intent": {"name": "nlu_fallback", "confidence": 0.3}}
    parley.bot.script = lambda turn: answer("Sorry?", parse={**parse, "text": turn["text"]})
    await parley.customer_says("kindly find parcel AB77")

    async def read() -> bool:
        return bool([c for c in await parley.conversations() if c.bot.intent])

    await until(read)
    options = {"viewport": viewport, "color_scheme": scheme, "reduced_motion": "reduce"}
    found: list[str] = []
    async with a_studio(browser, parley, **options) as page:
        for tab in STUDIO:
            await page.goto(f"{parley.url}/studio/{tab}", wait_until="networkidle")
            await expect(page.locator(".studioin > :nth-child(2)")).to_be_visible()
            await expect(page.locator(".waiting")).to_have_count(0)
            if tab == "review":
                await page.get_by_role("button", name="Edit and mark").click()
                await page.get_by_label("The example that is taught").select_text()
                await page.get_by_label("Entity").wait_for()
            found += [f"{tab}: {one}" for one in await found_by_axe(page)]
    assert found == []
