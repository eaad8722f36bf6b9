"""What a customer sent: Meta's message types as typed contents, one reader for each.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

import base64
import binascii
import re
from collections.abc import Callable
from functools import partial
from typing import Any

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
    Media,
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
from connectors.tolerant import (
    Json,
    Malformed,
    decode,
    identifier,
    keepable,
    needed,
    number,
    part,
    section,
    sections,
    text,
)
from connectors.whatsapp.times import moment

Reader = Callable[[Json], Content]


def read(item: Json) -> Content:
    """The content of one message. Raises `Malformed` if it lacks what its type needs.

    A type that we do not know, or that Meta could not carry, is `Unsupported` with its own name.
    """
    kind = identifier(item, "type")
    if item.get(kind) is None and ("errors" in item or kind == "interactive"):
        return _unsupported(item)  # Meta names the type, and could not carry what was in it
    return READERS.get(kind, _unsupported)(item)


def _text(item: Json) -> Content:
    return Text(needed(part(item, "text"), "body"))


def _media(item: Json, *, kind: str, make: type[Media]) -> Any:
    said = part(item, kind)
    media_id, url = text(said, "id"), text(said, "url") or text(said, "link")
    flags: dict[str, Any] = {ours: said.get(theirs) is True for ours, theirs in _FLAGS.get(kind, ())}
    if not media_id and not url:
        raise Malformed(f"the {kind} has neither an id nor an address")
    return make(
        media_id=media_id,
        url=url,
        mime_type=text(said, "mime_type"),
        sha256=digest(text(said, "sha256")),
        filename=text(said, "filename"),
        caption=text(said, "caption"),
        **flags,
    )


_FLAGS = {"audio": (("voice", "voice"),), "sticker": (("animated", "animated"),)}


def digest(given: str | None) -> str | None:
    """Meta writes SHA-256 as Base64 in webhooks and as hex in its documentation; None if it is neither."""
    if not given or re.fullmatch(r"[0-9a-fA-F]{64}", given):
        return given.lower() if given else None
    try:
        digest = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == 32 else None


def _location(item: Json) -> Content:
    said = part(item, "location")
    latitude, longitude = number(said, "latitude"), number(said, "longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise Malformed("the location is no point on Earth")
    return Location(
        latitude=latitude,
        longitude=longitude,
        name=text(said, "name"),
        address=text(said, "address"),
        url=text(said, "url"),
    )


def _contacts(item: Json) -> Content:
    cards = [_card(each) for each in sections(item, "contacts")]
    if not cards:
        raise Malformed("there is no contact card in the message")
    return Contacts(cards)


def _card(said: Json) -> Card:
    phones = [
        Phone(number=written, kind=text(each, "type"), wa_id=text(each, "wa_id"))
        for each in sections(said, "phones")
        if (written := text(each, "phone") or text(each, "wa_id"))
    ]
    emails = [email for each in sections(said, "emails") if (email := text(each, "email"))]
    name, company = section(said, "name"), section(said, "org")
    parts = [text(name, key) for key in ("prefix", "first_name", "middle_name", "last_name", "suffix")]
    spelt = text(name, "formatted_name") or " ".join(each for each in parts if each)
    return Card(
        name=spelt or (phones[0].number if phones else next(iter(emails), "Unnamed")),
        phones=phones,
        emails=emails,
        organisation=text(company, "company"),
        addresses=[line for each in sections(said, "addresses") if (line := _address(each))],
        urls=[url for each in sections(said, "urls") if (url := text(each, "url"))],
        birthday=text(said, "birthday"),
        origin=text(said, "origin"),
    )


def _address(said: Json) -> str:
    lines = [text(said, key) for key in ("street", "city", "state", "zip", "country")]
    return ", ".join(each for each in lines if each)


def _interactive(item: Json) -> Content:
    said = part(item, "interactive")
    kind = identifier(said, "type")
    reader = ANSWERS.get(kind)
    return reader(part(said, kind)) if reader else _unsupported(item, raw_type=f"interactive/{kind}")


def _choice(said: Json, *, source: str) -> Content:
    title = needed(said, "title")
    return Choice(
        title=title, payload=text(said, "id") or title, source=source, description=text(said, "description")
    )


def _form(said: Json) -> Content:
    answer = said.get("response_json")
    if type(answer) is str:
        try:
            answer = decode(answer.encode("utf-8", "replace"))
        except Malformed:
            answer = {"response_json": answer}
    values = answer if type(answer) is dict else {"response_json": answer}
    return FormAnswer(name=text(said, "name") or "flow", values=keepable(values), text=text(said, "body"))


def _call_permission(said: Json) -> Content:
    until = moment(said, "expiration_timestamp")
    granted = needed(said, "response") == "accept"
    return Permission(subject="call", granted=granted, expires_at=until.isoformat() if until else None)


def _button(item: Json) -> Content:
    said = part(item, "button")
    title = needed(said, "text")
    return Choice(title=title, payload=text(said, "payload") or title, source="template")


def _reaction(item: Json) -> Content:
    said = part(item, "reaction")
    return Reaction(external_id=identifier(said, "message_id"), emoji=text(said, "emoji") or "")


def _order(item: Json) -> Content:
    said = part(item, "order")
    lines = [_line(each) for each in sections(said, "product_items")]
    return Order(catalog_id=text(said, "catalog_id") or "", lines=lines, text=text(said, "text") or None)


def _line(said: Json) -> OrderLine:
    quantity = number(said, "quantity")
    if quantity is None:
        raise Malformed("an order line does not say how many")
    return OrderLine(
        product_id=identifier(said, "product_retailer_id"),
        quantity=quantity,
        price=number(said, "item_price"),
        currency=text(said, "currency"),
    )


def _system(item: Json) -> Content:
    said = part(item, "system")
    return System(event=text(said, "type") or "system", text=text(said, "body"))


def _edit(item: Json) -> Content:
    said = part(item, "edit")
    new = part(said, "message")
    if text(new, "type") in ("edit", "revoke"):
        raise Malformed("an edit of an edit")
    return Edit(external_id=identifier(said, "original_message_id"), content=read(new))


def answered_by_edit(item: Json) -> str | None:
    """Which message the new text of an edit answers, where Meta says it there and not around it."""
    return text(section(section(section(item, "edit"), "message"), "context"), "id") or None


def _revoke(item: Json) -> Content:
    return Revoke(external_id=identifier(part(item, "revoke"), "original_message_id"))


def _unsupported(item: Json, *, raw_type: str | None = None) -> Content:
    name = raw_type or text(section(item, "unsupported"), "type") or text(item, "type") or "unknown"
    return Unsupported(raw_type=name, reason=_reason(item), raw=keepable(item))


def _reason(item: Json) -> str | None:
    for error in sections(item, "errors"):
        details = text(section(error, "error_data"), "details") or text(error, "details")
        return details or text(error, "message") or text(error, "title")
    return None


ANSWERS: dict[str, Reader] = {
    "button_reply": partial(_choice, source="button"),
    "list_reply": partial(_choice, source="list"),
    "nfm_reply": _form,
    "call_permission_reply": _call_permission,
}
"""How an interactive answer is read, by its type."""

READERS: dict[str, Reader] = {
    "text": _text,
    "image": partial(_media, kind="image", make=Image),
    "video": partial(_media, kind="video", make=Video),
    "audio": partial(_media, kind="audio", make=Audio),
    "document": partial(_media, kind="document", make=Document),
    "sticker": partial(_media, kind="sticker", make=Sticker),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "reaction": _reaction,
    "order": _order,
    "system": _system,
    "edit": _edit,
    "revoke": _revoke,
}
"""How a message is read, by its type. Every other type is `Unsupported`."""
