"""Webhooks of the SMS providers: what each says, and what must come of it.

Written from the providers' documentation; every number is one of fiction.
"""

import json
from typing import Any

from connectors.content import (
    Audio,
    Card,
    Choice,
    Contacts,
    Content,
    Document,
    FormAnswer,
    Image,
    Location,
    Phone,
    Reaction,
    Sticker,
    Text,
    Video,
)

Json = dict[str, Any]


def twilio(**more: Any) -> Json:
    """A message to a number of ours."""
    return {
        "ToCountry": "US",
        "SmsMessageSid": "SM1",
        "NumMedia": "0",
        "FromCity": "",
        "SmsSid": "SM1",
        "SmsStatus": "received",
        "Body": "Hello 🙂",
        "NumSegments": "1",
        "MessageSid": "SM1",
        "AccountSid": "AC0123",
        "From": "+16505550101",
        "To": "+15550100200",
        "ApiVersion": "2010-04-01",
    } | more


def whatsapp(**more: Any) -> Json:
    """A message to a WhatsApp number of ours at Twilio."""
    names = {"From": "whatsapp:+16505550101", "To": "whatsapp:+15550100200", "WaId": "16505550101"}
    return twilio(**names, ProfileName="Giulia", MessageType="text") | more


def vonage(**more: Any) -> Json:
    return {
        "msisdn": "16505550101",
        "to": "15550100200",
        "messageId": "0A0000000123ABCD1",
        "text": "Hello & good = day",
        "type": "text",
        "keyword": "HELLO",
        "api-key": "abcd1234",
        "message-timestamp": "2026-11-20 12:34:56",
        "timestamp": "1763642096",
        "nonce": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    } | more


def vonage_message(**more: Any) -> Json:
    return {
        "to": "15550100200",
        "from": "16505550101",
        "channel": "sms",
        "message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
        "timestamp": "2026-11-20T12:34:56Z",
        "usage": {"price": "0.0333", "currency": "EUR"},
        "message_type": "text",
        "text": "Hello",
        "sms": {"num_messages": "1", "keyword": "HELLO"},
    } | more


def infobip(**more: Any) -> Json:
    return {
        "messageId": "817790313235066447",
        "from": "16505550101",
        "to": "15550100200",
        "text": "QUIZ Correct answer is Paris",
        "cleanText": "Correct answer is Paris",
        "keyword": "QUIZ",
        "receivedAt": "2026-11-20T12:34:56.000+0000",
        "smsCount": 1,
        "price": {"pricePerMessage": 0, "currency": "EUR"},
        "callbackData": None,
    } | more


def results(*items: Json) -> Json:
    return {"results": list(items), "messageCount": len(items), "pendingMessageCount": 0}


def sinch(**more: Any) -> Json:
    return {
        "type": "mo_text",
        "id": "01XXXXX21XXXXX119Z8P1XXXXX",
        "from": "16505550101",
        "to": "15550100200",
        "body": "Hello",
        "operator_id": "31026",
        "received_at": "2026-11-20T12:34:56.000Z",
    } | more


def kaleyra(**more: Any) -> Json:
    return {
        "id": "90e74b4c-8865-4a96-85b6-440000000048",
        "kid": "90e74b4c-8000-4a96-85b6-440000000008",
        "recipient": "+15550100200",
        "source": "16505550101",
        "status": "SENT",
        "status_trace": "SENT",
        "message": "Hello",
        "keyword": "SAMPLE",
        "operator": "JIO",
        "circle": "JIO ASSAM",
        "timestamp": "2026-11-20 12:34:56",
    } | more


def kaleyra_whatsapp(**more: Any) -> Json:
    """What a callback profile with all of Kaleyra's placeholders sends; most are empty."""
    return {
        "body": "Hello",
        "mime_type": "",
        "media_url": "",
        "from": "16505550101",
        "name": "Giulia",
        "type": "text",
        "created_at": "1763642096",
        "reply_to": "",
        "wanumber": "15550100200",
        "mobile": "16505550101",
        "custom_response": "",
        "message": "<message>",
        "contacts": "",
        "location": "",
    } | more


