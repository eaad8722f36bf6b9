"""What the bot says by a variant of a response, as the contents that channels are given.

The same reading as `bot/inbox_channel/replies.py`, which lives in another process.
"""

from typing import Any

from connectors.content import Content, Image, Option, Options, Text
from inbox.actions.errors import Invalid


def contents_of(variant: dict[str, Any], shared: dict[str, Any]) -> list[Content]:
    """The contents of a variant; `shared` is what its references stand for. Raises `Invalid`."""
    text = _text(_meant(variant.get("text"), shared))
    image = _meant(variant.get("image"), shared)
    buttons = [
        *(_meant(variant.get("quick_replies"), shared) or []),
        *(_meant(variant.get("buttons"), shared) or []),
    ]
    options = [_option(button) for button in buttons]
    if image and text and not options:
        return [Image(url=_text(image), caption=text)]
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    if options and not parts:
        raise Invalid("Buttons need a text above them.")
    contents: list[Content] = [Text(part) for part in parts]
    if options:
        contents[-1] = Options(parts[-1], options)
    if image:
        contents.append(Image(url=_text(image)))
    return contents


def _option(button: Any) -> Option:
    if not isinstance(button, dict) or not (button.get("title") or button.get("payload")):
        raise Invalid("A button has a title.")
    title = str(button.get("title") or button["payload"])
    return Option(title, str(button.get("payload") or title))


def _meant(value: Any, shared: dict[str, Any]) -> Any:
    if isinstance(value, dict) and list(value) == ["*"]:
        return shared.get(str(value["*"]))
    return value


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str | int | float):
        raise Invalid("A text is expected here.")
    return "" if value is None else str(value).strip()
