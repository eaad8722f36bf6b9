"""What we send by each provider, and what each of its refusals becomes."""

import json
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from connectors.content import Content, Document, Image, Location, Options, Template, Text
from connectors.contract import ChecksItself, KeepsMedia, Outbound
from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OptedOut,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
    WindowClosed,
)
from connectors.events import Identity, IdentityKind
from connectors.registry import KINDS
from connectors.sms.coding import transliterated
from tests.connectors.far_side import FarSide
from tests.connectors.sms.providers import PROVIDERS
from tests.connectors.sms.test_webhooks import connected
from tests.connectors.test_every_kind import a_connector as made_of

TO = (Identity(IdentityKind.PHONE, "+16505550101"),)
FILE = "https://shop.example/label.pdf"
ANSWERS = {
    "twilio": '{"sid":"SM7","status":"queued"}',
    "twilio-whatsapp": '{"sid":"SM7"}',
    "vonage": '{"message-count":"1","messages":[{"to":"1","message-id":"SM7","status":"0"}]}',
    "vonage-messages": '{"message_uuid":"SM7"}',
    "infobip": '{"bulkId":"b","messages":[{"messageId":"SM7","status":{"groupName":"PENDING"}}]}',
    "sinch": '{"id":"SM7","to":["1"]}',
    "kaleyra": '{"id":"SM7","data":[{"message_id":"SM7:0","recipient":"+1"}],"error":{}}',
    "kaleyra-whatsapp": '{"id":"SM7:1"}',
}
HI = Text("Hi")
TWILIO_PATH = "/2010-04-01/Accounts/AC0123/Messages.json"
TEMPLATE = Template(
    name="HX0123",
    language="en",
    components=[
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "7"}]}
    ],
)


@dataclass
class Sent:
    """A content, and the call that it must become. `settings` are beside the provider's own."""

    name: str
    content: Content
    path: str
    body: Any
    settings: dict[str, str]

    def __str__(self) -> str:
        return f"{self.name}-{type(self.content).__name__}"


