"""Whether Google would take a message: the body of `agentMessages.create` against the documented limits.

https://developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1/phones.agentMessages
"""

import re
from collections.abc import Callable
from typing import Any

from rehearsal.rcs.errors import RpcError

Json = dict[str, Any]

TRAFFIC = ("AUTHENTICATION", "TRANSACTION", "PROMOTION", "SERVICEREQUEST", "ACKNOWLEDGEMENT")
_DURATION = re.compile(r"(\d{1,9})(\.\d{1,9})?s")


def check(body: Any) -> None:
    """Raise `RpcError` unless Google would take the body of this call."""
    if not isinstance(body, dict):
        raise RpcError(400, "Invalid JSON payload received.")
    content = _part(body, "contentMessage")
    kinds = [kind for kind in CONTENTS if kind in content]
    if len(kinds) != 1:
        raise RpcError(400, "contentMessage needs exactly one content.")
    if unknown := set(content) - set(CONTENTS) - {"suggestions"}:
        raise RpcError(400, f"Unknown name \"{min(unknown)}\" at 'agent_message.content_message'.")
    CONTENTS[kinds[0]](content[kinds[0]])
    _suggestions(content, 11)
    if body.get("messageTrafficType", "TRANSACTION") not in TRAFFIC:
        raise RpcError(400, "Invalid value at 'agent_message.message_traffic_type'.")
    if "ttl" in body:
        found = _DURATION.fullmatch(str(body["ttl"]))
        if not found or not 10 <= int(found[1]) <= 15 * 86_400:
            raise RpcError(400, "The ttl must be between 10 seconds and 15 days.")


def _part(of: Json, key: str) -> Json:
    value = of.get(key)
    if not isinstance(value, dict):
        raise RpcError(400, f"{key} is required and must be an object.")
    return value


def _string(of: Json, key: str, most: int, *, optional: bool = False) -> str:
    value = of.get(key)
    if value is None and optional:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise RpcError(400, f"{key} is required.")
    if len(value) > most:
        raise RpcError(400, f"{key} is {len(value)} characters long; {most} are allowed.")
    return value


def _url(of: Json, key: str, *, optional: bool = False) -> None:
    value = _string(of, key, 2048, optional=optional)
    if value and not value.startswith(("http://", "https://")):
        raise RpcError(400, f"{key} is no URL.")


def _text(said: Any) -> None:
    _string({"text": said}, "text", 3072)


def _content_info(said: Any) -> None:
    info = _part({"contentInfo": said}, "contentInfo")
    _url(info, "fileUrl")
    _url(info, "thumbnailUrl", optional=True)


def _uploaded(said: Any) -> None:
    _string(_part({"uploadedRbmFile": said}, "uploadedRbmFile"), "fileName", 2048)


def _rich_card(said: Any) -> None:
    card = _part({"richCard": said}, "richCard")
    if "standaloneCard" in card:
        alone = _part(card, "standaloneCard")
        if alone.get("cardOrientation") not in ("VERTICAL", "HORIZONTAL"):
            raise RpcError(400, "cardOrientation is required.")
        _card_content(_part(alone, "cardContent"))
        return
    carousel = _part(card, "carouselCard")
    contents = carousel.get("cardContents")
    if carousel.get("cardWidth") not in ("SMALL", "MEDIUM"):
        raise RpcError(400, "cardWidth is required.")
    if not isinstance(contents, list) or not 2 <= len(contents) <= 10:
        raise RpcError(400, "A carousel needs 2 to 10 cards.")
    for each in contents:
        _card_content(_part({"cardContents": each}, "cardContents"))


def _card_content(said: Json) -> None:
    if not set(said) & {"title", "description", "media"}:
        raise RpcError(400, "A card needs a title, a description or media.")
    _string(said, "title", 200, optional=True)
    _string(said, "description", 2000, optional=True)
    if "media" in said:
        media = _part(said, "media")
        if media.get("height") not in ("SHORT", "MEDIUM", "TALL"):
            raise RpcError(400, "height is required.")
        _content_info(media.get("contentInfo"))
    _suggestions(said, 4)


def _suggestions(of: Json, most: int) -> None:
    given = of.get("suggestions", [])
    if not isinstance(given, list) or len(given) > most:
        raise RpcError(400, f"At most {most} suggestions are allowed here.")
    for each in given:
        kind = next((k for k in ("reply", "action") if isinstance(each, dict) and k in each), "")
        said = _part(each if kind else {}, kind or "suggestion")
        _string(said, "text", 25)
        _string(said, "postbackData", 2048)
        if kind == "action":
            _action(said)


def _action(said: Json) -> None:
    _url(said, "fallbackUrl", optional=True)
    kinds = [kind for kind in ACTIONS if kind in said]
    if len(kinds) != 1:
        raise RpcError(400, "An action needs exactly one kind.")
    ACTIONS[kinds[0]](_part(said, kinds[0]))


def _dial(said: Json) -> None:
    if not re.fullmatch(r"\+[1-9]\d{4,14}", _string(said, "phoneNumber", 20)):
        raise RpcError(400, "phoneNumber is not in E.164.")


def _show_place(said: Json) -> None:
    if "latLong" not in said:
        _string(said, "query", 2048)
        return
    for key, most in (("latitude", 90), ("longitude", 180)):
        value = _part(said, "latLong").get(key)
        try:  # JSON of Protocol Buffers may also write a number as a string
            is_there = not isinstance(value, bool) and abs(float(value)) <= most  # type: ignore[arg-type]
        except (TypeError, ValueError):
            is_there = False
        if not is_there:
            raise RpcError(400, f"{key} is no number up to {most}.")


def _save_date(said: Json) -> None:
    for key in ("startTime", "endTime"):
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", _string(said, key, 40)):
            raise RpcError(400, f"{key} is no timestamp.")
    _string(said, "title", 100)
    _string(said, "description", 500, optional=True)


CONTENTS: dict[str, Callable[[Any], None]] = {
    "text": _text,
    "contentInfo": _content_info,
    "uploadedRbmFile": _uploaded,
    "richCard": _rich_card,
}

ACTIONS: dict[str, Callable[[Json], None]] = {
    "dialAction": _dial,
    "openUrlAction": lambda said: _url(said, "url"),
    "viewLocationAction": _show_place,
    "shareLocationAction": lambda said: None,
    "createCalendarEventAction": _save_date,
}
