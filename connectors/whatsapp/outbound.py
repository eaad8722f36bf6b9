"""What we send: contents as bodies of the Cloud API's send call, one writer for each, kept to Meta's limits.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages

A label that is too long is shortened, because its end seldom matters. A text that is too long is refused,
because what a person wrote must not lose its end in silence.
"""

from collections.abc import Callable
from typing import Any

from connectors.content import (
    Audio,
    Card,
    Contacts,
    Document,
    Image,
    Location,
    Media,
    Option,
    Options,
    Reaction,
    Sticker,
    Template,
    Text,
    Video,
)
from connectors.contract import Capabilities, Outbound, StopWords
from connectors.cutting import distinct, shortened
from connectors.errors import ContentRefused, RecipientRefused
from connectors.events import Identity, IdentityKind
from connectors.payloads import payloads_within
from connectors.tolerant import Json

TEXT, CAPTION, BUTTON_BODY, LIST_BODY = 4096, 1024, 1024, 4096
HEADER, FOOTER = 60, 60
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, ROW_TITLE, ROW_DESCRIPTION, ROW_ID, LIST_BUTTON = 10, 24, 72, 200, 20

CAPABILITIES = Capabilities(
    contents=frozenset(
        {"text", "image", "audio", "video", "document", "sticker"}
        | {"options", "location", "contacts", "reaction", "template"}
    ),
    text_length=TEXT,
    captions=frozenset({"image", "video", "document"}),
    caption_length=CAPTION,
    options=BUTTONS,
    list_rows=ROWS,
    option_title_length=BUTTON_TITLE,
    list_title_length=ROW_TITLE,
    option_description_length=ROW_DESCRIPTION,
    options_text_length=BUTTON_BODY,
    header_length=HEADER,
    footer_length=FOOTER,
    links="alone",
    stop_words=StopWords.CLEAR,
    window_hours=24,
    rate_per_second=80,
)


def body_of(message: Outbound) -> Json:
    """The JSON of the send call. Raises `ContentRefused` or `RecipientRefused` in words for an agent."""
    write = WRITERS.get(type(message.content))
    if write is None:
        raise ContentRefused(
            f"WhatsApp cannot carry {_an(type(message.content).__name__.lower())}.", code="content"
        )
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(message.to),
        **write(message.content),
        "biz_opaque_callback_data": message.message_id,
    }
    if message.reply_to and not isinstance(message.content, Reaction):
        body["context"] = {"message_id": message.reply_to}
    return body


def _recipient(to: tuple[Identity, ...]) -> Json:
    """The phone number if we have one, else the user id.

    Authentication templates refuse user ids (131062) and a phone number is taken everywhere.
    """
    for identity in to:
        if identity.kind == IdentityKind.PHONE:
            return {"to": identity.value.removeprefix("+")}
    for identity in to:
        if identity.kind == IdentityKind.BSUID:
            return {"recipient": identity.value}
    raise RecipientRefused("The customer has neither a phone number nor a WhatsApp id.", code="recipient")


def _text(content: Any) -> Json:
    if not content.text.strip():
        raise ContentRefused("There is no text in the message.", code="content")
    body = _within(content.text, TEXT, "text")
    has_link = "https://" in body or "http://" in body
    return {"type": "text", "text": {"body": body, "preview_url": has_link}}


def _media(kind: str, *, caption: bool = True, filename: bool = False) -> Callable[[Any], Json]:
    def write(content: Media) -> Json:
        if content.media_id:
            said: Json = {"id": content.media_id}
        elif content.url:
            said = {"link": content.url}
        else:
            raise ContentRefused("There is no file in the message.", code="content")
        if content.caption and not caption:
            raise ContentRefused(f"WhatsApp carries no text with {_an(kind)}.", code="content")
        if content.caption:
            said["caption"] = _within(content.caption, CAPTION, "caption")
        if content.filename and filename:
            said["filename"] = content.filename
        return {"type": kind, kind: said}

    return write


