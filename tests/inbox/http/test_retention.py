"""How long conversations are kept: what a rule would delete, what it deletes, and what it must not."""

from datetime import timedelta
from typing import Any

import pytest

from inbox.actions.retention import sweep
from inbox.http.privacy_api import forgetting
from inbox.model.ids import new_id
from inbox.model.people import Role
from inbox.store.findings import Entry
from tests.parley import Client, Parley, until


@pytest.fixture
async def admin(parley: Parley) -> Client:
    return await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)


async def a_resolved(parley: Parley, admin: Client, number: str, label: str) -> Any:
    """A conversation that has been quiet for a hundred days, with this label."""
    await parley.customer_says(f"Hello from {number}", phone=number)
    (contact,) = await parley.store.contacts.known_as([f"phone:+{number}"])

    async def settled() -> Any:
        (found,) = await parley.store.conversations.of_contact(contact.id, 1)
        return found if found.turn is None and found.delivery is None else None

    at = (await until(settled)).id
    await admin.post(f"/conversations/{at}/labels", {"add": [label]})
    await admin.post(f"/conversations/{at}/resolve")
    await parley.store.findings.add([Entry(new_id(), at, [f"word{number}"])])
    conversations = parley.store._database.conversations
    await conversations.update_one(
        {"_id": at}, {"$set": {"listed_at": parley.parts.clock() - timedelta(days=100)}}
    )
    return await parley.store.conversations.get(at)


async def swept(parley: Parley) -> int:
    """What one look deletes, a look that no other process has just taken."""
    await parley.store.presence.pardon("retention")
    return await sweep(parley.store, parley.parts.clock, forgetting(parley.parts))


async def test_what_is_past_its_time_is_counted_then_deleted(
    parley: Parley, admin: Client, number: str
) -> None:
    label = f"l{number}"
    gone = await a_resolved(parley, admin, number, label)
    kept = await a_resolved(parley, admin, f"{number}9", f"x{label}")
    for days, number_of in ((99, 1), (101, 0)):
        found = await admin.post("/retention_trials", {"days": days, "label": label})
        assert found == {"conversations": number_of}
    assert await parley.store.conversations.get(gone.id)
    rule = await admin.post("/retention", {"days": 90, "label": label, "channel_id": "whatsapp"})

    async def is_gone() -> bool:
        await swept(parley)
        return await parley.store.conversations.get(gone.id) is None

    await until(is_gone)
    assert await parley.thread(gone.id) == []
    assert not await parley.store._database.findings.count_documents({"conversation_id": gone.id})
    assert not await parley.store._database.retention_batches.count_documents({})
    assert gone.id in parley.bot.erased
    assert await parley.thread(kept.id)
    (entry,) = await parley.store.audit.page(
        {"target": f"retention:{rule['id']}", "what": "retention.applied"}, limit=9
    )
    assert entry.after == {"conversations": 1, "days": 90} and entry.name == "Parley"

    await parley.customer_says("Me again", phone=number)
    (fresh,) = await parley.store.conversations.of_contact(gone.contact_id, 9)
    assert fresh.id != gone.id
    assert (await admin.call("DELETE", f"/retention/{rule['id']}"))[0] == 204


async def test_who_dies_in_between_is_gone_on_for(parley: Parley, admin: Client, number: str) -> None:
    gone = await a_resolved(parley, admin, number, f"l{number}")
    await parley.store._database.conversations.delete_one({"_id": gone.id})
    await parley.store._database.retention_batches.insert_one(
        {"_id": new_id(), "retention_id": "r", "conversation_ids": [gone.id], "at": parley.parts.clock()}
    )

    async def is_gone() -> bool:
        await swept(parley)
        return await parley.thread(gone.id) == []

    await until(is_gone)


async def test_what_is_open_again_is_kept(parley: Parley, admin: Client, number: str) -> None:
    label = f"l{number}"
    busy = await a_resolved(parley, admin, number, label)
    rule = await admin.post("/retention", {"days": 90, "label": label})
    await admin.call("PUT", f"/retention/{rule['id']}", {"days": 90, "label": label, "is_on": False})
    await swept(parley)
    assert await parley.store.conversations.get(busy.id)
    await admin.post(f"/conversations/{busy.id}/reopen")
    await admin.call("PUT", f"/retention/{rule['id']}", {"days": 90, "label": label})
    await swept(parley)
    assert await parley.thread(busy.id)
    await admin.call("DELETE", f"/retention/{rule['id']}")


async def test_bad_rules_are_refused(admin: Client) -> None:
    for body in ({"days": 0}, {"days": 40_000}, {"days": 9, "channel_id": "nowhere"}):
        assert (await admin.call("POST", "/retention", body))[0] == 422
        assert (await admin.call("POST", "/retention_trials", body))[0] == 422
