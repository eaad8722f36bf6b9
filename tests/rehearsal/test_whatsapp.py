"""The stand-in for Meta and the connector for WhatsApp, over real HTTP."""

import hashlib
from typing import Any

import aiohttp
import pytest

from connectors.content import (
    Audio,
    Choice,
    Contacts,
    Content,
    Document,
    Edit,
    Image,
    Location,
    Option,
    Options,
    Reaction,
    Revoke,
    Template,
    Text,
    Unsupported,
)
from connectors.contract import Outbound
from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
)
from connectors.events import DeliveryStatus, Identity, IdentityKind, MessageReceived, StatusChanged
from tests.connectors.whatsapp.samples import openssl_signature
from tests.rehearsal.conftest import SETTINGS, Rehearsal


def a_message(rehearsal: Rehearsal, content: Content, **more: Any) -> Outbound:
    to = (Identity(IdentityKind.PHONE, f"+{rehearsal.giulia}"),)
    return Outbound(**{"message_id": "m1", "to": to, "content": content} | more)


def messages(rehearsal: Rehearsal) -> list[MessageReceived]:
    return [event for event in rehearsal.events() if isinstance(event, MessageReceived)]


def statuses(rehearsal: Rehearsal) -> list[StatusChanged]:
    return [event for event in rehearsal.events() if isinstance(event, StatusChanged)]


async def test_what_giulia_writes_arrives_signed_and_escaped(rehearsal: Rehearsal) -> None:
    bubble = rehearsal.write(text="Perché? 👋 a/b")
    await rehearsal.until(lambda: bubble.state == "taken")
    body, headers = rehearsal.inbox.taken[0]
    assert body.isascii() and b"Perch\\u00e9" in body and b"a\\/b" in body
    assert headers["x-hub-signature-256"] == openssl_signature(body, "hush")
    (event,) = messages(rehearsal)
    assert event.content == Text("Perché? 👋 a/b")
    assert [identity.kind for identity in event.identities] == ["bsuid", "phone"]
    assert event.profile.name == "Giulia Bianchi" and event.account == SETTINGS["phone_number_id"]


async def test_everything_a_phone_can_do_is_understood(rehearsal: Rehearsal) -> None:
    first = rehearsal.write()
    for kind in ("image", "voice", "document", "location", "contact", "poll"):
        rehearsal.write(kind)
    rehearsal.write("reaction", message=first.id, emoji="👍")
    rehearsal.write("edit", message=first.id, text="Hello")
    rehearsal.write("revoke", message=first.id)
    rehearsal.write(text="Quoted", reply_to=first.id)
    await rehearsal.until(lambda: len(rehearsal.inbox.taken) == 11)
    events = messages(rehearsal)
    kinds = [Text, Image, Audio, Document, Location, Contacts, Unsupported, Reaction, Edit, Revoke, Text]
    assert [type(event.content) for event in events] == kinds
    assert isinstance(events[6].content, Unsupported) and events[6].content.raw_type == "poll_creation"
    assert events[-1].reply_to == first.id


async def test_someone_who_hides_the_number_is_known_by_user_id(rehearsal: Rehearsal) -> None:
    shy = rehearsal.stand_in.phones.add_customer(hidden=True)
    rehearsal.stand_in.write(shy.id, {"kind": "text", "text": "Hi"})
    await rehearsal.until(lambda: bool(rehearsal.inbox.taken))
    (event,) = messages(rehearsal)
    assert [identity.key for identity in event.identities] == [f"bsuid:{shy.user_id}"]
    receipt = await rehearsal.connector.send(
        Outbound(message_id="m", to=event.identities, content=Text("Hello"))
    )
    assert rehearsal.stand_in.phones.bubbles[receipt.external_id].customer == shy.id


async def test_an_answer_is_shown_then_sent_delivered_and_read(rehearsal: Rehearsal) -> None:
    asked = rehearsal.write()
    receipt = await rehearsal.connector.send(a_message(rehearsal, Text("Hello Giulia"), reply_to=asked.id))
    bubble = rehearsal.stand_in.phones.bubbles[receipt.external_id]
    assert (bubble.text, bubble.mine, bubble.reply_to) == ("Hello Giulia", False, asked.id)
    await rehearsal.until(lambda: len(statuses(rehearsal)) == 3)
    found = statuses(rehearsal)
    assert [each.status for each in found] == ["sent", "delivered", "read"]
    assert {(each.external_id, each.message_id) for each in found} == {(receipt.external_id, "m1")}


