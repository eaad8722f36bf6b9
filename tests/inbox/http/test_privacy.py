"""What a person may ask: all that is kept of them as a file, and that nothing of it is left."""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from connectors.events import Identity, IdentityKind
from inbox.actions.privacy import resume
from inbox.dialogue import BotNotReady, Dialogue
from inbox.http.privacy_api import forgetting
from inbox.model.erasure import Erasure, certificate_of
from inbox.model.files import File, FileState
from inbox.model.ids import new_id
from inbox.model.people import Role
from inbox.model.secrets import Unsealable
from inbox.store.findings import Entry
from inbox.teaching.traces import held
from tests.parley import Client, Parley, until, whatsapp_value

SURE = {"confirm": "erase for good", "reason": "asked by mail"}


async def everything(parley: Parley) -> str:
    """All that is in the database, as one text."""
    database = parley.store._database
    pieces = []
    for name in await database.list_collection_names():
        if not name.startswith("system."):
            pieces += [f"{name} {document!r}" async for document in database[name].find({})]
    return "\n".join(pieces)


async def a_customer(parley: Parley, number: str, *, name: str) -> str:
    """A customer who wrote, was answered, of whom a note is kept, and whom quarantine knows. Their id."""
    await parley.customer_says(f"I am {name}, call me", "STOP", phone=number, name=name)
    odd = {"from": number, "id": f"wamid.odd-{number}", "timestamp": "soon", "type": "text"}
    contacts = [{"profile": {"name": name}, "wa_id": number}]
    assert await parley.hook(whatsapp_value({"contacts": contacts, "messages": [odd]})) == 200
    (found,) = await parley.store.contacts.known_as([f"phone:+{number}"])
    return found.id


async def settled(parley: Parley, conversation_id: str) -> Any:
    """The conversation, once the bot's turn is over."""
    now = await parley.store.conversations.get(conversation_id)
    return now if now and now.turn is None else None


async def erased(admin: Client, person: str) -> Any:
    status, begun = await admin.call("POST", f"/contacts/{person}/erase", SURE)
    assert status == 202
    return begun


async def looked_again(parley: Parley, erasure_id: str) -> Erasure:
    """The erasure after a second look, which is taken a minute ahead of time."""
    parts = parley.parts
    in_a_minute = parts.clock() + timedelta(minutes=1)
    await resume(parley.store, lambda: in_a_minute, forgetting(parts), partial(held, parts.teaching))
    found = await parley.store.persons.erasure(erasure_id)
    assert found
    return found


async def certified(parley: Parley, erasure_id: str) -> Erasure:
    """The erasure when it is done: the house may still be at its own look when ours comes."""

    async def done() -> Erasure | None:
        found = await looked_again(parley, erasure_id)
        return found if found.done_at else None

    found: Erasure = await until(done)
    return found


@pytest.fixture
async def admin(parley: Parley) -> Client:
    return await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)


async def test_all_of_a_person_is_in_the_file(parley: Parley, admin: Client) -> None:
    person = await a_customer(parley, "390211110001", name="Zelda <b>Zorn</b>")
    await admin.post(f"/contacts/{person}/notes", {"text": "likes tea"})
    other = await admin.post("/contacts", {"phones": ["+390211110011"], "name": "Zorn too"})
    await admin.post(f"/contacts/{person}/merge", {"contact_id": other["id"]})
    (found,) = [c for c in await parley.conversations() if c.contact_id == person]
    speaker = (await until(lambda: settled(parley, found.id))).speaker
    at = f"/conversations/{found.id}"
    await admin.post(f"{at}/take_over", {"epoch": speaker.epoch})
    status, _ = await admin.call("PUT", f"{at}/draft", {"reply": "Dear Zelda, about tea"})
    assert status in (200, 204)
    parley.bot.memory[found.id] = [{"event": "user", "text": "call me"}, {"event": "slot", "name": "a"}]
    at_nine = (parley.parts.clock() + timedelta(days=9)).isoformat()
    later = {"client_id": "1", "at": at_nine, "text": "Tea tomorrow?"}
    await admin.post(f"{at}/scheduled", later)
    async with parley.http.get(
        f"{parley.url}/api/v1/contacts/{person}/data", headers=admin.cookie
    ) as response:
        assert response.status == 200 and response.content_type == "application/zip"
        packed = zipfile.ZipFile(io.BytesIO(await response.read()))
    data = json.loads(packed.read("person.json"))
    assert {"contacts", "contact_notes", "conversations", "messages", "consents", "standings"} <= data.keys()
    texts = [m["content"].get("text") for m in data["messages"]]
    assert "STOP" in texts and "I am Zelda <b>Zorn</b>, call me" in texts
    page = packed.read("person.html").decode()
    assert "likes tea" in page and "+390211110001" in page
    kept = {"contact_merges", "scheduled", "drafts", "bot_memory", "audit_log"}
    assert kept <= data.keys()
    assert data["drafts"][0]["reply"] == "Dear Zelda, about tea"
    assert data["scheduled"][0]["content"]["text"] == "Tea tomorrow?"
    assert data["bot_memory"] == [{"id": found.id, "events": parley.bot.memory[found.id]}]
    assert {"person.exported"} <= {e["what"] for e in data["audit_log"]}
    assert "Tea tomorrow?" in page and "Dear Zelda, about tea" in page
    assert "<b>Zorn" not in page and "&lt;b&gt;Zorn" in page


