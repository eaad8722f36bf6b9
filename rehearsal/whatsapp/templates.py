"""The templates of the business account, as Meta lists them, and whether a message fits one.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
"""

import re
from typing import Any

from rehearsal.whatsapp.errors import GraphError

Json = dict[str, Any]


def _template(name: str, language: str, status: str, category: str, *components: Json) -> Json:
    number = 10**15 + sum(map(ord, name + language)) * 7919
    return {
        "name": name,
        "language": language,
        "status": status,
        "category": category,
        "components": list(components),
        "id": str(number),
    }


def _body(text: str, *examples: str) -> Json:
    example = {"example": {"body_text": [list(examples)]}} if examples else {}
    return {"type": "BODY", "text": text, **example}


_URL = {"type": "URL", "text": "Track it", "url": "https://alder-finch.example/orders/{{1}}"}
_YES = {"type": "QUICK_REPLY", "text": "I need help"}

TEMPLATES = [
    _template(
        "order_update",
        "en_US",
        "APPROVED",
        "UTILITY",
        {"type": "HEADER", "format": "TEXT", "text": "Your order"},
        _body("Hi {{1}}, your order {{2}} is on its way and arrives on {{3}}.", "Ada", "48213", "Friday"),
        {"type": "FOOTER", "text": "Alder & Finch"},
        {"type": "BUTTONS", "buttons": [_URL, _YES]},
    ),
    _template(
        "order_update",
        "it",
        "APPROVED",
        "UTILITY",
        _body("Ciao {{1}}, il tuo ordine {{2}} è in viaggio e arriva il {{3}}.", "Ada", "48213", "venerdì"),
    ),
    _template(
        "delivery_photo",
        "en_US",
        "APPROVED",
        "UTILITY",
        {"type": "HEADER", "format": "IMAGE"},
        _body("Your parcel is at your door, {{name}}."),
    ),
    _template("we_are_here", "en_US", "APPROVED", "UTILITY", _body("You wrote to us. How can we help?")),
    _template("autumn_sale", "en_US", "PAUSED", "MARKETING", _body("Twenty percent off until Sunday.")),
    _template("new_terms", "en_US", "PENDING", "UTILITY", _body("Our terms have changed.")),
]


def page(after: str | None, limit: int) -> Json:
    """One page of the list; `after` is the cursor of the page before."""
    start = int(after) if after and after.isdigit() else 0
    found = TEMPLATES[start : start + limit]
    end = start + len(found)
    paging: Json = {"cursors": {"before": str(start), "after": str(end)}}
    if end < len(TEMPLATES):
        paging["next"] = f"https://graph.facebook.com/next?after={end}"
    return {"data": found, "paging": paging}


def check_template(said: Json) -> None:
    """Raise `GraphError` unless the template exists, is approved, and gets as many values as it needs."""
    name, language = said["name"], said["language"]["code"]
    found = next((t for t in TEMPLATES if (t["name"], t["language"]) == (name, language)), None)
    if found is None:
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    if found["status"] != "APPROVED":
        raise GraphError(132015 if found["status"] == "PAUSED" else 132001, f"{name} is {found['status']}.")
    given = {
        str(each.get("type", "")).lower(): len(each.get("parameters", []))
        for each in said.get("components", [])
        if str(each.get("type", "")).lower() != "button"
    }
    for component in found["components"]:
        kind = component["type"].lower()
        wanted = _values(component)
        if kind in ("header", "body") and given.get(kind, 0) != wanted:
            raise GraphError(
                132000, f"{kind}: number of params ({given.get(kind, 0)}) does not match ({wanted})"
            )


def words_of(said: Json) -> str | None:
    """What the customer reads; None for a template that is not listed."""
    key = (said["name"], said["language"]["code"])
    found = next((t for t in TEMPLATES if (t["name"], t["language"]) == key), None)
    if found is None:
        return None
    given = {str(each.get("type")).lower(): each.get("parameters", []) for each in said.get("components", [])}
    lines = []
    for component in found["components"]:
        text, kind = component.get("text"), component["type"].lower()
        if text and kind in ("header", "body", "footer"):
            values = iter(str(p.get("text", "")) for p in given.get(kind, []))
            lines.append(re.sub(r"\{\{\w+\}\}", lambda _, values=values: next(values, "…"), text))
    return "\n".join(lines)


def buttons_of(said: Json) -> list[Json]:
    """The buttons of a template as it is listed."""
    key = (said["name"], said["language"]["code"])
    found = next((t for t in TEMPLATES if (t["name"], t["language"]) == key), None)
    components = found["components"] if found else []
    return [b for c in components if c["type"] == "BUTTONS" for b in c["buttons"]]


def _values(component: Json) -> int:
    if component.get("format") in ("IMAGE", "VIDEO", "DOCUMENT", "LOCATION"):
        return 1
    return len(dict.fromkeys(re.findall(r"\{\{\w+\}\}", component.get("text", ""))))
