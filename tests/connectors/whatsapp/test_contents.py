"""Every type of message that Meta documents, as the content it becomes."""

import base64
import hashlib
from typing import Any

import pytest

from connectors.content import (
    Audio,
    Card,
    Choice,
    Contacts,
    Content,
    Document,
    Edit,
    FormAnswer,
    Image,
    Location,
    Order,
    OrderLine,
    Permission,
    Phone,
    Reaction,
    Revoke,
    Sticker,
    System,
    Text,
    Unsupported,
    Video,
)
from connectors.events import MessageReceived, Unreadable
from tests.connectors.whatsapp.samples import a_message, parsed

DIGEST = hashlib.sha256(b"a file").digest()
FILE = {"id": "m1", "mime_type": "image/jpeg", "sha256": base64.b64encode(DIGEST).decode()}
KNOWN: dict[str, Any] = {"media_id": "m1", "mime_type": "image/jpeg", "sha256": DIGEST.hex()}


def interactive(kind: str, **said: Any) -> dict[str, Any]:
    return a_message("interactive", {"type": kind, kind: said})


CASES: dict[str, tuple[dict[str, Any], Content]] = {
    "text": (a_message(), Text("Hi")),
    "text in any script": (a_message("text", {"body": "مرحبا\n👋🏽\0"}), Text("مرحبا\n👋🏽\0")),
    "text that is a number": (a_message("text", {"body": 48213}), Text("48213")),
    "image": (a_message("image", FILE | {"caption": "Broken"}), Image(**KNOWN, caption="Broken")),
    "image with hex": (a_message("image", FILE | {"sha256": DIGEST.hex().upper()}), Image(**KNOWN)),
    "video by address": (a_message("video", {"url": "https://v"}), Video(url="https://v")),
    "document": (a_message("document", FILE | {"filename": "a.pdf"}), Document(**KNOWN, filename="a.pdf")),
    "audio": (a_message("audio", FILE), Audio(**KNOWN)),
    "voice note": (a_message("audio", FILE | {"voice": True}), Audio(**KNOWN, voice=True)),
    "sticker": (a_message("sticker", FILE | {"animated": True}), Sticker(**KNOWN, animated=True)),
    "location": (
        a_message("location", {"latitude": 45.1, "longitude": "9.2", "name": "Depot", "url": "https://d"}),
        Location(latitude=45.1, longitude=9.2, name="Depot", url="https://d"),
    ),
    "contacts": (
        a_message(
            "contacts",
            [
                {
                    "name": {"formatted_name": "Dr Eve", "first_name": "Eve"},
                    "phones": [{"phone": "+1 650", "wa_id": "1650", "type": "WORK"}, "odd"],
                    "emails": [{"email": "eve@example.test", "type": "HOME"}],
                    "org": {"company": "Acme"},
                    "addresses": [{"street": "1 Way", "city": "Rome", "zip": "00100", "country": "Italy"}],
                    "urls": [{"url": "https://eve.test"}],
                    "birthday": "1990-01-02",
                    "origin": "contact_request",
                },
                {"phones": [{"phone": "112"}]},
            ],
        ),
        Contacts(
            [
                Card(
                    name="Dr Eve",
                    phones=[Phone(number="+1 650", kind="WORK", wa_id="1650")],
                    emails=["eve@example.test"],
                    organisation="Acme",
                    addresses=["1 Way, Rome, 00100, Italy"],
                    urls=["https://eve.test"],
                    birthday="1990-01-02",
                    origin="contact_request",
                ),
                Card(name="112", phones=[Phone(number="112")]),
            ]
        ),
    ),
    "button tapped": (interactive("button_reply", id="/yes", title="Yes"), Choice("Yes", "/yes", "button")),
    "row tapped": (
        interactive("list_reply", id="/b", title="Blue", description="Dark"),
        Choice("Blue", "/b", "list", "Dark"),
    ),
    "flow answered": (
        interactive("nfm_reply", name="flow", body="Sent", response_json='{"size":"L","n":1}'),
        FormAnswer(name="flow", values={"size": "L", "n": 1}, text="Sent"),
    ),
    "flow with odd json": (
        interactive("nfm_reply", name="flow", response_json="{oops"),
        FormAnswer(name="flow", values={"response_json": "{oops"}),
    ),
    "call allowed": (
        interactive("call_permission_reply", response="accept", expiration_timestamp="1749416383"),
        Permission(subject="call", granted=True, expires_at="2025-06-08T20:59:43+00:00"),
    ),
    "call refused": (interactive("call_permission_reply", response="reject"), Permission("call", False)),
    "template button": (
        a_message("button", {"text": "No", "payload": "no-7"}),
        Choice("No", "no-7", "template"),
    ),
    "reaction": (a_message("reaction", {"message_id": "wamid.0", "emoji": "👍"}), Reaction("wamid.0", "👍")),
    "reaction taken back": (a_message("reaction", {"message_id": "wamid.0"}), Reaction("wamid.0")),
    "order": (
        a_message(
            "order",
            {
                "catalog_id": "c1",
                "text": "Quick please",
                "product_items": [
                    {"product_retailer_id": "p1", "quantity": 2, "item_price": 9.5, "currency": "EUR"},
                    {"product_retailer_id": "p2", "quantity": "1"},
                ],
            },
        ),
        Order("c1", [OrderLine("p1", 2, 9.5, "EUR"), OrderLine("p2", 1)], "Quick please"),
    ),
    "system without a move": (
        a_message("system", {"type": "customer_identity_changed", "body": "New phone"}),
        System("customer_identity_changed", "New phone"),
    ),
    "edit": (
        a_message(
            "edit", {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "2"}}}
        ),
        Edit("wamid.0", Text("2")),
    ),
    "edit of a caption": (
        a_message("edit", {"original_message_id": "wamid.0", "message": {"type": "image", "image": FILE}}),
        Edit("wamid.0", Image(**KNOWN)),
    ),
    "revoke": (a_message("revoke", {"original_message_id": "wamid.0"}), Revoke("wamid.0")),
}


