"""Whether Meta would take a message: the body of the send call against the documented limits.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

from collections.abc import Callable
from typing import Any

from rehearsal.whatsapp.errors import GraphError
from rehearsal.whatsapp.templates import check_template

Json = dict[str, Any]


def check(body: Any) -> None:
    """Raise `GraphError` unless Meta would take the body of this send call."""
    if not isinstance(body, dict):
        raise GraphError(100, "The body is no JSON object.")
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    _text(body, "biz_opaque_callback_data", 512, optional=True)
    if body.get("recipient") is None:
        to = _text(body, "to", 64)
        if not to.removeprefix("+").isdigit():
            raise GraphError(131009, "The parameter to is no phone number.")
    kind = body.get("type", "text")
    if kind not in CHECKS:
        raise GraphError(100, f"The parameter type {kind!r} is unknown.")
    if "context" in body:
        _text(_part(body, "context"), "message_id", 512)
    CHECKS[kind](body)


def _part(of: Json, key: str) -> Json:
    value = of.get(key)
    if not isinstance(value, dict):
        raise GraphError(100, f"The parameter {key} is required and must be an object.")
    return value


def _list(of: Json, key: str, most: int) -> list[Any]:
    value = of.get(key)
    if not isinstance(value, list) or not value:
        raise GraphError(131008, f"The parameter {key} is required.")
    if len(value) > most or not all(isinstance(each, dict) for each in value):
        raise GraphError(131009, f"The parameter {key} takes at most {most} objects.")
    return value


def _text(of: Json, key: str, most: int, *, optional: bool = False) -> str:
    value = of.get(key)
    if value is None and optional:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise GraphError(131008, f"The parameter {key} is required.")
    if len(value) > most:
        raise GraphError(131009, f"The parameter {key} is {len(value)} characters long; {most} are allowed.")
    return value


def _check_text(body: Json) -> None:
    _text(_part(body, "text"), "body", 4096)


def _check_media(kind: str, *, caption: bool) -> Callable[[Json], None]:
    def check_it(body: Json) -> None:
        said = _part(body, kind)
        if ("id" in said) == ("link" in said):
            raise GraphError(131008, f"The {kind} needs either an id or a link.")
        _text(said, "id" if "id" in said else "link", 4096)
        if "caption" in said and not caption:
            raise GraphError(100, f"Unexpected key caption on parameter {kind}.")
        _text(said, "caption", 1024, optional=True)

    return check_it


def _check_interactive(body: Json) -> None:
    said = _part(body, "interactive")
    kind = said.get("type")
    limit, check_action = ACTIONS.get(str(kind), (0, None))
    if check_action is None:
        raise GraphError(131009, f"The interactive type {kind!r} is unknown.")
    _text(_part(said, "body"), "text", limit)
    if "header" in said and _part(said, "header").get("type") == "text":
        _text(said["header"], "text", 60)
    if "footer" in said:
        _text(_part(said, "footer"), "text", 60)
    check_action(_part(said, "action"))


def _check_buttons(action: Json) -> None:
    replies = [_part(button, "reply") for button in _list(action, "buttons", 3)]
    for reply in replies:
        _text(reply, "id", 256)
        _text(reply, "title", 20)
    _distinct(replies, "id", "title")


def _check_list(action: Json) -> None:
    _text(action, "button", 20)
    sections = _list(action, "sections", 10)
    rows = [row for section in sections for row in _list(section, "rows", 10)]
    if len(rows) > 10:
        raise GraphError(131009, f"There are {len(rows)} rows in all sections; 10 are allowed.")
    for section in sections:
        _text(section, "title", 24, optional=len(sections) == 1)
    for row in rows:
        _text(row, "id", 200)
        _text(row, "title", 24)
        _text(row, "description", 72, optional=True)
    _distinct(rows, "id")


def _check_link(action: Json) -> None:
    said = _part(action, "parameters")
    _text(said, "display_text", 20)
    if not _text(said, "url", 2000).startswith(("http://", "https://")):
        raise GraphError(131009, "The parameter url is no address.")


def _check_named(name: str) -> Callable[[Json], None]:
    def check_it(action: Json) -> None:
        if action.get("name") != name:
            raise GraphError(131009, f"The action's name must be {name}.")

    return check_it


def _check_flow(action: Json) -> None:
    _check_named("flow")(action)
    said = _part(action, "parameters")
    if said.get("flow_message_version") != "3":
        raise GraphError(131009, "The parameter flow_message_version must be 3.")
    _text(said, "flow_cta", 20)
    _text(said, "flow_token", 4096)
    _text(said, "flow_id" if "flow_id" in said else "flow_name", 512)
    how = said.get("flow_action", "navigate")
    if how not in ("navigate", "data_exchange"):
        raise GraphError(131009, "The parameter flow_action is unknown.")
    if how == "navigate":
        _text(_part(said, "flow_action_payload"), "screen", 512)


def _distinct(entries: list[Json], *keys: str) -> None:
    for key in keys:
        if len({entry[key] for entry in entries}) < len(entries):
            raise GraphError(131009, f"Two entries have the same {key}.")


def _check_location(body: Json) -> None:
    said = _part(body, "location")
    for key, limit in (("latitude", 90), ("longitude", 180)):
        value = said.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > limit:
            raise GraphError(131009, f"The parameter {key} is no number up to {limit}.")


def _check_contacts(body: Json) -> None:
    for card in _list(body, "contacts", 257):
        name = _part(card, "name")
        _text(name, "formatted_name", 1024)
        if not set(name) & {"first_name", "last_name", "middle_name", "suffix", "prefix"}:
            raise GraphError(131008, "The name needs one more part beside formatted_name.")


def _check_reaction(body: Json) -> None:
    said = _part(body, "reaction")
    _text(said, "message_id", 512)
    if not isinstance(said.get("emoji"), str):
        raise GraphError(131008, "The parameter emoji is required.")


def _check_template(body: Json) -> None:
    said = _part(body, "template")
    _text(said, "name", 512)
    _text(_part(said, "language"), "code", 15)
    if not isinstance(said.get("components", []), list):
        raise GraphError(132000, "The parameter components is no list.")
    check_template(said)


CHECKS: dict[str, Callable[[Json], None]] = {
    "text": _check_text,
    "image": _check_media("image", caption=True),
    "video": _check_media("video", caption=True),
    "document": _check_media("document", caption=True),
    "audio": _check_media("audio", caption=False),
    "sticker": _check_media("sticker", caption=False),
    "interactive": _check_interactive,
    "location": _check_location,
    "contacts": _check_contacts,
    "reaction": _check_reaction,
    "template": _check_template,
}

ACTIONS: dict[str, tuple[int, Callable[[Json], None] | None]] = {
    "button": (1024, _check_buttons),
    "list": (4096, _check_list),
    "cta_url": (1024, _check_link),
    "flow": (1024, _check_flow),
    "location_request_message": (1024, _check_named("send_location")),
    "request_contact_info": (1024, _check_named("request_contact_info")),
}
"""How long the body of an interactive message may be, and how its action is checked."""
