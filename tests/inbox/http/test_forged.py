"""Forged, altered and replayed webhooks of every kind of channel, at the door of a running Parley.

A kind that is neither here nor said to take no webhooks fails `test_no_kind_of_channel_escapes`.
"""

import base64
import gzip
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import aiohttp
import pytest

from connectors.contract import Webhook
from connectors.registry import KINDS
from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.model.ids import new_id
from tests.connectors.rcs import samples as rcs
from tests.connectors.sms import samples as sms
from tests.connectors.sms.providers import PROVIDERS, SECRET, Provider
from tests.parley import Parley, until, whatsapp_texts

Headers = dict[str, str]


def by_meta(url: str, body: bytes) -> tuple[str, Headers]:
    signature = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    return url, {"x-hub-signature-256": f"sha256={signature}"}


def by_google(url: str, body: bytes) -> tuple[str, Headers]:
    data = base64.b64decode(json.loads(body)["message"]["data"])
    signature = hmac.digest(SECRET.encode(), data, "sha512")
    return url, {"x-goog-signature": base64.b64encode(signature).decode()}


class Case(NamedTuple):
    """A provider, and how it says a text."""

    provider: Provider
    says: Callable[[str], Any]
    secret: str
    """The setting with the secret that a webhook is proved by."""
    is_over: str = "bytes"
    """What the proof is over: the ``bytes``, their ``meaning``, or ``nothing``: then a secret travels."""


META = {"phone_number_id": "7001", "access_token": "EAAG", "app_secret": SECRET, "verify_token": "v"}
CASES = {
    "whatsapp": Case(Provider("whatsapp", META, by_meta), whatsapp_texts, "app_secret"),
    "rcs": Case(
        Provider("rcs", rcs.SETTINGS | {"client_token": SECRET}, by_google),
        lambda text: rcs.an_envelope(rcs.FRAME | {"messageId": new_id(), "text": text}),
        "client_token",
        "meaning",
    ),
    "twilio": Case(
        PROVIDERS["twilio"],
        lambda text: (
            sms.twilio(Body=text) | dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), new_id())
        ),
        "auth_token",
        "meaning",
    ),
    "vonage": Case(
        PROVIDERS["vonage"],
        lambda text: sms.vonage(text=text, messageId=new_id()),
        "signature_secret",
        "meaning",
    ),
    "vonage-messages": Case(
        PROVIDERS["vonage-messages"],
        lambda text: sms.vonage_message(text=text, message_uuid=new_id()),
        "signature_secret",
    ),
    "infobip": Case(
        PROVIDERS["infobip"],
        lambda text: sms.results(sms.infobip(text=text, cleanText=text, messageId=new_id())),
        "callback_secret",
        "nothing",
    ),
    "sinch": Case(PROVIDERS["sinch"], lambda text: sms.sinch(body=text, id=new_id()), "callback_secret"),
    "kaleyra": Case(
        PROVIDERS["kaleyra"],
        lambda text: sms.kaleyra(message=text, id=new_id()),
        "callback_secret",
        "nothing",
    ),
}
NO_WEBHOOKS = {"webchat", "smpp"}
REFUSED = (400, 401, 403, 404, 405)

every_case = pytest.mark.parametrize("name", CASES)


def test_no_kind_of_channel_escapes() -> None:
    assert {case.provider.kind for case in CASES.values()} | NO_WEBHOOKS == set(KINDS)


async def a_channel(parley: Parley, case: Case, **more: str) -> str:
    parts, name, kind = parley.parts, f"f{new_id()[-12:]}", case.provider.kind
    settings = case.provider.settings | more
    await add_channel(kind, name, settings=settings, store=parts.store, vault=parts.vault, clock=now)
    return name


async def posted(parley: Parley, channel: str, hook: Webhook, **more: Any) -> int:
    """What this channel's door answers to the webhook, with `more` in place of its parts."""
    query = hook.url.partition("?")[2]
    url = f"{parley.url}/hooks/{channel}" + (f"?{query}" if query else "")
    headers = more.pop("headers", hook.headers)
    method, body = more.pop("method", "POST"), more.pop("body", hook.body)
    try:
        async with parley.http.request(method, url, data=body, headers=headers, **more) as answer:
            await answer.read()
            return answer.status
    except aiohttp.ClientConnectionError:  # it is put out in the middle of a body that cannot be unpacked
        return 400


async def said_at(parley: Parley, channel: str) -> list[str]:
    """The texts that customers wrote on this channel."""
    found = [c for c in await parley.store.conversations.involved([], await all_contacts(parley)) if c]
    return [
        m.content.text
        for c in found
        if c.channel_id == channel
        for m in await parley.thread(c.id)
        if m.direction == "in"
    ]


