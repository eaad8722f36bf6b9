"""Files in a real browser: shown in place, brought by choosing, dropping and pasting, and sent."""

import base64
from typing import Any

from playwright.async_api import Browser, expect

from connectors.content import Reaction
from inbox.app import now
from inbox.model.channel import Health
from rehearsal.files import a_picture, a_sound
from tests.browser.inbox_desk import a_conversation, a_desk
from tests.parley import Parley, until

DROP = """([selector, name, type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  const told = { dataTransfer: data, clipboardData: data, bubbles: true, cancelable: true };
  const make = { drop: () => new DragEvent("drop", told), paste: () => new ClipboardEvent("paste", told) };
  document.querySelector(selector).dispatchEvent(make[EVENT]());
}"""


async def written(parley: Parley, **action: Any) -> None:
    """A customer of the rehearsal's WhatsApp does something on the phone."""

    async def phones() -> Any:
        async with parley.http.get(f"{parley.url}/rehearsal/api/phones/whatsapp") as answer:
            return await answer.json() if answer.status == 200 else None

    customer = (await until(phones))["customers"][0]["id"]
    url = f"{parley.url}/rehearsal/api/phones/whatsapp/send"
    async with parley.http.post(url, json={"customer": customer, **action}) as answer:
        assert answer.status == 200, await answer.text()


async def test_a_customers_picture_and_voice_note_are_shown_in_place(
    browser: Browser, parley: Parley
) -> None:
    async with a_desk(browser, parley) as desk:
        await written(parley, kind="image", text="This lamp")
        await written(parley, kind="voice")
        await written(parley, kind="document")
        await desk.show("All")
        await until(lambda: desk.page.locator(".row").count())
        await desk.page.locator(".row").first.click()
        picture = desk.page.locator(".msgs .shot img")
        await expect(picture).to_have_count(1)
        assert await until(lambda: picture.evaluate("image => image.naturalWidth")) == 320
        await expect(desk.page.locator(".msgs article.contact", has_text="This lamp")).to_be_visible()
        sound = desk.page.locator(".msgs audio")
        await until(lambda: sound.evaluate("audio => audio.duration > 0"))
        save = desk.page.get_by_role("link", name="Save")
        async with desk.page.expect_download() as download:
            await save.click()
        assert (await download.value).suggested_filename == "return-label.txt"
        assert desk.complaints == []


async def test_an_agent_sends_what_was_chosen_dropped_and_pasted(browser: Browser, parley: Parley) -> None:
    conversation = await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        chooser = desk.page.locator(".composer input[type=file]")
        await chooser.set_input_files(
            {"name": "label.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 label"}
        )
        await _give(desk, "drop", "lamp.png", "image/png", a_picture(), on=".msgs")
        await _give(desk, "paste", "note.wav", "audio/wav", a_sound())
        await expect(desk.page.locator(".attached li")).to_have_count(3)
        await desk.field.fill("Here you are")
        await expect(desk.page.get_by_role("button", name="Send")).to_be_enabled()
        await desk.field.press("Control+Enter")
        await expect(desk.message("Here you are")).to_have_count(1)
        await expect(desk.page.locator(".msgs .pending")).to_have_count(0)

        async def sent() -> Any:
            thread = await parley.thread(conversation.id)
            mine = [m for m in thread if m.author.kind == "agent"]
            return (
                mine
                if len(mine) == 4 and all(m.status in ("sent", "delivered", "read") for m in mine)
                else None
            )

        mine = await until(sent)
        kinds = [type(m.content).__name__ for m in mine]
        assert kinds == ["Document", "Image", "Audio", "Text"]
        assert desk.complaints == []


async def test_a_file_that_did_not_get_through_can_be_tried_again_or_left(
    browser: Browser, parley: Parley
) -> None:
    await a_conversation(parley, "Hello")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        await desk.page.route("**/api/v1/files", lambda route: route.abort())
        await desk.page.locator(".composer input[type=file]").set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"words"}
        )
        await expect(desk.page.locator(".attached")).to_contain_text("did not get through")
        await expect(desk.page.get_by_role("button", name="Send")).to_be_disabled()
        await desk.page.unroute("**/api/v1/files")
        await desk.page.get_by_role("button", name="Retry").click()
        await expect(desk.page.get_by_role("button", name="Send")).to_be_enabled()
        await desk.page.get_by_role("button", name="Remove a.txt").click()
        await expect(desk.page.locator(".attached li")).to_have_count(0)


async def _give(
    desk: Any, event: str, name: str, kind: str, body: bytes, *, on: str = ".composer textarea"
) -> None:
    script = DROP.replace("EVENT", f'"{event}"')
    packed = base64.b64encode(body).decode()
    await desk.page.evaluate(script, [on, name, kind, packed])


async def test_an_admin_sees_at_once_that_a_channel_broke(browser: Browser, parley: Parley) -> None:
    async with a_desk(browser, parley) as desk:
        await desk.show("All")
        bar = desk.page.locator(".troublebar")
        await expect(bar).to_have_count(0)
        await parley.store.channels.note_health("whatsapp", Health("bad", "The token is void.", now()))
        await expect(bar).to_contain_text("WhatsApp does not work: The token is void.")
        await desk.page.reload()
        await expect(bar).to_have_count(1)
        await parley.store.channels.note_health("whatsapp", Health("good", None, now()))
        await expect(bar).to_have_count(0)


async def test_an_agent_reacts_takes_it_back_and_answers_that_message(
    browser: Browser, parley: Parley
) -> None:
    conversation = await a_conversation(parley, "Thank you so much")
    async with a_desk(browser, parley) as desk:
        await desk.open("Ada")
        await desk.take_over()
        bubble = desk.page.locator(".msgs article.contact", has_text="Thank you so much")
        await bubble.hover()
        await bubble.locator(".react summary").click()
        await bubble.get_by_role("button", name="React with 👍").click()
        await expect(bubble.locator(".reactions")).to_contain_text("👍")

        async def sent() -> Any:
            thread = await parley.thread(conversation.id)
            found = [m.content for m in thread if isinstance(m.content, Reaction) and m.external_id]
            return [each.emoji for each in found]

        await until(lambda: _is(sent, ["👍"]))
        await bubble.locator(".react summary").click()
        await bubble.get_by_role("button", name="React with 👍").click()
        await expect(bubble.locator(".reactions")).to_have_count(0)
        await until(lambda: _is(sent, ["👍", ""]))
        await bubble.hover()
        await bubble.get_by_role("button", name="Answer this message").click()
        await expect(desk.page.locator(".quoting")).to_contain_text("Thank you so much")
        await desk.page.keyboard.type("With pleasure")
        await desk.page.get_by_role("button", name="Send").click()
        await expect(desk.page.locator(".quoting")).to_have_count(0)
        answer = desk.page.locator(".msgs article.agent", has_text="With pleasure")
        await expect(answer.locator(".quote")).to_contain_text("Thank you so much")
        assert desk.complaints == []


async def _is(look: Any, wanted: Any) -> bool:
    return bool(await look() == wanted)
