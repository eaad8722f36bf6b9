"""Templates: what Meta has approved, and what a message must bring to fit one.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
"""

import re
from typing import Any
from urllib.parse import urlencode

from connectors.content import Document, Image, Template, Video
from connectors.contract import TemplateForm
from connectors.tolerant import Json, sections, text

FIELDS = "name,language,status,category,components"
PAGE = 100
MOST_PAGES = 60
"""Meta lets an account have 6,000 templates."""

SENDABLE = ("approved",)

_NUMBERED = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MEDIA = ("image", "video", "document", "location")
_KINDS = {Image: "image", Video: "video", Document: "document"}

_WHY_NOT = {
    "pending": "is still being looked at by Meta",
    "in_appeal": "is still being looked at by Meta",
    "rejected": "was rejected by Meta",
    "paused": "is paused because of its quality",
    "disabled": "is disabled",
    "pending_deletion": "is being deleted",
    "limit_exceeded": "is held back because the account has too many templates",
}


def page_query(after: str | None) -> str:
    """The query for one page of the list."""
    return urlencode({"fields": FIELDS, "limit": PAGE} | ({"after": after} if after else {}))


def read_page(said: Json) -> tuple[list[TemplateForm], str | None]:
    """The templates of one page, and the cursor of the next one if there is one."""
    found = []
    for each in sections(said, "data"):
        name, language = text(each, "name"), text(each, "language")
        if name and language:
            found.append(
                TemplateForm(
                    name=name,
                    language=language,
                    status=(text(each, "status") or "unknown").lower(),
                    category=(text(each, "category") or "").lower(),
                    components=sections(each, "components"),
                )
            )
    paging: Any = said.get("paging")
    if not isinstance(paging, dict) or "next" not in paging:
        return found, None
    cursors = paging.get("cursors")
    return found, text(cursors, "after") if isinstance(cursors, dict) else None


def misfit(template: Template, form: TemplateForm) -> str | None:
    """Why Meta would refuse the template with these parameters; None if it would take it."""
    if form.status not in SENDABLE:
        why = _WHY_NOT.get(form.status, f"has the state “{form.status}”")
        return f"The template {form.name} {why}."
    given = {_place(each): each.get("parameters") or [] for each in template.components}
    if template.header is not None:
        given["header"] = [*given.get("header", []), {"type": _KINDS[type(template.header)]}]
    wanted = {place: needs for place, needs in _needs(form) if needs}
    for place, needs in wanted.items():
        problem = _problem(place, needs, given.get(place, []))
        if problem:
            return problem
    for place, parameters in given.items():
        if parameters and place not in wanted and not place.startswith("button"):
            return f"The template's {place} takes no values."
    return None


def _problem(place: str, needs: list[str], given: Any) -> str | None:
    """What is wrong with the parameters of one component, in words for an agent."""
    where = place.replace("_", " ")
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        return f"The values of the template's {where} are no list."
    if len(given) != len(needs):
        return f"The template's {where} needs {_values(len(needs))}; {len(given)} given."
    names = {text(each, "parameter_name") for each in given} - {None}
    if names and names != set(needs):
        return f"The template's {where} needs the values {', '.join(sorted(needs))}."
    for need, parameter in zip(needs, given, strict=True):
        kind = text(parameter, "type")
        if need in _MEDIA and kind != need:
            return f"The template's {where} needs a file or place of the kind “{need}”."
        if kind == "text" and not (text(parameter, "text") or "").strip():
            return f"A value of the template's {where} is empty."
    return None


def _values(number: int) -> str:
    return "one value" if number == 1 else f"{number} values"


def _place(component: Json) -> str:
    kind = (text(component, "type") or "").lower()
    return f"button_{text(component, 'index') or 0}" if kind == "button" else kind


def _needs(form: TemplateForm) -> list[tuple[str, list[str]]]:
    """For each component that takes values, the name or the kind of each of them, in order."""
    found: list[tuple[str, list[str]]] = []
    for component in form.components:
        kind = (text(component, "type") or "").lower()
        shape = (text(component, "format") or "text").lower()
        if kind == "header" and shape in _MEDIA:
            found.append(("header", [shape]))
        elif kind in ("header", "body"):
            found.append((kind, placeholders(text(component, "text") or "")))
        elif kind == "buttons":
            found += [
                (f"button_{index}", _button_needs(button))
                for index, button in enumerate(sections(component, "buttons"))
            ]
    return found


def _button_needs(button: Json) -> list[str]:
    """A link with a variable end needs it; a code to copy needs the code. Others take values or leave it."""
    kind = (text(button, "type") or "").lower()
    if kind == "url":
        return placeholders(text(button, "url") or "")
    return ["coupon_code"] if kind == "copy_code" else []


def placeholders(words: str) -> list[str]:
    """The names in ``{{…}}``, each once, in the order in which they first stand."""
    return list(dict.fromkeys(_NUMBERED.findall(words)))