async def test_nothing_is_left_and_a_certificate_says_so(parley: Parley, admin: Client) -> None:
    person = await a_customer(parley, "390222220002", name="Quentin Quux")
    await admin.post(f"/contacts/{person}/notes", {"text": "Quentin prefers mornings"})
    conversation = next(c for c in await parley.conversations() if c.contact_id == person)
    await admin.post(f"/conversations/{conversation.id}/take_over", {"epoch": conversation.speaker.epoch})
    await parley.store.findings.add([Entry("found", conversation.id, ["quentin"])])
    assert "390222220002" in await everything(parley)

    refused, _ = await admin.call("POST", f"/contacts/{person}/erase", {"reason": "no confirmation"})
    assert refused == 422
    begun = await erased(admin, person)
    assert begun["erased"]["messages"] >= 2 and begun["erased"]["contacts"] == 1
    assert await parley.store.messages.page(conversation.id, before_seq=None, limit=9) == ([], False)
    done = await certified(parley, begun["id"])
    left = await everything(parley)
    for trace in ("390222220002", "Quentin", "quentin", "Quux", person):
        assert trace not in left, re.findall(rf".*{re.escape(trace)}.*", left)[:3]
    assert conversation.id in parley.bot.erased
    assert done.certificate == certificate_of(done)
    assert (await admin.call("POST", f"/contacts/{person}/erase", SURE))[0] == 404
    (shown,) = [each for each in (await admin.get("/erasures"))["items"] if each["id"] == done.id]
    assert shown["certificate"] == done.certificate


async def test_who_refused_and_was_erased_is_still_not_written_to(parley: Parley, admin: Client) -> None:
    await parley.customer_says("STOP", phone="390233330003", name="Rita")
    (before,) = await parley.store.contacts.known_as(["phone:+390233330003"])
    first = await erased(admin, before.id)
    await parley.customer_says("Hello again", phone="390233330003", name="Rita")
    (after,) = await parley.store.contacts.known_as(["phone:+390233330003"])
    assert after.id != before.id
    (conversation,) = [c for c in await parley.conversations() if c.contact_id == after.id]
    assert conversation.refusals, "the refusal outlives the erasure"
    await parley.customer_says("START", phone="390233330003", name="Rita")
    (conversation,) = [c for c in await parley.conversations() if c.contact_id == after.id]
    assert not conversation.refusals, "and ends when they want messages again"
    second = await erased(admin, after.id)
    for begun in (first, second):
        await certified(parley, begun["id"])
    assert "390233330003" not in await everything(parley)


async def test_what_came_after_the_first_look_is_gone_with_the_second(parley: Parley, admin: Client) -> None:
    person = await a_customer(parley, "390244440004", name="Sven")
    conversation = next(c for c in await parley.conversations() if c.contact_id == person)
    begun = await erased(admin, person)
    await parley.store.findings.add([Entry("late", conversation.id, ["sven"])])
    parts = parley.parts
    await resume(parley.store, parts.clock, forgetting(parts), partial(held, parts.teaching))
    found = await parley.store.persons.erasure(begun["id"])
    assert found and found.done_at is None, "too early to tell"
    await certified(parley, begun["id"])
    assert "sven" not in await everything(parley)