FILE = "https://files.example.com/a/photo.jpg"
ROW = {"ListId": "r1", "ListTitle": "Return", "ListDescription": "Send it back"}
META = {"from": "16505550101", "id": "wamid.1", "timestamp": "1763642096"}
CARD = {"name": {"formatted_name": "Marco"}, "phones": [{"phone": "+39 02 5550 199", "type": "CELL"}]}

MESSAGES: list[tuple[str, Json, list[Content]]] = [
    ("twilio", twilio(), [Text("Hello 🙂")]),
    ("twilio", twilio(Body=""), [Text("")]),
    (
        "twilio",
        twilio(NumMedia="1", MediaUrl0=FILE, MediaContentType0="image/jpeg", Body="Look"),
        [Image(url=FILE, mime_type="image/jpeg", caption="Look", filename="photo.jpg")],
    ),
    (
        "twilio",
        twilio(
            NumMedia="3",
            MediaUrl0="https://m/1",
            MediaContentType0="video/3gpp",
            MediaUrl1="https://m/2",
            MediaContentType1="audio/amr",
            MediaUrl2="https://m/3",
            MediaContentType2="text/vcard",
            Body="",
        ),
        [
            Video(url="https://m/1", mime_type="video/3gpp"),
            Audio(url="https://m/2", mime_type="audio/amr"),
            Document(url="https://m/3", mime_type="text/vcard"),
        ],
    ),
    ("twilio-whatsapp", whatsapp(), [Text("Hello 🙂")]),
    (
        "twilio-whatsapp",
        whatsapp(Latitude="45.46", Longitude="9.19", Label="Duomo", Address="Milano", Body=""),
        [Location(latitude=45.46, longitude=9.19, name="Duomo", address="Milano")],
    ),
    (
        "twilio-whatsapp",
        whatsapp(ButtonText="Yes", ButtonPayload="yes-1", Body="Yes", MessageType="button"),
        [Choice(title="Yes", payload="yes-1")],
    ),
    (
        "twilio-whatsapp",
        whatsapp(ButtonText="Yes", Body="Did you get it? Yes", MessageType="button"),
        [Choice(title="Yes", payload="Yes", description="Did you get it? Yes")],
    ),
    ("twilio", twilio(ButtonText="Yes", Body="Not by SMS"), [Text("Not by SMS")]),
    (
        "twilio-whatsapp",
        whatsapp(**ROW, Body="Return", MessageType="interactive"),
        [Choice(title="Return", payload="r1", source="list", description="Send it back")],
    ),
    (
        "twilio-whatsapp",
        whatsapp(InteractiveData='{"size":"42"}', Body="", MessageType="interactive"),
        [FormAnswer(name="flow", values={"size": "42"})],
    ),
    (
        "twilio-whatsapp",
        whatsapp(
            NumMedia="1", MediaUrl0="https://m/1", MediaContentType0="image/webp", MessageType="sticker"
        ),
        [Sticker(url="https://m/1", mime_type="image/webp", caption="Hello 🙂")],
    ),
    ("vonage", vonage(), [Text("Hello & good = day")]),
    ("vonage", vonage(type="unicode", text="здравствуйте"), [Text("здравствуйте")]),
    ("vonage-messages", vonage_message(), [Text("Hello")]),
    (
        "vonage-messages",
        vonage_message(channel="mms", message_type="image", image={"url": FILE, "caption": "Look"}),
        [Image(url=FILE, caption="Look", filename="photo.jpg")],
    ),
    (
        "vonage-messages",
        vonage_message(message_type="vcard", vcard={"url": "https://m/c.vcf"}),
        [Document(url="https://m/c.vcf", mime_type="text/vcard", filename="c.vcf")],
    ),
    (
        "vonage-messages",
        vonage_message(message_type="location", location={"lat": 1.5, "long": 2.5, "name": "Here"}),
        [Location(latitude=1.5, longitude=2.5, name="Here")],
    ),
    ("infobip", results(infobip()), [Text("QUIZ Correct answer is Paris")]),
    (
        "infobip",
        results(infobip(messageId="1"), infobip(messageId="2", text="Two")),
        [
            Text("QUIZ Correct answer is Paris"),
            Text("Two"),
        ],
    ),
    (
        "infobip",
        results(
            infobip(
                message=[
                    {"contentType": "application/smil", "value": "<smil/>"},
                    {"contentType": "text/plain", "value": "Look"},
                    {"contentType": "image/jpeg", "url": FILE},
                ]
            )
        ),
        [Image(url=FILE, mime_type="image/jpeg", caption="Look", filename="photo.jpg")],
    ),
    ("infobip", results(infobip(message={"type": "TEXT", "text": "By WhatsApp"})), [Text("By WhatsApp")]),
    ("sinch", sinch(), [Text("Hello")]),
    (
        "sinch",
        sinch(
            type="mo_media",
            body={
                "subject": "Two",
                "message": "files",
                "media": [
                    {"url": FILE, "content_type": "image/jpeg", "status": "Uploaded", "code": 0},
                    {"url": "https://m/2", "content_type": "video/mp4", "status": "Uploaded", "code": 0},
                ],
            },
        ),
        [
            Image(url=FILE, mime_type="image/jpeg", caption="Two\nfiles", filename="photo.jpg"),
            Video(url="https://m/2", mime_type="video/mp4"),
        ],
    ),
    ("kaleyra", kaleyra(), [Text("Hello")]),
    ("kaleyra-whatsapp", kaleyra_whatsapp(), [Text("Hello")]),
    (
        "kaleyra-whatsapp",
        kaleyra_whatsapp(type="image", media_url=FILE, mime_type="image/jpeg", body="Look"),
        [Image(url=FILE, mime_type="image/jpeg", caption="Look", filename="photo.jpg")],
    ),
    (
        "kaleyra-whatsapp",
        kaleyra_whatsapp(type="voice", media_url="https://m/v", mime_type="audio/ogg; codecs=opus", body=""),
        [Audio(url="https://m/v", mime_type="audio/ogg", voice=True)],
    ),
    (
        "kaleyra-whatsapp",
        kaleyra_whatsapp(
            type="location", location='{"latitude":1.5,"longitude":"2.5","name":"Here"}', body=""
        ),
        [Location(latitude=1.5, longitude=2.5, name="Here")],
    ),
    (
        "kaleyra-whatsapp",
        kaleyra_whatsapp(type="contacts", contacts=json.dumps([CARD]), body=""),
        [Contacts([Card(name="Marco", phones=[Phone(number="+39 02 5550 199", kind="CELL")])])],
    ),
    (
        "kaleyra-whatsapp",
        kaleyra_whatsapp(
            type="interactive",
            body="Yes",
            message=json.dumps(
                META
                | {"type": "interactive"}
                | {"interactive": {"type": "button_reply", "button_reply": {"id": "yes-1", "title": "Yes"}}}
            ),
        ),
        [Choice(title="Yes", payload="yes-1")],
    ),
    (
        "kaleyra",
        {
            "contacts": [{"profile": {"name": "Giulia"}, "wa_id": "16505550101"}],
            "messages": [META | {"type": "text", "text": {"body": "In Meta's form"}}],
        },
        [Text("In Meta's form")],
    ),
    (
        "kaleyra",
        {"messages": [META | {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}}]},
        [Reaction(external_id="wamid.0", emoji="👍")],
    ),
]
"""Provider, what it sends, and the contents in order."""

