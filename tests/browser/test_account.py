"""One's account: what somebody does there to be safe, with a real browser."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, expect
from pyotp import TOTP

from inbox.actions.people import open_session
from inbox.app import now
from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import ADMIN_EMAIL, ADMIN_PASSWORD, Parley, until


async def test_a_lost_device_is_signed_out_and_the_password_changed(browser: Browser, parley: Parley) -> None:
    user = await parley.store.users.first({"email": ADMIN_EMAIL})
    await open_session(user, store=parley.store, clock=now, device="Firefox on Windows")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.get_by_role("button", name="Admin: preferences").click()
        await page.get_by_role("menuitem", name="Your account").click()
        sessions = page.get_by_role("region", name="Where you are signed in")
        await expect(sessions.get_by_role("listitem")).to_have_count(2)
        await expect(sessions.get_by_role("listitem").filter(has_text="This one")).to_contain_text("on Linux")
        await sessions.get_by_role("button", name="End the session: Firefox on Windows").click()
        await expect(sessions.get_by_role("listitem")).to_have_count(1)

        await page.get_by_role("button", name="Change password").click()
        form = page.get_by_role("form", name="Change password")
        await form.get_by_label("Present password").fill("not this one")
        await form.get_by_label("New password").fill("a quiet yellow harbour")
        await form.get_by_role("button", name="Change password").click()
        await expect(form.get_by_role("alert")).to_have_text("The present password is wrong.")
        await form.get_by_label("Present password").fill(ADMIN_PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Your password is changed")).to_be_visible()
        desk.complaints.clear()  # the browser notes every refused request


async def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(browser: Browser, parley: Parley) -> None:
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/account")
        await parley.store.sessions.change_all({}, proved_at=now() - timedelta(minutes=11))
        await page.get_by_role("button", name="Set up").click()
        proof = page.get_by_role("dialog", name="Is it still you?")
        await expect(proof.get_by_label("Password")).to_be_focused()
        await page.keyboard.type(ADMIN_PASSWORD)
        await page.keyboard.press("Enter")
        form = page.get_by_role("form", name="Set up an authenticator app")
        await expect(form.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
        assert await form.get_by_role("img").evaluate("image => image.complete && image.naturalWidth > 100")
        app = TOTP((await form.locator("li code").inner_text()).replace(" ", ""))
        await form.get_by_label("Code").fill(app.at(now()))
        await page.keyboard.press("Enter")
        codes = page.get_by_role("group", name="Recovery codes")
        await expect(codes.get_by_role("listitem")).to_have_count(10)
        recovery = await codes.get_by_role("listitem").first.inner_text()
        await codes.get_by_role("button", name="I have kept them").click()
        await expect(page.get_by_text("10 recovery codes are left")).to_be_visible()

        await page.get_by_role("button", name="Admin: preferences").click()
        await page.get_by_role("menuitem", name="Sign out").click()
        await page.get_by_label("Email").fill(ADMIN_EMAIL)
        await page.get_by_label("Password").fill(ADMIN_PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Code")).to_be_focused()
        await page.keyboard.type("000000")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
        await page.get_by_label("Code").fill(recovery)
        await page.keyboard.press("Enter")
        await expect(page.locator(".rail .dot.online")).to_be_visible(timeout=30_000)
        desk.complaints.clear()  # the browser notes every refused request


async def test_quiet_hours_are_kept_and_the_worker_of_the_news_is_let_in(
    browser: Browser, parley: Parley
) -> None:
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.goto(f"{parley.url}/account")
        await page.get_by_label("Quiet from").fill("22:00")
        await page.get_by_label("until", exact=True).fill("07:00")
        await page.get_by_role("form", name="Quiet hours").get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        await page.reload()
        await expect(page.get_by_label("Quiet from")).to_have_value("22:00")
        state = await page.evaluate(
            """async () => {
                await navigator.serviceWorker.register("/push-worker.js");
                return (await navigator.serviceWorker.ready).active !== null;
            }"""
        )
        assert state


WATCH_NOTES = """
    document.hasFocus = () => false;
    window.notes = [];
    const Shown = window.Notification;
    window.Notification = class extends Shown {
        constructor(title, told) { super(title, told); notes.push(told.body); window.note = this; }
    };
"""


async def test_the_desktop_tells_of_ones_customers_but_not_of_muted_ones_or_in_quiet_hours(
    browser: Browser, parley: Parley
) -> None:
    """And a press opens the conversation that it tells of."""
    await a_conversation(parley, "The first")
    await a_conversation(parley, "Another one", name="Grace", phone="15550002222")
    async with a_desk(browser, parley) as desk:
        page = desk.page
        await page.context.grant_permissions(["notifications"], origin=parley.url)
        await page.add_init_script(WATCH_NOTES)
        await page.reload()
        await page.get_by_role("button", name="Admin: preferences").click()
        await page.get_by_role("menuitemcheckbox", name="Desktop notifications").click()
        for name in ("Grace", "Ada"):
            await desk.open(name)
            await desk.take_over()

        async def told(*words: str) -> None:
            """All that has been shown; the last of it is waited for."""
            await page.wait_for_function("last => notes.at(-1) === last", arg=words[-1])
            assert await page.evaluate("notes") == list(words)

        await parley.customer_says("Are you there?", name="Grace", phone="15550002222")
        await told("Are you there?")
        await page.evaluate("note.onclick()")
        await expect(page.get_by_role("heading", name="Grace")).to_be_visible()
        await page.get_by_role("button", name="Snooze (S)").click()
        await page.get_by_role("menuitem", name="Mute: no news of it for me").click()
        await expect(page.get_by_text("Muted for you")).to_be_visible()
        await parley.customer_says("Still there?", name="Grace", phone="15550002222")
        await expect(desk.row("Grace")).to_contain_text("Still there?")
        await parley.customer_says("Me too")
        await told("Are you there?", "Me too")
        user = await parley.store.users.first({"email": ADMIN_EMAIL})
        there = now().astimezone(ZoneInfo("Asia/Kolkata"))
        early, late = ((there + timedelta(hours=n)).strftime("%H:%M") for n in (-2, 2))
        hours = {"quiet_from": early, "quiet_until": late, "zone": "Asia/Kolkata"}
        await parley.store.push_wishes.note(user.id, **hours)
        await page.reload()
        await desk.open("Grace")
        await expect(page.get_by_text("Muted for you")).to_be_visible()  # so the wishes are known
        await parley.customer_says("At night")
        await expect(desk.row("Ada")).to_contain_text("At night")
        assert await page.evaluate("notes") == []


COUNT_TONES = """
    window.tones = 0;
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
    localStorage.setItem("parley:sound", "true");
"""


async def test_of_several_tabs_one_alone_is_heard(browser: Browser, parley: Parley) -> None:
    await a_conversation(parley, "The first")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.page.context.add_init_script(COUNT_TONES)
        tabs = [desk.page, await desk.page.context.new_page()]
        for page in tabs:
            await page.goto(parley.url)
            await expect(page.locator(".rail .dot.online")).to_be_visible()
        for count in (1, 2, 3):
            await parley.customer_says(f"Message {count}")
            for page in tabs:
                await expect(page.locator(".row", has_text="Ada")).to_contain_text(f"Message {count}")

            async def heard() -> int:
                return sum([await page.evaluate("tones") for page in tabs])

            async def is_told(count: int = count) -> bool:
                return await heard() >= 2 * count

            await until(is_told)
            assert await heard() == 2 * count
