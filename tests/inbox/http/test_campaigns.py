"""Campaigns of WhatsApp templates, from the page's API to what the provider got and the customer reads."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.inbox.http.test_media import Phone, conversation_of
from tests.parley import Client, Json, Parley, until


@pytest.fixture
async def admin(parley: Parley) -> AsyncIterator[Client]:
    """An admin, and a channel on which it is never night and whose templates are known."""
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    at = "/channels/whatsapp/quiet_hours"
    before = await admin.get(at)
    status, _ = await admin.call("PUT", at, {"quiet_hours": "off"})
    assert status == 200
    await admin.post("/channels/whatsapp/templates/sync")
    yield admin
    await admin.call("PUT", at, before)


def filled(kind: str, *parameters: Json, **more: Any) -> Json:
    return {"type": kind, "parameters": list(parameters), **more}


def text(value: str, **more: Any) -> Json:
    return {"type": "text", "text": value, **more}


UPDATE = {
    "name": "order_update",
    "language": "en_US",
    "components": [
        filled("body", text("{{ contact.first_name }}"), text("48213"), text("Friday")),
        filled("button", text("48213"), sub_type="url", index="0"),
    ],
}
PHOTO = {
    "name": "delivery_photo",
    "language": "en_US",
    "components": [
        filled("header", {"type": "image", "image": {"link": "https://example.com/door.png"}}),
        filled("body", text("{{ contact.first_name }}", parameter_name="name")),
    ],
}
TEMPLATES = {
    "values and a button": (UPDATE, "Hi Giulia, your order 48213 is on its way and arrives on Friday."),
    "a picture": (PHOTO, "Your parcel is at your door, Giulia."),
}


@pytest.mark.parametrize(("template", "words"), TEMPLATES.values(), ids=TEMPLATES)
async def test_a_template_reaches_everybody_filled_in_for_each(
    admin: Client, parley: Parley, template: Json, words: str
) -> None:
    phone = Phone(parley, "whatsapp")
    customer = await phone.write(kind="text", text="Hello")
    conversation = await conversation_of(parley, customer)

    async def is_answered() -> bool:
        found = await parley.store.conversations.get(conversation.id)
        return found is not None and found.turn is None and found.waiting_since is None

    await until(is_answered)
    campaign = await admin.post(
        "/campaigns",
        {
            "name": "News",
            "channel_id": "whatsapp",
            "template": {"type": "template", **template},
            "purpose": "conversation",
            "contact_ids": [conversation.contact_id],
        },
    )
    counted = await admin.get(f"/campaigns/{campaign['id']}/count")
    assert counted["reached"] == 1 and words in counted["example"]["text"]
    await admin.post(f"/campaigns/{campaign['id']}/start", {})

    async def arrived() -> list[Json]:
        return [b for b in await phone.bubbles(customer) if words in b["text"]]

    (bubble,) = await until(arrived)
    if template is UPDATE:
        shown = {choice["title"]: choice.get("url") for choice in bubble["choices"]}
        assert shown["Track it"] == "https://alder-finch.example/orders/48213"
        await phone.again(customer, kind="choice", message=bubble["id"], choice=bubble["choices"][1]["id"])
    else:
        assert bubble["media"] == {"kind": "image", "link": "https://example.com/door.png"}
        await phone.again(customer, kind="text", text="Thank you")

    async def is_counted() -> bool:
        after = await admin.get(f"/campaigns/{campaign['id']}")
        return after["state"] == "finished" and after["became"]["replied"] == 1

    assert await until(is_counted)
    said = next(
        m for m in await parley.thread(conversation.id) if m.author.id == f"campaign:{campaign['id']}"
    )
    assert words in said.content.text


WRONG = {
    "a value too few": ({**UPDATE, "components": [filled("body", text("Ada"))]}, "needs 3 values; 1 given"),
    "no picture": ({**PHOTO, "components": PHOTO["components"][1:]}, ""),
    "paused by Meta": ({"name": "autumn_sale", "language": "en_US", "components": []}, "paused"),
    "not there": ({"name": "order_update", "language": "de", "components": []}, "no template order_update"),
}


@pytest.mark.parametrize(("template", "words"), WRONG.values(), ids=WRONG)
async def test_a_template_that_the_provider_would_refuse_is_never_a_campaign(
    admin: Client, template: Json, words: str
) -> None:
    body = {"name": "Wrong", "channel_id": "whatsapp", "template": {"type": "template", **template}}
    status, problem = await admin.call("POST", "/campaigns", body)
    assert status == 422 and words in problem["detail"]