@pytest.mark.parametrize("count", [3, 10])
async def test_a_tap_brings_back_what_was_behind_it(rehearsal: Rehearsal, count: int) -> None:
    rehearsal.write()
    asked = Options("Which?", [Option(f"Number {n}", f"/pick{n}") for n in range(count)])
    receipt = await rehearsal.connector.send(a_message(rehearsal, asked))
    tap = {"message": receipt.external_id, "choice": "/pick1"}
    rehearsal.write("choice", **tap)
    await rehearsal.until(lambda: len(messages(rehearsal)) == 2)
    event = messages(rehearsal)[1]
    assert event.content == Choice("Number 1", "/pick1", "button" if count == 3 else "list")
    assert event.reply_to == receipt.external_id
    with pytest.raises(Exception, match="no longer"):
        rehearsal.write("choice", **tap)


async def test_reading_and_typing_are_shown_on_the_phone(rehearsal: Rehearsal) -> None:
    bubble = rehearsal.write()
    await rehearsal.connector.mark_read(bubble.id, account=None, typing=True)
    phones = rehearsal.stand_in.phones
    assert bubble.state == "read" and phones.typing_for(rehearsal.giulia) > 20
    await rehearsal.connector.send(a_message(rehearsal, Text("Here")))
    assert phones.typing_for(rehearsal.giulia) == 0


async def test_after_a_day_only_a_template_gets_through(rehearsal: Rehearsal) -> None:
    await rehearsal.connector.send(a_message(rehearsal, Text("Still there?")))
    await rehearsal.until(lambda: bool(statuses(rehearsal)))
    (failed,) = statuses(rehearsal)
    assert failed.status is DeliveryStatus.FAILED and failed.fault and failed.fault.code == "131047"
    await rehearsal.connector.send(a_message(rehearsal, Template("we_are_here", "en_US")))
    await rehearsal.until(lambda: len(statuses(rehearsal)) == 4)


async def test_someone_whom_another_sender_of_webhooks_brought_can_be_answered(rehearsal: Rehearsal) -> None:
    stranger = (Identity(IdentityKind.PHONE, "+390612345678"),)
    await rehearsal.connector.send(a_message(rehearsal, Text("Hello"), to=stranger))
    await rehearsal.until(lambda: len(statuses(rehearsal)) == 3)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (130429, Throttled),
        (131056, Throttled),
        (190, CredentialsRefused),
        (131009, ContentRefused),
        (131000, ProviderDown),
        (368, SendFailed),
        (131030, RecipientRefused),
    ],
)
async def test_a_call_fails_as_it_is_told(rehearsal: Rehearsal, code: int, error: type) -> None:
    rehearsal.trouble(fail=code)
    with pytest.raises(error) as caught:
        await rehearsal.connector.send(a_message(rehearsal, Text("Hi")))
    assert caught.value.code == str(code)


async def test_some_failures_come_afterwards(rehearsal: Rehearsal) -> None:
    rehearsal.write()
    rehearsal.trouble(fail=131026)
    await rehearsal.connector.send(a_message(rehearsal, Text("Hi")))
    await rehearsal.until(lambda: bool(statuses(rehearsal)))
    fault = statuses(rehearsal)[0].fault
    assert fault and fault.code == "131026"


async def test_a_broken_provider_and_a_broken_line_are_told_apart(rehearsal: Rehearsal) -> None:
    rehearsal.trouble(broken=True)
    with pytest.raises(ProviderDown):
        await rehearsal.connector.send(a_message(rehearsal, Text("Hi")))
    assert not any(not bubble.mine for bubble in rehearsal.stand_in.phones.bubbles.values())
    rehearsal.trouble(hang=0.05)
    with pytest.raises(OutcomeUnknown):
        await rehearsal.connector.send(a_message(rehearsal, Text("Hi")))
    assert any(not bubble.mine for bubble in rehearsal.stand_in.phones.bubbles.values())


