"""What goes out: bodies within Meta's limits, and what its answers mean."""

import json
from typing import Any

import aiohttp
import pytest

from connectors.actions import FillForm, ShareContact, ShareLocation
from connectors.content import (
    Audio,
    Card,
    Carousel,
    Contacts,
    Content,
    Document,
    Image,
    Location,
    Option,
    Options,
    Phone,
    Reaction,
    Sticker,
    Template,
    Text,
    Video,
)
from connectors.contract import Outbound, Receipt, ShowsTyping
from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OptedOutOfMarketing,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
    WindowClosed,
)
from connectors.events import Identity, IdentityKind
from connectors.payloads import is_reference
from connectors.whatsapp.outbound import body_of
from tests.connectors.far_side import FarSide
from tests.connectors.whatsapp.samples import NUMBER_ID, a_connector

PHONE = Identity(IdentityKind.PHONE, "+16505550101")
USER = Identity(IdentityKind.BSUID, "US.77001")


def an_outbound(content: Content, **more: Any) -> Outbound:
    return Outbound(**{"message_id": "m1", "to": (USER, PHONE), "content": content} | more)


def options(count: int, **more: Any) -> Options:
    return Options("Which?", [Option(f"Option {n}", f"/o{n}") for n in range(count)], **more)


def rows(count: int) -> list[dict[str, str]]:
    return [{"id": f"/o{n}", "title": f"Option {n}"} for n in range(count)]


def interactive(kind: str, action: Any, **more: Any) -> dict[str, Any]:
    return {"interactive": {"type": kind, "body": {"text": "Which?"}, "action": action} | more}


