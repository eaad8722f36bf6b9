"""Google's documented requests, read back into what we would send."""

from typing import Any

from connectors import actions
from connectors.content import Carousel, Document, Image, Option, Options, Revoke, RichCard, Text
from tests.conformance.judges.wish import Wish
from tests.conformance.verdicts import CannotJudge

_NO_WORD = ("expireTime", "thumbnailName", "thumbnailUrl")
"""Fields of Google's that our contents have no word for."""


def wish_for(method: str, path: str, body: Any) -> Wish:
    """What to ask for. Raises `CannotJudge`."""
    if method == "DELETE":
        return Wish(content=Revoke("MESSAGE_ID"))
    if "/agentEvents" in path and isinstance(body, dict):
        return Wish(reads="+16505550101:MESSAGE_ID", typing=body.get("eventType") == "IS_TYPING")
    if method == "GET" and "/capabilities" in path:
        return Wish(reaches="+16505550101")
    if not isinstance(body, dict) or "contentMessage" not in body:
        raise CannotJudge(f"Parley sends nothing by {method} {path.split('?')[0]}")
    for name in _NO_WORD:
        if name in _names(body):
            raise CannotJudge(f"Parley's contents have no word for {name}")
    settings = {}
    if body.get("messageTrafficType"):
        settings["traffic_type"] = body["messageTrafficType"]
    if body.get("ttl"):
        settings["ttl"] = str(body["ttl"]).removesuffix("s")
    return Wish(content=_content(body["contentMessage"]), settings=settings)


def _content(said: dict[str, Any]) -> Any:
    options = [_option(each) for each in said.get("suggestions", ())]
    if "richCard" in said:
        return _rich_card(said["richCard"])
    if "contentInfo" in said:
        url = said["contentInfo"]["fileUrl"]
        return Image(url=url) if url.endswith((".gif", ".jpg", ".png", ".jpeg")) else Document(url=url)
    if "uploadedRbmFile" in said:
        return Document(media_id=said["uploadedRbmFile"]["fileName"])
    return Options(said["text"], options) if options else Text(said["text"])


def _rich_card(said: dict[str, Any]) -> Any:
    if "carouselCard" in said:
        return Carousel([_card(each) for each in said["carouselCard"]["cardContents"]])
    return _card(said["standaloneCard"]["cardContent"])


def _card(said: dict[str, Any]) -> RichCard:
    image = said.get("media", {}).get("contentInfo", {}).get("fileUrl")
    options = [_option(each) for each in said.get("suggestions", ())]
    return RichCard(title=said.get("title"), text=said.get("description"), image=image, options=options)


def _option(said: dict[str, Any]) -> Option:
    if "reply" in said:
        return Option(title=said["reply"]["text"], payload=said["reply"]["postbackData"])
    action = said["action"]
    frame = {
        "title": action["text"],
        "payload": action.get("postbackData", ""),
        "url": action.get("fallbackUrl"),
    }
    if "openUrlAction" in action:
        page = action["openUrlAction"]
        view = actions.OpenPage(page.get("webviewViewMode", "FULL").lower(), page.get("description"))
        return Option(
            **frame | {"url": page["url"]}, action=view if page.get("application") == "WEBVIEW" else None
        )
    return Option(**frame, action=_action(action))


def _action(said: dict[str, Any]) -> Any:
    if "dialAction" in said:
        return actions.Dial(said["dialAction"]["phoneNumber"])
    if "shareLocationAction" in said:
        return actions.ShareLocation()
    if "viewLocationAction" in said:
        there = said["viewLocationAction"]
        at = there.get("latLong", {})
        point = [float(at[key]) for key in ("latitude", "longitude") if key in at] or [None, None]
        return actions.ShowPlace(*point, label=there.get("label"), query=there.get("query"))
    if "createCalendarEventAction" in said:
        date = said["createCalendarEventAction"]
        return actions.SaveDate(date["title"], date["startTime"], date["endTime"], date.get("description"))
    raise CannotJudge(f"Parley's contents have no word for {', '.join(sorted(said))}")


def _names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {*value, *(name for each in value.values() for name in _names(each))}
    return {name for each in value for name in _names(each)} if isinstance(value, list) else set()