async def test_it_is_not_done_before_the_bot_has_forgotten_too(
    parley: Parley, admin: Client, monkeypatch: Any
) -> None:
    person = await a_customer(parley, "390255550005", name="Tessa")

    async def is_down(self: Any, conversation_id: str) -> None:
        raise BotNotReady("The bot cannot be reached.")

    with monkeypatch.context() as broken:
        broken.setattr(Dialogue, "forget", is_down)
        begun = await erased(admin, person)
        assert (await looked_again(parley, begun["id"])).done_at is None
        assert not await parley.store.contacts.get(person), "what is ours is gone at once"
    await certified(parley, begun["id"])


async def unsealed(parley: Parley) -> str:
    """All that is in the database with every secret of ours opened, and all files of the house's folder."""
    text, vault = await everything(parley), parley.parts.vault
    for found in set(re.findall(r"sealed:[A-Za-z0-9_=-]+", text)):
        with suppress(Unsealable):  # another test's, by a key that is gone
            text += "\n" + vault.open(found)
    database = parley.store._database
    for bucket in ("media", "models"):
        async for chunk in database[f"{bucket}.chunks"].find({}):
            text += chunk["data"].decode("utf-8", "replace")
    for file in parley.settings.home.rglob("*"):
        if "rehearsal" in file.relative_to(parley.settings.home).parts:
            continue  # the customers' own phones and the providers, played on this machine
        text += f"\n{file.name}" + (file.read_bytes().decode("utf-8", "replace") if file.is_file() else "")
    return text


async def test_the_grep_finds_nothing_of_who_was_everywhere(parley: Parley, admin: Client) -> None:
    """Messages, merged contacts, files, notes, a rating, drafts, programs told, requests' keys, searches."""
    number, name = "390266660006", "Xanthippe"
    hook = {"url": "https://crm.invalid/hook", "events": ["message.created", "note.created"]}
    program = await admin.post("/webhooks", hook)
    person = await a_customer(parley, number, name=name)
    other = await admin.post("/contacts", {"phones": ["+390266660007"], "name": f"{name} too"})
    await admin.post(f"/contacts/{person}/merge", {"contact_id": other["id"]})
    await admin.post(f"/contacts/{person}/notes", {"text": f"{name} prefers mornings"})
    (found,) = [c for c in await parley.conversations() if c.contact_id == person]

    at = f"/conversations/{found.id}"
    speaker = (await until(lambda: settled(parley, found.id))).speaker
    await admin.post(f"{at}/take_over", {"epoch": speaker.epoch})
    colleague = await parley.a_user(f"Colleague {new_id()}")
    named = {"text": f"A note about {name}", "note": True, "mentions": [colleague.id]}
    await admin.post(f"{at}/messages", named)
    rated = {"score": 1, "comment": f"{name} was kept waiting", "at": parley.parts.clock()}
    there = {"_id": found.id}, {"$set": {"rating": rated}}
    await parley.store._database.conversations.update_one(*there)
    status, _ = await admin.call("PUT", f"{at}/draft", {"reply": f"Dear {name}"})
    assert status in (200, 204)
    at_nine = (parley.parts.clock() + timedelta(days=9)).isoformat()
    await admin.post(f"{at}/scheduled", {"client_id": "l", "at": at_nine, "text": f"Later, {name}"})
    headers = {**admin._headers, "Idempotency-Key": f"note-{new_id()}"}
    said = {"text": f"{name} was told twice", "note": True}
    async with parley.http.post(f"{parley.url}/api/v1{at}/messages", json=said, headers=headers) as answer:
        assert answer.status == 201
    unsent = await parley.parts.store.files.write("unsent.1", _pieces(f"{name} in an unsent file".encode()))
    assert unsent.size
    visitor = Identity(IdentityKind.VISITOR, "f00dfeedf00dfeed")
    file = File(
        id="unsent",
        state=FileState.STORED,
        created_at=parley.parts.clock(),
        uploader=f"visitor:{visitor.value}",
        name=f"{name}.txt",
        blob="unsent.1",
    )
    await parley.store.files.add(file)
    await is_looked_for(admin, number)
    query = {
        "$push": {"identities": {"kind": "visitor", "value": visitor.value}, "identity_keys": visitor.key}
    }
    await parley.store._database.contacts.update_one({"_id": person}, query)
    for path in (f"/api/v1/contacts/{person}/data", "/api/v1/contact_export", f"/api/v1{at}/export"):
        async with parley.http.get(f"{parley.url}{path}", headers=admin.cookie) as answer:
            assert answer.status == 200 and await answer.read()
    told = parley.store._database.webhook_deliveries
    await until(lambda: told.count_documents({"conversation_id": found.id}))
    assert (await admin.call("DELETE", f"/webhooks/{program['id']}"))[0] == 204
    assert name in await unsealed(parley)
    data, page = await file_of(parley, admin, person)
    for trace in ("was kept waiting", f"A note about {name}", f"Later, {name}", f"{name} prefers"):
        assert trace in data and trace in page, trace
    await certified(parley, (await erased(admin, person))["id"])
    left = await unsealed(parley)
    for trace in (number, "390266660007", name, visitor.value):  # the audit log keeps ids
        assert trace not in left, re.findall(rf".{{0,200}}{re.escape(trace)}.{{0,200}}", left)[:3]
    segments = {s["name"]: s["clauses"] for s in (await admin.get("/contact_segments"))["items"]}
    assert [c["field"] for c in segments["Nearly all"]] == ["blocked"] and "Only one" not in segments


