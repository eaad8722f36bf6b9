"""An agent at a desk: a signed-in page of the inbox, whose line to the server a test can cut."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from tests.parley import ADMIN_PASSWORD, Parley, until

PHONE = {"width": 390, "height": 844}
IGNORED = ("status of 409", "status of 422", "status of 5", "ERR_", "WebSocket connection")
"""What Chromium logs by itself when a test makes the server refuse or the line go."""


class Desk:
    """One agent's page, and what a test does with it."""

    def __init__(self, page: Page, parley: Parley) -> None:
        self.page = page
        self.parley = parley
        self.complaints: list[str] = []
        """What the page logged as errors, broken rules of the Content-Security-Policy among them."""
        self.is_cut = False
        self.loses: str | None = None
        """The name of an event that gets lost on the way to the page."""
        self._lines: list[WebSocketRoute] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self._note(line.type, line.text))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and not any(part in text for part in IGNORED):
            self.complaints.append(text)

    async def watch_line(self) -> None:
        """Put ourselves between the page and the server."""
        await self.page.route_web_socket("**/socket.io/**", self._connect)
        await self.page.route(
            "**/socket.io/**", lambda route: route.abort() if self.is_cut else route.continue_()
        )

    def _connect(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        self._lines.append(line)
        server.on_message(lambda frame: None if self._is_lost(frame) else line.send(frame))

    def _is_lost(self, frame: str | bytes) -> bool:
        return self.is_cut or (self.loses is not None and f'["{self.loses}"' in str(frame))

    async def cut(self) -> None:
        """Lose the connection, and every attempt to come back."""
        self.is_cut = True
        await self.page.context.set_offline(True)
        for line in self._lines:
            await line.close(code=1001, reason="cut")
        self._lines.clear()

    async def mend(self) -> None:
        """Let it come back."""
        self.is_cut = False
        await self.page.context.set_offline(False)

    def row(self, name: str) -> Locator:
        """A row of the list."""
        return self.page.locator(".row", has_text=name)

    def message(self, text: str) -> Locator:
        """A bubble or a note of the thread."""
        return self.page.locator(".msgs article", has_text=text)

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.locator(".composer textarea")

    async def show(self, tab: str) -> None:
        """Show a tab of the list."""
        await self.page.get_by_role("tab", name=tab).click()

    async def open(self, name: str, *, tab: str = "All") -> None:
        """Open a conversation and wait for its thread."""
        await self.show(tab)
        await self.row(name).click()
        await expect(self.page.locator(".msgs")).to_have_attribute("aria-busy", "false")

    async def take_over(self) -> None:
        """Take over from whoever speaks, and confirm it if one is asked."""
        takes = self.page.get_by_role("button", name="Take over", exact=True)  # a phone has it below alone
        await takes.filter(visible=True).first.click()
        sure = self.page.get_by_role("dialog").get_by_role("button", name="Take over")
        await expect(sure.or_(self.page.get_by_text("You answer")).first).to_be_visible()
        if await sure.is_visible():
            await sure.click()
        await expect(self.page.get_by_text("You answer")).to_be_visible()
        await expect(sure).to_have_count(
            0
        )  # it gives the focus back, which is not to meet what is typed next

    async def say(self, text: str) -> None:
        """Write a reply and send it."""
        await self.field.fill(text)
        await self.field.press("Control+Enter")


NO_WAIT = 'localStorage.setItem("parley:undoSend", localStorage.getItem("parley:undoSend") ?? "false")'


async def sign_in(context: BrowserContext, parley: Parley, email: str, *, may_undo: bool = False) -> Desk:
    """Sign in by the form, and wait until the inbox is live. Without `may_undo` what is sent leaves now."""
    if not may_undo:
        await context.add_init_script(NO_WAIT)
    desk = Desk(await context.new_page(), parley)
    await desk.watch_line()
    await desk.page.goto(f"{parley.url}/login")
    await desk.page.get_by_label("Email").fill(email)
    await desk.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    await desk.page.get_by_role("button", name="Sign in").click()
    await expect(desk.page.locator(".rail .dot.online")).to_be_visible()
    return desk


@asynccontextmanager
async def a_desk(
    browser: Browser,
    parley: Parley,
    email: str | None = None,
    *,
    may_undo: bool = False,
    **options: Any,
) -> AsyncIterator[Desk]:
    """A desk of the admin or of another user. At the end nothing must have gone wrong in the page."""
    given = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options}
    context = await browser.new_context(**given)
    context.set_default_timeout(8000)
    try:
        desk = await sign_in(context, parley, email or parley.admin_email, may_undo=may_undo)
        yield desk
        assert desk.complaints == []
    finally:
        await context.close()


async def a_conversation(parley: Parley, *texts: str, name: str = "Ada", phone: str = "15550001111") -> Any:
    """A conversation in which the bot has answered these texts."""
    await parley.customer_says(*texts, name=name, phone=phone)

    async def answered() -> Any:
        for conversation in await parley.conversations():
            if conversation.contact.name == name and conversation.turn is None:
                return conversation
        return None

    return await until(answered)
