"""What goes out: Google's bodies within Google's limits, and what its answers mean."""

import json
import uuid
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.actions import Dial, OpenPage, SaveDate, ShareLocation, ShowPlace
from connectors.content import (
    Audio,
    Carousel,
    Content,
    Document,
    Image,
    Location,
    Option,
    Options,
    Reaction,
    Revoke,
    RichCard,
    Text,
    Video,
)
from connectors.contract import Outbound, ShowsTyping
from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
)
from connectors.events import Identity, IdentityKind, Purpose
from connectors.rcs.names import as_uuid
from connectors.rcs.outbound import content_of
from connectors.rcs.reach import ABSENCE_LASTS, FEATURES_LAST, Reach
from inbox.model.ids import new_id
from tests.connectors.far_side import FarSide
from tests.connectors.rcs.samples import AGENT, ANA, NOW, a_connector

A_URL = "https://shop.test/lamp"
TO = (Identity(IdentityKind.PHONE, ANA),)
PLACE = {"latLong": {"latitude": 45.4642, "longitude": 9.19}}


def an_outbound(content: Content, **more: Any) -> Outbound:
    return Outbound(**{"message_id": "m1", "to": TO, "content": content} | more)


def replies(count: int) -> list[dict[str, Any]]:
    return [{"reply": {"text": f"Option {n}", "postbackData": f"/o{n}"}} for n in range(count)]


def options(count: int, **more: Any) -> Options:
    return Options("Which?", [Option(f"Option {n}", f"/o{n}") for n in range(count)], **more)


def tapped(option: Option) -> Options:
    return Options("Which?", [option])


def action(text: str, payload: str, **more: Any) -> dict[str, Any]:
    return {"text": "Which?", "suggestions": [{"action": {"text": text, "postbackData": payload} | more}]}


def card(content: dict[str, Any]) -> dict[str, Any]:
    return {"richCard": {"standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": content}}}


def media(url: str = "https://i/1.png") -> dict[str, Any]:
    return {"height": "MEDIUM", "contentInfo": {"fileUrl": url}}


def a_date(**more: Any) -> SaveDate:
    times = {"starts_at": "2026-06-30T21:00:00+02:00", "ends_at": "2026-06-30T20:00:00Z"}
    return SaveDate(**{"title": "T"} | times | more)


CASES: dict[str, tuple[Content, dict[str, Any]]] = {
    "text": (Text("Hi"), {"text": "Hi"}),
    "longest text": (Text("é" * 3072), {"text": "é" * 3072}),
    "replies": (options(11), {"text": "Which?", "suggestions": replies(11)}),
    "header and footer": (
        options(1, header="H", footer="F"),
        {"text": "H\n\nWhich?\n\nF", "suggestions": replies(1)},
    ),
    "no options": (Options("Which?", []), {"text": "Which?"}),
    "open a page": (
        tapped(Option("Track it", url="https://t/1")),
        action("Track it", "Track it", openUrlAction={"url": "https://t/1"}),
    ),
    "dial": (
        tapped(Option("Call us", "/call", url="https://c", action=Dial("+39 02 5550-199"))),
        action("Call us", "/call", fallbackUrl="https://c", dialAction={"phoneNumber": "+39025550199"}),
    ),
    "share a location": (
        tapped(Option("Where I am", "/here", url="https://c", action=ShareLocation())),
        action("Where I am", "/here", shareLocationAction={}),
    ),
    "show a point": (
        tapped(Option("Map", "/map", action=ShowPlace(45.4642, 9.19, label="Duomo"))),
        action("Map", "/map", viewLocationAction=PLACE | {"label": "Duomo"}),
    ),
    "look for a place": (
        tapped(Option("Map", "/map", action=ShowPlace(query="A shop"))),
        action("Map", "/map", viewLocationAction={"query": "A shop"}),
    ),
    "save a date": (
        tapped(Option("Save", "/d", action=a_date(title="T" * 120, description="D"))),
        action(
            "Save",
            "/d",
            createCalendarEventAction={
                "startTime": "2026-06-30T19:00:00Z",
                "endTime": "2026-06-30T20:00:00Z",
                "title": "T" * 99 + "…",
                "description": "D",
            },
        ),
    ),
    "long and like titles": (
        Options("?", [Option(f"Return the blue winter {each}", each) for each in ("jacket", "coat")]),
        {
            "text": "?",
            "suggestions": [
                {"reply": {"text": "Return the blue winter…", "postbackData": "jacket"}},
                {"reply": {"text": "Return the blue winter… 2", "postbackData": "coat"}},
            ],
        },
    ),
    "image": (Image(url="https://i/1.png"), {"contentInfo": {"fileUrl": "https://i/1.png"}}),
    "uploaded file": (Document(media_id="files/9"), {"uploadedRbmFile": {"fileName": "files/9"}}),
    "audio": (Audio(url="http://a/1"), {"contentInfo": {"fileUrl": "http://a/1"}}),
    "film with a caption": (
        Video(url="https://i/1.png", caption="Look"),
        card({"description": "Look", "media": media()}),
    ),
    "location": (
        Location(45.4642, 9.19, name="Duomo", address="Milano"),
        {
            "text": "Duomo\nMilano",
            "suggestions": [
                {
                    "action": {
                        "text": "Duomo",
                        "postbackData": "show_place",
                        "viewLocationAction": PLACE | {"label": "Duomo"},
                    }
                }
            ],
        },
    ),
    "card": (
        RichCard(title="T" * 300, text="D", image="https://i/1.png", options=options(4).options),
        card({"title": "T" * 199 + "…", "description": "D", "media": media(), "suggestions": replies(4)}),
    ),
    "card with many options": (
        RichCard(title="T", options=options(5).options),
        card({"title": "T"}) | {"suggestions": replies(5)},
    ),
    "carousel": (
        Carousel([RichCard(title="A", options=options(1).options), RichCard(image="https://i/1.png")]),
        {
            "richCard": {
                "carouselCard": {
                    "cardWidth": "MEDIUM",
                    "cardContents": [{"title": "A", "suggestions": replies(1)}, {"media": media()}],
                }
            }
        },
    ),
    "carousel of one": (Carousel([RichCard(title="A")]), card({"title": "A"})),
}


