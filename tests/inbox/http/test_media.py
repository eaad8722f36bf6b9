"""Files over HTTP: from a phone to an agent's screen, from an agent to a phone, and to nobody else."""

import asyncio
import hashlib
import io
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from inbox.app import now
from inbox.http.media import visitor_subject
from tests.parley import Client, Json, Parley, until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


class Phone:
    """A customer's phone in the rehearsal."""

    def __init__(self, parley: Parley, channel: str) -> None:
        self.parley, self.channel = parley, channel

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self.parley.url}/rehearsal/api/{path}"
        async with self.parley.http.request(method, url, json=body) as answer:
            return await answer.json() if answer.content_type == "application/json" else None

    async def look(self) -> Any:
        return await until(lambda: self.call("GET", f"phones/{self.channel}"))

    async def write(self, **action: Any) -> str:
        """Write as a new customer; who that is."""
        await self.look()
        made = await self.call("POST", f"phones/{self.channel}/customers", {"name": "Giulia"})
        customer = made["customer"]["id"]
        await self.again(customer, **action)
        return str(customer)

    async def again(self, customer: str, **action: Any) -> None:
        done = await self.call("POST", f"phones/{self.channel}/send", {"customer": customer, **action})
        assert "bubble" in done, done

    async def bubbles(self, customer: str) -> list[Json]:
        return [b for b in (await self.look())["bubbles"] if b["customer"] == customer and not b["mine"]]


async def conversation_of(parley: Parley, customer: str, channel: str = "whatsapp") -> Any:
    async def look() -> Any:
        found = await parley.conversations()
        of_channel = (c for c in found if c.channel_id == channel)
        return next((c for c in of_channel if any(customer in i.value for i in c.to)), None)

    return await until(look)


async def shown(parley: Parley, customer: str, channel: str = "whatsapp") -> Any:
    """The file of the customer's message, once it is there."""
    conversation = await conversation_of(parley, customer, channel)

    async def look() -> Any:
        thread = await parley.thread(conversation.id)
        found = [m.content for m in thread if getattr(m.content, "file_id", None)]
        return found[-1] if found else None

    return conversation, await until(look)


