"""What we send: contents as the form of Kaleyra's messages call.

https://developers.kaleyra.io/docs/send-your-first-sms and https://developers.kaleyra.io/docs/whatsapp-api
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from connectors.content import Audio, Document, Image, Template, Text, Video
from connectors.contract import Capabilities, Outbound, StopWords
from connectors.errors import ContentRefused
from connectors.sms.outgoing import not_carried, public_address, words_within
from connectors.sms.people import address

LONGEST = {"sms": 4000, "whatsapp": 4096}
"""Characters of a text. Kaleyra names no limit for SMS; it splits what is longer than one."""

Form = dict[str, str]


def capabilities(channel: str, rate: float | None) -> Capabilities:
    """What a sender can carry."""
    files = frozenset({"image", "video", "document", "audio"})
    on_whatsapp = channel == "whatsapp"
    return Capabilities(
        contents=frozenset({"text"}) | (files | {"template"} if on_whatsapp else frozenset()),
        text_length=LONGEST[channel],
        captions=frozenset({"image", "video", "document"}) if on_whatsapp else frozenset(),
        short_messages=not on_whatsapp,
        stop_words=StopWords.CLEAR if on_whatsapp else StopWords.ALL,
        window_hours=24 if on_whatsapp else None,
        rate_per_second=rate,
    )


def form_of(message: Outbound, settings: Mapping[str, str]) -> Form:
    """The form of the send call. Raises `ContentRefused` or `RecipientRefused` in words for an agent."""
    to = address(message.to)
    sender = settings["sender"] or message.account or ""
    if settings["channel"] == "whatsapp":
        return _on_whatsapp(message, settings, to, sender)
    if not isinstance(message.content, Text):
        raise not_carried(message.content, "Kaleyra's SMS")
    form = {"to": to, "sender": sender, "body": words_within(message.content.text, LONGEST["sms"], "Kaleyra")}
    form |= {
        name: settings[name] for name in ("type", "template_id", "callback_profile_id") if settings[name]
    }
    if settings["callback_url"] and not settings["callback_profile_id"]:
        form["callback"] = _callback(settings["callback_url"])
    return form | {"ref": message.message_id}


def _callback(url: str) -> str:
    """The address that this one message is reported to, as JSON within the form."""
    retry = {"count": "3", "interval": ["30", "60", "120"]}
    return msgspec.json.encode({"url": url, "method": "POST", "retry": retry}).decode()


def _on_whatsapp(message: Outbound, settings: Mapping[str, str], to: str, sender: str) -> Form:
    write = WRITERS.get(type(message.content))
    if write is None:
        raise not_carried(message.content, "Kaleyra's WhatsApp")
    form = {"channel": "whatsapp", "from": sender.removeprefix("+"), "to": to.removeprefix("+")}
    if settings["callback_url"]:
        form["callback_url"] = settings["callback_url"]
    if settings["callback_profile_id"]:
        form["callback_profile_id"] = settings["callback_profile_id"]
    return form | write(message.content) | {"ref": message.message_id}


def _text(content: Any) -> Form:
    words = words_within(content.text, LONGEST["whatsapp"], "Kaleyra")
    has_link = "https://" in words or "http://" in words
    return {"type": "text", "body": words} | ({"preview_url": "true"} if has_link else {})


def _media(content: Any) -> Form:
    form = {"type": "media", "media_url": public_address(content, "Kaleyra")}
    return form | ({"caption": words_within(content.caption, 1024, "Kaleyra")} if content.caption else {})


def _template(content: Any) -> Form:
    """A template with the values of its body; a file in its head makes it one with media."""
    values: list[str] = []
    link = ""
    for component in content.components:
        for parameter in component.get("parameters", []):
            kind = parameter.get("type", "text")
            if kind in ("image", "video", "document"):
                link = str(parameter.get(kind, {}).get("link") or "")
            else:
                values.append(str(parameter.get("text") or parameter.get("payload") or ""))
    if any('"' in each for each in values):
        raise ContentRefused("Kaleyra takes no quotation marks in a template's values.", code="template")
    form = {"template_name": content.name, "lang_code": content.language}
    form["type"] = "mediatemplate" if link else "template"
    if link:
        form["media_url"] = link
    return form | ({"params": ",".join(f'"{each}"' for each in values)} if values else {})


WRITERS: dict[type, Callable[[Any], Form]] = {
    Text: _text,
    Image: _media,
    Video: _media,
    Document: _media,
    Audio: _media,
    Template: _template,
}
"""How a content is written on WhatsApp, by its type. Kaleyra carries no others."""