CASES: dict[str, tuple[Content, dict[str, Any]]] = {
    "text": (Text("Hi"), {"text": {"body": "Hi", "preview_url": False}}),
    "text with a link": (Text("https://x"), {"text": {"body": "https://x", "preview_url": True}}),
    "image": (Image(url="https://i", caption="c"), {"image": {"link": "https://i", "caption": "c"}}),
    "video": (Video(media_id="1", url="https://v"), {"video": {"id": "1"}}),
    "audio": (Audio(media_id="1", voice=True), {"audio": {"id": "1"}}),
    "document": (Document(media_id="1", filename="a.pdf"), {"document": {"id": "1", "filename": "a.pdf"}}),
    "sticker": (Sticker(media_id="1"), {"sticker": {"id": "1"}}),
    "buttons": (
        options(3, header="H", footer="F" * 70),
        interactive(
            "button",
            {"buttons": [{"type": "reply", "reply": row} for row in rows(3)]},
            header={"type": "text", "text": "H"},
            footer={"text": "F" * 59 + "…"},
        ),
    ),
    "list": (
        options(10, button="See all"),
        interactive("list", {"button": "See all", "sections": [{"rows": rows(10)}]}),
    ),
    "described options are a list": (
        Options("Which?", [Option("A", "/a", description="d" * 80)]),
        interactive(
            "list",
            {
                "button": "Choose",
                "sections": [{"rows": [{"id": "/a", "title": "A", "description": "d" * 71 + "…"}]}],
            },
        ),
    ),
    "link": (
        Options("Which?", [Option("Track it", url="https://t")]),
        interactive(
            "cta_url", {"name": "cta_url", "parameters": {"display_text": "Track it", "url": "https://t"}}
        ),
    ),
    "asking where one is": (
        Options("Where are you?", [Option("Share", action=ShareLocation())], header="H", footer="F"),
        {
            "interactive": {
                "type": "location_request_message",
                "body": {"text": "Where are you?"},
                "action": {"name": "send_location"},
            }
        },
    ),
    "asking for the number": (
        Options("Your number?", [Option("Share", action=ShareContact())]),
        {
            "interactive": {
                "type": "request_contact_info",
                "body": {"text": "Your number?"},
                "action": {"name": "request_contact_info"},
            }
        },
    ),
    "a flow that begins at a screen": (
        Options("Which?", [Option("Book", action=FillForm("123", "FIRST", {"city": "Milan"}, "t-1"))]),
        interactive(
            "flow",
            {
                "name": "flow",
                "parameters": {
                    "flow_message_version": "3",
                    "flow_id": "123",
                    "flow_cta": "Book",
                    "flow_token": "t-1",
                    "flow_action": "navigate",
                    "flow_action_payload": {"screen": "FIRST", "data": {"city": "Milan"}},
                },
            },
        ),
    ),
    "a flow that asks our server": (
        Options("Which?", [Option("Book", "/booked", action=FillForm("123"))]),
        interactive(
            "flow",
            {
                "name": "flow",
                "parameters": {
                    "flow_message_version": "3",
                    "flow_id": "123",
                    "flow_cta": "Book",
                    "flow_token": "/booked",
                    "flow_action": "data_exchange",
                },
            },
        ),
    ),
    "a place among other answers is a button": (
        Options("Which?", [Option("Here", "/here", action=ShareLocation()), Option("There", "/there")]),
        interactive(
            "button",
            {
                "buttons": [
                    {"type": "reply", "reply": {"id": "/here", "title": "Here"}},
                    {"type": "reply", "reply": {"id": "/there", "title": "There"}},
                ]
            },
        ),
    ),
    "a picture of a type that Meta does not take": (
        Image(media_id="1", mime_type="image/gif", filename="a.gif", caption="c"),
        {"document": {"id": "1", "caption": "c", "filename": "a.gif"}},
    ),
    "a voice note of a browser": (
        Audio(media_id="1", mime_type="audio/webm; codecs=opus", voice=True),
        {"document": {"id": "1"}},
    ),
    "a film that is too large for one": (
        Video(media_id="1", mime_type="video/mp4", size=17 * 1024 * 1024),
        {"document": {"id": "1"}},
    ),
    "no options": (Options("Which?", []), {"text": {"body": "Which?", "preview_url": False}}),
    "location": (
        Location(latitude=1.5, longitude=2, name="N"),
        {"location": {"latitude": 1.5, "longitude": 2, "name": "N"}},
    ),
    "contacts": (
        Contacts(
            [Card(name="Eve", phones=[Phone("+1", kind="WORK")], organisation="Acme", birthday="1990-01-02")]
        ),
        {
            "contacts": [
                {
                    "name": {"formatted_name": "Eve", "first_name": "Eve"},
                    "phones": [{"phone": "+1", "type": "WORK"}],
                    "org": {"company": "Acme"},
                    "birthday": "1990-01-02",
                }
            ]
        },
    ),
    "reaction": (Reaction("wamid.0", "👍"), {"reaction": {"message_id": "wamid.0", "emoji": "👍"}}),
    "template": (
        Template("order_update", "en_US", [{"type": "body", "parameters": []}]),
        {
            "template": {
                "name": "order_update",
                "language": {"policy": "deterministic", "code": "en_US"},
                "components": [{"type": "body", "parameters": []}],
            }
        },
    ),
}


@pytest.mark.parametrize(("content", "said"), CASES.values(), ids=list(CASES))
def test_a_content_becomes_its_body(content: Content, said: dict[str, Any]) -> None:
    frame = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "16505550101",
        "type": next(iter(said)),
        "biz_opaque_callback_data": "m1",
    }
    assert body_of(an_outbound(content)) == frame | said


def test_someone_without_a_number_is_reached_by_user_id() -> None:
    body = body_of(an_outbound(Text("Hi"), to=(USER,)))
    assert body["recipient"] == "US.77001" and "to" not in body