async def all_contacts(parley: Parley) -> list[str]:
    known = [f"phone:{number}" for number in ("+16505550101", "+15550001111")]
    return [contact.id for contact in await parley.store.contacts.known_as(known)]


def forgeries(case: Case, hook: Webhook) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is not what the provider sent, each with a name; made of a webhook that is."""
    bare = {"content-type": hook.headers["content-type"]}
    proofs = [name for name in hook.headers if name != "content-type"]
    if proofs:
        yield "no proof", {"headers": bare}
        for odd in ("", "x", "null", "undefined", "é".encode().decode("latin-1")):
            yield f"a proof of {odd!r}", {"headers": bare | dict.fromkeys(proofs, odd)}
        twice = [(n, v) for n, v in hook.headers.items() for v in ((v,) if n not in proofs else ("x", v))]
        yield "a wrong proof before the right one", {"headers": twice}
        yield "the secret itself", {"headers": bare | dict.fromkeys(proofs, SECRET)}
    if case.is_over != "nothing":
        spoofed = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http"}
        altered = hook.body.replace(b"5550101", b"5550199").replace(b"Hi", b"Ho")
        if altered == hook.body:  # it travels in Base64
            inner = base64.b64decode(json.loads(hook.body)["message"]["data"])
            altered = json.dumps(rcs.an_envelope(inner.replace(b"Hi", b"Ho"))).encode()
        yield "another text", {"body": altered}
        yield "another text and host", {"body": altered, "headers": dict(hook.headers) | spoofed}
        if proofs:  # a call with nothing at all asks whether somebody is there, at Vonage
            yield "nothing", {"body": b""}
        packed = dict(hook.headers) | {"content-encoding": "gzip"}
        yield "another text, packed", {"body": gzip.compress(altered), "headers": packed}
        yield "not packed as it says", {"headers": packed}
    if case.is_over == "bytes":
        yield "a byte more", {"body": hook.body + b" "}
        yield "the same written otherwise", {"body": json.dumps(json.loads(hook.body), indent=1).encode()}
    if case.provider.as_form:
        first = hook.body.split(b"=", 1)[0]
        yield "a field more", {"body": hook.body + b"&Extra=1"}
        yield "a field twice", {"body": first + b"=forged&" + hook.body}
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        yield method, {"method": method}


@every_case
async def test_what_the_provider_did_not_send_leaves_nothing(parley: Parley, name: str) -> None:
    case = CASES[name]
    channel = await a_channel(parley, case)
    url = f"{parley.settings.public_url}/hooks/{channel}"
    hook = case.provider.webhook(case.says("Hi"), url=url)
    for what, more in forgeries(case, hook):
        assert await posted(parley, channel, hook, **more) in REFUSED, what
    for query in ("?secret=", "?secret=x", f"?secret={SECRET[:-1]}", f"?secret={SECRET}x&token=", "?sig=x"):
        forged = Webhook(method="POST", url=f"{url}{query}", headers={}, query={}, body=hook.body)
        if case.is_over == "nothing":
            assert await posted(parley, channel, forged) == 401, query
    other = await a_channel(parley, case, **{case.secret: "another-secret-of-32-characters!!!"})
    assert await posted(parley, other, hook) == 401
    assert await said_at(parley, channel) == await said_at(parley, other) == []


@every_case
async def test_what_the_provider_sends_again_is_one_message(parley: Parley, name: str) -> None:
    case, text = CASES[name], f"Hi {new_id()}"
    channel = await a_channel(parley, case)
    hook = case.provider.webhook(case.says(text), url=f"{parley.settings.public_url}/hooks/{channel}")
    proxied = {"x-forwarded-for": "203.0.113.9", "x-forwarded-host": "evil.example", "forwarded": "for=x"}
    for more in ({}, {}, {"headers": dict(hook.headers) | proxied}):
        assert await posted(parley, channel, hook, **more) == 200
    packed = dict(hook.headers) | {"content-encoding": "gzip"}
    assert await posted(parley, channel, hook, body=gzip.compress(hook.body), headers=packed) == 200

    async def pieces() -> Any:
        for at in range(0, len(hook.body), 100):
            yield hook.body[at : at + 100]

    assert await posted(parley, channel, hook, body=pieces()) == 200
    assert await until(lambda: said_at(parley, channel)) == [text]


@pytest.mark.parametrize("kind", sorted(NO_WEBHOOKS))
async def test_a_channel_without_webhooks_takes_none(parley: Parley, kind: str) -> None:
    channels = [c.id for c in await parley.store.channels.list() if c.kind == kind]
    for channel in channels or [f"no-{kind}"]:
        for query in ("", f"?secret={SECRET}", "?secret=", "?token="):
            async with parley.http.post(f"{parley.url}/hooks/{channel}{query}", json={}) as answer:
                assert answer.status == (401 if channels else 404)