def _options(content: Any) -> Json:
    options = content.options
    if not options:
        return _text(Text(content.text))
    if any(option.url for option in options):
        return _interactive(content, "cta_url", _link(options), BUTTON_BODY)
    if len(options) > ROWS:
        raise ContentRefused(
            f"WhatsApp shows at most {ROWS} options; this message has {len(options)}.", code="options"
        )
    if _fit_on_buttons(content):
        return _interactive(content, "button", {"buttons": _buttons(options)}, BUTTON_BODY)
    rows = {"button": shortened(content.button or "Choose", LIST_BUTTON), "sections": [_rows(options)]}
    return _interactive(content, "list", rows, LIST_BODY)


def _fit_on_buttons(content: Options) -> bool:
    """Buttons show no description, and their body is shorter than a list's."""
    described = any(option.description for option in content.options)
    return len(content.options) <= BUTTONS and not described and len(content.text) <= BUTTON_BODY


def _interactive(content: Options, kind: str, action: Json, limit: int) -> Json:
    said: Json = {"type": kind, "body": {"text": _within(content.text, limit, "text")}, "action": action}
    if content.header:
        said["header"] = {"type": "text", "text": shortened(content.header, HEADER)}
    if content.footer:
        said["footer"] = {"text": shortened(content.footer, FOOTER)}
    return {"type": "interactive", "interactive": said}


def _link(options: list[Option]) -> Json:
    if len(options) > 1:
        raise ContentRefused(
            "WhatsApp shows a link only as the one button of a message; put the others in the text.",
            code="options",
        )
    shown = shortened(options[0].title, BUTTON_TITLE)
    return {"name": "cta_url", "parameters": {"display_text": shown, "url": options[0].url}}


def _buttons(options: list[Option]) -> list[Json]:
    titles = distinct([option.title for option in options], BUTTON_TITLE)
    replies = zip(payloads_within(options, BUTTON_ID), titles, strict=True)
    return [{"type": "reply", "reply": {"id": payload, "title": title}} for payload, title in replies]


def _rows(options: list[Option]) -> Json:
    titles = distinct([option.title for option in options], ROW_TITLE)
    rows = []
    for option, payload, title in zip(options, payloads_within(options, ROW_ID), titles, strict=True):
        row = {"id": payload, "title": title}
        if option.description:
            row["description"] = shortened(option.description, ROW_DESCRIPTION)
        rows.append(row)
    return {"rows": rows}


def _location(content: Any) -> Json:
    said = {"latitude": content.latitude, "longitude": content.longitude}
    said |= {key: value for key in ("name", "address") if (value := getattr(content, key))}
    return {"type": "location", "location": said}


def _contacts(content: Any) -> Json:
    if not content.cards:
        raise ContentRefused("There is no contact card in the message.", code="content")
    return {"type": "contacts", "contacts": [_card(card) for card in content.cards]}


def _card(card: Card) -> Json:
    said: Json = {"name": {"formatted_name": card.name, "first_name": card.name}}
    phones = [{"phone": p.number, "type": p.kind, "wa_id": p.wa_id} for p in card.phones]
    lists = {
        "phones": [{key: value for key, value in phone.items() if value} for phone in phones],
        "emails": [{"email": email} for email in card.emails],
        "addresses": [{"street": address} for address in card.addresses],
        "urls": [{"url": url} for url in card.urls],
    }
    said |= {key: entries for key, entries in lists.items() if entries}
    if card.organisation:
        said["org"] = {"company": card.organisation}
    return said | ({"birthday": card.birthday} if card.birthday else {})


def _reaction(content: Any) -> Json:
    return {"type": "reaction", "reaction": {"message_id": content.external_id, "emoji": content.emoji}}


def _template(content: Any) -> Json:
    said: Json = {"name": content.name, "language": {"policy": "deterministic", "code": content.language}}
    return {"type": "template", "template": said | ({"components": c} if (c := content.components) else {})}


def _within(text: str, limit: int, what: str) -> str:
    if len(text) > limit:
        raise ContentRefused(
            f"The {what} has {len(text):,} characters; WhatsApp takes {limit:,}.", code="too_long"
        )
    return text


def _an(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


WRITERS: dict[type, Callable[[Any], Json]] = {
    Text: _text,
    Image: _media("image"),
    Video: _media("video"),
    Document: _media("document", filename=True),
    Audio: _media("audio", caption=False),
    Sticker: _media("sticker", caption=False),
    Options: _options,
    Location: _location,
    Contacts: _contacts,
    Reaction: _reaction,
    Template: _template,
}
"""How a content is written, by its type. WhatsApp carries no others."""