async def got(client: Client, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
    url = f"{client._parley.url}{path}"
    async with client._parley.http.get(url, headers={**client.cookie, **headers}) as response:
        return response, await response.read()


async def brought(client: Client, body: bytes = PNG, **headers: str) -> tuple[int, Any]:
    given = {**client._headers, "Content-Type": "image/png", "X-Filename": "a%20picture.png", **headers}
    url = f"{client._parley.url}/api/v1/files"
    async with client._parley.http.post(url, data=body, headers=given) as response:
        return response.status, await response.json()


@pytest.mark.parametrize("channel", ["whatsapp", "rcs"])
async def test_a_picture_from_a_phone_is_served_to_agents_in_parts(
    parley: Parley, agent: Client, channel: str
) -> None:
    customer = await Phone(parley, channel).write(kind="image")
    _, picture = await shown(parley, customer, channel)
    assert picture.mime_type == "image/png"
    response, whole = await got(agent, f"/api/v1/files/{picture.file_id}")
    assert response.status == 200 and hashlib.sha256(whole).hexdigest() == picture.sha256
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Disposition"].startswith("inline; filename=")
    response, part = await got(agent, f"/api/v1/files/{picture.file_id}", Range="bytes=10-19")
    assert (response.status, part) == (206, whole[10:20])
    assert response.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    response, part = await got(agent, f"/api/v1/files/{picture.file_id}", Range="bytes=-5")
    assert (response.status, part) == (206, whole[-5:])
    response, _ = await got(agent, f"/api/v1/files/{picture.file_id}", Range=f"bytes={len(whole)}-")
    assert response.status == 416
    tag = response.headers["ETag"]
    response, nothing = await got(agent, f"/api/v1/files/{picture.file_id}", **{"If-None-Match": tag})
    assert (response.status, nothing) == (304, b"")
    response, _ = await got(agent, f"/api/v1/files/{picture.file_id}?save")
    assert response.headers["Content-Disposition"].startswith("attachment")


async def test_an_agents_picture_reaches_the_phone(parley: Parley, agent: Client) -> None:
    phone = Phone(parley, "whatsapp")
    customer = await phone.write(kind="text", text="Show me")
    conversation = await conversation_of(parley, customer)
    await agent.post(f"/conversations/{conversation.id}/take_over", {"epoch": conversation.speaker.epoch})
    status, file = await brought(agent)
    assert (status, file["name"], file["mime_type"]) == (201, "a picture.png", "image/png")
    content = {"type": "document", "file_id": file["id"]}
    said = await agent.post(f"/conversations/{conversation.id}/messages", {"content": content})
    assert said["content"] == {
        "type": "document",
        "file_id": file["id"],
        "mime_type": "image/png",
        "filename": "a picture.png",
        "size": len(PNG),
        "sha256": hashlib.sha256(PNG).hexdigest(),
    }

    async def arrived() -> Any:
        return [b for b in await phone.bubbles(customer) if b.get("media")]

    (bubble,) = await until(arrived)
    async with parley.http.get(f"{parley.url}/rehearsal/api/files/{bubble['media']['file']}") as response:
        assert await response.read() == PNG
    # The same file again is not uploaded again: Meta's handle is good for 30 days.
    handles = (await parley.store.files.get(file["id"])).handles
    await agent.post(
        f"/conversations/{conversation.id}/messages", {"content": {"type": "image", "file_id": file["id"]}}
    )
    await until(lambda: _count(phone, customer, 2))
    assert (await parley.store.files.get(file["id"])).handles == handles != {}


async def _count(phone: Phone, customer: str, number: int) -> bool:
    return len([b for b in await phone.bubbles(customer) if b.get("media")]) == number


async def test_a_provider_that_fetches_is_given_a_signed_address_that_ends(
    parley: Parley, agent: Client
) -> None:
    phone = Phone(parley, "rcs")
    customer = await phone.write(kind="text", text="Show me")
    conversation = await conversation_of(parley, customer, "rcs")
    await agent.post(f"/conversations/{conversation.id}/take_over", {"epoch": conversation.speaker.epoch})
    _, file = await brought(agent)
    await agent.post(
        f"/conversations/{conversation.id}/messages", {"content": {"type": "image", "file_id": file["id"]}}
    )

    async def arrived() -> Any:
        return [b for b in await phone.bubbles(customer) if b.get("media")]

    (bubble,) = await until(arrived)
    link = next(v for v in bubble["media"].values() if isinstance(v, str) and "/files/" in v)
    async with parley.http.get(link) as response:
        assert (response.status, await response.read()) == (200, PNG)
    for wrong in (
        link.replace(file["id"], "0" * 28),
        link.replace("/files/" + file["id"] + "/", "/files/" + file["id"] + "/9"),
    ):
        async with parley.http.get(wrong) as response:
            assert response.status == 404
    past = parley.parts.links.url(file["id"], "a.png", now() - timedelta(seconds=1))
    async with parley.http.get(past) as response:
        assert response.status == 404


async def test_a_page_in_disguise_is_only_ever_saved(parley: Parley, agent: Client) -> None:
    status, file = await brought(agent, b"<script>alert(1)</script>", **{"X-Filename": "x.html"})
    assert (status, file["mime_type"]) == (201, "application/octet-stream")
    response, _ = await got(agent, f"/api/v1/files/{file['id']}")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.content_type == "application/octet-stream"


async def test_a_form_with_a_file_does_as_well(parley: Parley, agent: Client) -> None:
    form = aiohttp.FormData()
    form.add_field("file", PNG, filename="b.png", content_type="image/png")
    url = f"{parley.url}/api/v1/files"
    async with parley.http.post(url, data=form, headers=agent._headers) as response:
        assert response.status == 201
        assert (await response.json())["name"] == "b.png"


async def test_what_is_empty_or_too_large_is_refused_and_not_kept(parley: Parley, agent: Client) -> None:
    before = await parley.store._database["media.chunks"].count_documents({})
    assert (await brought(agent, b""))[0] == 422
    limit = parley.settings.max_file

    async def endless() -> Any:
        for _ in range(limit // 1048576 + 2):
            yield b"x" * 1048576

    parts = {**agent._headers, "X-Filename": "big"}
    async with parley.http.post(f"{parley.url}/api/v1/files", data=endless(), headers=parts) as response:
        assert response.status == 413
    assert await parley.store._database["media.chunks"].count_documents({}) == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=other\r\n\r\n1\r\n--x--",
        ),
        ("multipart/form-data; boundary=x", b"nothing of a form"),
        ("multipart/form-data; boundary=x", b""),
    ],
)
async def test_a_broken_form_is_refused_and_leaves_nothing(
    parley: Parley, agent: Client, kind: str, body: bytes
) -> None:
    before = await parley.store._database.files.count_documents({})
    headers = {**agent._headers, "Content-Type": kind}
    async with parley.http.post(f"{parley.url}/api/v1/files", data=body, headers=headers) as response:
        assert 400 <= response.status < 500, await response.text()
    assert await parley.store._database.files.count_documents({}) == before


async def test_an_upload_that_breaks_off_leaves_nothing(parley: Parley, agent: Client) -> None:
    before = await parley.store._database.files.count_documents({})
    host, port = parley.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = ["POST /api/v1/files HTTP/1.1", f"Host: {host}:{port}", "X-Filename: a", "Content-Length: 9000000"]
    head += [f"{name}: {value}" for name, value in agent._headers.items()]
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + b"x" * 100_000)
    await writer.drain()
    await until(lambda: _counts(parley, before + 1))
    writer.close()
    await until(lambda: _counts(parley, before))


