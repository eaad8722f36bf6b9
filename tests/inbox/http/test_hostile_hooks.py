"""Real-looking payloads of every kind, spoilt at random and signed all the same, at the real doors.

Whatever a provider signs is answered with 200 and is not lost: a message that can be told from others is a
message, everything else is in quarantine. `PARLEY_FUZZ=5000` tries that many of each kind, by a seed that is
printed when one fails.
"""

import base64
import hashlib
import hmac
import io
import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import structlog

from inbox.actions.channels import add_channel
from inbox.app import now
from tests.connectors.rcs import samples as rcs
from tests.connectors.sms import samples as sms
from tests.connectors.sms.providers import PROVIDERS, Provider
from tests.connectors.whatsapp import samples as whatsapp
from tests.parley import Client, Parley, until, whatsapp_value

EACH = int(os.environ.get("PARLEY_FUZZ", "40"))
SEED = int(os.environ.get("PARLEY_FUZZ_SEED", "20261129"))

Json = dict[str, Any]
Request = tuple[str, bytes, dict[str, str]]
"""The query of the address, the body and the headers."""

WORDS = [
    *("", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "x" * 70_000, "\u202e\u200b", "‮evil", "$set", "a.b"),
    *(
        "NaN",
        "Infinity",
        "-0",
        "1e999",
        "9" * 400,
        "true",
        "null",
        "../../etc/passwd",
        "<script>",
        "\r\nX: y",
    ),
    *("US.1", "+", "+0", "99999999999999999999999", "2026-13-45T99:99:99Z", "STOP", "{}", "[]", "__proto__"),
]
THINGS = [
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**70), 10**400),
    *(0.1, -1.5, 1e308, -1e308, 1e-320),
    *([], {}, [[]], [{}], {"": ""}, {"$ref": "x", "$id": 1}, {"$date": 1}, {"a.b": {"$inc": 1}}, {"\0": 1}),
    *({"id": {"id": {"id": 1}}}, [None] * 300, [[1]] * 50),
]


def deep(levels: int) -> Any:
    value: Any = "bottom"
    for level in range(levels):
        value = {"a": value} if level % 2 else [value]
    return value


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything in a JSON value."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    return [path, *(each for key, within in inner for each in places(within, (*path, key)))]