UNKNOWN_TYPES: list[tuple[str, Json, str]] = [
    ("twilio-whatsapp", whatsapp(MessageType="hologram", Body=""), "hologram"),
    ("vonage", vonage(type="binary", data="00ff", udh="0605040b8423f0"), "binary"),
    ("vonage-messages", vonage_message(message_type="order", order={"id": 1}), "order"),
    ("infobip", results(infobip(message={"type": "POLL"})), "poll"),
    ("sinch", sinch(type="mo_binary", body="AAEC", udh="00010203"), "mo_binary"),
    ("sinch", sinch(type="mo_binary", body="no Base64", udh="foo"), "mo_binary"),
    ("sinch", sinch(type="mo_hologram"), "mo_hologram"),
    ("kaleyra-whatsapp", kaleyra_whatsapp(type="order", body=""), "order"),
]


def twilio_event(kind: str, **data: Any) -> Json:
    """One event of Event Streams."""
    said = {
        "accountSid": "AC0123",
        "messageSid": "SM1",
        "from": "+16505550101",
        "to": "+15550100200",
        "timestamp": "2026-11-20T12:34:56.000Z",
    }
    return {
        "specversion": "1.0",
        "type": f"com.twilio.messaging.{kind}",
        "source": "/2010-04-01/Accounts/AC0123/Messages/SM1.json",
        "id": "EZ1",
        "datacontenttype": "application/json",
        "time": "2026-11-20T12:34:56.500Z",
        "data": said | data,
    }


