#!/usr/bin/env python
"""Play a small story on a running Parley and take pictures of every page, wide and narrow, light and dark.

.venv/bin/python scripts/screenshots.py             starts a Parley of its own; renews docs/pictures/
.venv/bin/python scripts/screenshots.py --all DIR   the same, and every picture into DIR
.venv/bin/python scripts/screenshots.py --url http://localhost:8080 --email … --password … --all DIR
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from own_stage import Stage, own_stage
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
KEPT = ("inbox", "demo", "rehearsal", "settings")
"""Of these the wide ones are kept in docs/pictures, in light and in dark."""

LARGEST = 200_000
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}

QUESTION = "Hello! Where is my order 48213?"
LOST = "It says delivered, but nothing is here. I asked the neighbours too."
FOUND = "Thank you, that is kind. I am at home until six."


def main() -> None:
    options = _options()
    here = own_stage() if options.url is None else nullcontext(_named(options))
    with here as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        state = _play(browser, stage)
        with tempfile.TemporaryDirectory() as folder:
            taken = list(_take(browser, stage, state, options.all or Path(folder)))
            browser.close()
            _keep(taken)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", help="a Parley that runs already, with the rehearsal and its bot ready")
    parser.add_argument("--email", default="admin@example.com", help="of an admin there")
    parser.add_argument("--password", default="", help="of that admin")
    parser.add_argument("--all", type=Path, metavar="DIR", help="a folder for every picture")
    return parser.parse_args()


def _named(options: argparse.Namespace) -> Stage:
    """The Parley that runs already."""
    return Stage(options.url.rstrip("/"), options.email, options.password)


def _play(browser: Browser, stage: Stage) -> Path:
    """The story. Answers the file with what the browser knows at its end: sessions, the visitor's token."""
    context = browser.new_context(viewport=WIDE, locale="en-GB")
    context.set_default_timeout(20_000)
    context.add_init_script('localStorage.setItem("parley:undoSend", "false")')  # what is said leaves at once
    expect.set_options(timeout=20_000)
    _visitor_asks(context, stage)
    phone = context.new_page()
    phone.goto(f"{stage.url}/rehearsal#whatsapp")
    people = _people(phone, f"{stage.url}/rehearsal/api/phones")
    _says(phone, people["Tomás Herrera"], "I would like to return the lamp from order 50117", "reason")
    _says(phone, people["Aiko Tanaka"], "What are your opening hours?", "")
    _says(phone, people["Aiko Tanaka"], "Can I talk to a person?", "")
    _says(phone, people["Giulia Bianchi"], QUESTION, "Order 48213")
    _says(phone, people["Giulia Bianchi"], "Can I talk to a person?", "")
    _writes(phone, LOST)
    desk = context.new_page()
    _sign_in(desk, stage)
    _agent_answers(desk)
    _writes(phone, FOUND)
    expect(desk.locator(".msgs article", has_text=FOUND)).to_be_visible()
    desk.wait_for_timeout(2500)  # until the reports that her phone showed it have come
    state = Path(tempfile.mkstemp(prefix="parley-pictures-", suffix=".json")[1])
    context.storage_state(path=state)
    context.close()
    return state


def _visitor_asks(context: BrowserContext, stage: Stage) -> None:
    shop = context.new_page()
    shop.goto(f"{stage.url}/demo")
    chat = _open_chat(shop)
    for words, answer in (("Where is order 48214?", "on its way"), ("How long does delivery take?", "")):
        before = chat.locator(".row.us").count()
        chat.locator("#input").fill(words)
        chat.locator("#input").press("Enter")
        expect(chat.locator(".row.us")).not_to_have_count(before)
        expect(chat.locator(".row.us").last).to_contain_text(answer)


def _open_chat(shop: Page) -> FrameLocator:
    chat = shop.frame_locator("#parley-chat iframe")
    if not shop.locator("#parley-chat iframe").is_visible():
        shop.locator("#parley-chat .launcher").click()
    expect(chat.locator("#log")).to_have_attribute("aria-busy", "false")
    return chat


def _people(phone: Page, api: str) -> dict[str, str]:
    """The customers of the story with their numbers; those who have no phone yet get one."""
    expect(phone.get_by_label("Message", exact=True)).to_be_visible()
    customers = phone.request.get(f"{api}/whatsapp").json()["customers"]
    number = {each["name"]: each["id"] for each in customers}
    for name in ("Giulia Bianchi", "Tomás Herrera", "Aiko Tanaka"):
        if name not in number:
            added = phone.request.post(f"{api}/whatsapp/customers", data={"name": name})
            number[name] = added.json()["customer"]["id"]
    return number


