"""How a phone draws what the business sent: the body of a send call as a bubble."""

from collections.abc import Callable
from typing import Any

from rehearsal.phones import Shown

Json = dict[str, Any]


def drawn(body: Json) -> Json:
    """The fields of a `Bubble` for the body of a send call that has passed the checks."""
    kind = body.get("type", "text")
    said = DRAWERS[kind](body)
    return said | ({"reply_to": body["context"]["message_id"]} if "context" in body else {})


def _text(body: Json) -> Json:
    return {"text": body["text"]["body"]}


def _media(kind: str) -> Callable[[Json], Json]:
    def draw(body: Json) -> Json:
        said = body[kind]
        # The page shows only what this machine keeps: a strict policy lets it load nothing else.
        media = {"kind": kind, "file": said.get("id"), "link": said.get("link"), "name": said.get("filename")}
        return {"text": said.get("caption", ""), "media": {k: v for k, v in media.items() if v}}

    return draw


def _interactive(body: Json) -> Json:
    said = body["interactive"]
    frame = {
        "text": said["body"]["text"],
        "header": said.get("header", {}).get("text"),
        "footer": said.get("footer", {}).get("text"),
    }
    return frame | ACTIONS[said["type"]](said["action"])


def _buttons(action: Json) -> Json:
    replies = [button["reply"] for button in action["buttons"]]
    return {"choices": [Shown(id=reply["id"], title=reply["title"]) for reply in replies]}


def _list(action: Json) -> Json:
    rows = [row for section in action["sections"] for row in section["rows"]]
    choices = [Shown(id=row["id"], title=row["title"], description=row.get("description")) for row in rows]
    return {"choices": choices, "list_button": action["button"]}


def _link(action: Json) -> Json:
    said = action["parameters"]
    return {"choices": [Shown(id="", title=said["display_text"], url=said["url"])]}


def _location(body: Json) -> Json:
    return {"location": body["location"]}


def _contacts(body: Json) -> Json:
    cards = [
        {
            "name": card["name"]["formatted_name"],
            "lines": [p["phone"] for p in card.get("phones", []) if "phone" in p],
        }
        for card in body["contacts"]
    ]
    return {"cards": cards}


def _template(body: Json) -> Json:
    said = body["template"]
    components = [each for each in said.get("components", []) if isinstance(each, dict)]
    words = [
        str(parameter.get("text", parameter.get("type")))
        for component in components
        if component.get("type") != "button"
        for parameter in component.get("parameters", [])
    ]
    return {"text": " · ".join(words), "remark": f"Template {said['name']} ({said['language']['code']})"}


DRAWERS: dict[str, Callable[[Json], Json]] = {
    "text": _text,
    **{kind: _media(kind) for kind in ("image", "video", "document", "audio", "sticker")},
    "interactive": _interactive,
    "location": _location,
    "contacts": _contacts,
    "template": _template,
}

ACTIONS: dict[str, Callable[[Json], Json]] = {"button": _buttons, "list": _list, "cta_url": _link}
