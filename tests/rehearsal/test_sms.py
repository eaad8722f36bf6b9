"""The stand-ins for the providers of SMS, with our connectors on the other side."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Image, Text
from connectors.contract import Connector, KeepsMedia, Outbound, Webhook
from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OptedOut,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
    WebhookRejected,
)
from connectors.events import DeliveryStatus, Event, Identity, IdentityKind, MessageReceived, StatusChanged
from connectors.registry import complete, kind_of
from connectors.sms.coding import inspect
from rehearsal.app import build
from rehearsal.sms.segments import segments
from rehearsal.sms.stand_in import SmsStandIn
from rehearsal.stage import STAGE
from rehearsal.stand_in import Channel, Refused
from rehearsal.trouble import Trouble
from tests.connectors.sms.providers import PROVIDERS

QUICK = 0.05
PUBLIC = "https://shop.example"
NAMES = [name for name in PROVIDERS if name != "twilio-events"]
TO = (Identity(IdentityKind.PHONE, "+16505550101"),)


@dataclass
class Rehearsal:
    """A running rehearsal with one channel, and the connector that hears its webhooks."""

    stand_in: SmsStandIn
    connector: Connector
    http: aiohttp.ClientSession
    url: str
    events: list[Event] = field(default_factory=list)
    rejected: int = 0
    taken: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """As the inbox does: the public address is what was signed."""
        webhook = Webhook(
            method=request.method,
            url=f"{PUBLIC}{request.raw_path}",
            headers=request.headers,
            query=request.query,
            body=await request.read(),
        )
        try:
            self.connector.verify(webhook)
        except WebhookRejected:
            self.rejected += 1
            return web.Response(status=401)
        self.taken += 1
        self.events += self.connector.parse(webhook)
        return web.Response()

    def write(self, **action: Any) -> Any:
        customer = next(iter(self.stand_in.phones.customers))
        return self.stand_in.write(customer, {"kind": "text"} | action)

    async def send(self, text: str = "Hi", message_id: str = "m1") -> Any:
        return await self.connector.send(Outbound(message_id=message_id, to=TO, content=Text(text)))

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
async def started(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    servers: list[TestServer] = []
    sessions: list[aiohttp.ClientSession] = []

    async def start(name: str, **more: str) -> Rehearsal:
        holder: dict[str, Rehearsal] = {}

        async def hook(request: web.Request) -> web.Response:
            return await holder["it"].take(request)

        app = web.Application()
        app.router.add_route("*", "/hooks/sms", hook)
        server = TestServer(app)
        kind = kind_of(PROVIDERS[name].kind)
        settings = complete(kind, PROVIDERS[name].settings | more)
        channel = Channel(id="sms", kind=kind.name, name="The shop", settings=settings)
        await server.start_server()
        url = str(server.make_url("")).rstrip("/")
        stage_app = build([channel], inbox=url, home=tmp_path / name, pace=QUICK, public=PUBLIC)
        stage = TestServer(stage_app)
        await stage.start_server()
        servers.extend((stage, server))
        http = aiohttp.ClientSession()
        sessions.append(http)
        base = f"{str(stage.make_url('')).rstrip('/')}/{kind.name}"
        connector = kind.connect(settings | {"api_base": base}, http=http, clock=lambda: datetime.now(UTC))
        stand_in = stage_app[STAGE].stand_ins["sms"]
        assert isinstance(stand_in, SmsStandIn)
        holder["it"] = Rehearsal(stand_in, connector, http, base)
        return holder["it"]

    yield start
    for session in sessions:
        await session.close()
    for server in servers:
        await server.close()


async def until(what: Callable[[], Any], seconds: float = 10) -> Any:
    ends = asyncio.get_running_loop().time() + seconds
    while not (found := what()):
        assert asyncio.get_running_loop().time() < ends, "it never came"
        await asyncio.sleep(0.01)
    return found


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_written_on_the_phone_arrives_signed(name: str, started: Any) -> None:
    it = await started(name)
    bubble = it.write(text="Hello & good = day 🙂")
    (message,) = await until(lambda: it.of(MessageReceived))
    assert message.content == Text("Hello & good = day 🙂")
    assert (message.external_id, message.identities) == (bubble.id, TO)
    assert message.account == kind_of(PROVIDERS[name].kind).account(PROVIDERS[name].settings)
    await until(lambda: it.stand_in.phones.bubbles[bubble.id].state == "taken")
    assert not it.rejected


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_sent_is_shown_and_reported_on(name: str, started: Any) -> None:
    it = await started(
        name, **({"callback_url": "https://shop.example/hooks/sms"} if "twilio" in name else {})
    )
    text = "A long text. " * 20
    receipt = await it.send(text)
    await until(lambda: len(it.of(StatusChanged)) == 2)
    assert [event.status for event in it.of(StatusChanged)] == [DeliveryStatus.SENT, DeliveryStatus.DELIVERED]
    assert {event.external_id for event in it.of(StatusChanged)} == {receipt.external_id}
    assert {event.message_id for event in it.of(StatusChanged)} == {"m1"}
    (shown,) = [each for each in it.stand_in.phones.bubbles.values() if not each.mine]
    assert (shown.text, shown.remark) == (text, "2 segments")


@pytest.mark.parametrize("name", NAMES)
async def test_every_fate_becomes_the_error_or_the_report_that_it_means(name: str, started: Any) -> None:
    it = await started(name)
    known = (
        OptedOut,
        RecipientRefused,
        ContentRefused,
        CredentialsRefused,
        Throttled,
        ProviderDown,
        SendFailed,
    )
    for code, fate in it.stand_in.fates.items():
        it.stand_in.set_trouble(Trouble(fail=code))
        before = len(it.of(StatusChanged))
        if fate.status is not None:
            with pytest.raises(known) as caught:
                await it.send(message_id=f"m{code}")
            assert caught.value.code
            assert not isinstance(caught.value, OutcomeUnknown)
            continue
        await it.send(message_id=f"m{code}")
        *_, last = await until(lambda b=before: len(it.of(StatusChanged)) == b + 2 and it.of(StatusChanged))
        assert last.status is DeliveryStatus.FAILED
        assert last.fault and last.fault.message


FATES = [
    ("twilio", 21610, OptedOut),
    ("twilio", 20003, CredentialsRefused),
    ("twilio", 20429, Throttled),
    ("kaleyra", 1, RecipientRefused),
    ("kaleyra", 5, Throttled),
    ("vonage", 1, Throttled),
    ("vonage", 5, ProviderDown),
    ("vonage-messages", 4, CredentialsRefused),
    ("infobip", 10, OptedOut),
    ("infobip", 401, CredentialsRefused),
    ("sinch", 2, RecipientRefused),
    ("sinch", 500, ProviderDown),
]


@pytest.mark.parametrize(("name", "code", "error"), FATES)
async def test_a_fate_is_the_error_that_the_provider_means(
    name: str, code: int, error: type, started: Any
) -> None:
    it = await started(name)
    it.stand_in.set_trouble(Trouble(fail=code))
    with pytest.raises(SendFailed) as caught:
        await it.send()
    assert type(caught.value) is error


@pytest.mark.parametrize("name", NAMES)
async def test_a_broken_and_a_silent_provider(name: str, started: Any) -> None:
    it = await started(name)
    it.stand_in.set_trouble(Trouble(broken=True))
    with pytest.raises(ProviderDown):
        await it.send()
    it.stand_in.set_trouble(Trouble(hang=0.05))
    with pytest.raises(OutcomeUnknown):
        await it.send()
    assert [each.text for each in it.stand_in.phones.bubbles.values()] == ["Hi"]


@pytest.mark.parametrize("name", NAMES)
async def test_webhooks_come_twice_and_unsigned_on_demand(name: str, started: Any) -> None:
    it = await started(name)
    it.stand_in.set_trouble(Trouble(duplicate=True))
    it.write(text="Twice")
    first, second = await until(lambda: len(it.of(MessageReceived)) == 2 and it.of(MessageReceived))
    assert first.external_id == second.external_id
    it.stand_in.set_trouble(Trouble(drop_signature=True))
    it.write(text="Unsigned")
    await until(lambda: it.rejected)
    it.stand_in.set_trouble(Trouble())
    await until(lambda: len(it.of(MessageReceived)) == 3)


@pytest.mark.parametrize("name", NAMES)
async def test_a_strangers_credentials_are_refused(name: str, started: Any) -> None:
    it = await started(name)
    secret = {"twilio": "auth_token", "vonage": "api_secret", "sinch": "api_token"}
    kind = kind_of(PROVIDERS[name].kind)
    setting = secret.get(kind.name, "api_key")
    wrong = complete(kind, PROVIDERS[name].settings | {setting: "not-the-one", "api_base": it.url})
    stranger = kind.connect(wrong, http=it.http, clock=lambda: datetime.now(UTC))
    with pytest.raises(CredentialsRefused):
        await stranger.send(Outbound(message_id="m1", to=TO, content=Text("Hi")))
    assert not it.stand_in.phones.bubbles


@pytest.mark.parametrize("name", NAMES)
async def test_a_customers_picture_can_be_had(name: str, started: Any) -> None:
    it = await started(name)
    it.write(kind="image", text="Look")
    (message,) = await until(lambda: it.of(MessageReceived))
    assert isinstance(message.content, Image)
    assert isinstance(it.connector, KeepsMedia)
    located = await it.connector.locate(message.content)
    assert located.own.rpartition("/")[0].startswith("http://127.0.0.1")
    # Below /rehearsal in the product; here the rehearsal stands alone.
    place = located.url.partition("/rehearsal/")[2].partition("/")[2]
    async with it.http.get(f"{it.url}/{place}", headers=located.headers) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")


async def test_infobip_sends_several_in_one_and_takes_a_message_once(started: Any) -> None:
    it = await started("infobip")
    it.stand_in.set_trouble(Trouble(batch=3))
    for word in ("One", "Two", "Three"):
        it.write(text=word)
    await until(lambda: len(it.of(MessageReceived)) == 3)
    assert it.taken == 1
    it.stand_in.set_trouble(Trouble())
    first, second = await it.send(), await it.send()
    assert first.external_id == second.external_id == "m1"
    assert len([each for each in it.stand_in.phones.bubbles.values() if not each.mine]) == 1


async def test_twilio_acts_upon_stop_and_start_by_itself(started: Any) -> None:
    it = await started("twilio")
    it.write(text=" stop ")
    (message,) = await until(lambda: it.of(MessageReceived))
    assert message.consent and not message.consent.granted and message.consent.is_confirmed
    with pytest.raises(OptedOut):
        await it.send()
    it.write(text="START")
    await until(lambda: len(it.of(MessageReceived)) == 2)
    assert (await it.send()).external_id


async def test_a_phone_of_short_messages_refuses_what_they_cannot_carry(started: Any) -> None:
    it = await started("twilio")
    for action in ({"kind": "location"}, {"kind": "poll"}, {"text": " "}, {"text": "x" * 1601}):
        with pytest.raises(Refused):
            it.write(**action)
    hidden = it.stand_in.phones.add_customer(hidden=True)
    with pytest.raises(Refused):
        it.stand_in.write(hidden.id, {"kind": "text", "text": "Hi"})


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("€[]ж😀a"), max_size=700))
def test_both_sides_count_the_same_segments(text: str) -> None:
    assert segments(text) == inspect(text).segments
