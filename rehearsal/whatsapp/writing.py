"""What a customer does on the phone: as a webhook's message, and as the bubble that shows it.

Every writer takes the page's action and gives the message's type, its object, and the bubble's fields.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from rehearsal.files import File, a_picture, a_sound
from rehearsal.phones import Bubble
from rehearsal.stand_in import Refused, StandIn
from rehearsal.whatsapp.drawing import FORM, SHARE_NUMBER, SHARE_PLACE

Json = dict[str, Any]


TEMPLATE = "template:"
"""Begins the id of a choice that is a template's own quick reply."""

LONGEST = 65_536
"""Characters that WhatsApp lets a customer type."""


class Written(NamedTuple):
    """A message of the customer. `context` is the id of the message it answers."""

    kind: str
    said: Any
    bubble: Json
    context: str | None = None


def written(stand_in: StandIn, action: Json) -> Written:
    """What the action says. Raises `Refused`."""
    writer = WRITERS.get(str(action.get("kind")))
    if writer is None:
        raise Refused(f"A phone here can do: {', '.join(WRITERS)}.")
    return writer(stand_in, action)


def _text(stand_in: StandIn, action: Json) -> Written:
    text = action.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refused("There is nothing to send.")
    if len(text) > LONGEST:
        raise Refused(f"A phone sends at most {LONGEST:,} characters.")
    return Written("text", {"body": text}, {"text": text}, _quoted(stand_in, action))


def _choice(stand_in: StandIn, action: Json) -> Written:
    asked = _bubble(stand_in, action, "message")
    choice = next((each for each in asked.choices if each.id == action.get("choice")), None)
    if choice is None or choice.url or asked.chosen is not None:
        raise Refused("That answer cannot be tapped, or no longer.")
    asked.chosen = choice.id
    stand_in.show(asked)
    if choice.id.startswith(TEMPLATE):
        said = {"text": choice.title, "payload": choice.id.removeprefix(TEMPLATE)}
        return Written("button", said, {"text": choice.title}, asked.id)
    if choice.id == SHARE_PLACE:
        return _location(stand_in, {"reply_to": asked.id} | action)
    if choice.id == SHARE_NUMBER:
        return _own_number(stand_in, action, asked)
    if choice.id.startswith(FORM):
        return _form(action, choice.id.removeprefix(FORM), asked)
    kind = "list_reply" if asked.list_button else "button_reply"
    said = {"id": choice.id, "title": choice.title}
    if choice.description:
        said["description"] = choice.description
    return Written("interactive", {"type": kind, kind: said}, {"text": choice.title}, asked.id)


def _own_number(stand_in: StandIn, action: Json, asked: Bubble) -> Written:
    """The customer shares the number that the business does not see."""
    customer = stand_in.phones.customers[asked.customer]
    number = customer.number or "16505550199"
    card = {
        "name": {"formatted_name": customer.name, "first_name": customer.name},
        "phones": [{"phone": f"+{number}", "wa_id": number, "type": "CELL"}],
        "origin": "contact_request",
    }
    look = {"cards": [{"name": customer.name, "lines": [f"+{number}"]}]}
    return Written("contacts", [card], look, asked.id)


def _form(action: Json, token: str, asked: Bubble) -> Written:
    """A flow that was filled in; `values` are the answers."""
    given = action.get("values")
    values = given if isinstance(given, dict) else {"date": "2026-12-01", "guests": 2}
    answer = json.dumps({"flow_token": token} | values)
    said = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": answer}}
    return Written("interactive", said, {"text": "Sent the form", "remark": answer}, asked.id)


def _media(kind: str, sample: tuple[str, str], make: Callable[[], bytes]) -> Callable[..., Written]:
    def write(stand_in: StandIn, action: Json) -> Written:
        file = _file(stand_in, action, sample, make)
        said: Json = {"id": file.id, "mime_type": file.mime_type, "sha256": file.sha256}
        caption = str(action.get("text") or "")
        if caption and kind != "audio":
            said["caption"] = caption
        if kind == "document":
            said["filename"] = file.name
        if kind == "audio":
            said["voice"] = action.get("kind") == "voice"
        media = {"kind": kind, "file": file.id, "name": file.name}
        return Written(kind, said, {"text": caption, "media": media}, _quoted(stand_in, action))

    return write


