"""What axe-core finds on the agent's pages: nothing serious, wide and narrow, light and dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.browser.inbox_desk import PHONE, a_conversation, a_desk
from tests.parley import Parley

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
