"""What the bot said, as the inbox's replies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rasa.shared.core.events import BotUttered

from inbox_channel.problems import Problem

Reply = dict[str, Any]


class UnknownReply(Problem):
    """An action said something that no channel can show."""

    title = "Unknown kind of reply"


def replies_of(said: BotUttered) -> Iterator[Reply]:
    """The replies in one utterance, in the order a customer reads them.

    A blank line in a text parts two messages, as in stock Rasa; buttons go with the last part.
    An image takes the text as its caption, unless there are buttons to show with the text.
    """
    data = {kind: value for kind, value in said.data.items() if value}
    buttons = [*data.pop("quick_replies", []), *data.pop("buttons", [])]
    image = data.pop("image", None)
    if image and image == data.get("attachment"):
        del data["attachment"]  # Rasa repeats an image as an attachment
    text = (said.text or "").strip()
    if image and text and not buttons:
        yield {"type": "image", "url": image, "caption": text}
    else:
        yield from _texts(text, buttons)
        if image:
            yield {"type": "image", "url": image, "caption": None}
    for kind, value in data.items():
        yield READERS.get(kind, _unknown)(value)


def _texts(text: str, buttons: list[dict[str, Any]]) -> Iterator[Reply]:
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    if buttons and not parts:
        raise UnknownReply("An action offered buttons with no text above them.")
    last = len(parts) - 1
    for index, part in enumerate(parts):
        if buttons and index == last:
            yield {"type": "options", "text": part, "options": [_option(one) for one in buttons]}
        else:
            yield {"type": "text", "text": part}


def _option(button: dict[str, Any]) -> dict[str, str]:
    title = button.get("title") or button.get("payload") or ""
    return {"title": title, "payload": button.get("payload") or title}


def _attachment(value: Any) -> Reply:
    url = value if isinstance(value, str) else (value.get("payload") or {}).get("src")
    if not url:
        raise UnknownReply("An action sent an attachment that has no address.")
    return {"type": "text", "text": url}


def _custom(value: Any) -> Reply:
    if isinstance(value, dict) and value.get("type") == "image" and value.get("url"):
        return {"type": "image", "url": value["url"], "caption": value.get("caption")}
    raise UnknownReply("An action sent custom JSON that is not an image.")


def _unknown(value: Any) -> Reply:
    raise UnknownReply("An action sent elements; channels show text, options and images.")


READERS: dict[str, Callable[[Any], Reply]] = {"attachment": _attachment, "custom": _custom}