def _file(stand_in: StandIn, action: Json, sample: tuple[str, str], make: Callable[[], bytes]) -> File:
    if action.get("file"):
        found = stand_in.stage.files.find(str(action["file"]))
        if found is None:
            raise Refused("There is no such file.")
        return found[0]
    return stand_in.stage.files.keep(make(), mime_type=sample[0], name=sample[1])


def _location(stand_in: StandIn, action: Json) -> Written:
    place = {
        "latitude": float(action.get("latitude", 45.4642)),
        "longitude": float(action.get("longitude", 9.19)),
        "name": str(action.get("name") or "Piazza del Duomo"),
        "address": str(action.get("address") or "20122 Milano"),
    }
    return Written("location", place, {"location": place}, _quoted(stand_in, action))


def _contact(stand_in: StandIn, action: Json) -> Written:
    name, number = str(action.get("name") or "Marco Rossi"), str(action.get("number") or "+39 02 5550 199")
    first, _, last = name.partition(" ")
    card = {
        "name": {"formatted_name": name, "first_name": first, "last_name": last},
        "phones": [{"phone": number, "type": "CELL"}],
    }
    return Written("contacts", [card], {"cards": [{"name": name, "lines": [number]}]})


def _reaction(stand_in: StandIn, action: Json) -> Written:
    target, emoji = _bubble(stand_in, action, "message"), str(action.get("emoji") or "")
    target.reactions = {**target.reactions, "me": emoji}
    stand_in.show(target)
    said = {"message_id": target.id} | ({"emoji": emoji} if emoji else {})
    return Written("reaction", said, {})


def _edit(stand_in: StandIn, action: Json) -> Written:
    target, text = _bubble(stand_in, action, "message"), str(action.get("text") or "")
    if not target.mine or not text.strip():
        raise Refused("Only one's own messages can be edited.")
    target.text, target.remark = text, "Edited"
    stand_in.show(target)
    inner = {"type": "text", "text": {"body": text}}
    return Written("edit", {"original_message_id": target.id, "message": inner}, {})


def _revoke(stand_in: StandIn, action: Json) -> Written:
    target = _bubble(stand_in, action, "message")
    if not target.mine:
        raise Refused("Only one's own messages can be deleted.")
    stand_in.show(
        Bubble(
            id=target.id, customer=target.customer, mine=True, at=target.at, remark="You deleted this message"
        )
    )
    return Written("revoke", {"original_message_id": target.id}, {})


def _poll(stand_in: StandIn, action: Json) -> Written:
    return Written("unsupported", {"type": "poll_creation"}, {"remark": "A poll"})


def _bubble(stand_in: StandIn, action: Json, key: str) -> Bubble:
    found = stand_in.phones.bubbles.get(str(action.get(key)))
    if found is None:
        raise Refused("That message is no longer there.")
    return found


def _quoted(stand_in: StandIn, action: Json) -> str | None:
    return _bubble(stand_in, action, "reply_to").id if action.get("reply_to") else None


def _no_film() -> bytes:
    raise Refused("Choose a film from this computer.")


def _page() -> bytes:
    return b"Return label for order 48213\n"


WRITERS: dict[str, Callable[[StandIn, Json], Written]] = {
    "text": _text,
    "choice": _choice,
    "image": _media("image", ("image/png", "evening.png"), a_picture),
    "voice": _media("audio", ("audio/wav", "voice.wav"), a_sound),
    "audio": _media("audio", ("audio/wav", "notes.wav"), a_sound),
    "video": _media("video", ("video/mp4", "video.mp4"), _no_film),
    "document": _media("document", ("text/plain", "return-label.txt"), _page),
    "location": _location,
    "contact": _contact,
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "poll": _poll,
}
"""What a customer can do, by the `kind` of the page's action."""
