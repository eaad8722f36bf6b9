"""What we send: contents as the form of Twilio's Messages resource.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from connectors.content import Audio, Document, Image, Location, Sticker, Template, Text, Video
from connectors.contract import Capabilities, Outbound, StopWords
from connectors.errors import ContentRefused
from connectors.events import IdentityKind
from connectors.sms.outgoing import not_carried, public_address, words_within
from connectors.sms.people import WHATSAPP, address
from connectors.sms.twilio.webhook import OUR_ID

LONGEST = 1600
"""Characters of a body: https://www.twilio.com/docs/api/errors/21617"""


def capabilities(sender: str, rate: float | None) -> Capabilities:
    """What a sender can carry; WhatsApp by Twilio carries more than a number does."""
    on_whatsapp = sender.startswith(WHATSAPP)
    files = {"text", "image", "audio", "video", "document"}
    return Capabilities(
        contents=frozenset(files | {"location", "template", "sticker"} if on_whatsapp else files),
        text_length=LONGEST,
        captions=frozenset({"image", "video", "document", "audio"}),
        caption_length=LONGEST,
        short_messages=not on_whatsapp,
        stop_words=StopWords.CLEAR if on_whatsapp else StopWords.ALL,
        window_hours=24 if on_whatsapp else None,
        rate_per_second=rate,
    )


def form_of(message: Outbound, settings: Mapping[str, str]) -> dict[str, str]:
    """The form of the send call. Raises `ContentRefused` or `RecipientRefused` in words for an agent."""
    sender = message.account or settings.get("from", "")
    service = settings.get("messaging_service_sid", "")
    on_whatsapp = sender.startswith(WHATSAPP)
    write = (ON_WHATSAPP if on_whatsapp else BY_SMS).get(type(message.content))
    if write is None:
        raise not_carried(message.content, "Twilio")
    form = {"To": _recipient(message, on_whatsapp)} | write(message.content)
    if sender:
        form["From"] = sender
    if service:
        form["MessagingServiceSid"] = service
    if callback := settings.get("callback_url"):
        form["StatusCallback"] = f"{callback}{'&' if '?' in callback else '?'}{OUR_ID}={message.message_id}"
    return form


def _recipient(message: Outbound, on_whatsapp: bool) -> str:
    if not on_whatsapp:
        return address(message.to)
    has_phone = any(each.kind == IdentityKind.PHONE for each in message.to)
    for identity in message.to:
        if identity.kind == IdentityKind.BSUID and not has_phone:
            return WHATSAPP + identity.value
    return WHATSAPP + address(message.to)


def _text(content: Any) -> dict[str, str]:
    return {"Body": words_within(content.text, LONGEST, "Twilio")}


def _media(content: Any) -> dict[str, str]:
    form = {"MediaUrl": public_address(content, "Twilio")}
    return form | ({"Body": words_within(content.caption, LONGEST, "Twilio")} if content.caption else {})


def _location(content: Any) -> dict[str, str]:
    label = content.name or content.address or ""
    words = "\n".join(each for each in (content.name, content.address) if each) or "A location"
    return {"Body": words, "PersistentAction": f"geo:{content.latitude},{content.longitude}|{label}"}


def _template(content: Any) -> dict[str, str]:
    """A content template: its name is the ContentSid, its values go by their place."""
    if not content.name.startswith("HX"):
        raise ContentRefused("Twilio knows templates by their ContentSid, HX….", code="template")
    values: dict[str, str] = {}
    for component in content.components:
        for parameter in component.get("parameters", []):
            values[str(len(values) + 1)] = str(parameter.get("text") or parameter.get("payload") or "")
    form = {"ContentSid": content.name}
    return form | ({"ContentVariables": msgspec.json.encode(values).decode()} if values else {})


Writer = Callable[[Any], dict[str, str]]
BY_SMS: dict[type, Writer] = {Text: _text, Image: _media, Audio: _media, Video: _media, Document: _media}
ON_WHATSAPP: dict[type, Writer] = BY_SMS | {Sticker: _media, Location: _location, Template: _template}
"""How a content is written, by its type. Twilio carries no others."""