def _says(phone: Page, customer: str, words: str, answer: str) -> None:
    """Take up a customer's phone, write, and wait for an answer that has these words."""
    choice = phone.get_by_label("Which customer’s phone")
    expect(choice.locator(f'option[value="{customer}"]')).to_be_attached()
    choice.select_option(customer)
    before = phone.locator(".theirs").count()
    _writes(phone, words)
    expect(phone.locator(".theirs")).not_to_have_count(before)
    expect(phone.locator(".theirs").last).to_contain_text(answer)


def _writes(phone: Page, words: str) -> None:
    field = phone.get_by_label("Message", exact=True)
    field.fill(words)
    field.press("Enter")
    expect(phone.locator(".mine", has_text=words).last).to_be_visible()


def _sign_in(desk: Page, stage: Stage) -> None:
    desk.goto(f"{stage.url}/login")
    desk.get_by_label("Email").fill(stage.email)
    desk.get_by_label("Password").fill(stage.password)
    desk.get_by_role("button", name="Sign in").click()
    expect(desk.locator(".rail .dot.online")).to_be_visible()


def _agent_answers(desk: Page) -> None:
    _open_giulia(desk)
    desk.get_by_role("button", name="Take over").first.click()
    expect(desk.get_by_text("You answer")).to_be_visible()
    field = desk.locator(".composer textarea")
    field.fill(
        "Hello Giulia, I am Marco. I am calling the courier now, and will have the table at your door today."
    )
    field.press("Control+Enter")
    desk.get_by_role("button", name="Private note").click()
    field.fill("Bartolini left it at number 12; she lives at 21. They fetch it before five.")
    field.press("Control+Enter")
    expect(desk.locator(".note:not(.pending)")).to_have_count(1)
    desk.get_by_role("button", name="Reply", exact=True).click()


def _open_giulia(desk: Page) -> None:
    desk.get_by_role("tab", name="All").click()
    desk.locator(".row", has_text="Giulia Bianchi").click()
    expect(desk.locator(".msgs")).to_have_attribute("aria-busy", "false")


def _take(browser: Browser, stage: Stage, state: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for width, size in (("wide", WIDE), ("narrow", NARROW)):
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport=size,
                locale="en-GB",
                color_scheme="light" if scheme == "light" else "dark",
                reduced_motion="reduce",
                storage_state=state,
                is_mobile=width == "narrow",
                has_touch=width == "narrow",
            )
            context.set_default_timeout(20_000)
            for name, page in _pages(context, stage, is_narrow=width == "narrow"):
                page.wait_for_timeout(400)
                file = folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=file, animations="disabled")
                page.close()
                yield file
            context.close()
    state.unlink()


def _pages(context: BrowserContext, stage: Stage, *, is_narrow: bool) -> Iterator[tuple[str, Page]]:
    """Every page as it is worth a picture, one after the other."""
    shop = context.new_page()
    shop.goto(f"{stage.url}/demo")
    if is_narrow:
        yield "shop", shop
        shop = context.new_page()
        shop.goto(f"{stage.url}/demo")
    expect(_open_chat(shop).get_by_text("on its way")).to_be_visible()
    yield "demo", shop

    phone = context.new_page()
    phone.goto(f"{stage.url}/rehearsal#whatsapp")
    expect(phone.locator(".mine", has_text=FOUND).last).to_be_visible()
    yield "rehearsal", phone

    desk = context.new_page()
    desk.goto(stage.url)
    expect(desk.locator(".row").first).to_be_visible()
    if is_narrow:
        yield "list", desk
        desk = context.new_page()
        desk.goto(stage.url)
    _open_giulia(desk)
    expect(desk.locator(".msgs article", has_text=FOUND)).to_be_visible()
    desk.mouse.move(0, 0)  # or the row under it shows the box by which it is chosen
    yield "inbox", desk

    settings = context.new_page()
    settings.goto(f"{stage.url}/settings")
    expect(settings.get_by_role("heading", name="Settings" if is_narrow else "Channels")).to_be_visible()
    yield "settings", settings

    studio = context.new_page()
    studio.goto(f"{stage.url}/studio")
    expect(studio.get_by_text("Loading…")).to_have_count(0)
    expect(studio.get_by_text("order_status").or_(studio.get_by_text("order status")).first).to_be_visible()
    yield "studio", studio

    context.clear_cookies()
    login = context.new_page()
    login.goto(f"{stage.url}/login")
    yield "login", login


def _keep(taken: list[Path]) -> None:
    """Put the pictures of the README in their place, and say so of those that are too large."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for file in taken:
        name, width, scheme = file.stem.split("-")
        if name in KEPT and width == "wide":
            size = file.stat().st_size
            note = "" if size <= LARGEST else f"  larger than {LARGEST // 1000} kB"
            shutil.copyfile(file, PICTURES / f"{name}-{scheme}.png")
            print(f"{PICTURES / f'{name}-{scheme}.png'}  {size // 1000} kB{note}")


if __name__ == "__main__":
    main()
