"""The stand-in for Google and the connector for RCS, over real HTTP."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.actions import Dial, SaveDate, ShareLocation, ShowPlace
from connectors.content import (
    Audio,
    Carousel,
    Choice,
    Content,
    Document,
    Image,
    Location,
    Option,
    Options,
    RichCard,
    System,
    Text,
)
from connectors.contract import Outbound, Webhook
from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
    WebhookRejected,
)
from connectors.events import CustomerTyped, Event, Identity, IdentityKind, MessageReceived, StatusChanged
from connectors.rcs import KIND
from connectors.rcs.connector import Rcs
from connectors.rcs.names import as_uuid
from connectors.registry import complete
from inbox.model.ids import new_id
from rehearsal.app import build
from rehearsal.rcs import RcsStandIn
from rehearsal.stage import STAGE
from rehearsal.stand_in import Channel, Refused
from rehearsal.trouble import Trouble
from tests.connectors.rcs.samples import a_key, openssl_signature
from tests.rehearsal.conftest import QUICK, Inbox, Rehearsal

SETTINGS = {"agent_id": "shop@rbm.goog", "client_token": "hush", "service_account": a_key()}
CHANNEL = Channel(id="rcs", kind="rcs", name="The shop", settings=complete(KIND, SETTINGS))
until = Rehearsal.until


@dataclass
class Stage:
    """A running rehearsal of one agent, and an inbox that only takes webhooks."""

    inbox: Inbox
    url: str
    stand_in: RcsStandIn
    http: aiohttp.ClientSession

    def connector(self, **more: str) -> Rcs:
        settings = complete(KIND, SETTINGS | {"api_base": f"{self.url}/rcs"} | more)
        connector = KIND.connect(settings, http=self.http, clock=lambda: datetime.now(UTC))
        assert isinstance(connector, Rcs)
        return connector

    @property
    def giulia(self) -> str:
        return next(iter(self.stand_in.phones.customers))

    @property
    def bubbles(self) -> dict[str, Any]:
        return self.stand_in.phones.bubbles

    def write(self, kind: str = "text", **action: Any) -> Any:
        said = {"text": "Hi"} if kind == "text" else {}
        return self.stand_in.write(self.giulia, {"kind": kind} | said | action)

    def trouble(self, **switches: Any) -> None:
        self.stand_in.set_trouble(Trouble(**switches))

    def outbound(self, content: Content, **more: Any) -> Outbound:
        to = (Identity(IdentityKind.PHONE, f"+{self.giulia}"),)
        return Outbound(**{"message_id": new_id(), "to": to, "content": content} | more)

    def events(self) -> list[Event]:
        """What the connector makes of everything that arrived; every signature is checked."""
        found: list[Event] = []
        for body, headers in self.inbox.taken:
            hook = Webhook(method="POST", url=self.inbox.url, headers=headers, query={}, body=body)
            assert self.connector().challenge(hook) is None
            self.connector().verify(hook)
            found += self.connector().parse(hook)
        return found

    def statuses(self) -> list[StatusChanged]:
        return [event for event in self.events() if isinstance(event, StatusChanged)]

    async def arrived(self, count: int) -> None:
        await until(self, lambda: len(self.inbox.taken) >= count)  # type: ignore[arg-type]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    box, taking = Inbox(), web.Application()
    taking.router.add_post("/hooks/rcs", box.take)
    inbox = TestServer(taking)
    await inbox.start_server()
    box.url = str(inbox.make_url("")).rstrip("/")
    rehearsal, whole = build([CHANNEL], inbox=box.url, home=tmp_path, pace=QUICK), web.Application()
    stand_in = rehearsal[STAGE].stand_ins["rcs"]
    assert isinstance(stand_in, RcsStandIn)
    whole.add_subapp("/rehearsal", rehearsal)
    server = TestServer(whole)
    await server.start_server()
    async with aiohttp.ClientSession() as http:
        yield Stage(box, str(server.make_url("/rehearsal")), stand_in, http)
    await server.close()
    await inbox.close()


async def test_what_giulia_writes_arrives_signed_in_googles_envelope(stage: Stage) -> None:
    bubble = stage.write(text="Perché? 👋")
    await until(stage, lambda: bubble.state == "taken")  # type: ignore[arg-type]
    body, headers = stage.inbox.taken[0]
    data = base64.b64decode(json.loads(body)["message"]["data"])
    assert headers["x-goog-signature"] == openssl_signature(data, "hush")
    (event,) = stage.events()
    assert isinstance(event, MessageReceived) and event.content == Text("Perché? 👋")
    assert event.identities == (Identity(IdentityKind.PHONE, f"+{stage.giulia}"),)
    assert event.account == "shop@rbm.goog" and event.external_id.endswith(bubble.id)
    assert abs((datetime.now(UTC) - event.sent_at).total_seconds()) < 60


async def test_everything_a_phone_can_do_is_understood(stage: Stage) -> None:
    for kind in ("text", "image", "voice", "document", "location", "typing", "unsubscribe", "subscribe"):
        stage.write(kind)
    await stage.arrived(8)
    events = stage.events()
    assert isinstance(events.pop(5), CustomerTyped)
    contents = [event.content for event in events if isinstance(event, MessageReceived)]
    assert [type(each) for each in contents] == [Text, Image, Audio, Document, Location, System, System]
    for odd in (
        {"kind": "dance"},
        {"kind": "text", "text": " "},
        {"kind": "video"},
        {"kind": "image", "file": "1"},
    ):
        with pytest.raises(Refused):
            stage.stand_in.write(stage.giulia, odd)
    shy = stage.stand_in.phones.add_customer(hidden=True)
    with pytest.raises(Refused, match="number"):
        stage.stand_in.write(shy.id, {"kind": "text", "text": "Hi"})


async def test_a_file_can_be_fetched_where_its_message_says(stage: Stage) -> None:
    stage.write("document")
    await stage.arrived(1)
    (event,) = stage.events()
    assert isinstance(event, MessageReceived) and isinstance(event.content, Document) and event.content.url
    path = event.content.url.rpartition("/rcs/files/")[2]
    async with stage.http.get(f"{stage.url}/rcs/files/{path}") as answer:
        assert (
            len(await answer.read()) == event.content.size and answer.headers["Content-Type"] == "text/plain"
        )


async def test_an_answer_is_shown_then_delivered_and_read(stage: Stage) -> None:
    message = stage.outbound(Text("Hello Giulia"))
    connector = stage.connector()
    for _ in range(2):  # “ignores any message sent with an id that was used before”
        receipt = await connector.send(message)
        assert receipt.external_id == as_uuid(message.message_id)
    assert [bubble.text for bubble in stage.bubbles.values()] == ["Hello Giulia"]
    await stage.arrived(2)
    found = stage.statuses()
    assert [each.status for each in found] == ["delivered", "read"]
    assert {each.message_id for each in found} == {message.message_id}


OPTIONS = [
    Option("Yes", "/yes"),
    Option("Open", url="https://example.org"),
    Option("Call", "/call", action=Dial("+390255501999")),
    Option("Share", "/share", action=ShareLocation()),
    Option("Map", "/map", action=ShowPlace(45.4, 9.1, label="Duomo")),
    Option("Save", "/save", action=SaveDate("Visit", "2026-06-30T19:00:00Z", "2026-06-30T20:00:00Z")),
]
CARD = RichCard(title="Table", text="Oak", image="https://example.org/a.png", options=OPTIONS[:4])

CONTENTS: dict[str, tuple[Content, dict[str, Any]]] = {
    "text": (Text("é" * 3072), {"text": "é" * 3072}),
    "options": (Options("Which?", OPTIONS), {"text": "Which?"}),
    "image": (Image(url="https://example.org/a.png"), {"text": ""}),
    "image with a caption": (Image(url="https://example.org/a.png", caption="Look"), {"text": "Look"}),
    "uploaded": (Document(media_id="files/1"), {"text": ""}),
    "location": (Location(45.4, 9.1, name="Duomo"), {"text": "Duomo"}),
    "card": (CARD, {"header": "Table", "text": "Oak"}),
    "carousel": (Carousel([CARD, RichCard(title="Chair", options=OPTIONS[4:])]), {"text": ""}),
}


@pytest.mark.parametrize(("content", "look"), CONTENTS.values(), ids=list(CONTENTS))
async def test_google_takes_what_we_send_and_the_phone_draws_it(
    content: Content, look: dict[str, Any], stage: Stage
) -> None:
    more = {"ttl": "600", "traffic_type": "TRANSACTION"}
    receipt = await stage.connector(**more).send(stage.outbound(content))
    bubble = stage.bubbles[receipt.external_id]
    assert {key: getattr(bubble, key) for key in look} == look
    assert len(bubble.choices) == len(getattr(content, "options", [])) or not isinstance(content, Options)


async def test_a_tap_brings_back_what_was_behind_it(stage: Stage) -> None:
    receipt = await stage.connector().send(stage.outbound(Options("Which?", OPTIONS)))
    tap = {"message": receipt.external_id, "choice": "/share"}
    stage.write("choice", **tap)
    await stage.arrived(4)
    contents = [event.content for event in stage.events() if isinstance(event, MessageReceived)]
    assert sorted(type(each).__name__ for each in contents) == ["Choice", "Location"]
    assert Choice("Share", "/share", "suggestion") in contents
    with pytest.raises(Refused, match="no longer"):
        stage.write("choice", **tap)


async def test_reading_and_typing_are_shown_on_the_phone(stage: Stage) -> None:
    bubble = stage.write()
    await stage.connector().mark_read(f"+{stage.giulia}:{bubble.id}", account=None, typing=True)
    assert bubble.state == "read" and stage.stand_in.phones.typing_for(stage.giulia) > 15
    await stage.connector().send(stage.outbound(Text("Here")))
    assert stage.stand_in.phones.typing_for(stage.giulia) == 0


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        (404, RecipientRefused, "404"),
        (131047, RecipientRefused, "404"),
        (403, RecipientRefused, "403"),
        (190, CredentialsRefused, "401"),
        (131009, ContentRefused, "400"),
        (130429, Throttled, "429"),
        (131000, ProviderDown, "500"),
        (77, ProviderDown, "500"),
    ],
)
async def test_a_call_fails_as_it_is_told(stage: Stage, code: int, error: type, said: str) -> None:
    stage.trouble(fail=code)
    with pytest.raises(error) as caught:
        await stage.connector().send(stage.outbound(Text("Hi")))
    assert caught.value.code == said and not stage.bubbles


async def test_some_failures_come_afterwards(stage: Stage) -> None:
    for code, status in ((131026, "failed"), (131049, "sent")):
        stage.trouble(fail=code)
        message = stage.outbound(Text("Hi"))
        await stage.connector(fallback_channel="sms", fallback_minutes="5").send(message)
        await until(stage, lambda: bool(stage.statuses()))  # type: ignore[arg-type]
        (event,) = stage.statuses()
        assert (event.status, event.message_id) == (status, message.message_id) and event.fault
        stage.inbox.taken.clear()
    stage.trouble(fail=131050)
    await stage.connector().send(stage.outbound(Text("Hi")))
    await stage.arrived(1)
    (left,) = stage.events()
    assert isinstance(left, MessageReceived) and isinstance(left.content, System)
    assert left.content.event == "unsubscribed"


async def test_what_has_no_end_is_held_and_nothing_is_told(stage: Stage) -> None:
    stage.trouble(fail=131026)
    held = await stage.connector().send(stage.outbound(Text("Hi")))
    ended = await stage.connector(ttl="10").send(stage.outbound(Text("Hi")))
    await until(stage, lambda: bool(stage.statuses()))  # type: ignore[arg-type]
    assert [event.external_id for event in stage.statuses()] == [ended.external_id]
    assert stage.bubbles[held.external_id].state == "sent"


async def test_a_broken_provider_and_a_broken_line_are_told_apart(stage: Stage) -> None:
    connector = stage.connector()
    stage.trouble(broken=True)
    with pytest.raises(ProviderDown):
        await connector.send(stage.outbound(Text("Hi")))
    assert not stage.bubbles
    stage.trouble(hang=0.05)
    with pytest.raises(OutcomeUnknown):
        await connector.send(stage.outbound(Text("Hi")))
    assert len(stage.bubbles) == 1


async def test_only_the_key_of_the_agent_opens(stage: Stage) -> None:
    other = json.loads(a_key()) | {"client_email": "other@x.iam.gserviceaccount.com"}
    for wrong in (json.dumps(other), "a-token"):
        with pytest.raises(CredentialsRefused):
            await stage.connector(service_account=wrong).send(stage.outbound(Text("Hi")))
    with pytest.raises(RecipientRefused):
        await stage.connector(agent_id="other@rbm.goog").send(stage.outbound(Text("Hi")))
    for assertion in ("", "a.b.c", "....", "é"):
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
        async with stage.http.post(f"{stage.url}/rcs/token", data=form) as answer:
            assert (answer.status, (await answer.json())["error"]) == (400, "invalid_grant")


async def test_a_message_that_has_not_arrived_can_be_taken_back(stage: Stage) -> None:
    connector, number = stage.connector(), f"+{stage.giulia}"
    stage.trouble(fail=131049)
    receipt = await connector.send(stage.outbound(Text("Hi")))
    await connector.revoke(receipt.external_id, number=number)
    assert stage.bubbles[receipt.external_id].remark == "Revoked"
    with pytest.raises(SendFailed):
        await connector.revoke("unknown", number=number)


async def test_phones_say_what_they_can_show(stage: Stage) -> None:
    features = await stage.connector().features(f"+{stage.giulia}")
    assert features and "RICHCARD_CAROUSEL" in features
    stage.trouble(fail=404)
    assert await stage.connector().features(f"+{stage.giulia}") is None


async def test_webhooks_come_twice_or_unsigned_but_never_as_one(stage: Stage) -> None:
    stage.trouble(duplicate=True, batch=5)
    assert stage.stand_in.trouble.batch == 0
    stage.write()
    await stage.arrived(2)
    assert stage.inbox.taken[0] == stage.inbox.taken[1]
    stage.inbox.taken.clear()
    stage.trouble(drop_signature=True)
    stage.write()
    await stage.arrived(1)
    with pytest.raises(WebhookRejected):
        stage.events()


async def call(stage: Stage, path: str, body: Any, method: str = "POST") -> tuple[int, Any]:
    token = await stage.connector()._tokens.get()
    url = f"{stage.url}/rcs/v1/{path}"
    async with stage.http.request(
        method, url, json=body, headers={"Authorization": f"Bearer {token}"}
    ) as answer:
        return answer.status, await answer.json()


AGENT = "agentId=shop@rbm.goog"


def content(**said: Any) -> dict[str, Any]:
    return {"contentMessage": said}


def alone(**said: Any) -> dict[str, Any]:
    return content(richCard={"standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": said}})


def chips(*suggestions: Any) -> dict[str, Any]:
    return content(text="x", suggestions=list(suggestions))


def reply(text: str = "x", data: str = "y") -> dict[str, Any]:
    return {"reply": {"text": text, "postbackData": data}}


def act(**said: Any) -> dict[str, Any]:
    return {"action": {"text": "x", "postbackData": "y"} | said}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        content(),
        content(text=""),
        content(text="x" * 3073),
        content(text="x", contentInfo={"fileUrl": "https://x"}),
        content(text="x", footer="y"),
        content(contentInfo={"fileUrl": "ftp://x"}),
        content(contentInfo={}),
        content(uploadedRbmFile={}),
        content(richCard={}),
        alone(),
        alone(title="x" * 201),
        alone(description="x" * 2001),
        alone(title="x", suggestions=[reply()] * 5),
        alone(media={"height": "HUGE", "contentInfo": {"fileUrl": "https://x"}}),
        content(richCard={"carouselCard": {"cardWidth": "MEDIUM", "cardContents": [{"title": "x"}]}}),
        content(richCard={"carouselCard": {"cardContents": [{"title": "x"}] * 2}}),
        chips(*[reply()] * 12),
        chips(reply(text="x" * 26)),
        chips(reply(data="x" * 2049)),
        chips(reply(data="")),
        chips({}),
        chips(act()),
        chips(act(dialAction={"phoneNumber": "02 5550"})),
        chips(act(dialAction={"phoneNumber": "+390255501999"}, shareLocationAction={})),
        chips(act(openUrlAction={"url": "x"})),
        chips(act(viewLocationAction={"latLong": {"latitude": 91, "longitude": 0}})),
        chips(act(createCalendarEventAction={"startTime": "now", "endTime": "later", "title": "x"})),
        content(text="x") | {"messageTrafficType": "SPAM"},
        content(text="x") | {"ttl": "5s"},
        content(text="x") | {"ttl": 600},
    ],
)
async def test_what_google_would_not_take_is_refused(stage: Stage, body: Any) -> None:
    status, said = await call(stage, f"phones/+16505550101/agentMessages?messageId=m&{AGENT}", body)
    assert (status, said["error"]["status"]) == (400, "INVALID_ARGUMENT") and said["error"]["message"]
    assert not stage.bubbles


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"phones/+16505550101/agentMessages?{AGENT}", content(text="x")),
        (f"phones/16505550101/agentMessages?messageId=m&{AGENT}", content(text="x")),
        (f"phones/+16505550101/agentEvents?{AGENT}", {"eventType": "IS_TYPING"}),
        (f"phones/+16505550101/agentEvents?eventId=e&{AGENT}", {"eventType": "READ"}),
        (f"phones/+16505550101/agentEvents?eventId=e&{AGENT}", []),
        (f"files?{AGENT}", {}),
        ("users:batchGet", {"agentId": "shop@rbm.goog"}),
    ],
)
async def test_an_odd_call_is_refused_too(stage: Stage, path: str, body: Any) -> None:
    assert (await call(stage, path, body))[0] == 400


async def test_files_and_reachable_users_are_answered(stage: Stage) -> None:
    status, said = await call(stage, f"files?{AGENT}", {"fileUrl": "https://example.org/a.png"})
    assert status == 200 and said["name"].startswith("files/")
    users = {"users": ["+16505550101"], "agentId": "shop@rbm.goog"}
    assert (await call(stage, "users:batchGet", users))[1]["reachableUsers"] == ["+16505550101"]