def twilio_report(status: str, **more: Any) -> Json:
    names = {"SmsSid": "SM9", "SmsStatus": status, "MessageStatus": status, "MessageSid": "SM9"}
    return names | {"AccountSid": "AC0123", "From": "+15550100200", "To": "+16505550101"} | more


def vonage_receipt(status: str, code: str = "0", **more: Any) -> Json:
    return {
        "msisdn": "16505550101",
        "to": "15550100200",
        "network-code": "310260",
        "messageId": "0B1",
        "price": "0.03330000",
        "status": status,
        "scts": "2611201234",
        "err-code": code,
        "api-key": "abcd1234",
        "client-ref": "m1",
        "message-timestamp": "2026-11-20 12:34:57",
    } | more


def vonage_status(status: str, **more: Any) -> Json:
    return {
        "message_uuid": "u1",
        "to": "16505550101",
        "from": "15550100200",
        "timestamp": "2026-11-20T12:34:57Z",
        "status": status,
        "client_ref": "m1",
        "channel": "sms",
    } | more


def infobip_report(group: str, name: str, error: str = "NO_ERROR", **more: Any) -> Json:
    return {
        "bulkId": "B1",
        "messageId": "m1",
        "to": "16505550101",
        "from": "15550100200",
        "sentAt": "2026-11-20T12:34:56.000+0000",
        "doneAt": "2026-11-20T13:34:57.000+0100",
        "smsCount": 1,
        "callbackData": "m1",
        "price": {"pricePerMessage": 0.01, "currency": "EUR"},
        "status": {"groupId": 3, "groupName": group, "id": 5, "name": name, "description": "Words"},
        "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": error, "description": "No Error"},
    } | more


def sinch_report(status: str, code: int = 0, **more: Any) -> Json:
    return {
        "type": "recipient_delivery_report_sms",
        "batch_id": "B1",
        "recipient": "16505550101",
        "code": code,
        "status": status,
        "at": "2026-11-20T12:34:57.000Z",
        "client_reference": "m1",
    } | more


def kaleyra_report(status: str, trace: str = "", **more: Any) -> Json:
    return {
        "id": "u1:0",
        "status": status,
        "status_trace": trace,
        "recipient": "+16505550101",
        "ref": "m1",
    } | more


