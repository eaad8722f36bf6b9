"""Documented requests of the SMS providers, read back into what we would have to be asked for."""

import json
import re
from typing import Any

from connectors.content import Document, Image, Template, Text
from connectors.events import Identity, IdentityKind
from tests.conformance.judges.providers import fields_of
from tests.conformance.judges.wish import Wish
from tests.conformance.vectors import Json
from tests.conformance.verdicts import CannotJudge

ANSWERS = {
    "twilio": b'{"sid":"SM1"}',
    "kaleyra": b'{"id":"u1:0"}',
    "vonage": b'{"message_uuid":"u1","messages":[{"status":"0","message-id":"u1"}]}',
    "infobip": b'{"messages":[{"messageId":"m1","status":{"groupName":"PENDING"}}]}',
    "sinch": b'{"id":"B1"}',
}
WITHOUT_MEANING = frozenset(
    {"ref", "ref1", "ref2", "callback", "api_key", "api_secret", "sig", "client-ref", "client_ref"}
    | {"api-key", "callback_url"}
    | {"client_reference", "messageId", "callbackData", "bulkId", "delivery_report", "StatusCallback"}
)
"""Names that each sender chooses, and where reports go."""


def wish_for(kind: str, said: Json) -> Wish:
    """What to ask for. Raises `CannotJudge`."""
    body = asked(said)
    if not isinstance(body, dict):
        raise CannotJudge(f"nothing reads such a request of {kind}'s back")
    return WISHES[kind](body)


def asked(said: Json) -> Any:
    """The body of the request, whatever it is called."""
    body = said.get("form", said.get("body", said.get("request", said.get("json"))))
    if isinstance(body, str):
        body = fields_of(body) or _json(body)
    if isinstance(body, dict) and isinstance(body.get("channel"), str):
        return body | {"channel": body["channel"].lower()}
    return body


def _json(written: str) -> Any:
    try:
        return json.loads(written)
    except ValueError:
        return None


def _to(number: Any) -> Identity:
    plain = str(number).removeprefix("whatsapp:")
    if re.fullmatch(r"[A-Z]{2}\..+", plain):
        return Identity(IdentityKind.BSUID, plain)
    return Identity(IdentityKind.PHONE, f"+{str(number).removeprefix('whatsapp:').removeprefix('+')}")


_OF_TWILIO = frozenset(
    {"To", "From", "MessagingServiceSid", "Body", "MediaUrl", "StatusCallback"}
    | {"ContentSid", "ContentVariables"}
)


def _twilio(body: Json) -> Wish:
    if strange := sorted(set(body) - _OF_TWILIO):
        raise CannotJudge(f"Parley's contents have no word for {', '.join(strange)}")
    settings = {"from": body.get("From", ""), "messaging_service_sid": body.get("MessagingServiceSid", "")}
    content: Any = Text(body.get("Body", ""))
    if url := body.get("MediaUrl"):
        url = url[0] if isinstance(url, list) else url
        content = Image(url=url, caption=body.get("Body"))
    if "ContentSid" in body:
        values = json.loads(body.get("ContentVariables") or "{}")
        if list(values) != [str(place) for place in range(1, len(values) + 1)]:
            raise CannotJudge("Parley's templates number their values from 1")
        parameters = [{"type": "text", "text": value} for value in values.values()]
        components = [{"type": "body", "parameters": parameters}] if parameters else []
        content = Template(body["ContentSid"], "en", components)
    return Wish(content=content, to=_to(body["To"]), settings=settings)


def _kaleyra(body: Json) -> Wish:
    settings = {"channel": body.get("channel", "sms"), "sender": body.get("sender") or body.get("from", "")}
    settings |= {name: body.get(name, "") for name in ("template_id", "callback_profile_id")}
    if settings["channel"] == "whatsapp" and body.get("type", "text") != "text":
        raise CannotJudge("Kaleyra's media and templates are documented in too many ways to be read back")
    if settings["channel"] == "sms":
        settings["type"] = body.get("type", "")
    return Wish(content=Text(body["body"]), to=_to(body["to"]), settings=settings)


def _vonage(body: Json) -> Wish:
    sender = str(body.get("from", ""))
    if "message_type" in body:
        kind = body["message_type"]
        if body.get("channel") not in ("sms", "mms"):
            raise CannotJudge(f"Parley has no {body.get('channel')} by Vonage")
        if kind == "text":
            content: Any = Text(body["text"])
        elif kind in ("image", "file"):
            make = Image if kind == "image" else Document
            content = make(url=body[kind]["url"], caption=body[kind].get("caption"))
        else:
            raise CannotJudge(f"nothing reads Vonage's {kind} back")
        return Wish(content=content, to=_to(body["to"]), settings={"api": "messages", "from": sender})
    return Wish(content=Text(body["text"]), to=_to(body["to"]), settings={"api": "sms", "from": sender})


def _infobip(body: Json) -> Wish:
    messages = body.get("messages") or []
    if len(messages) != 1 or "content" not in messages[0] or len(messages[0].get("destinations", ())) != 1:
        raise CannotJudge("Parley sends Infobip one message to one number, by version 3 of its API")
    said = messages[0]
    to = _to(said["destinations"][0]["to"])
    return Wish(content=Text(said["content"]["text"]), to=to, settings={"from": said.get("sender", "")})


def _sinch(body: Json) -> Wish:
    if len(body.get("to", ())) != 1 or not isinstance(body.get("body"), str):
        raise CannotJudge("Parley sends Sinch one text to one number at a time")
    return Wish(content=Text(body["body"]), to=_to(body["to"][0]), settings={"from": body.get("from", "")})


WISHES = {"twilio": _twilio, "kaleyra": _kaleyra, "vonage": _vonage, "infobip": _infobip, "sinch": _sinch}
