"""How a phone draws what the business sent: the body of a send call as a bubble."""

from collections.abc import Callable
from typing import Any

from rehearsal.phones import Shown
from rehearsal.whatsapp.templates import buttons_of, words_of

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
    look: Json = {"remark": f"Template {said['name']} ({said['language']['code']})"}
    look["text"] = words_of(said) or " · ".join(words)
    picture = next((p["image"] for c in components for p in c.get("parameters", []) if "image" in p), None)
    if picture:
        shown = {"kind": "image", "file": picture.get("id"), "link": picture.get("link")}
        look["media"] = {key: value for key, value in shown.items() if value}
    look["choices"] = [
        _template_button(button, index, components) for index, button in enumerate(buttons_of(said))
    ]
    return look


def _template_button(button: Json, index: int, components: list[Json]) -> Shown:
    """A template's button with the value that came for it: the end of its link, or its payload."""
    mine = [c for c in components if c.get("type") == "button" and str(c.get("index", 0)) == str(index)]
    parameters = [p for c in mine for p in c.get("parameters", [])]
    value = str(next((p.get("payload", p.get("text")) for p in parameters), "") or "")
    if button["type"] == "URL":
        return Shown(id="", title=button["text"], url=button["url"].replace("{{1}}", value))
    return Shown(id=f"template:{value or button['text']}", title=button["text"])


DRAWERS: dict[str, Callable[[Json], Json]] = {
    "text": _text,
    **{kind: _media(kind) for kind in ("image", "video", "document", "audio", "sticker")},
    "interactive": _interactive,
    "location": _location,
    "contacts": _contacts,
    "template": _template,
}

SHARE_PLACE, SHARE_NUMBER, FORM = "share:place", "share:number", "form:"
"""Ids of choices that are WhatsApp's own: tapped, they send something else than a reply."""


def _flow(action: Json) -> Json:
    said = action["parameters"]
    return {"choices": [Shown(id=f"{FORM}{said['flow_token']}", title=said["flow_cta"])]}


def _place(action: Json) -> Json:
    return {"choices": [Shown(id=SHARE_PLACE, title="Send location")]}


def _number(action: Json) -> Json:
    return {"choices": [Shown(id=SHARE_NUMBER, title="Share contact info")]}


ACTIONS: dict[str, Callable[[Json], Json]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "flow": _flow,
    "location_request_message": _place,
    "request_contact_info": _number,
}