SENT = [
    Sent(
        "twilio",
        Text("Hi ü"),
        TWILIO_PATH,
        {"To": "+16505550101", "From": "+15550100200", "Body": "Hi ü"},
        {},
    ),
    Sent(
        "twilio",
        Document(url=FILE, caption="Your label"),
        TWILIO_PATH,
        {"To": "+16505550101", "From": "+15550100200", "MediaUrl": FILE, "Body": "Your label"},
        {},
    ),
    Sent(
        "twilio",
        Text("Hi"),
        TWILIO_PATH,
        {
            "To": "+16505550101",
            "Body": "Hi",
            "MessagingServiceSid": "MG1",
            "StatusCallback": "https://parley.test/hooks/sms?parley_id=m1",
        },
        {"from": "", "messaging_service_sid": "MG1", "callback_url": "https://parley.test/hooks/sms"},
    ),
    Sent(
        "twilio-whatsapp",
        Location(latitude=45.46, longitude=9.19, name="Duomo"),
        TWILIO_PATH,
        {
            "To": "whatsapp:+16505550101",
            "From": "whatsapp:+15550100200",
            "Body": "Duomo",
            "PersistentAction": "geo:45.46,9.19|Duomo",
        },
        {},
    ),
    Sent(
        "twilio-whatsapp",
        TEMPLATE,
        TWILIO_PATH,
        {
            "To": "whatsapp:+16505550101",
            "From": "whatsapp:+15550100200",
            "ContentSid": "HX0123",
            "ContentVariables": '{"1":"Ana","2":"7"}',
        },
        {},
    ),
    Sent(
        "vonage",
        Text("Hi"),
        "/sms/json",
        {
            "api_key": "abcd1234",
            "api_secret": "vonage-secret",
            "from": "15550100200",
            "to": "16505550101",
            "text": "Hi",
            "type": "text",
            "client-ref": "m1",
        },
        {},
    ),
    Sent(
        "vonage",
        Text("Ciao 🙂"),
        "/sms/json",
        {
            "api_key": "abcd1234",
            "api_secret": "vonage-secret",
            "from": "15550100200",
            "to": "16505550101",
            "text": "Ciao 🙂",
            "type": "unicode",
            "client-ref": "m1",
            "callback": "https://p.test/h",
        },
        {"callback_url": "https://p.test/h"},
    ),
    Sent(
        "vonage-messages",
        Text("Hi"),
        "/v1/messages",
        {
            "channel": "sms",
            "message_type": "text",
            "text": "Hi",
            "to": "16505550101",
            "from": "15550100200",
            "client_ref": "m1",
        },
        {},
    ),
    Sent(
        "vonage-messages",
        Image(url=FILE, caption="Look"),
        "/v1/messages",
        {
            "channel": "mms",
            "message_type": "image",
            "image": {"url": FILE, "caption": "Look"},
            "to": "16505550101",
            "from": "15550100200",
            "client_ref": "m1",
        },
        {},
    ),
    Sent(
        "infobip",
        Text("Hi"),
        "/sms/3/messages",
        {
            "messages": [
                {
                    "sender": "15550100200",
                    "destinations": [{"to": "16505550101", "messageId": "m1"}],
                    "content": {"text": "Hi"},
                    "webhooks": {"callbackData": "m1"},
                }
            ]
        },
        {},
    ),
    Sent(
        "sinch",
        Text("Hi"),
        "/xms/v1/plan1/batches",
        {
            "type": "mt_text",
            "to": ["16505550101"],
            "from": "15550100200",
            "body": "Hi",
            "delivery_report": "per_recipient",
            "client_reference": "m1",
            "callback_url": "https://p.test/h",
        },
        {"callback_url": "https://p.test/h"},
    ),
    Sent(
        "sinch",
        Image(url=FILE, caption="Look"),
        "/xms/v1/plan1/batches",
        {
            "type": "mt_media",
            "to": ["16505550101"],
            "from": "15550100200",
            "body": {"url": FILE, "message": "Look"},
            "delivery_report": "per_recipient",
            "client_reference": "m1",
        },
        {},
    ),
    Sent(
        "kaleyra",
        Text("Hi"),
        "/v1/HX0123/messages",
        {
            "to": "+16505550101",
            "sender": "+15550100200",
            "body": "Hi",
            "type": "TXN",
            "template_id": "1107",
            "callback_profile_id": "IN_1",
            "ref": "m1",
        },
        {"template_id": "1107", "callback_profile_id": "IN_1"},
    ),
    Sent(
        "kaleyra-whatsapp",
        Image(url=FILE, caption="Look"),
        "/v1/HX0123/messages",
        {
            "channel": "whatsapp",
            "from": "15550100200",
            "to": "16505550101",
            "type": "media",
            "media_url": FILE,
            "caption": "Look",
            "ref": "m1",
        },
        {},
    ),
    Sent(
        "kaleyra-whatsapp",
        TEMPLATE,
        "/v1/HX0123/messages",
        {
            "channel": "whatsapp",
            "from": "15550100200",
            "to": "16505550101",
            "type": "template",
            "template_name": "HX0123",
            "lang_code": "en",
            "params": '"Ana","7"',
            "ref": "m1",
        },
        {},
    ),
]


async def send(
    name: str, http: aiohttp.ClientSession, side: FarSide, content: Content = HI, **more: str
) -> Any:
    connector = connected(PROVIDERS[name], http, **{"api_base": side.url} | more)
    return await connector.send(Outbound(message_id="m1", to=TO, content=content))


