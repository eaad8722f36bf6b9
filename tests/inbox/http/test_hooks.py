"""Where providers knock: only they are let in, and whatever they bring is answered after it is stored."""

import base64
import hashlib
import hmac
import json
import time
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.whatsapp import connector
from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.parley import Parley, whatsapp_texts, whatsapp_value


async def knock(
    parley: Parley, method: str, path: str, body: bytes | BytesIO = b"", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    async with parley.http.request(method, f"{parley.url}{path}", data=body, headers=headers) as answer:
        return answer.status, await answer.text()


def signed(secret: str, body: bytes) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


async def texts(parley: Parley, number: str, channel: str = "whatsapp") -> list[str]:
    """What this customer wrote on that channel, as it is stored."""
    found = await parley.store.contacts.known_as([f"phone:+{number}"])
    return [
        m.content.text
        for contact in found
        for c in reversed(await parley.store.conversations.of_contact(contact.id))
        if c.channel_id == channel
        for m in await parley.thread(c.id)
        if m.direction == "in"
    ]


async def test_a_message_is_stored_when_it_is_answered(parley: Parley, number: str) -> None:
    assert await parley.hook(whatsapp_texts("Hello", phone=number)) == 200
    assert await texts(parley, number) == ["Hello"]


async def test_twenty_in_one_webhook_and_all_of_it_again(parley: Parley, number: str) -> None:
    words = [f"text {n}" for n in range(20)]
    body = whatsapp_texts(*words, phone=number)
    assert [await parley.hook(body) for _ in range(3)] == [200] * 3
    assert await texts(parley, number) == words


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Hub-Signature-256": "sha256=00"}, {"X-Hub-Signature-256": ""}, {"X-Hub-Signature": "x"}],
)
async def test_who_does_not_sign_is_not_let_in(parley: Parley, number: str, headers: dict[str, str]) -> None:
    body = json.dumps(whatsapp_texts("Hello", phone=number)).encode()
    assert (await knock(parley, "POST", "/hooks/whatsapp", body, headers))[0] == 401
    assert await texts(parley, number) == []


async def test_a_signature_is_good_for_its_bytes_alone(parley: Parley, number: str) -> None:
    body = json.dumps(whatsapp_texts("Hello", phone=number)).encode()
    headers = signed(await parley.whatsapp_secret(), body)
    assert (await knock(parley, "POST", "/hooks/whatsapp", body + b" ", headers))[0] == 401
    assert (await knock(parley, "POST", "/hooks/webchat", body, headers))[0] == 401


async def test_the_handshake(parley: Parley) -> None:
    channel = await parley.store.channels.get("whatsapp")
    word = parley.parts.vault.open(channel.settings["verify_token"])
    asks = "/hooks/whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    assert await knock(parley, "GET", asks + word) == (200, "1158201444")
    assert (await knock(parley, "GET", asks + "wrong"))[0] == 403
    assert (await knock(parley, "GET", "/hooks/whatsapp"))[0] == 401


async def test_a_door_that_is_not_there(parley: Parley) -> None:
    assert (await knock(parley, "POST", "/hooks/nothing"))[0] == 404
    assert (await knock(parley, "POST", "/hooks/%00"))[0] == 404
    assert (await knock(parley, "PUT", "/hooks/whatsapp"))[0] == 405


async def test_what_is_too_large_is_said_to_be(parley: Parley) -> None:
    body = b"x" * (parley.settings.max_body + 1)
    headers = signed(await parley.whatsapp_secret(), body)
    assert (await knock(parley, "POST", "/hooks/whatsapp", BytesIO(body), headers))[0] == 413


async def test_a_channel_that_cannot_be_opened_is_no_server_error(parley: Parley) -> None:
    channel = await parley.store.channels.get("whatsapp")
    sealed = {**channel.settings, "app_secret": "sealed:by-another-key"}
    await parley.store.channels.add(replace(channel, id="broken", settings=sealed, account="other"))
    assert (await knock(parley, "POST", "/hooks/broken", b"{}"))[0] == 404


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(["id", "from", "type", "text", "body", "timestamp", "errors", "status", "image", "x"])
ITEMS = st.lists(st.dictionaries(NAMES, JSON, max_size=6) | JSON, max_size=4)
VALUES = st.dictionaries(
    st.sampled_from(["messages", "statuses", "contacts", "errors", "metadata", "message_echoes"]),
    ITEMS | JSON,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON.map(lambda value: json.dumps(value).encode()),
    VALUES.map(lambda value: json.dumps(whatsapp_value(value)).encode()),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES)
async def test_whatever_is_signed_is_taken_or_kept(parley: Parley, body: bytes) -> None:
    assert await parley.hook(body) == 200


ODD = [
    b"",
    b"null",
    b"[]",
    b'{"entry": 1}',
    b'{"a\\u0000b": {"\\ud800": 1e999}}',
    b'{"n": ' + b"9" * 5000 + b"}",
    b"[" * 100_000,
    b'{"entry":[{"changes":' + b"[" * 500 + b"]" * 500 + b"}]}",
    b"\xff\xfe{}",
]


@pytest.mark.parametrize("place", range(len(ODD)))
async def test_odd_bodies_are_taken_or_kept(parley: Parley, place: int) -> None:
    assert await parley.hook(ODD[place]) == 200


