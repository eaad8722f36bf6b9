"""The pages in other languages: each speaks to its reader in theirs, and leaves no word of ours behind."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import ADMIN_PASSWORD, Parley

SPOKEN = {
    "it": ("Accedi a Parley", "Tutte"),
    "es": ("Inicia sesión en Parley", "Todas"),
    "hi": ("Parley में साइन इन करें", "सभी"),
}
"""The heading of the sign-in page, and the name of the tab that holds every conversation."""


async def signed_in(browser: Browser, parley: Parley, locale: str, **options: Any) -> Page:
    """A page of a browser that speaks this language, signed in without a word of English."""
    context = await browser.new_context(locale=locale, **options)
    context.set_default_timeout(8000)
    page = await context.new_page()
    await page.goto(f"{parley.url}/login")
    await page.locator("#email").fill(parley.admin_email)
    await page.locator("#password").fill(ADMIN_PASSWORD)
    await page.locator("form button").click()
    await expect(page.locator(".rail .dot.online")).to_be_visible()
    return page


@pytest.mark.parametrize("language", SPOKEN)
async def test_a_browser_is_met_in_its_language(browser: Browser, parley: Parley, language: str) -> None:
    heading, everything = SPOKEN[language]
    context = await browser.new_context(locale=language)
    page = await context.new_page()
    await page.goto(f"{parley.url}/login")
    await expect(page.get_by_role("heading", name=heading)).to_be_visible()
    await context.close()
    page = await signed_in(browser, parley, language)
    await expect(page.get_by_role("tab", name=everything)).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == language
    await page.context.close()


async def test_one_chooses_a_language_and_keeps_it_on_another_browser(
    browser: Browser, parley: Parley
) -> None:
    async with a_desk(browser, parley) as desk:
        await desk.page.get_by_role("button", name="preferences").click()
        await desk.page.get_by_role("menuitemcheckbox", name="हिन्दी").click()
        await expect(desk.page.get_by_role("tab", name="सभी")).to_be_visible()
    page = await signed_in(browser, parley, "en-GB")
    await expect(page.get_by_role("tab", name="सभी")).to_be_visible()
    await page.locator(".mebtn").click()
    await page.get_by_role("menuitemcheckbox", name="Italiano").click()
    await expect(page.get_by_role("tab", name="Tutte")).to_be_visible()
    await page.context.close()


ENGLISH = """() => {
  const theirs = "script, style, noscript, code, kbd, bdi, b, time, [dir=auto], [dir=ltr], .avatar";
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest(theirs)) texts.push(walker.currentNode.data);
  for (const name of ["title", "aria-label", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (!element.closest("bdi, time, .avatar, .mark")) texts.push(element.getAttribute(name));
  return texts.map((text) => text.trim()).filter(Boolean);
}"""
"""Every text on the page but people's own words, which stand in `bdi`, `b` or `dir=auto`."""

KNOWN = {"Ada", "Admin", "Parley", "WhatsApp", "Esc", "Ctrl", "SMS", "English", "Italiano", "inform"}
"""Words that are the same in every language: names, keys, and the intent of the scripted bot."""


async def unaccented(page: Page) -> list[str]:
    """Texts of ours on the page that are plain English still, in the language that only has accents."""
    texts: list[str] = await page.evaluate(ENGLISH)
    return sorted({text for text in texts if set(re.findall(r"[A-Za-z]{3,}", text)) - KNOWN})


async def test_no_word_of_the_inbox_is_plain_english(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "Where is it?")
    page = await signed_in(browser, parley, "en-XA", viewport={"width": 1440, "height": 900})
    await page.locator("#tab-all").click()
    await page.locator(".row").click()
    await expect(page.locator(".msgs")).to_have_attribute("aria-busy", "false")
    found = await unaccented(page)
    await page.locator(".mebtn").click()
    found += await unaccented(page)
    await page.keyboard.press("Escape")
    await page.locator(".msgs").focus()
    await page.keyboard.press("?")
    await page.locator("dialog.keys").wait_for()
    found += await unaccented(page)
    await page.context.close()
    assert found == []