@pytest.mark.parametrize(("message", "content"), CASES.values(), ids=list(CASES))
def test_a_message_becomes_its_content(message: dict[str, Any], content: Content) -> None:
    (event,) = parsed(message)
    assert isinstance(event, MessageReceived), event
    assert event.content == content
    assert (event.external_id, event.account) == ("wamid.A1", "990000000000001")


ERRORS = [{"code": 131051, "title": "Unknown", "error_data": {"details": "Not supported."}}]


@pytest.mark.parametrize(
    ("message", "raw_type", "reason"),
    [
        (
            a_message("unsupported", {"type": "poll_creation"}, errors=ERRORS),
            "poll_creation",
            "Not supported.",
        ),
        (a_message("unsupported", errors=ERRORS), "unsupported", "Not supported."),
        (a_message("unsupported", errors=[{"code": 1, "title": "T"}]), "unsupported", "T"),
        (a_message("image", errors=ERRORS), "image", "Not supported."),
        (a_message("request_welcome"), "request_welcome", None),
        (a_message("hologram", {"depth": 3}), "hologram", None),
        (interactive("payment_reply", id=1), "interactive/payment_reply", None),
    ],
)
def test_what_cannot_be_shown_keeps_its_own_name(
    message: dict[str, Any], raw_type: str, reason: str | None
) -> None:
    (event,) = parsed(message)
    assert isinstance(event, MessageReceived)
    assert event.content == Unsupported(raw_type=raw_type, reason=reason, raw=message)


@pytest.mark.parametrize(
    "message",
    [
        a_message("text", {}),
        a_message("text", []),
        a_message("text", {"body": {"a": 1}}),
        a_message("image", {"caption": "no file"}),
        a_message("location", {"latitude": 91, "longitude": 0}),
        a_message("location", {"latitude": True, "longitude": 0}),
        a_message("contacts", []),
        a_message("interactive", {"type": "button_reply"}),
        a_message("interactive", {"type": ["x"]}),
        a_message("reaction", {"emoji": "👍"}),
        a_message("order", {"product_items": [{"product_retailer_id": "p"}]}),
        a_message("edit", {"original_message_id": "w", "message": {"type": "edit"}}),
        a_message("revoke", {"original_message_id": ""}),
        a_message(id=None),
        a_message(id="x" * 513),
        a_message(id={"a": 1}),
        a_message(**{"from": "1" * 257}),
        {"type": [7], "id": "w", "from": "1650"},
        {},
        [],
        None,
        "text",
        10**400,
    ],
)
def test_a_malformed_message_is_one_unreadable_and_harms_no_neighbour(message: Any) -> None:
    events = parsed(a_message(id="w1"), message, a_message(id="w2"))
    read = [event for event in events if isinstance(event, MessageReceived)]
    (odd,) = [event for event in events if isinstance(event, Unreadable)]
    assert [event.external_id for event in read] == ["w1", "w2"]
    assert odd.reason and odd.account == "990000000000001"