async def is_looked_for(admin: Client, number: str) -> None:
    """By a saved view, by segments of one and of all but one, and by a campaign's list of numbers."""
    await admin.post("/views", {"name": "The one", "query": {"q": number}})
    one, reachable = {"field": "phone", "value": f"+{number}"}, {"field": "blocked", "value": "no"}
    await admin.post("/contact_segments", {"name": "Only one", "clauses": [one]})
    await admin.post(
        "/contact_segments", {"name": "Nearly all", "clauses": [{**one, "test": "is_not"}, reachable]}
    )
    said = {"name": "Spring", "channel_id": "whatsapp", "text": "Hello", "numbers": [f"+{number}"]}
    await admin.post("/campaigns", said)


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_who_was_merged_by_mistake_is_not_shown_to_the_other(parley: Parley, admin: Client) -> None:
    """Parted again, each one's file has nothing of the other, and each is erased by themselves."""
    ones, others = ("390277770001", "Ottilie"), ("390277770002", "Balthasar")
    one = await a_customer(parley, ones[0], name=ones[1])
    other = await a_customer(parley, others[0], name=others[1])
    status, _ = await admin.call(
        "PATCH", f"/contacts/{other}", {"attributes": {"email": "b@balthasar.example"}}
    )
    assert status == 200
    await admin.post(f"/contacts/{one}/merge", {"contact_id": other})
    (merge,) = (await admin.get(f"/contacts/{one}/merges"))["items"]
    await admin.post(f"/contacts/{one}/merges/{merge['id']}/undo")
    for person, own, foreign in ((one, ones, others), (other, others, ones)):
        data, page = await file_of(parley, admin, person)
        assert own[0] in data and own[1] in page
        for trace in foreign:
            assert trace not in data and trace not in page
    await certified(parley, (await erased(admin, other))["id"])
    left = await unsealed(parley)
    for trace in others:
        assert trace not in left, re.findall(rf".{{0,200}}{re.escape(trace)}.{{0,200}}", left)[:3]
    assert ones[0] in left and ones[1] in left


async def file_of(parley: Parley, admin: Client, person: str) -> tuple[str, str]:
    """What somebody who asks is given: for programs, and to read."""
    at = f"{parley.url}/api/v1/contacts/{person}/data"
    async with parley.http.get(at, headers=admin.cookie) as response:
        assert response.status == 200
        packed = zipfile.ZipFile(io.BytesIO(await response.read()))
    return packed.read("person.json").decode(), packed.read("person.html").decode()