def a_text(number: str, **fields: Any) -> dict[str, Any]:
    now = str(int(time.time()))
    return {"from": number, "id": f"wamid.{new_id()}", "timestamp": now, "type": "text"} | fields


async def test_one_odd_message_in_a_batch_is_quarantined_alone(parley: Parley, number: str) -> None:
    nameless = new_id()
    messages = [
        a_text(number, text={"body": "before"}),
        {"id": f"wamid.{nameless}", "type": "text", "text": {"body": "who am I?"}},
        a_text("1555999", id=""),
        a_text(number, text={"body": "after"}),
    ]
    body = whatsapp_value({"messages": messages})
    assert [await parley.hook(body) for _ in range(2)] == [200, 200]
    assert await texts(parley, number) == ["before", "after"]
    assert len([q for q in await parley.store.quarantine.list() if nameless in q.raw]) == 1


async def test_quarantine_is_replayed_after_a_fix(
    parley: Parley, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def in_quarantine() -> list[Any]:
        items = (await admin.get("/quarantine"))["items"]
        return [item for item in items if item["channel_id"] == "whatsapp" and "our reader" in item["reason"]]

    from connectors.whatsapp import webhook

    admin = await parley.an_agent(f"Replaying Admin {number}", Role.ADMIN)
    read = webhook.read

    def broken(item: Any) -> Any:
        if item["text"]["body"] == "odd":
            raise ZeroDivisionError
        return read(item)

    monkeypatch.setattr(webhook, "read", broken)
    assert await parley.hook(whatsapp_texts("one", "odd", "two", phone=number)) == 200
    assert await texts(parley, number) == ["one", "two"]
    (item,) = await in_quarantine()
    assert (await admin.call("POST", f"/quarantine/{item['id']}/replay"))[0] == 422
    assert len(await in_quarantine()) == 1
    monkeypatch.setattr(webhook, "read", read)
    await admin.post(f"/quarantine/{item['id']}/replay")
    assert await texts(parley, number) == ["one", "two", "odd"]
    assert await in_quarantine() == []
    assert (await admin.call("POST", f"/quarantine/{item['id']}/replay"))[0] == 404
    assert await parley.store._database.requests.count_documents({"_id": item["id"]}) == 0


async def test_quarantine_can_be_dropped(parley: Parley) -> None:
    admin = await parley.an_agent("Dropping Admin", Role.ADMIN)
    mark = new_id()
    assert await parley.hook(f"no JSON {mark}".encode()) == 200
    (item,) = [i for i in (await admin.get("/quarantine"))["items"] if mark in i["raw"]]
    assert (await admin.call("DELETE", f"/quarantine/{item['id']}"))[0] == 204
    assert (await admin.call("DELETE", f"/quarantine/{item['id']}"))[0] == 404


async def test_a_connector_that_breaks_its_promise_loses_nothing(
    parley: Parley, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = new_id()
    monkeypatch.setattr(connector, "read_webhook", lambda body, clock: 1 / 0)
    assert await parley.hook(f"precious {mark}".encode()) == 200
    assert any(mark in q.raw for q in await parley.store.quarantine.list())


async def another_channel(parley: Parley, account: str, secret: str) -> str:
    """A second WhatsApp number."""
    channel_id = f"wa-{account}"
    given = {"phone_number_id": account, "access_token": "x", "app_secret": secret, "verify_token": "x"}
    parts = parley.parts
    await add_channel("whatsapp", channel_id, settings=given, store=parts.store, vault=parts.vault, clock=now)
    return channel_id


def for_account(account: str, number: str, *words: str) -> bytes:
    body = whatsapp_texts(*words, phone=number)
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = account
    return json.dumps(body).encode()


async def test_two_numbers_of_one_app_share_an_address(parley: Parley, number: str) -> None:
    account = f"2{number}"
    second = await another_channel(parley, account, await parley.whatsapp_secret())
    body = for_account(account, number, "for the second")
    assert [await parley.hook(body) for _ in range(2)] == [200, 200]
    assert await texts(parley, number, second) == ["for the second"]
    assert await texts(parley, number, "whatsapp") == []


async def test_a_number_of_another_app_gets_nothing_by_our_signature(parley: Parley, number: str) -> None:
    account = f"3{number}"
    second = await another_channel(parley, account, "another secret")
    assert await parley.hook(for_account(account, number, "a forger's?")) == 200
    assert await texts(parley, number, second) == []
    assert await texts(parley, number, "whatsapp") == ["a forger's?"]


async def test_that_a_customer_types_is_stored_nowhere(parley: Parley) -> None:
    channel = await parley.store.channels.get("rcs")
    assert channel is not None
    token = parley.parts.vault.open(channel.settings["client_token"])
    event = {"senderPhoneNumber": "+15550001111", "eventType": "IS_TYPING", "eventId": "1"}
    data = base64.b64encode(json.dumps(event).encode())
    digest = hmac.new(token.encode(), base64.b64decode(data), hashlib.sha512).digest()
    body = json.dumps({"message": {"data": data.decode(), "messageId": "1"}}).encode()
    headers = {"X-Goog-Signature": base64.b64encode(digest).decode()}
    async with parley.http.post(f"{parley.url}/hooks/rcs", data=body, headers=headers) as answer:
        assert answer.status == 200
    assert not [c for c in await parley.conversations() if c.channel_id == "rcs"]
    assert not await parley.store.quarantine.list({"channel_id": "rcs"})