@pytest.mark.parametrize(("content", "said"), CASES.values(), ids=list(CASES))
def test_a_content_becomes_its_body(content: Content, said: dict[str, Any]) -> None:
    assert content_of(an_outbound(content), "m1") == said


LONG = [
    RichCard(title="A", options=[Option(f"{n}", "क" * 2000 + str(n)) for n in range(4)], text="क" * 2000)
] * 10

REFUSED: dict[str, Content] = {
    "blank": Text(" \n"),
    "long text": Text("x" * 3073),
    "many options": options(12),
    "nameless option": tapped(Option(" ", "/x")),
    "long caption": Image(url="https://i", caption="x" * 2001),
    "document with a caption": Document(url="https://i", caption="x"),
    "no file": Image(),
    "no address": Image(url="file:///etc/passwd"),
    "long address": Image(url="https://i/" + "x" * 2048),
    "empty card": RichCard(),
    "long card": RichCard(text="x" * 2001),
    "no cards": Carousel([]),
    "many cards": Carousel([RichCard(title="x")] * 11),
    "many options on a card of many": Carousel([RichCard(title="x", options=options(5).options)] * 2),
    "number without its country": tapped(Option("Call", action=Dial("02 5550"))),
    "nowhere": tapped(Option("Map", action=ShowPlace())),
    "time without its zone": tapped(Option("Save", action=a_date(starts_at="2026-06-30T19:00:00"))),
    "no time": tapped(Option("Save", action=a_date(ends_at="later"))),
    "no page": tapped(Option("Open", url="javascript:alert(1)")),
    "reaction": Reaction("x", "👍"),
    "more than 250 KB": Carousel(LONG),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=list(REFUSED))
def test_what_rcs_cannot_carry_is_refused_in_words(content: Content) -> None:
    with pytest.raises(ContentRefused) as caught:
        content_of(an_outbound(content), "m1")
    assert str(caught.value).endswith(".") and caught.value.code


def took(message_id: str = "m1") -> str:
    return json.dumps(
        {"name": f"phones/{ANA}/agentMessages/{message_id}", "sendTime": "2026-11-22T12:00:00Z"}
    )


def asked(provider: FarSide, n: int = -1) -> tuple[str, str, dict[str, str]]:
    call = provider.calls[n]
    return call.method, call.path, call.query


@pytest.fixture
async def provider() -> Any:
    """A far side that also keeps the query."""
    side, app = FarSide(), web.Application()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await side.answer(request)
        side.calls[-1].query = dict(request.query)  # type: ignore[attr-defined]
        return response

    app.router.add_route("*", "/{rest:.*}", answer)
    server = TestServer(app)
    await server.start_server()
    side.url = str(server.make_url("")).rstrip("/")
    yield side
    await server.close()