REPORTS: list[tuple[str, Any, list[tuple[str, str, str | None]]]] = [
    ("twilio", twilio_report("sent"), [("SM9", "sent", None)]),
    ("twilio", twilio_report("delivered", RawDlrDoneDate="2611201234"), [("SM9", "delivered", None)]),
    ("twilio", twilio_report("undelivered", ErrorCode="30003"), [("SM9", "failed", "30003")]),
    ("twilio", twilio_report("failed", ErrorCode="99999"), [("SM9", "failed", "99999")]),
    ("twilio", twilio_report("canceled"), [("SM9", "cancelled", None)]),
    (
        "twilio",
        {"SmsSid": "SM9", "SmsStatus": "delivered", "From": "+15550100200"},
        [("SM9", "delivered", None)],
    ),
    (
        "twilio-whatsapp",
        twilio_report("read", EventType="READ", ChannelPrefix="whatsapp"),
        [("SM9", "read", None)],
    ),
    (
        "twilio-events",
        [
            twilio_event("message.sent", timestamp="2026-11-20T12:34:50Z"),
            twilio_event("message.undelivered", errorCode=30005),
        ],
        [("SM1", "sent", None), ("SM1", "failed", "30005")],
    ),
    ("vonage", vonage_receipt("accepted"), [("0B1", "sent", None)]),
    ("vonage", vonage_receipt("delivered"), [("0B1", "delivered", None)]),
    ("vonage", vonage_receipt("failed", "9"), [("0B1", "failed", "9")]),
    ("vonage", vonage_receipt("expired", "1"), [("0B1", "failed", "1")]),
    ("vonage", vonage_receipt("expired"), [("0B1", "failed", "expired")]),
    ("vonage-messages", vonage_status("submitted"), [("u1", "sent", None)]),
    ("vonage-messages", vonage_status("read"), [("u1", "read", None)]),
    (
        "vonage-messages",
        vonage_status(
            "rejected",
            error={"type": "https://developer.nexmo.com/api-errors/messages-olympus#1240", "title": "1240"},
        ),
        [("u1", "failed", "1240")],
    ),
    ("infobip", results(infobip_report("PENDING", "PENDING_ENROUTE")), [("m1", "sent", None)]),
    (
        "infobip",
        results(
            infobip_report("DELIVERED", "DELIVERED_TO_HANDSET"),
            infobip_report("REJECTED", "REJECTED_DND", messageId="m2"),
            infobip_report(
                "UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", "EC_ABSENT_SUBSCRIBER", messageId="m3"
            ),
        ),
        [
            ("m1", "delivered", None),
            ("m2", "failed", "REJECTED_DND"),
            ("m3", "failed", "EC_ABSENT_SUBSCRIBER"),
        ],
    ),
    ("infobip", results(infobip_report("DELIVERED", "DELIVERED_TO_OPERATOR")), [("m1", "sent", None)]),
    (
        "infobip",
        results({"messageId": "m1", "seenAt": "2026-11-20T12:34:57.000+0000"}),
        [("m1", "read", None)],
    ),
    ("sinch", sinch_report("Dispatched", 401), [("B1", "sent", None)]),
    ("sinch", sinch_report("Delivered"), [("B1", "delivered", None)]),
    ("sinch", sinch_report("Aborted", 408), [("B1", "failed", "408")]),
    ("sinch", sinch_report("FAILED", 8, type="recipient_delivery_report_mms"), [("B1", "failed", "8")]),
    (
        "sinch",
        {
            "type": "delivery_report_sms",
            "batch_id": "B1",
            "total_message_count": 2,
            "statuses": [
                {"code": 0, "status": "Delivered", "count": 1, "recipients": ["16505550101"]},
                {"code": 402, "status": "Aborted", "count": 1, "recipients": ["16505550102"]},
            ],
        },
        [("B1", "delivered", None), ("B1", "failed", "402")],
    ),
    ("kaleyra", kaleyra_report("SUBMITTED"), [("u1", "sent", None)]),
    ("kaleyra", kaleyra_report("SENT - NO DLR"), [("u1", "sent", None)]),
    ("kaleyra", kaleyra_report("DELIVRD", body="The text of our message"), [("u1", "delivered", None)]),
    ("kaleyra", kaleyra_report("Undelivered", "MOB-OFF"), [("u1", "failed", "MOB-OFF")]),
    ("kaleyra", kaleyra_report("NOT-SENT", "opt-out"), [("u1", "failed", "OPT-OUT")]),
    ("kaleyra-whatsapp", {"id": "wamid.9", "status": "read"}, [("wamid.9", "read", None)]),
    (
        "kaleyra-whatsapp",
        {"id": "wamid.9", "status": "0", "reason": "No such user"},
        [("wamid.9", "failed", "0")],
    ),
    (
        "kaleyra",
        {"statuses": [{"id": "wamid.9", "status": "delivered", "timestamp": "1763642096"}]},
        [("wamid.9", "delivered", None)],
    ),
]
"""Provider, what it sends, and id, status and code of the fault of each report."""
