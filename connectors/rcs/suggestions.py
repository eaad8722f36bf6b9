"""Answers to tap: options as Google's suggestions, replies and actions.

https://developers.google.com/business-communications/rcs-business-messaging/guides/build/messages/suggestions
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from connectors.actions import Dial, OpenPage, SaveDate, ShareLocation, ShowPlace
from connectors.content import Choice, Option
from connectors.cutting import distinct, shortened
from connectors.errors import ContentRefused
from connectors.payloads import is_reference, payloads_within
from connectors.tolerant import Json

TITLE, POSTBACK, URL = 25, 2_048, 2_048
EVENT_TITLE, EVENT_DESCRIPTION, PLACE_LABEL = 100, 500, 100

VIEWS = ("full", "tall", "half")
"""How much of the screen a page within the chat may take."""

_MARK = "@"
"""Between a payload's reference and the message whose options it is from: Google's taps do not say."""


def suggestions(options: list[Option], message_id: str) -> list[Json]:
    """One suggestion for each option. Raises `ContentRefused` for what no phone could act upon."""
    if not all(option.title.strip() for option in options):
        raise ContentRefused("An option has no title.", code="options")
    titles = distinct([option.title for option in options], TITLE)
    found = []
    for option, title, payload in zip(options, titles, payloads_within(options, POSTBACK), strict=True):
        back = f"{payload}{_MARK}{message_id}" if is_reference(payload) else payload
        found.append(_suggestion(option, {"text": title, "postbackData": back}))
    return found


def answered(choice: Choice) -> tuple[Choice, str | None]:
    """A tap as the inbox understands it, and the message it answers if the payload was a reference."""
    payload, mark, message_id = choice.payload.rpartition(_MARK)
    if not mark or not is_reference(payload):
        return choice, None
    return Choice(title=choice.title, payload=payload, source=choice.source), message_id or None


def web_address(url: str) -> str:
    """An address that Google fetches or a phone opens. Raises `ContentRefused` if it cannot be one."""
    if not url.lower().startswith(("https://", "http://")) or len(url) > URL:
        raise ContentRefused(f"RCS takes web addresses of at most {URL:,} characters.", code="url")
    return url


def _suggestion(option: Option, frame: Json) -> Json:
    if isinstance(option.action, OpenPage) and option.url:
        return {"action": frame | {"openUrlAction": _page(option.action, option.url, frame["text"])}}
    if isinstance(option.action, OpenPage):
        return {"reply": frame}
    if option.action is not None:
        frame |= {"fallbackUrl": web_address(option.url)} if option.url and _may_fall_back(option) else {}
        return {"action": frame | ACTIONS[type(option.action)](option.action)}
    if option.url:
        return {"action": frame | {"openUrlAction": {"url": web_address(option.url)}}}
    return {"reply": frame}


def _page(action: OpenPage, url: str, title: str) -> Json:
    view = action.view.upper() if action.view in VIEWS else "FULL"
    return {
        "url": web_address(url),
        "application": "WEBVIEW",
        "webviewViewMode": view,
        "description": shortened(action.description or title, EVENT_DESCRIPTION),
    }


def _may_fall_back(option: Option) -> bool:
    return isinstance(option.action, Dial | ShowPlace | SaveDate)


def _dial(action: Any) -> Json:
    number = action.number.translate(str.maketrans("", "", " -()"))
    if not (number.startswith("+") and number[1:].isascii() and number[1:].isdigit()):
        raise ContentRefused("A number to call must begin with a plus and its country code.", code="options")
    return {"dialAction": {"phoneNumber": number}}


def _share_location(action: Any) -> Json:
    return {"shareLocationAction": {}}


def _show_place(action: Any) -> Json:
    said: Json = {}
    if action.latitude is not None and action.longitude is not None:
        said["latLong"] = {"latitude": action.latitude, "longitude": action.longitude}
    elif action.query:
        said["query"] = action.query
    else:
        raise ContentRefused("A place to show needs a point or a name to look for.", code="options")
    return {
        "viewLocationAction": said | ({"label": shortened(action.label, PLACE_LABEL)} if action.label else {})
    }


def _save_date(action: Any) -> Json:
    said: Json = {
        "startTime": _time(action.starts_at),
        "endTime": _time(action.ends_at),
        "title": shortened(action.title, EVENT_TITLE),
    }
    if action.description:
        said["description"] = shortened(action.description, EVENT_DESCRIPTION)
    return {"createCalendarEventAction": said}


def _time(given: str) -> str:
    try:
        at = datetime.fromisoformat(given)
        if at.tzinfo is not None:
            return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        pass
    raise ContentRefused("A date needs times with their zone: 2026-06-30T19:00:00Z.", code="options")


ACTIONS: dict[type, Callable[[Any], Json]] = {
    Dial: _dial,
    ShareLocation: _share_location,
    ShowPlace: _show_place,
    SaveDate: _save_date,
}
"""How an action is written, by its type."""
