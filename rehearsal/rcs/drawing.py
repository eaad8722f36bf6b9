"""How a phone draws what the agent sent: a `contentMessage` as a bubble."""

from typing import Any

from rehearsal.phones import Shown

Json = dict[str, Any]

SHARES = "Shares where you are"
"""Under a suggestion that, tapped, also sends a location."""


def drawn(content: Json) -> Json:
    """The fields of a `Bubble` for a content that has passed the checks."""
    look: Json = {}
    if "text" in content:
        look = {"text": content["text"]}
    elif "contentInfo" in content:
        look = {"media": _media(content["contentInfo"]["fileUrl"])}
    elif "uploadedRbmFile" in content:
        look = {"media": {"kind": "document", "name": content["uploadedRbmFile"]["fileName"]}}
    else:
        look = _card(content["richCard"])
    chips = [_shown(each) for each in content.get("suggestions", [])]
    return look | {"choices": look.get("choices", []) + chips}


def _card(card: Json) -> Json:
    if "standaloneCard" in card:
        said = card["standaloneCard"]["cardContent"]
        media = said.get("media")
        return {
            "header": said.get("title"),
            "text": said.get("description", ""),
            "media": _media(media["contentInfo"]["fileUrl"]) if media else None,
            "choices": [_shown(each) for each in said.get("suggestions", [])],
        }
    contents = card["carouselCard"]["cardContents"]
    return {
        "panels": [_panel(each) for each in contents],
        "choices": [_shown(each) for said in contents for each in said.get("suggestions", [])],
    }


def _panel(said: Json) -> Json:
    media = said.get("media")
    return {
        "title": said.get("title", ""),
        "text": said.get("description", ""),
        "media": _media(media["contentInfo"]["fileUrl"]) if media else None,
        "choices": len(said.get("suggestions", [])),
    }


def _media(url: str) -> Json:
    name = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    is_picture = name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp"))
    return {"kind": "image" if is_picture else "file", "link": url, "name": name or url}


def _shown(suggestion: Json) -> Shown:
    said = suggestion.get("reply") or suggestion["action"]
    shown = Shown(id=said["postbackData"], title=said["text"])
    if "openUrlAction" in said:
        shown.url = said["openUrlAction"]["url"]
    for name, words in _ACTIONS.items():
        if name in said:
            shown.description = words.format(**said[name])
    return shown


def is_action(choice: Shown) -> bool:
    """Whether the suggestion does more than answer."""
    starts = tuple(words.partition("{")[0] for words in _ACTIONS.values())
    return (choice.description or "").startswith(starts)


_ACTIONS = {
    "dialAction": "Calls {phoneNumber}",
    "viewLocationAction": "Opens the map",
    "shareLocationAction": SHARES,
    "createCalendarEventAction": "Saves {title}",
}