def test_an_answer_quotes_the_message_it_answers() -> None:
    assert body_of(an_outbound(Text("Hi"), reply_to="wamid.0"))["context"] == {"message_id": "wamid.0"}
    assert "context" not in body_of(an_outbound(Reaction("wamid.0"), reply_to="wamid.0"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Text("x" * 4097), "4,097 characters"),
        (Text(" \n"), "no text"),
        (Image(url="https://i", caption="x" * 1025), "caption"),
        (Audio(media_id="1", caption="listen"), "no text with an audio"),
        (Image(), "no file"),
        (options(11), "at most 10"),
        (Options("?", [Option("A", url="https://a"), Option("B", "/b")]), "link"),
        (Options("x" * 4097, [Option("A")]), "4,097"),
        (Carousel([]), "cannot carry a carousel"),
        (Contacts([]), "no contact"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(content: Content, words: str) -> None:
    with pytest.raises(ContentRefused, match=words):
        body_of(an_outbound(content))


def test_nobody_cannot_be_reached() -> None:
    with pytest.raises(RecipientRefused):
        body_of(an_outbound(Text("Hi"), to=(Identity(IdentityKind.VISITOR, "v"),)))


def test_labels_are_cut_with_care_and_long_payloads_travel_as_references() -> None:
    long = '{"order":"' + "4" * 300 + '"}'
    asked = Options(
        "?", [Option("Return the blue winter jacket", long), Option("Return the blue winter coat", long)]
    )
    replies = [each["reply"] for each in body_of(an_outbound(asked))["interactive"]["action"]["buttons"]]
    assert [reply["title"] for reply in replies] == ["Return the blue…", "Return the blue… 2"]
    assert all(is_reference(reply["id"]) for reply in replies) and replies[0]["id"] != replies[1]["id"]


def test_a_question_too_long_for_buttons_becomes_a_list() -> None:
    asked = Options("x" * 1025, [Option("Yes", "/y")])
    assert body_of(an_outbound(asked))["interactive"]["type"] == "list"


async def test_a_message_is_sent_as_meta_wants_it(http: aiohttp.ClientSession, provider: FarSide) -> None:
    contact = {"input": "16505550101", "wa_id": "16505550101"}
    provider.body = json.dumps({"messages": [{"id": "wamid.X"}], "contacts": [contact]})
    receipt = await a_connector(http, api_base=provider.url + "/").send(an_outbound(Text("Grüße 👋")))
    assert receipt == Receipt(external_id="wamid.X")
    (call,) = provider.calls
    assert (call.method, call.path) == ("POST", f"/v26.0/{NUMBER_ID}/messages")
    assert call.headers["Authorization"] == "Bearer EAA-token"
    assert call.headers["Content-Type"] == "application/json"
    assert call.body["text"]["body"] == "Grüße 👋"


async def test_the_account_and_the_user_id_are_respected(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.body = json.dumps({"messages": [{"id": "wamid.X"}], "contacts": [{"user_id": "US.77001"}]})
    receipt = await a_connector(http, api_base=provider.url).send(an_outbound(Text("Hi"), account="42"))
    assert receipt.identities == (), "one name is no news"
    assert provider.calls[0].path == "/v26.0/42/messages"


@pytest.mark.parametrize("more", [[], [{"wa_id": "16505550199"}]])
async def test_the_answer_tells_both_names_of_one_person(
    more: list[Any], http: aiohttp.ClientSession, provider: FarSide
) -> None:
    contact = {"input": "16505550101", "wa_id": "16505550101", "user_id": "US.77001"}
    provider.body = json.dumps({"messages": [{"id": "wamid.X"}], "contacts": [contact, *more]})
    receipt = await a_connector(http, api_base=provider.url).send(an_outbound(Text("Hi")))
    assert receipt.identities == (() if more else (USER, PHONE))


async def test_reading_and_typing_are_shown(http: aiohttp.ClientSession, provider: FarSide) -> None:
    connector = a_connector(http, api_base=provider.url)
    assert isinstance(connector, ShowsTyping)
    await connector.mark_read("wamid.1", account=None, typing=True)
    await connector.mark_read("wamid.1", account=None, typing=False)
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}
    assert [call.body for call in provider.calls] == [read | {"typing_indicator": {"type": "text"}}, read]


def an_error(code: int, **more: Any) -> str:
    said = {"message": f"(#{code}) Something", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return json.dumps({"error": said | more})


ERRORS: list[tuple[int, int, type[SendFailed], bool]] = [
    *((400, code, Throttled, True) for code in (4, 80007, 130429, 131056, 133016)),
    *((500, code, ProviderDown, True) for code in (131000, 131016, 131057)),
    *((400, code, RecipientRefused, False) for code in (131021, 131026, 131030, 131049, 130472, 130497)),
    (400, 131047, WindowClosed, False),
    (400, 131050, OptedOutOfMarketing, False),
    *((400, code, ContentRefused, False) for code in (100, 131008, 131009, 131051, 131052, 131053, 131062)),
    *(
        (400, code, ContentRefused, False)
        for code in (132000, 132001, 132005, 132007, 132012, 132015, 132016)
    ),
    *((400, code, ContentRefused, False) for code in (132068, 132069)),
    *((403, code, SendFailed, False) for code in (368, 131031, 131042, 131048)),
    *((401, code, CredentialsRefused, True) for code in (0, 3, 10, 190, 200, 299)),
    (400, 424242, SendFailed, False),
    (500, 424242, ProviderDown, True),
]


@pytest.mark.parametrize(("status", "code", "error", "retry"), ERRORS, ids=lambda value: str(value)[-24:])
async def test_an_error_code_decides(
    status: int,
    code: int,
    error: type[SendFailed],
    retry: bool,
    http: aiohttp.ClientSession,
    provider: FarSide,
) -> None:
    provider.status, provider.body = status, an_error(code)
    with pytest.raises(SendFailed) as caught:
        await a_connector(http, api_base=provider.url).send(an_outbound(Text("Hi")))
    assert type(caught.value) is error
    assert (caught.value.retry, caught.value.code) == (retry, str(code))
    assert len(str(caught.value)) > 20


async def failure(http: aiohttp.ClientSession, provider: FarSide, **more: Any) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await a_connector(http, api_base=provider.url).send(an_outbound(Text("Hi"), **more))
    return caught.value


async def test_the_pair_limit_backs_off_as_meta_advises(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status, provider.body = 400, an_error(131056)
    found = [await failure(http, provider, attempt=attempt) for attempt in (1, 2, 9)]
    assert [each.retry_after for each in found] == [4, 16, 3600]
    assert all(isinstance(each, Throttled) and each.scope == "recipient" for each in found)


async def test_the_wish_to_wait_is_passed_on(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.status, provider.body, provider.headers = 429, "", {"Retry-After": "7"}
    assert (await failure(http, provider)).retry_after == 7


async def test_a_gateway_timeout_leaves_the_outcome_unknown(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status = 504
    assert isinstance(await failure(http, provider), OutcomeUnknown)


async def test_meta_quoting_the_token_does_not_tell_it_to_agents(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status = 401
    provider.body = an_error(
        190, message="Malformed access token EAA-token", error_data={"details": "EAA-token"}
    )
    assert "EAA-token" not in str(await failure(http, provider))


async def test_metas_details_help_where_the_content_is_wrong(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status = 400
    provider.body = an_error(132000, error_data={"details": "body: expected 2, got 1"})
    assert "expected 2, got 1" in str(await failure(http, provider))


async def test_a_number_id_that_meta_does_not_know_is_the_channels_fault(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status, provider.body = 400, an_error(100, error_subcode=33)
    assert isinstance(await failure(http, provider), CredentialsRefused)


@pytest.mark.parametrize(
    "body", ["", "[]", '{"error":7}', '{"error":{"code":"x"}}', '{"error":{"code":null}}']
)
async def test_an_error_that_explains_nothing_is_still_an_error(
    body: str, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.status, provider.body = 400, body
    found = await failure(http, provider)
    assert type(found) is SendFailed and found.code == "http_400"