async def _counts(parley: Parley, number: int) -> bool:
    return bool(await parley.store._database.files.count_documents({}) == number)


async def test_a_file_that_nobody_has_sent_is_its_bringers_alone(parley: Parley, agent: Client) -> None:
    _, file = await brought(agent)
    other = await parley.an_agent("Somebody Else")
    assert (await got(agent, file["url"]))[0].status == 200
    assert (await got(other, file["url"]))[0].status == 404
    customer = await Phone(parley, "whatsapp").write(kind="text", text="Hello")
    conversation = await conversation_of(parley, customer)
    await other.post(f"/conversations/{conversation.id}/take_over", {"epoch": conversation.speaker.epoch})
    content = {"type": "image", "file_id": file["id"]}
    status, said = await other.call(
        "POST", f"/conversations/{conversation.id}/messages", {"content": content}
    )
    assert (status, said["detail"]) == (404, "There is no such file.")


async def test_a_file_of_one_conversation_cannot_be_sent_in_another(parley: Parley, agent: Client) -> None:
    customer = await Phone(parley, "whatsapp").write(kind="image")
    _, picture = await shown(parley, customer)
    other = await Phone(parley, "whatsapp").write(kind="text", text="Hello")
    conversation = await conversation_of(parley, other)
    await agent.post(f"/conversations/{conversation.id}/take_over", {"epoch": conversation.speaker.epoch})
    content = {"type": "image", "file_id": picture.file_id}
    status, _ = await agent.call("POST", f"/conversations/{conversation.id}/messages", {"content": content})
    assert status == 404


async def test_nobody_sees_a_file_without_signing_in(parley: Parley) -> None:
    customer = await Phone(parley, "whatsapp").write(kind="image")
    _, picture = await shown(parley, customer)
    async with parley.http.get(f"{parley.url}/api/v1/files/{picture.file_id}") as response:
        assert response.status == 401


async def test_uploads_that_nobody_sends_are_dropped_after_a_day(parley: Parley, agent: Client) -> None:
    _, file = await brought(agent)
    await parley.store.files.sweep(now())
    assert await parley.store.files.get(file["id"])
    await parley.store.files.sweep(now() + timedelta(hours=25))
    assert await parley.store.files.get(file["id"]) is None


class Visitor:
    """A visitor with a token, and what they do by HTTP."""

    def __init__(self, parley: Parley) -> None:
        self.parley = parley
        self.id, self.token = parley.parts.visitors.issue("webchat")

    def ticket(self) -> str:
        subject = visitor_subject("webchat", self.id)
        return str(self.parley.parts.links.ticket(subject, now() + timedelta(hours=1)))

    async def brings(self, body: Any = PNG, *, ticket: str | None = None, **headers: str) -> tuple[int, Any]:
        given = {"X-Filename": "me.png", **headers}
        url = f"{self.parley.url}/visitors/webchat/files/{self.id}/{ticket or self.ticket()}"
        async with self.parley.http.post(url, data=body, headers=given) as response:
            return response.status, await response.json()

    async def gets(self, file_id: str, *, visitor: str | None = None) -> int:
        url = f"{self.parley.url}/visitors/webchat/files/{visitor or self.id}/{self.ticket()}/{file_id}"
        async with self.parley.http.get(url) as response:
            return response.status


async def test_a_visitor_brings_only_what_the_channel_allows(parley: Parley) -> None:
    visitor = Visitor(parley)
    assert (await visitor.brings())[0] == 201
    assert (await visitor.brings(b"MZ\0\0 a program"))[0] == 415
    assert (await visitor.brings(b"<svg xmlns='x'/>", **{"Content-Type": "image/svg+xml"}))[0] == 415
    assert (await visitor.brings(io.BytesIO(PNG + bytes(11 * 1024 * 1024))))[0] == 413
    assert (await visitor.brings(ticket="9999999999.forged"))[0] == 403
    assert (await visitor.brings(ticket=Visitor(parley).ticket()))[0] == 403
    status, file = await visitor.brings()
    assert status == 201
    assert await visitor.gets(file["id"]) == 200
    assert await Visitor(parley).gets(file["id"]) == 404
    assert await visitor.gets(file["id"], visitor="somebody") == 404


async def test_a_visitor_who_brings_too_much_is_slowed_down(parley: Parley) -> None:
    visitor = Visitor(parley)
    statuses = [(await visitor.brings())[0] for _ in range(12)]
    assert statuses[:10] == [201] * 10 and statuses[-1] == 429