async def call(rehearsal: Rehearsal, body: Any, token: str = "EAA-token", number: str = "") -> Any:
    url = f"{rehearsal.url}/whatsapp/v26.0/{number or SETTINGS['phone_number_id']}/messages"
    headers = {"Authorization": f"Bearer {token}"}
    async with rehearsal.http.post(url, json=body, headers=headers) as answer:
        return answer.status, (await answer.json()).get("error")


async def test_a_wrong_token_or_number_gets_metas_own_error(rehearsal: Rehearsal) -> None:
    status, error = await call(rehearsal, {}, token="other")
    assert (status, error["code"], error["type"]) == (401, 190, "OAuthException")
    status, error = await call(rehearsal, {}, number="42")
    assert (status, error["code"], error["error_subcode"]) == (400, 100, 33)
    assert error["fbtrace_id"]


FRAME = {"messaging_product": "whatsapp", "to": "16505550101"}


def buttons(*replies: Any, text: str = "?") -> dict[str, Any]:
    action = {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}
    return FRAME | {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": text}, "action": action},
    }


def listed(count: int, **row: Any) -> dict[str, Any]:
    rows = [{"id": str(n), "title": str(n)} | row for n in range(count)]
    action = {"button": "Open", "sections": [{"rows": rows}]}
    return FRAME | {
        "type": "interactive",
        "interactive": {"type": "list", "body": {"text": "?"}, "action": action},
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], 100),
        ({}, 100),
        ({"messaging_product": "whatsapp"}, 131008),
        (FRAME | {"to": "Giulia", "text": {"body": "x"}}, 131009),
        (FRAME | {"type": "hologram"}, 100),
        (FRAME | {"type": "text", "text": {"body": ""}}, 131008),
        (FRAME | {"type": "text", "text": {"body": "x" * 4097}}, 131009),
        (FRAME | {"type": "image", "image": {}}, 131008),
        (FRAME | {"type": "audio", "audio": {"id": "1", "caption": "x"}}, 100),
        (buttons(), 131008),
        (buttons(*({"id": str(n), "title": str(n)} for n in range(4))), 131009),
        (buttons({"id": "a", "title": "x" * 21}), 131009),
        (buttons({"id": "x" * 257, "title": "x"}), 131009),
        (buttons({"id": "a", "title": "x"}, {"id": "a", "title": "y"}), 131009),
        (buttons({"id": "a", "title": "x"}, text="x" * 1025), 131009),
        (listed(11), 131009),
        (listed(1, id="x" * 201), 131009),
        (listed(1, description="x" * 73), 131009),
        (listed(2, id="same"), 131009),
        (FRAME | {"type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
        (FRAME | {"type": "contacts", "contacts": [{"name": {"formatted_name": "x"}}]}, 131008),
        (FRAME | {"type": "template", "template": {"name": "x"}}, 100),
    ],
)
async def test_what_meta_would_not_take_is_refused(rehearsal: Rehearsal, body: Any, code: int) -> None:
    status, error = await call(rehearsal, body)
    assert (status, error["code"]) == (400, code)
    assert error["error_data"]["details"]


async def test_a_file_can_be_put_up_and_fetched(rehearsal: Rehearsal) -> None:
    token = {"Authorization": "Bearer EAA-token"}
    form = aiohttp.FormData({"messaging_product": "whatsapp", "type": "image/png"})
    form.add_field("file", b"a picture", filename="a.png", content_type="image/png")
    base = f"{rehearsal.url}/whatsapp/v26.0"
    async with rehearsal.http.post(f"{base}/990000000000001/media", data=form, headers=token) as answer:
        file_id = (await answer.json())["id"]
    async with rehearsal.http.get(f"{base}/{file_id}", headers=token) as answer:
        about = await answer.json()
    assert about["sha256"] == hashlib.sha256(b"a picture").hexdigest() and about["file_size"] == 9
    async with rehearsal.http.get(about["url"], headers=token) as answer:
        assert await answer.read() == b"a picture"
    async with rehearsal.http.get(about["url"]) as answer:
        assert answer.status == 401