def changed(whole: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(whole)
    copy = dict(whole) if isinstance(whole, dict) else list(whole)
    copy[path[0]] = changed(whole[path[0]], path[1:], change)
    return copy


def spoilt(said: Any, dice: random.Random) -> Any:
    """The value with one to three odd things in it."""
    for _ in range(dice.choice((1, 1, 2, 3))):
        path = dice.choice(places(said))
        odd = dice.choice((dice.choice(THINGS), dice.choice(WORDS), deep(dice.choice((3, 40, 150)))))
        said = changed(
            said,
            path,
            dice.choice((lambda _, o=odd: o, lambda v: [v], lambda v: {"a": v}, _without, _doubled)),
        )
    return said


def _without(value: Any) -> Any:
    """The container without its first member."""
    if isinstance(value, dict):
        return dict(list(value.items())[1:])
    return value[1:] if isinstance(value, list | str) else None


def _doubled(value: Any) -> Any:
    return value * 40 if isinstance(value, list | str) else value


def written(said: Any, dice: random.Random) -> bytes:
    """The value as bytes: as JSON with odd spellings, cut off, with doubled keys, in another encoding."""
    ascii_only = dice.random() < 0.7
    text = json.dumps(said, ensure_ascii=ascii_only)
    body = text.encode("utf-8", "surrogatepass")
    match dice.randrange(14):
        case 0:
            return body[: dice.randrange(len(body) + 1)]
        case 1:
            return body.replace(b'"id":', b'"id": "twice", "id":').replace(b'"text":', b'"text":1,"text":')
        case 2:
            return text.encode(dice.choice(("utf-16", "utf-8-sig", "utf-7")), "replace")
        case 3:
            at = dice.randrange(len(body) + 1)
            return body[:at] + dice.choice((b"\xff", b"\0", b"\xed\xa0\x80", b"9" * 5000)) + body[at:]
        case 4:
            return body + dice.choice((b"\n{}", b"}", b"\0", body))
    return body


TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded", ""]


def by_meta(parley_secret: str) -> Callable[[bytes], Request]:
    def sign(body: bytes) -> Request:
        digest = hmac.new(parley_secret.encode(), body, hashlib.sha256).hexdigest()
        return "", body, {"X-Hub-Signature-256": f"sha256={digest}"}

    return sign


def by_google(token: str) -> Callable[[bytes], Request]:
    def sign(body: bytes) -> Request:
        data = base64.b64encode(body).decode()
        digest = base64.b64encode(hmac.new(token.encode(), body, hashlib.sha512).digest()).decode()
        return "", json.dumps({"message": {"data": data}}).encode(), {"X-Goog-Signature": digest}

    return sign


def meta_says() -> Iterator[Json]:
    """A webhook for every type of message, a status, an echo and an error."""
    media = {"id": "1", "mime_type": "image/jpeg", "sha256": "aa" * 32, "caption": "Look"}
    place = {"latitude": 45.4, "longitude": 9.2, "name": "Duomo"}
    card = {"name": {"formatted_name": "Eve"}, "phones": [{"phone": "+1 650", "wa_id": "1650"}]}
    line = {"product_retailer_id": "p", "quantity": 2, "item_price": 3.5, "currency": "EUR"}
    kinds: dict[str, Any] = {
        "text": {"body": "Hi"},
        "image": media,
        "audio": media | {"voice": True},
        "document": media,
        "location": place,
        "contacts": [card],
        "reaction": {"message_id": "wamid.A", "emoji": "👍"},
        "interactive": {"type": "button_reply", "button_reply": {"id": "/yes", "title": "Yes"}},
        "button": {"text": "Yes", "payload": "/yes"},
        "order": {"catalog_id": "c", "product_items": [line]},
        "system": {"type": "user_changed_number", "wa_id": "16505550102", "body": "moved"},
        "edit": {"original_message_id": "wamid.A", "message": {"type": "text", "text": {"body": "Ho"}}},
        "revoke": {"original_message_id": "wamid.A"},
    }
    flow = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": '{"a": {"b": [1]}}'}}
    for kind, said in [*kinds.items(), ("interactive", flow)]:
        message = whatsapp.a_message(kind, said, context={"id": "wamid.B"}, referral={"source_id": "1"})
        yield whatsapp.a_body(whatsapp.a_value(contacts=[whatsapp.ANA], messages=[message, message]))
    pricing = {"billable": True, "pricing_model": "PMP", "category": "service"}
    errors = [{"code": 131049, "title": "t", "error_data": {"details": "d"}}]
    status = {"id": "wamid.S", "status": "failed", "timestamp": "1749416383", "recipient_id": "1650"}
    yield whatsapp.a_body(whatsapp.a_value(statuses=[status | {"pricing": pricing, "errors": errors}]))
    echo = whatsapp.a_message(to="16505550101")
    yield whatsapp.a_body(whatsapp.a_value(message_echoes=[echo]), field="smb_message_echoes")


def google_says() -> Iterator[Json]:
    """An event of each kind, Google's and the carriers'."""
    file = {
        "payload": {"mimeType": "image/png", "fileSizeBytes": 9, "fileUri": "https://x/y", "fileName": "y"}
    }
    for more in (
        {"text": "Hi"},
        {"suggestionResponse": {"postbackData": "/yes", "text": "Yes"}},
        {"location": {"latitude": 1.0, "longitude": 2.0}},
        {"userFile": file},
        {"eventType": "DELIVERED", "eventId": "e"},
        {"eventType": "IS_TYPING", "eventId": "e"},
        {"eventType": "UNSUBSCRIBE", "eventId": "e"},
        {"eventType": "TTL_EXPIRATION_REVOKED", "eventId": "e"},
    ):
        yield rcs.FRAME | more
    yield {
        "userPhoneNumber": "+919000000001",
        "botId": "b",
        "entityType": "USER_MESSAGE",
        "entity": {"text": "Hi", "messageId": "j1", "suggestionResponse": None, "sendTime": "2026-11-22"},
    }
    yield {
        "messageId": "a1",
        "msisdn": "919000000001",
        "eventType": "RECEIVED",
        "messageContent": {"text": "Hi"},
        "sendTime": "2026-11-22 10:00:00",
    }
    report = {"msgId": "v1", "status": "failed", "timestamp": "2026-11-22T10:00:00Z"}
    yield {"event": "message_status", "RCSMessage": report, "messageContact": {"userContact": "+9190"}}


def by_provider(provider: Provider, said: Any, dice: random.Random, url: str) -> Request:
    """A request of an SMS provider's: a form where it sends forms, else JSON."""
    if provider.as_form:
        fields = said if isinstance(said, dict) else {"Body": json.dumps(said)}
        texts = {
            str(key): value if isinstance(value, str) else json.dumps(value) for key, value in fields.items()
        }
        plain = {_printable(key): _printable(value) for key, value in texts.items()}
        webhook = provider.webhook(plain, url=url)
    else:
        webhook = provider.webhook(written(said, dice), url=url)
    return urlsplit(webhook.url).query, webhook.body, dict(webhook.headers)


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


async def knock(parley: Parley, channel: str, request: Request, dice: random.Random) -> int:
    query, body, headers = request
    kind = headers.get("content-type") or dice.choice(TYPES)
    url = f"{parley.url}/hooks/{channel}" + (f"?{query}" if query else "")
    async with parley.http.post(
        aiohttp.client.URL(url, encoded=True), data=io.BytesIO(body), headers=headers | {"Content-Type": kind}
    ) as answer:
        await answer.read()
        return answer.status


async def a_channel(parley: Parley, kind: str, name: str, settings: dict[str, str]) -> str:
    parts = parley.parts
    await add_channel(kind, name, settings=settings, store=parts.store, vault=parts.vault, clock=now)
    return name


async def all_taken(parley: Parley, channel: str, requests: list[Request], dice: random.Random) -> None:
    """Every request is answered by 200, and what they bring is in the store.

    What a busy store did not take is sent again, as every provider does.
    """
    with structlog.testing.capture_logs() as logs:
        for request in requests:

            async def is_taken(request: Request = request) -> bool:
                status = await knock(parley, channel, request, dice)
                assert status in (200, 503), (SEED, status, request[1][:2000])
                return status == 200

            await until(is_taken, within=30)
    broken = [line for line in logs if line["event"] in ("connector failed", "ingest failed")]
    assert not broken, broken[:3]


@pytest.mark.parametrize("kind", ["whatsapp", "rcs"])
async def test_spoilt_webhooks_that_are_signed_are_taken(parley: Parley, kind: str) -> None:
    dice = random.Random(f"{kind}{SEED}")
    channel = await parley.store.channels.get(kind)
    assert channel is not None
    secret = parley.parts.vault.open(channel.settings["app_secret" if kind == "whatsapp" else "client_token"])
    sign, sound = (by_meta, meta_says) if kind == "whatsapp" else (by_google, google_says)
    samples = list(sound())
    bodies = [written(spoilt(samples[n % len(samples)], dice), dice) for n in range(max(EACH, len(samples)))]
    await all_taken(parley, kind, [sign(secret)(body) for body in bodies], dice)


async def test_large_numbers_are_taken_again_and_shown(parley: Parley, agent: Client, number: str) -> None:
    """MongoDB has a type of its own for those above 2^31, of which no JSON could be made."""
    large = {"sent_ms": 1_749_416_383_000, "deep": [{"n": -(2**62)}]}
    said = whatsapp_value({"messages": [{"from": number, "id": f"wamid.{number}", "type": "hologram"}]})
    message = said["entry"][0]["changes"][0]["value"]["messages"][0]
    message |= {"timestamp": "1749416383", "hologram": large, "referral": large}
    status = {"id": f"wamid.S{number}", "status": "sent", "timestamp": "1749416383", "recipient_id": number}
    report = whatsapp_value({"statuses": [status | {"pricing": {"category": "service", **large}}]})
    for body in (said, report, report, said):
        assert await parley.hook(body) == 200
    (found,) = [c for c in await parley.conversations() if c.contact.address == f"+{number}"]
    thread = json.dumps(await agent.get(f"/conversations/{found.id}/messages"))
    assert "1749416383000" in thread
    assert (await agent.call("GET", f"/contacts/{found.contact_id}"))[0] == 200


@pytest.mark.parametrize("name", PROVIDERS)
async def test_spoilt_webhooks_of_sms_providers_are_taken(parley: Parley, name: str) -> None:
    dice, provider = random.Random(f"{name}{SEED}"), PROVIDERS[name]
    samples = [said for who, said, _ in sms.MESSAGES + sms.REPORTS if who == name]  # type: ignore[operator]
    channel = await a_channel(parley, provider.kind, f"odd-{name}", provider.settings)
    url = f"{parley.settings.public_url}/hooks/{channel}"
    requests = [
        by_provider(provider, spoilt(samples[n % len(samples)], dice), dice, url)
        for n in range(max(EACH // 2, len(samples)))
    ]
    await all_taken(parley, channel, requests, dice)
