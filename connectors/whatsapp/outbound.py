"""What we send: contents as bodies of the Cloud API's send call, one writer for each, kept to Meta's limits.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages

A label that is too long is shortened, because its end seldom matters. A text that is too long is refused,
because what a person wrote must not lose its end in silence.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from connectors.content import (
    Audio,
    Card,
    Contacts,
    Document,
    Image,
    Location,
    Media,
    Options,
    Reaction,
    Sticker,
    Template,
    Text,
    Video,
)
from connectors.contract import Capabilities, Outbound, StopWords
from connectors.errors import ContentRefused, RecipientRefused
from connectors.events import Identity, IdentityKind
from connectors.tolerant import Json
from connectors.whatsapp.interactive import (
    BUTTON_BODY,
    BUTTON_TITLE,
    BUTTONS,
    FOOTER,
    HEADER,
    LONE_ACTIONS,
    ROW_DESCRIPTION,
    ROW_TITLE,
    ROWS,
    question,
    within,
)
from connectors.whatsapp.media import LARGEST, TAKEN

TEXT, CAPTION = 4096, 1024

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
    quotes=True,
    lone_actions=LONE_ACTIONS,
    stop_words=StopWords.CLEAR,
    window_hours=24,
    rate_per_second=80,
    pair_burst=45,
    pair_gap=6.0,
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
    body = within(content.text, TEXT, "text")
    has_link = "https://" in body or "http://" in body
    return {"type": "text", "text": {"body": body, "preview_url": has_link}}


def _media(kind: str, *, caption: bool = True, filename: bool = False) -> Callable[[Any], Json]:
    def write(content: Media) -> Json:
        if kind != "document" and not _is_taken(kind, content):
            return _document(content)
        if content.media_id:
            said: Json = {"id": content.media_id}
        elif content.url:
            said = {"link": content.url}
        else:
            raise ContentRefused("There is no file in the message.", code="content")
        if content.caption and not caption:
            raise ContentRefused(f"WhatsApp carries no text with {_an(kind)}.", code="content")
        if content.caption:
            said["caption"] = within(content.caption, CAPTION, "caption")
        if content.filename and filename:
            said["filename"] = content.filename
        return {"type": kind, kind: said}

    return write


def _is_taken(kind: str, content: Media) -> bool:
    """Whether Meta takes the file as this kind, as far as is known; else it goes as a document."""
    mime = (content.mime_type or "").partition(";")[0].strip().lower()
    return (not mime or mime in TAKEN[kind]) and (content.size or 0) <= LARGEST[kind]


_document = _media("document", filename=True)


def _options(content: Any) -> Json:
    return question(content) if content.options else _text(Text(content.text))


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
    components = [*_header(content.header), *content.components]
    return {"type": "template", "template": said | ({"components": components} if components else {})}


def _header(media: Media | None) -> list[Json]:
    """The file at a template's head. It has no caption: the template's words are approved."""
    if media is None:
        return []
    written = WRITERS[type(media)](replace(media, caption=None))
    return [{"type": "header", "parameters": [written]}]


def _an(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


WRITERS: dict[type, Callable[[Any], Json]] = {
    Text: _text,
    Image: _media("image"),
    Video: _media("video"),
    Document: _document,
    Audio: _media("audio", caption=False),
    Sticker: _media("sticker", caption=False),
    Options: _options,
    Location: _location,
    Contacts: _contacts,
    Reaction: _reaction,
    Template: _template,
}
"""How a content is written, by its type. WhatsApp carries no others."""