@pytest.mark.parametrize("sent", SENT, ids=str)
async def test_a_content_becomes_the_providers_call(
    sent: Sent, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.body = ANSWERS[sent.name]
    receipt = await send(sent.name, http, provider, sent.content, **sent.settings)
    (call,) = provider.calls
    assert receipt.external_id == "SM7"
    assert (call.method, call.path, call.body) == ("POST", sent.path, sent.body)


async def test_credentials_travel_where_each_provider_wants_them(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    for name, header, value in (
        ("twilio", "Authorization", "Basic QUMwMTIzOmEtc2VjcmV0LW9mLXRoaXJ0eS10d28tY2hhcmFjdGVycyE="),
        ("vonage-messages", "Authorization", "Basic YWJjZDEyMzQ6dm9uYWdlLXNlY3JldA=="),
        ("infobip", "Authorization", "App infobip-key"),
        ("sinch", "Authorization", "Bearer sinch-token"),
        ("kaleyra", "api-key", "kaleyra-key"),
    ):
        provider.body = ANSWERS[name]
        await send(name, http, provider)
        assert provider.calls[-1].headers[header] == value, name


async def test_kaleyra_is_told_where_to_report(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = ANSWERS["kaleyra"]
    await send("kaleyra", http, provider, callback_url="https://p.test/h?secret=s")
    said = json.loads(provider.calls[0].body["callback"])
    assert (said["url"], said["method"]) == ("https://p.test/h?secret=s", "POST")


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_long_text_goes_out_as_one_up_to_the_limit_and_not_beyond(
    name: str, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.body = ANSWERS[name]
    limit = connected(PROVIDERS[name]).capabilities.text_length
    assert (await send(name, http, provider, Text("я" * limit))).external_id == "SM7"
    assert len(provider.calls) == 1
    for words in ("я" * (limit + 1), " \n", ""):
        with pytest.raises(ContentRefused):
            await send(name, http, provider, Text(words))
    assert len(provider.calls) == 1


@pytest.mark.parametrize("name", ANSWERS)
async def test_what_a_provider_has_no_form_for_is_refused_in_words(
    name: str, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    with pytest.raises(ContentRefused, match="cannot carry"):
        await send(name, http, provider, Options("Which?", []))
    with pytest.raises(ContentRefused):
        await send(name, http, provider, Image(url="file:///etc/passwd"))
    assert provider.calls == []


@pytest.mark.parametrize("name", ANSWERS)
async def test_who_has_no_number_is_not_written_to(
    name: str, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    connector = connected(PROVIDERS[name], http, api_base=provider.url)
    nobody = (Identity(IdentityKind.VISITOR, "v1"),)
    with pytest.raises(RecipientRefused):
        await connector.send(Outbound(message_id="m1", to=nobody, content=Text("Hi")))
    assert provider.calls == []


async def test_twilio_finds_who_hides_the_number(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = ANSWERS["twilio"]
    connector = connected(PROVIDERS["twilio-whatsapp"], http, api_base=provider.url)
    to = (Identity(IdentityKind.BSUID, "US.42"),)
    await connector.send(Outbound(message_id="m1", to=to, content=Text("Hi")))
    assert provider.calls[0].body["To"] == "whatsapp:US.42"


async def test_the_answer_goes_out_by_the_number_that_was_written_to(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    for name, key in (("twilio", "From"), ("vonage", "from"), ("sinch", "from")):
        provider.body = ANSWERS[name]
        connector = connected(PROVIDERS[name], http, api_base=provider.url)
        await connector.send(Outbound(message_id="m1", to=TO, content=Text("Hi"), account="+15550100999"))
        assert provider.calls[-1].body[key].removeprefix("+") == "15550100999"


async def test_infobip_takes_a_message_only_once(http: aiohttp.ClientSession, provider: FarSide) -> None:
    duplicate = {"groupId": 5, "groupName": "REJECTED", "id": 23, "name": "REJECTED_DUPLICATE_MESSAGE_ID"}
    provider.body = json.dumps({"messages": [{"messageId": "m1", "status": duplicate}]})
    assert (await send("infobip", http, provider)).external_id == "m1"
    assert connected(PROVIDERS["infobip"]).capabilities.idempotent_send


async def test_a_message_whose_first_part_vonage_took_is_not_sent_again(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    parts = [{"status": "0", "message-id": "SM7"}, {"status": "1", "error-text": "Throttled"}]
    provider.body = json.dumps({"message-count": "2", "messages": parts})
    assert (await send("vonage", http, provider)).external_id == "SM7"


def twilio(code: int, status: int = 400) -> tuple[int, str]:
    said = {"code": code, "message": "Words of Twilio's", "more_info": "https://…", "status": status}
    return status, json.dumps(said)


def vonage(status: str) -> tuple[int, str]:
    return 200, json.dumps({"messages": [{"status": status, "error-text": "Words of Vonage's"}]})


def messages(code: str, status: int) -> tuple[int, str]:
    kind = f"https://developer.vonage.com/api-errors/messages#{code}"
    return status, json.dumps({"type": kind, "title": "T", "detail": "Words of Vonage's", "instance": "1"})


def infobip(name: str) -> tuple[int, str]:
    status = {"groupId": 5, "groupName": "REJECTED", "id": 1, "name": name, "description": "Words"}
    return 200, json.dumps({"messages": [{"messageId": "m1", "status": status}]})


def requested(code: str, status: int) -> tuple[int, str]:
    said = {"serviceException": {"messageId": code, "text": "Words of Infobip's"}}
    return status, json.dumps({"requestError": said})


def sinch(code: str, status: int) -> tuple[int, str]:
    return status, json.dumps({"code": code, "text": "Words of Sinch's"})


REFUSALS: list[tuple[str, tuple[int, str], type[SendFailed], str]] = [
    ("twilio", twilio(21610), OptedOut, "21610"),
    ("twilio", twilio(21211), RecipientRefused, "21211"),
    ("twilio", twilio(21614), RecipientRefused, "21614"),
    ("twilio", twilio(21408, 403), RecipientRefused, "21408"),
    ("twilio", twilio(21617), ContentRefused, "21617"),
    ("twilio", twilio(21620), ContentRefused, "21620"),
    ("twilio", twilio(21606), SendFailed, "21606"),
    ("twilio", twilio(20003, 401), CredentialsRefused, "20003"),
    ("twilio", twilio(20404, 404), CredentialsRefused, "20404"),
    ("twilio", twilio(20429, 429), Throttled, "20429"),
    ("twilio", twilio(21611, 429), Throttled, "21611"),
    ("twilio", twilio(20500, 500), ProviderDown, "20500"),
    ("twilio", twilio(30002), SendFailed, "30002"),
    ("twilio", twilio(99999), SendFailed, "99999"),
    ("twilio-whatsapp", twilio(63016), WindowClosed, "63016"),
    ("twilio-whatsapp", twilio(63018, 429), Throttled, "63018"),
    ("twilio", (503, "<html>Service Unavailable</html>"), ProviderDown, "http_503"),
    ("twilio", (504, ""), OutcomeUnknown, "http_504"),
    ("vonage", vonage("1"), Throttled, "1"),
    ("vonage", vonage("3"), ContentRefused, "3"),
    ("vonage", vonage("4"), CredentialsRefused, "4"),
    ("vonage", vonage("5"), ProviderDown, "5"),
    ("vonage", vonage("7"), RecipientRefused, "7"),
    ("vonage", vonage("9"), SendFailed, "9"),
    ("vonage", vonage("12"), ContentRefused, "12"),
    ("vonage", vonage("14"), CredentialsRefused, "14"),
    ("vonage", vonage("15"), SendFailed, "15"),
    ("vonage", vonage("29"), RecipientRefused, "29"),
    ("vonage", vonage("77"), SendFailed, "77"),
    ("vonage", (429, ""), Throttled, "http_429"),
    ("vonage-messages", messages("1240", 422), OptedOut, "1240"),
    ("vonage-messages", messages("1150", 422), ContentRefused, "1150"),
    ("vonage-messages", messages("1340", 422), WindowClosed, "1340"),
    ("vonage-messages", messages("1000", 429), Throttled, "1000"),
    ("vonage-messages", messages("low-balance", 402), SendFailed, "low-balance"),
    ("vonage-messages", messages("unauthorized", 401), CredentialsRefused, "unauthorized"),
    ("infobip", infobip("REJECTED_DND"), OptedOut, "REJECTED_DND"),
    ("infobip", infobip("REJECTED_NOT_ENOUGH_CREDITS"), SendFailed, "REJECTED_NOT_ENOUGH_CREDITS"),
    ("infobip", infobip("REJECTED_FLOODING_FILTER"), Throttled, "REJECTED_FLOODING_FILTER"),
    ("infobip", infobip("REJECTED_INVALID_DESTINATION"), RecipientRefused, "REJECTED_INVALID_DESTINATION"),
    ("infobip", infobip("REJECTED_SYSTEM_ERROR"), ProviderDown, "REJECTED_SYSTEM_ERROR"),
    ("infobip", infobip("REJECTED_NEWLY"), SendFailed, "REJECTED_NEWLY"),
    ("infobip", requested("UNAUTHORIZED", 401), CredentialsRefused, "UNAUTHORIZED"),
    ("infobip", requested("TOO_MANY_REQUESTS", 429), Throttled, "TOO_MANY_REQUESTS"),
    ("infobip", requested("BAD_REQUEST", 400), ContentRefused, "BAD_REQUEST"),
    ("infobip", (400, '{"errorCode":"E400","description":"No"}'), ContentRefused, "E400"),
    (
        "sinch",
        sinch("syntax_invalid_parameter_format", 400),
        ContentRefused,
        "syntax_invalid_parameter_format",
    ),
    ("sinch", sinch("unprovisioned_region", 403), RecipientRefused, "unprovisioned_region"),
    ("sinch", sinch("unauthorized", 401), CredentialsRefused, "unauthorized"),
    ("sinch", (401, ""), CredentialsRefused, "http_401"),
    ("sinch", (429, ""), Throttled, "http_429"),
    ("sinch", (503, ""), ProviderDown, "http_503"),
    ("kaleyra", (400, '{"error":{"to":"Invalid number"}}'), RecipientRefused, "to"),
    ("kaleyra", (400, '{"error":{"sender":"Not approved"}}'), SendFailed, "sender"),
    ("kaleyra", (400, '{"error":{"template_id":"Unknown"}}'), ContentRefused, "template_id"),
    ("kaleyra", (200, '{"error":{"body":"Empty"}}'), ContentRefused, "body"),
    ("kaleyra", (401, '{"code":"E401","message":"Invalid api-key"}'), CredentialsRefused, "E401"),
    ("kaleyra", (402, '{"error":"Insufficient credits"}'), SendFailed, "http_402"),
    ("kaleyra", (429, '{"error":"Too many requests"}'), Throttled, "http_429"),
    ("kaleyra", (500, ""), ProviderDown, "http_500"),
]


@pytest.mark.parametrize(("name", "answer", "error", "code"), REFUSALS)
async def test_a_refusal_becomes_the_error_that_it_means(
    name: str,
    answer: tuple[int, str],
    error: type[SendFailed],
    code: str,
    http: aiohttp.ClientSession,
    provider: FarSide,
) -> None:
    provider.status, provider.body = answer
    provider.headers = {"Retry-After": "17"}
    with pytest.raises(SendFailed) as caught:
        await send(name, http, provider)
    assert type(caught.value) is error
    assert caught.value.code == code
    assert len(str(caught.value)) > 15
    if error is Throttled and answer[0] == 429:
        assert caught.value.retry_after == 17


def test_every_code_has_words_and_no_two_tables_disagree_on_form() -> None:
    from connectors.sms.infobip import faults as infobip_faults
    from connectors.sms.kaleyra import faults as kaleyra_faults
    from connectors.sms.sinch import faults as sinch_faults
    from connectors.sms.twilio import faults as twilio_faults
    from connectors.sms.vonage import faults as vonage_faults

    for module in (infobip_faults, kaleyra_faults, sinch_faults, twilio_faults, vonage_faults):
        tables = [value for value in vars(module).values() if isinstance(value, dict) and value]
        for meaning in (each for table in tables for each in table.values() if hasattr(each, "words")):
            assert meaning.words[0].isupper() and meaning.words.endswith(".")
            assert issubclass(meaning.error, SendFailed)


async def test_credentials_can_be_tried(http: aiohttp.ClientSession, provider: FarSide) -> None:
    provider.body = (
        '{"friendly_name":"Alder & Finch","status":"active","value":7.5,"balance":1,"currency":"EUR"}'
    )
    for name in ("twilio", "vonage", "infobip", "sinch"):
        connector = connected(PROVIDERS[name], http, api_base=provider.url)
        assert isinstance(connector, ChecksItself)
        provider.status = 200
        assert (await connector.check()).summary
        assert provider.calls[-1].method == "GET"
        provider.status = 401
        with pytest.raises(CredentialsRefused):
            await connector.check()


async def test_files_are_found_where_the_provider_keeps_them() -> None:
    for name, host in (
        ("twilio", "api.twilio.com"),
        ("vonage-messages", "api.nexmo.com"),
        ("infobip", "api.infobip.com"),
        ("sinch", "x.sinch.com"),
        ("kaleyra", "media.kaleyra.io"),
    ):
        connector = connected(PROVIDERS[name])
        assert isinstance(connector, KeepsMedia)
        located = await connector.locate(Image(url=f"https://{host}/1"))
        assert any(host.endswith(each) for each in located.hosts)
        with pytest.raises(ContentRefused):
            await connector.locate(Image())


async def test_kaleyra_is_asked_for_a_message_to_nobody(
    http: aiohttp.ClientSession, provider: FarSide
) -> None:
    connector = connected(PROVIDERS["kaleyra"], http, api_base=provider.url)
    assert isinstance(connector, ChecksItself)
    provider.status, provider.body = 400, '{"error":{"to":"to is required"}}'
    assert (await connector.check()).summary
    assert "to" not in provider.calls[-1].body and "body" not in provider.calls[-1].body
    for status, error in ((401, CredentialsRefused), (403, CredentialsRefused), (500, SendFailed)):
        provider.status, provider.body = status, "{}"
        with pytest.raises(error):
            await connector.check()


@pytest.mark.parametrize("kind", ["twilio", "kaleyra", "vonage", "infobip", "sinch", "smpp"])
def test_every_sms_channel_may_spell_plainly(kind: str) -> None:
    made = KINDS[kind]
    assert made_of(made).capabilities.spell is None
    assert made_of(made, transliterate="yes").capabilities.spell is transliterated


def test_whatsapp_by_a_provider_keeps_its_accents() -> None:
    sender = {"from": "whatsapp:+15550100200", "transliterate": "yes"}
    assert made_of(KINDS["twilio"], **sender).capabilities.spell is None
