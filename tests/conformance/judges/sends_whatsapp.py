"""Documented requests of WhatsApp's Cloud API, read back into what we would send."""

from typing import Any

from connectors.content import (
    Audio,
    Card,
    Contacts,
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
from connectors.events import Identity, IdentityKind
from tests.conformance.judges.wish import Wish
from tests.conformance.verdicts import CannotJudge

_MEDIA = {"image": Image, "video": Video, "audio": Audio, "document": Document, "sticker": Sticker}


def wish_for(body: Any) -> Wish:
    """What to ask for. Raises `CannotJudge`."""
    if body.get("status") == "read":
        return Wish(reads=body["message_id"], typing="typing_indicator" in body)
    kind = body.get("type", "text")
    said = body.get(kind)
    if kind in _MEDIA and isinstance(said, dict):
        fields = {"media_id": said.get("id"), "url": said.get("link"), "filename": said.get("filename")}
        content: Any = _MEDIA[kind](**fields, caption=said.get("caption"))
    elif kind in READERS:
        content = READERS[kind](said)
    else:
        raise CannotJudge(f"Parley's contents have no word for WhatsApp's {kind}")
    return Wish(content=content, to=_to(body), reply_to=(body.get("context") or {}).get("message_id"))


def _to(body: Any) -> Identity:
    if body.get("recipient"):
        return Identity(IdentityKind.BSUID, body["recipient"])
    return Identity(IdentityKind.PHONE, f"+{str(body.get('to', '16505550101')).removeprefix('+')}")


def _interactive(said: Any) -> Options:
    kind, action = said.get("type"), said.get("action", {})
    header = said.get("header") or {}
    if header and header.get("type") != "text":
        raise CannotJudge("Parley's options have no word for a picture above them")
    frame = {"header": header.get("text"), "footer": (said.get("footer") or {}).get("text")}
    text = said["body"]["text"]
    if kind == "button":
        options = [Option(each["reply"]["title"], each["reply"]["id"]) for each in action["buttons"]]
        return Options(text, options, **frame)
    if kind == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        if len(action["sections"]) > 1 or action["sections"][0].get("title"):
            raise CannotJudge("Parley's options have no word for sections")
        options = [Option(row["title"], row["id"], row.get("description")) for row in rows]
        return Options(text, options, **frame, button=action.get("button"))
    if kind == "cta_url":
        link = action["parameters"]
        return Options(text, [Option(link["display_text"], url=link["url"])], **frame)
    raise CannotJudge(f"Parley's contents have no word for WhatsApp's interactive {kind}")


def _contacts(said: Any) -> Contacts:
    extra = {key for card in said for key in card} - {"name", "phones"}
    if extra:
        raise CannotJudge(f"Parley's contact cards say {', '.join(sorted(extra))} in another way")
    cards = []
    for card in said:
        phones = [
            Phone(each["phone"], each.get("type"), each.get("wa_id")) for each in card.get("phones", ())
        ]
        cards.append(Card(card["name"]["formatted_name"], phones))
    return Contacts(cards)


READERS = {
    "text": lambda said: Text(said["body"]),
    "location": lambda said: Location(
        said["latitude"], said["longitude"], said.get("name"), said.get("address")
    ),
    "reaction": lambda said: Reaction(said["message_id"], said.get("emoji", "")),
    "template": lambda said: Template(said["name"], said["language"]["code"], said.get("components", [])),
    "interactive": _interactive,
    "contacts": _contacts,
}
