"""The API's reference and the settings of who may what, as they are read on a phone in the dark."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.inbox_desk import PHONE, a_desk
from tests.browser.test_axe import WIDE, found_by_axe
from tests.parley import Parley


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "dark"), (WIDE, "light")], ids=["phone-dark", "wide-light"]
)
async def test_nothing_serious_is_found_and_nothing_reaches_over_the_page(
    browser: Browser, parley: Parley, viewport: dict[str, int], scheme: str
) -> None:
    options = {"viewport": viewport, "color_scheme": scheme, "reduced_motion": "reduce"}
    async with a_desk(browser, parley, **options) as desk:
        for path in ("/docs/api", "/settings/roles", "/settings/people", "/settings/single-sign-on"):
            await desk.page.goto(f"{parley.url}{path}")
            await expect(desk.page.locator("main").filter(visible=True).first).to_be_visible()
            await expect(desk.page.get_by_text(re.compile("^(Loading|Opening)…"))).to_have_count(0)
            assert await found_by_axe(desk.page) == [], path
            assert await desk.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
