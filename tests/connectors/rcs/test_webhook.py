"""What customers send, what Google reports, and bodies that are not what they should be."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.content import (
    Audio,
    Choice,
    Content,
    Document,
    Image,
    Location,
    Option,
    System,
    Text,
    Unsupported,
    Video,
)
from connectors.events import CustomerTyped, DeliveryStatus, Event, MessageReceived, StatusChanged, Unreadable
from connectors.payloads import is_reference, restored
from connectors.rcs.names import as_ours, as_uuid
from connectors.rcs.suggestions import suggestions
from inbox.model.ids import new_id
from tests.connectors.rcs.samples import (
    AGENT,
    ANA,
    FRAME,
    NOW,
    a_connector,
    a_webhook,
    an_envelope,
    parsed,
    received,
)


def a_file(**said: Any) -> dict[str, Any]:
    return {"userFile": {"payload": FILE | said}}


FILE = {"mimeType": "image/jpeg", "fileSizeBytes": 4096, "fileUri": "https://f/1", "fileName": "a.jpg"}
PICTURE = Image(url="https://f/1", mime_type="image/jpeg", size=4096, filename="a.jpg")
PDF = {"mimeType": "application/pdf", "fileUri": "https://f/3", "fileSizeBytes": "77"}


def message(**said: Any) -> MessageReceived:
    (event,) = received(**said)
    assert isinstance(event, MessageReceived), event
    return event


CONTENTS: dict[str, tuple[dict[str, Any], Content]] = {
    "text": ({"text": "Hi"}, Text("Hi")),
    "text in any script": ({"text": "नमस्ते 😀\n\u0000"}, Text("नमस्ते 😀\n\u0000")),
    "empty text": ({"text": ""}, Text("")),
    "suggestion": (
        {"suggestionResponse": {"postbackData": "/yes", "text": "Yes"}},
        Choice("Yes", "/yes", "suggestion"),
    ),
    "action": (
        {"suggestionResponse": {"postbackData": "/map", "text": "Map", "type": "ACTION"}},
        Choice("Map", "/map", "suggestion"),
    ),
    "suggestion without text": (
        {"suggestionResponse": {"postbackData": "/x"}}, Choice("/x", "/x", "suggestion")
    ),
    "suggestion without data": ({"suggestionResponse": {"text": "Yes"}}, Choice("Yes", "Yes", "suggestion")),
    "location": ({"location": {"latitude": 45.4, "longitude": -9.1}}, Location(45.4, -9.1)),
    "on the equator": ({"location": {"longitude": 9.1}}, Location(0.0, 9.1)),
    "image": (a_file(), PICTURE),
    "video": (
        a_file(mimeType="video/mp4"),
        Video(url="https://f/1", mime_type="video/mp4", size=4096, filename="a.jpg"),
    ),
    "audio": (
        {"userFile": {"payload": {"mimeType": "Audio/AMR", "fileUri": "https://f/2"}}},
        Audio(url="https://f/2", mime_type="Audio/AMR"),
    ),
    "document": (
        {"userFile": {"payload": PDF}},
        Document(url="https://f/3", mime_type="application/pdf", size=77),
    ),
    "file of no kind": (
        {"userFile": {"payload": {"fileUri": "https://f/4"}, "thumbnail": FILE}}, Document(url="https://f/4")
    ),
    "null siblings": (
        {"text": None, "userFile": None, "location": {"latitude": 1, "longitude": 2}}, Location(1.0, 2.0)
    ),
    "unknown": ({"hologram": {"a": 1}}, Unsupported("hologram", raw=FRAME | {"hologram": {"a": 1}})),
}  # fmt: skip


@pytest.mark.parametrize(("said", "content"), CONTENTS.values(), ids=list(CONTENTS))
def test_a_message_becomes_its_content(said: dict[str, Any], content: Content) -> None:
    event = message(**said)
    assert event.content == content
    assert event.external_id == f"{ANA}:MxA1" and event.account == AGENT
    assert [identity.key for identity in event.identities] == [f"phone:{ANA}"]
    assert event.sent_at == datetime(2026, 11, 22, 11, 59, 58, 500000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "micro"),
    [("", 0), *((f".{'123456789'[:n]}", int("123456789"[:n].ljust(6, "0")[:6])) for n in range(1, 10))],
)
def test_a_second_has_up_to_nine_digits(written: str, micro: int) -> None:
    for zone in ("Z", "+00:00", "-00:00"):
        event = message(text="x", sendTime=f"2018-12-31T15:01:23{written}{zone}")
        assert event.sent_at == datetime(2018, 12, 31, 15, 1, 23, micro, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    [None, "", "soon", 7.5, [], "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-13-01", -5],
)
def test_a_message_without_a_sensible_time_was_sent_now(given: Any) -> None:
    assert message(text="x", sendTime=given).sent_at == NOW


def test_two_customers_may_use_the_same_id() -> None:
    other = message(text="x", senderPhoneNumber="+39 061 234 5678")
    assert other.external_id == "+390612345678:MxA1" != message(text="x").external_id


def report(kind: str, **more: Any) -> StatusChanged:
    (event,) = received(eventType=kind, eventId="E1", **more)
    assert isinstance(event, StatusChanged), event
    return event


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("DELIVERED", "delivered", None),
        ("READ", "read", None),
        ("TTL_EXPIRATION_REVOKED", "failed", "TTL_EXPIRATION_REVOKED"),
        ("TTL_EXPIRATION_REVOKE_FAILED", "sent", "TTL_EXPIRATION_REVOKE_FAILED"),
    ],
)
def test_a_report_moves_the_message(kind: str, status: str, code: str | None) -> None:
    ours = new_id()
    event = report(kind, messageId=as_uuid(ours), senderPhoneNumber=None, phoneNumber=ANA)
    assert (event.status, event.external_id, event.message_id) == (
        DeliveryStatus(status),
        as_uuid(ours),
        ours,
    )
    assert (event.fault and event.fault.code) == code and event.account == AGENT


def test_our_id_travels_in_a_uuid_and_comes_back() -> None:
    import uuid

    for _ in range(200):
        ours = new_id()
        travelling = as_uuid(ours)
        assert as_ours(travelling) == ours
        assert (uuid.UUID(travelling).version, uuid.UUID(travelling).variant) == (4, uuid.RFC_4122)
        assert str(uuid.UUID(travelling)) == travelling
    for other in ("m1", "57bed79e-55ba-46fe-b88a-2755aaee77fc", "123456661"):
        assert as_ours(as_uuid(other)) == other
    assert as_ours("two words") is None and as_ours("") is None


def test_a_customer_who_types_is_seen() -> None:
    (event,) = received(eventType="IS_TYPING", eventId="E1", messageId=None)
    assert isinstance(event, CustomerTyped) and event.identities[0].value == ANA and event.account == AGENT


@pytest.mark.parametrize(("kind", "name"), [("SUBSCRIBE", "subscribed"), ("UNSUBSCRIBE", "unsubscribed")])
def test_consent_is_kept_with_the_conversation(kind: str, name: str) -> None:
    event = message(eventType=kind, eventId="E1", messageId=None)
    assert isinstance(event.content, System) and event.content.event == name
    assert event.external_id == f"{ANA}:event:E1"
    assert event.consent and event.consent.granted is (kind == "SUBSCRIBE") and event.consent.is_confirmed
    twice = [message(eventType=kind, messageId=None).external_id for _ in range(2)]
    assert twice[0] == twice[1] != event.external_id


@pytest.mark.parametrize("kind", ["agent_launch_event", "verification", "brand_updated_event"])
def test_notices_about_the_agent_concern_nobody(kind: str) -> None:
    inner = {"eventId": "e", "agentId": AGENT, "newLaunchState": "LAUNCH_STATE_LAUNCHED"}
    assert parsed(an_envelope(inner, type=kind)) == []
    assert parsed(an_envelope({"agentId": AGENT}, type=kind)) == []
    (event,) = parsed(an_envelope(FRAME | {"text": "Hi"}, type=kind))
    assert isinstance(event, MessageReceived)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"text": []},
        {"text": "x", "messageId": None},
        {"text": "x", "messageId": ""},
        {"text": "x", "messageId": "x" * 600},
        {"text": "x", "senderPhoneNumber": None},
        {"text": "x", "senderPhoneNumber": "Ana"},
        {"text": "x", "senderPhoneNumber": "1" * 5000},
        {"suggestionResponse": {}},
        {"suggestionResponse": "yes"},
        {"location": {}},
        {"location": {"latitude": 91, "longitude": 0}},
        {"location": {"latitude": "north", "longitude": 0}},
        {"userFile": {"payload": {"mimeType": "image/png"}}},
        {"userFile": []},
        {"eventType": "TELEPORTED"},
        {"eventType": 7},
        {"eventType": "READ", "messageId": None},
        {"eventType": "UNSUBSCRIBE", "senderPhoneNumber": None},
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason(said: dict[str, Any]) -> None:
    (event,) = received(**said)
    assert isinstance(event, Unreadable) and event.reason and event.raw
    msgspec.json.encode(event)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        an_envelope(b"not json"),
        an_envelope(b"7"),
        an_envelope(b"[" * 90_000),
        {"message": {"data": "!"}},
        {"message": {"data": ""}},
        an_envelope(b"null"),
    ],
)
def test_a_body_that_is_no_webhook_is_one_unreadable(body: Any) -> None:
    (event,) = parsed(body)
    assert isinstance(event, Unreadable)
    msgspec.json.encode(event)


@pytest.mark.parametrize(
    "oddity", [b'"\\ud800 half"', b'"\xff"', b'"\xed\xa0\x80"', b"1" * 900, b"1e999", b"NaN"]
)
def test_one_odd_character_does_not_lose_the_message(oddity: bytes) -> None:
    (event,) = parsed(
        an_envelope(json.dumps(FRAME | {"text": "Hi", "x": "ODD"}).encode().replace(b'"ODD"', oddity))
    )
    assert isinstance(event, MessageReceived) and event.content == Text("Hi")
    msgspec.json.encode(event)


def test_a_payload_too_long_to_travel_names_its_message() -> None:
    options = [Option("No", "/no"), Option("Yes", "/inform" + "x" * 3000)]
    sent = [each["reply"] for each in suggestions(options, "uuid-1")]
    assert sent[0] == {"text": "No", "postbackData": "/no"} and len(sent[1]["postbackData"]) < 100
    event = message(suggestionResponse=sent[1])
    assert event.reply_to == "uuid-1" and isinstance(event.content, Choice)
    assert is_reference(event.content.payload)
    assert restored(event.content, options).payload == options[1].payload
    mail = message(suggestionResponse={"text": "a", "postbackData": "ana@example.org"})
    assert mail.reply_to is None and mail.content == Choice("a", "ana@example.org", "suggestion")


def jio(kind: str, **entity: Any) -> dict[str, Any]:
    nothing = {"text": None, "suggestionResponse": None, "location": None, "userFile": None}
    frame = {"messageId": "j1", "sendTime": "2026-11-22T11:59:58Z"}
    return {
        "userPhoneNumber": "919876543210",
        "botId": "bot",
        "entityType": kind,
        "entity": nothing | frame | entity,
    }


def airtel(kind: str, content: Any = None, **more: Any) -> dict[str, Any]:
    frame = {
        "messageId": "a1",
        "msisdn": "919876543210",
        "msgStream": "INBOUND",
        "sendTime": "2026-11-22 11:59:58 ",
    }
    return frame | {"eventType": kind, "messageContent": content, "error": None} | more


def maap(event: str, **said: Any) -> dict[str, Any]:
    rcs = {"msgId": "v1", "timestamp": "2026-11-22T11:59:58.000Z"} | said
    return {"event": event, "RCSMessage": rcs, "messageContact": {"userContact": "+919876543210"}}


def url_safe(item: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(item).encode()).decode()


BARE = FRAME | {"senderPhoneNumber": "+919876543210", "sendTime": "2026-11-22T11:59:58Z"}
REPLY = {"response": {"reply": {"displayText": "Yes", "postback": {"data": "/yes"}}}}

CARRIED: dict[str, tuple[Any, Content]] = {
    "jio text": (jio("USER_MESSAGE", text="Hi"), Text("Hi")),
    "jio suggestion": (
        jio("USER_MESSAGE", suggestionResponse={"postBack": {"data": "/yes"}, "plainText": "Yes"}),
        Choice("Yes", "/yes", "suggestion"),
    ),
    "jio location": (jio("USER_MESSAGE", location={"latitude": 1, "longitude": 2}), Location(1.0, 2.0)),
    "jio file": (jio("USER_MESSAGE", userFile={"payload": FILE}), PICTURE),
    "vi bare": (BARE | {"text": "Hi"}, Text("Hi")),
    "vi in an envelope, URL-safe": (
        {"message": {"data": url_safe(BARE | {"text": "??>>"})}},
        Text("??>>"),
    ),
    "vi maap": (maap("message", textMessage="Hi"), Text("Hi")),
    "vi maap tap": (maap("response", suggestedResponse=REPLY), Choice("Yes", "/yes", "suggestion")),
    "airtel text": (airtel("RECEIVED", {"text": "Hi"}), Text("Hi")),
    "airtel bare text": (airtel("RECEIVED", "Hi"), Text("Hi")),
    "airtel tap": (
        airtel("RECEIVED", {"suggestionResponse": {"postbackData": "/yes", "text": "Yes"}}),
        Choice("Yes", "/yes", "suggestion"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "content"), CARRIED.values(), ids=list(CARRIED))
def test_a_carriers_message_becomes_its_content(body: Any, content: Content) -> None:
    (event,) = parsed(body)
    assert isinstance(event, MessageReceived), event
    assert event.content == content
    assert [identity.key for identity in event.identities] == ["phone:+919876543210"]
    assert event.external_id.startswith("+919876543210:")
    assert event.sent_at == datetime(2026, 11, 22, 11, 59, 58, tzinfo=UTC)


REPORTED: dict[str, tuple[Any, str, str | None]] = {
    "jio sent": (jio("STATUS_EVENT", eventType="SEND_MESSAGE_SUCCESS"), "sent", None),
    "jio delivered": (jio("USER_EVENT", eventType="MESSAGE_DELIVERED"), "delivered", None),
    "jio read": (jio("USER_EVENT", eventType="MESSAGE_READ"), "read", None),
    "jio refused": (
        jio("STATUS_EVENT", eventType="SEND_MESSAGE_FAILURE", error={"code": 404, "message": "No RCS"}),
        "failed",
        "404",
    ),
    "jio failed": (jio("SERVER_EVENT", eventType="MESSAGE_FAILED"), "failed", "MESSAGE_FAILED"),
    "vi failed": (BARE | {"eventType": "FAILED", "reason": "No RCS", "code": 13}, "failed", "13"),
    "vi delivered": (BARE | {"eventType": "DELIVERED"}, "delivered", None),
    "vi maap displayed": (maap("message_status", status="displayed"), "read", None),
    "vi maap delivered": (maap("messageStatus", status="delivered"), "delivered", None),
    "vi maap failed": (maap("message_status", status="failed"), "failed", "FAILED"),
    "airtel sent": (airtel("SENT"), "sent", None),
    "airtel read": (airtel("READ"), "read", None),
    "airtel failed": (airtel("FAILED", error={"code": "X1", "message": "No RCS"}), "failed", "X1"),
    "airtel broken": (airtel("INTERNAL_ERROR", error="Oh"), "failed", "INTERNAL_ERROR"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code"), REPORTED.values(), ids=list(REPORTED))
def test_a_carriers_report_moves_the_message(body: Any, status: str, code: str | None) -> None:
    (event,) = parsed(body)
    assert isinstance(event, StatusChanged), event
    assert event.status == status and (event.fault and event.fault.code) == code
    assert event.external_id in ("j1", "v1", "a1", "MxA1")
    assert (event.message_id is None) == (event.external_id == "a1"), "Airtel's ids are not ours."
    assert event.fault is None or event.fault.message


def test_what_carriers_say_of_templates_concerns_nobody() -> None:
    assert parsed(airtel("TEMPLATE_APPROVED")) == [] == parsed(airtel("TEMPLATE_REJECTED"))


def test_a_list_of_events_is_read_one_by_one_and_oldest_first() -> None:
    early = BARE | {"text": "first", "messageId": "m1", "sendTime": "2026-11-22T11:00:00Z"}
    events = parsed([BARE | {"text": "second"}, 7, an_envelope(early), {"message": {"data": "!"}}])
    assert [type(event).__name__ for event in events].count("Unreadable") == 2
    assert [e.content for e in events if isinstance(e, MessageReceived)] == [Text("first"), Text("second")]


@pytest.mark.parametrize("depth", [*range(1, 60, 9), *range(60, 1200, 95), 100_000])
def test_nothing_is_nested_too_deeply_to_be_kept(depth: int) -> None:
    deep = '{"a":' * depth + "1" + "}" * depth
    odd = json.dumps(FRAME | {"hologram": "DEEP"}).replace('"DEEP"', deep).encode()
    for body in (odd, an_envelope(odd), b"[%s]" % odd, b'{"message":%s}' % odd):
        (event,) = parsed(body)
        assert isinstance(event, MessageReceived | Unreadable)
        assert len(msgspec.json.encode(event)) > depth


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("READ"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SOUND: list[Any] = [
    *(FRAME | said for said, _ in CONTENTS.values()),
    FRAME | {"eventType": "TTL_EXPIRATION_REVOKED", "eventId": "e", "error": {"code": 1, "message": "m"}},
    FRAME | {"eventType": "UNSUBSCRIBE", "eventId": "e"},
    *(body for body, _ in CARRIED.values()),
    *(body for body, *_ in REPORTED.values()),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


PLACES = [(n, place) for n, body in enumerate(SOUND) for place in places(body)[1:]]


@settings(max_examples=400, deadline=None)
@given(where=st.sampled_from(PLACES), odd=junk, wrapped=st.booleans())
def test_a_sound_body_with_anything_anywhere_is_read_without_raising(
    where: Any, odd: Any, wrapped: bool
) -> None:
    body = json.loads(json.dumps(SOUND[where[0]]))
    holder = body
    for key in where[1][:-1]:
        holder = holder[key]
    holder[where[1][-1]] = odd
    events: list[Event] = parsed(an_envelope(body) if wrapped else body)
    assert not any("reader" in event.reason for event in events if isinstance(event, Unreadable)), events
    msgspec.json.encode(events)


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=300), signature=st.text(max_size=100))
def test_any_bytes_with_any_signature_are_a_rejection_and_no_fault(body: bytes, signature: str) -> None:
    from connectors.errors import WebhookRejected

    for each in (body, json.dumps({"message": {"data": body.decode("latin-1")}}).encode()):
        hook = a_webhook(each, **{"x-goog-signature": signature})
        assert a_connector().challenge(hook) is None
        with pytest.raises(WebhookRejected):
            a_connector().verify(hook)


@pytest.mark.parametrize(
    ("written", "known"), [("9876543210", "+919876543210"), ("919876543210", "+919876543210")]
)
def test_a_carrier_may_leave_the_country_out(written: str, known: str) -> None:
    jio = {
        "entityType": "USER_MESSAGE",
        "userPhoneNumber": written,
        "botId": "b",
        "entity": {"messageId": "j1", "text": "Hi", "sendTime": "2026-11-29T10:00:00Z"},
    }
    airtel = {"messageId": "a1", "msisdn": written, "eventType": "RECEIVED", "messageContent": "Hi"}
    for said in (jio, airtel):
        (event,) = parsed(said)
        assert isinstance(event, MessageReceived) and event.identities[0].value == known
