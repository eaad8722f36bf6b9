"""What a customer sent by Kaleyra. Texts need no type; what comes by WhatsApp has Meta's types.

https://developers.kaleyra.io/docs/create-callback-profile-for-incoming-whatsapp-messages
"""

from typing import Any

from connectors.content import Card, Choice, Contacts, Content, Phone, Reaction, Text, Unsupported
from connectors.sms.files import file_at, point
from connectors.tolerant import Json, Malformed, decode, keepable, number, section, sections, text

FILES = ("image", "audio", "voice", "video", "document", "sticker")
TYPES = frozenset(
    {*FILES, "text", "location", "contacts", "contact", "interactive", "button", "order", "reaction"}
    | {"button_reply", "list_reply", "unsupported", "unknown"}
)
"""The types of WhatsApp messages. SMS callbacks have none, or say what they were for (TXN, MKT, OTP)."""


def flat(message: Json, contacts: list[Json], account: str | None) -> Json:
    """A message in Meta's form as a callback's fields, with the message itself beside them."""
    sender = text(message, "from")
    by_id = {text(each, "wa_id"): each for each in contacts}
    contact = by_id.get(sender) or (contacts[0] if len(contacts) == 1 else {})
    return {
        "message": message,
        "from": sender or text(contact, "wa_id"),
        "wanumber": account,
        "type": message.get("type"),
        "name": text(section(contact, "profile"), "name"),
        "timestamp": message.get("timestamp"),
    }


def embedded(fields: Json) -> Json | None:
    """The message in Meta's form that a callback may carry whole, as an object or as text; None without."""
    for name in ("message", "custom_response"):
        said: Any = fields.get(name)
        if isinstance(said, str) and said.lstrip().startswith("{"):
            said = _decoded(said)
        if isinstance(said, dict) and ("id" in said or "type" in said):
            return said
    return None


def content_of(fields: Json, inner: Json, item: Json) -> Content:
    """The content. Raises `Malformed` if there is none."""
    kind = (text(fields, "type") or text(inner, "type") or "text").lower()
    if kind in FILES:
        return _file(kind, fields, section(inner, kind))
    if kind == "location":
        return _location(fields, inner)
    if kind in ("contacts", "contact"):
        return _contacts(fields, inner)
    if kind in ("interactive", "button", "button_reply", "list_reply"):
        return _choice(kind, fields, inner)
    if kind == "reaction" and (said := section(inner, "reaction")):
        return Reaction(external_id=text(said, "message_id") or "", emoji=text(said, "emoji") or "")
    if kind in TYPES and kind != "text":
        return Unsupported(raw_type=kind, raw=keepable(item))
    if text(fields, "media_url"):
        return _file("", fields, {})
    words = text(section(inner, "text"), "body") or text(fields, "body")
    if words is None:
        raise Malformed("the message has no text")
    return Text(words)


def _file(kind: str, fields: Json, said: Json) -> Content:
    url = text(fields, "media_url") or text(said, "url") or text(said, "link")
    media_id = text(said, "id")
    if not url and not media_id:
        raise Malformed(f"the {kind or 'file'} has neither an address nor an id")
    return file_at(
        url,
        text(fields, "mime_type") or text(said, "mime_type"),
        kind=kind,
        caption=text(said, "caption") or text(fields, "body"),
        filename=text(said, "filename"),
        media_id=media_id,
    )


def _location(fields: Json, inner: Json) -> Content:
    said: Any = fields.get("location") or section(inner, "location") or text(fields, "body")
    if isinstance(said, str):
        said = _decoded(said) if said.lstrip().startswith("{") else _pair(said)
    said = said if isinstance(said, dict) else {}
    latitude = number(said, "latitude") if "latitude" in said else number(said, "lat")
    longitude = number(said, "longitude")
    if longitude is None:
        longitude = number(said, "long") if "long" in said else number(said, "lng")
    return point(latitude, longitude, text(said, "name"), text(said, "address"))


def _pair(written: str) -> Json:
    latitude, _, longitude = written.partition(",")
    return {"latitude": latitude.strip(), "longitude": longitude.strip()}


def _contacts(fields: Json, inner: Json) -> Content:
    said: Any = fields.get("contacts") or inner.get("contacts") or []
    if isinstance(said, str):
        said = _decoded(said)
    cards = [_card(each) for each in sections({"it": said if isinstance(said, list) else [said]}, "it")]
    if not cards:
        raise Malformed("there is no contact card in the message")
    return Contacts(cards)


def _card(said: Json) -> Card:
    phones = [
        Phone(number=written, kind=text(each, "type"), wa_id=text(each, "wa_id"))
        for each in sections(said, "phones")
        if (written := text(each, "phone") or text(each, "wa_id"))
    ]
    name = text(section(said, "name"), "formatted_name") or text(said, "name")
    return Card(name=name or (phones[0].number if phones else "Unnamed"), phones=phones)


def _choice(kind: str, fields: Json, inner: Json) -> Content:
    said = section(inner, "interactive")
    reply = section(said, "list_reply") or section(said, "button_reply")
    is_row = "list_reply" in said or kind == "list_reply"
    if not reply and (button := section(inner, "button")):
        pressed = text(button, "text") or text(fields, "body") or ""
        return Choice(title=pressed, payload=text(button, "payload") or pressed, source="template")
    title = text(reply, "title") or text(fields, "body")
    if not title:
        raise Malformed("nothing says what was tapped")
    payload = text(reply, "id") or text(fields, "custom_response") or title
    return Choice(
        title=title,
        payload=payload,
        source="list" if is_row else "button",
        description=text(reply, "description"),
    )


def _decoded(written: str) -> Any:
    try:
        return decode(written.encode("utf-8", "replace"))
    except Malformed:
        return None