async def test_a_message_goes_out_under_our_own_id(http: aiohttp.ClientSession, provider: FarSide) -> None:
    ours = new_id()
    provider.body = took(as_uuid(ours))
    connector = a_connector(http, api_base=provider.url)
    assert connector.capabilities.idempotent_send
    receipt = await connector.send(an_outbound(Text("Hi"), message_id=ours))
    assert receipt.external_id == as_uuid(ours)
    query = {"messageId": as_uuid(ours), "agentId": AGENT}
    assert asked(provider) == ("POST", f"/v1/phones/{ANA}/agentMessages", query)
    assert provider.calls[0].body == {"contentMessage": {"text": "Hi"}}
    assert provider.calls[0].headers["Authorization"] == "Bearer a-gateway-token"


async def test_settings_say_how_long_and_what_for(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = took()
    more = {"ttl": "600", "traffic_type": "TRANSACTION", "api_base": f"{provider.url}/v1/"}
    await a_connector(http, **more).send(an_outbound(Text("Hi"), account="other@rbm.goog"))
    assert provider.calls[0].body == {
        "contentMessage": {"text": "Hi"},
        "messageTrafficType": "TRANSACTION",
        "ttl": "600s",
    }
    assert asked(provider)[1:] == (
        f"/v1/phones/{ANA}/agentMessages",
        {"messageId": "m1", "agentId": "other@rbm.goog"},
    )


@pytest.mark.parametrize(
    ("more", "ttl"),
    [
        ({"fallback_channel": "sms", "fallback_minutes": "5"}, "420s"),
        ({"fallback_channel": "sms", "fallback_minutes": "99999"}, "1296000s"),
        ({"fallback_channel": "sms", "fallback_minutes": "5", "ttl": "90"}, "90s"),
        ({"fallback_channel": "sms", "fallback_minutes": "0"}, None),
        ({"fallback_channel": "sms"}, None),
        ({"fallback_minutes": "5"}, None),
        ({"fallback_channel": "sms", "fallback_minutes": "5", "carrier": "jio"}, None),
    ],
)
async def test_what_would_go_another_way_is_taken_back_by_google_itself(
    more: dict[str, str], ttl: str | None, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.body = took()
    await a_connector(http, api_base=provider.url, **more).send(an_outbound(Text("Hi")))
    assert provider.calls[0].body.get("ttl") == ttl


async def test_a_region_has_a_host_of_its_own() -> None:
    for region, host in (("", "rcs"), ("us", "us-rcs"), ("europe", "europe-rcs"), ("asia", "asia-rcs")):
        assert a_connector(region=region)._base == f"https://{host}businessmessaging.googleapis.com/v1"
    assert a_connector(region="us", api_base="https://gateway/")._base == "https://gateway/v1"


async def test_who_has_no_number_cannot_be_written_to() -> None:
    for to in ((), (Identity(IdentityKind.USER, "rcs:1"),), (Identity(IdentityKind.PHONE, "Ana"),)):
        with pytest.raises(RecipientRefused):
            await a_connector().send(an_outbound(Text("Hi"), to=to))


def an_error(status: int, **more: Any) -> str:
    return json.dumps({"error": {"code": status, "message": "Something's off.", "status": "X"} | more})


BILLING = {"details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]}


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, an_error(400), ContentRefused, "Something's off."),
        (400, "<html>", ContentRefused, "did not accept"),
        (401, an_error(401), CredentialsRefused, "service account"),
        (403, an_error(403), RecipientRefused, "may not write to this customer"),
        (403, an_error(403, **BILLING), CredentialsRefused, "may not use"),
        (403, an_error(403, details=[7, {"reason": 7}]), RecipientRefused, "may not write"),
        (404, an_error(404), RecipientRefused, "cannot be reached by RCS"),
        (408, "", OutcomeUnknown, "too long"),
        (412, "", SendFailed, "refused"),
        (429, an_error(429), Throttled, "slow down"),
        (500, an_error(500), ProviderDown, "down"),
        (503, "", ProviderDown, "down"),
        (504, "", OutcomeUnknown, "too long"),
    ],
)
async def test_a_refusal_says_what_to_do(
    status: int, body: str, error: type, words: str, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status, provider.body, provider.headers = status, body, {"Retry-After": "7"}
    with pytest.raises(SendFailed, match=words) as caught:
        await a_connector(http, api_base=provider.url).send(an_outbound(Text("Hi")))
    assert type(caught.value) is error and caught.value.code == str(status)
    assert caught.value.retry_after == 7
    assert len(provider.calls) == 1


async def test_a_message_that_had_arrived_already_is_sent(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status, provider.body = 409, an_error(409)
    assert (await a_connector(http, api_base=provider.url).send(an_outbound(Text("Hi")))).external_id == "m1"


async def test_reading_and_typing_are_events(http: aiohttp.ClientSession, provider: FarSide) -> None:
    connector = a_connector(http, api_base=provider.url)
    assert isinstance(connector, ShowsTyping)
    await connector.mark_read(f"{ANA}:MxA1", account=None, typing=True)
    bodies = [call.body for call in provider.calls]
    assert bodies == [{"eventType": "READ", "messageId": "MxA1"}, {"eventType": "IS_TYPING"}]
    for n in (0, 1):
        method, path, query = asked(provider, n)
        assert (method, path, query["agentId"]) == ("POST", f"/v1/phones/{ANA}/agentEvents", AGENT)
        assert uuid.UUID(query["eventId"]).version == 4
    await connector.mark_read(f"{ANA}:event:E1", account=None, typing=False)
    assert len(provider.calls) == 2
    for odd in ("MxA1", "", "Ana:1", f"{ANA}:"):
        with pytest.raises(SendFailed):
            await connector.mark_read(odd, account=None, typing=True)
    provider.status = 404
    with pytest.raises(RecipientRefused):
        await connector.mark_read(f"{ANA}:MxA1", account=None, typing=False)


async def test_a_message_can_be_taken_back(http: aiohttp.ClientSession, provider: FarSide) -> None:
    connector = a_connector(http, api_base=provider.url)
    await connector.send(an_outbound(Revoke("a/b c")))
    assert asked(provider) == ("DELETE", f"/v1/phones/{ANA}/agentMessages/a/b c", {"agentId": AGENT})
    provider.status = 404
    with pytest.raises(SendFailed, match="no such message"):
        await connector.take_back("m1", to=TO, account=None)
    provider.status = 500
    with pytest.raises(ProviderDown):
        await connector.revoke("m1", number=ANA)


async def test_what_a_phone_can_show_is_asked_once(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = json.dumps({"features": ["RICHCARD_STANDALONE", "ACTION_DIAL", 7]})
    connector = a_connector(http, api_base=provider.url)
    for _ in range(2):
        assert await connector.features(ANA) == {"RICHCARD_STANDALONE", "ACTION_DIAL"}
    ((method, path, query),) = [asked(provider, n) for n in range(len(provider.calls))]
    assert (method, path, query["agentId"]) == ("GET", f"/v1/phones/{ANA}/capabilities", AGENT)
    assert uuid.UUID(query["requestId"])
    provider.status = 404
    assert await connector.features("+390612345678") is None
    provider.status = 200
    assert await connector.features("+390612345678") is None
    provider.status = 429
    with pytest.raises(Throttled):
        await connector.features("+390612345679")


async def test_who_could_not_be_reached_is_known_to_be_out_of_reach(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status = 404
    connector = a_connector(http, api_base=provider.url)
    with pytest.raises(RecipientRefused):
        await connector.send(an_outbound(Text("Hi")))
    assert await connector.features(ANA) is None and len(provider.calls) == 1
    with pytest.raises(RecipientRefused) as caught:
        await connector.send(an_outbound(Text("Hi again")))
    assert len(provider.calls) == 1, "Google has just said so"
    assert caught.value.code == "404" and caught.value.elsewhere, "another channel may be tried at once"


@pytest.mark.parametrize(
    ("purpose", "said"),
    [
        (Purpose.CONVERSATION, "TRANSACTION"),
        (Purpose.MARKETING, "PROMOTION"),
        (Purpose.CONSENT, "ACKNOWLEDGEMENT"),
    ],
)
async def test_an_agent_that_must_say_what_a_message_is_for_says_so(
    purpose: Purpose, said: str, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.body = json.dumps({"name": f"phones/{ANA}/agentMessages/m1"})
    message = an_outbound(Text("Hi"), purpose=purpose)
    await a_connector(http, api_base=provider.url, traffic_type="TRANSACTION").send(message)
    await a_connector(http, api_base=provider.url).send(message)
    assert [call.body.get("messageTrafficType") for call in provider.calls] == [said, None]


def test_a_phone_is_forgotten_after_a_while_and_who_is_out_of_reach_sooner() -> None:
    reach, features = Reach(), frozenset({"ACTION_DIAL"})
    reach.note("+1", features, NOW)
    reach.note("+2", None, NOW)
    assert reach.recall("+1", NOW) == (True, features) and reach.recall("+2", NOW) == (True, None)
    assert reach.recall("+2", NOW + ABSENCE_LASTS) == (False, None)
    assert reach.recall("+1", NOW + FEATURES_LAST - timedelta(seconds=1)) == (True, features)
    assert reach.recall("+1", NOW + FEATURES_LAST) == (False, None) == reach.recall("+3", NOW)


CARD = RichCard(
    title="A lamp",
    text="It shines.",
    options=[
        Option("Buy", "/buy"),
        Option("Call", "/call", action=Dial("+390212345")),
        Option("Look", url=A_URL),
    ],
)


async def test_a_phone_is_sent_what_it_can_show(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = json.dumps({"name": "phones/x/agentMessages/m1", "features": ["ACTION_DIAL"]})
    connector = a_connector(http, api_base=provider.url)
    await connector.send(an_outbound(CARD))
    asked_for, sent = provider.calls
    assert asked_for.path.endswith("/capabilities")
    said = sent.body["contentMessage"]
    assert said["text"] == f"A lamp\nIt shines.\n\nLook: {A_URL}"
    assert [next(iter(each)) for each in said["suggestions"]] == ["reply", "action"]
    await connector.send(an_outbound(Text("Hi")))
    assert len(provider.calls) == 3, "a text needs no question, and the answer is remembered"


@pytest.mark.parametrize("said", [{}, {"features": []}, {"features": ["RICHCARD_STANDALONE"]}])
async def test_what_google_does_not_tell_is_tried(
    http: aiohttp.ClientSession, provider: FarSide, said: dict[str, Any]
) -> None:
    provider.body = json.dumps({"name": "phones/x/agentMessages/m1"} | said)
    plain = RichCard(title="A lamp", options=[Option("Buy", "/buy")])
    await a_connector(http, api_base=provider.url).send(an_outbound(plain))
    assert "richCard" in provider.calls[-1].body["contentMessage"]


async def test_carriers_gateways_are_asked_nothing(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = json.dumps({"name": "phones/x/agentMessages/m1"})
    await a_connector(http, api_base=provider.url, carrier="jio").send(an_outbound(CARD))
    assert len(provider.calls) == 1


async def test_what_google_refuses_as_rich_is_said_plainly(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status, provider.body = 400, json.dumps({"error": {"message": "Unsupported feature"}})
    connector = a_connector(http, api_base=provider.url, carrier="vi")
    with pytest.raises(ContentRefused, match="Unsupported"):
        await connector.send(an_outbound(CARD))
    rich, plain = provider.calls
    assert (
        "richCard" in rich.body["contentMessage"]
        and "Call: +390212345" in plain.body["contentMessage"]["text"]
    )
    assert asked(provider, 0)[2]["messageId"] == asked(provider, 1)[2]["messageId"]
    with pytest.raises(ContentRefused):
        await connector.send(an_outbound(Text("Hi")))
    assert len(provider.calls) == 3


async def test_a_page_opens_within_the_chat(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = json.dumps({"name": "phones/x/agentMessages/m1"})
    page = Options("Read it", [Option("Open", "/o", url=A_URL, action=OpenPage("tall", "The page"))])
    await a_connector(http, api_base=provider.url).send(an_outbound(page))
    (suggestion,) = provider.calls[-1].body["contentMessage"]["suggestions"]
    assert suggestion["action"]["openUrlAction"] == {
        "url": A_URL,
        "application": "WEBVIEW",
        "webviewViewMode": "TALL",
        "description": "The page",
    }


@pytest.mark.parametrize(("status", "error"), [(401, CredentialsRefused), (500, ProviderDown)])
async def test_the_credentials_can_be_tried(
    http: aiohttp.ClientSession, provider: FarSide, status: int, error: type
) -> None:
    connector = a_connector(http, api_base=provider.url)
    for fine in (200, 404, 403):
        provider.status, provider.body = fine, "{}"
        assert AGENT in (await connector.check()).summary
    provider.status = status
    with pytest.raises(error):
        await connector.check()
