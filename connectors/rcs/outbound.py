"""What we send: contents as Google's `contentMessage`, one writer for each, kept to Google's limits.

https://developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1/phones.agentMessages

A label that is too long is shortened, because its end seldom matters. A text that is too long is refused,
because what a person wrote must not lose its end in silence.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from connectors.actions import ShowPlace
from connectors.content import (
    Audio,
    Carousel,
    Document,
    Image,
    Location,
    Media,
    Option,
    Options,
    RichCard,
    Text,
    Video,
)
from connectors.contract import Capabilities, Outbound
from connectors.cutting import shortened
from connectors.errors import ContentRefused
from connectors.rcs.suggestions import TITLE, suggestions, web_address
from connectors.tolerant import Json

TEXT, CARD_TITLE, CARD_TEXT = 3_072, 200, 2_000
CHIPS, CARD_CHIPS, FEWEST_CARDS, MOST_CARDS = 11, 4, 2, 10
WHOLE = 250 * 1024

CAPABILITIES = Capabilities(
    contents=frozenset(
        {"text", "image", "audio", "video", "document", "location", "options", "card", "carousel", "revoke"}
    ),
    text_length=TEXT,
    captions=frozenset({"image", "video"}),
    caption_length=CARD_TEXT,
    options=CHIPS,
    option_title_length=TITLE,
    links="any",
    actions=frozenset({"dial", "share_location", "show_place", "save_date", "open_page"}),
    card_options=CHIPS,
    card_title_length=CARD_TITLE,
    card_text_length=CARD_TEXT,
    carousel_cards=(FEWEST_CARDS, MOST_CARDS),
    carousel_options=CARD_CHIPS,
    idempotent_send=True,
)


def content_of(message: Outbound, message_id: str) -> Json:
    """The `contentMessage` of a send call; `message_id` is the one that it goes under.

    Raises `ContentRefused` in words for an agent.
    """
    write = WRITERS.get(type(message.content))
    if write is None:
        raise ContentRefused(f"RCS cannot carry {_named(message.content)}.", code="content")
    said = write(message.content, message_id)
    if len(msgspec.json.encode(said)) > WHOLE - 1024:
        raise ContentRefused("The message is larger than the 250 KB that RCS takes.", code="too_long")
    return said


def _text(content: Any, message_id: str) -> Json:
    if not content.text.strip():
        raise ContentRefused("There is no text in the message.", code="content")
    return {"text": _within(content.text, TEXT, "text")}


def _options(content: Any, message_id: str) -> Json:
    """RCS has no header and footer, so they join the text."""
    paragraphs = [each for each in (content.header, content.text, content.footer) if each]
    said = _text(Text("\n\n".join(paragraphs)), message_id)
    return said | _chips(content.options, message_id)


def _media(content: Any, message_id: str) -> Json:
    if not content.caption:
        return _file(content)
    if not isinstance(content, Image | Video) or not content.url:
        raise ContentRefused("RCS carries text only with a picture or a film.", code="content")
    # A file has no caption, but a card has a description.
    return _standalone({"description": _within(content.caption, CARD_TEXT, "caption")} | _cover(content.url))


def _file(content: Media) -> Json:
    if content.url:
        return {"contentInfo": {"fileUrl": web_address(content.url)}}
    if content.media_id:
        return {"uploadedRbmFile": {"fileName": content.media_id}}
    raise ContentRefused("There is no file in the message.", code="content")


def _location(content: Any, message_id: str) -> Json:
    """An agent cannot send a point, but a text with a button that opens the map there."""
    place = f"{content.latitude:.6f}, {content.longitude:.6f}"
    lines = [content.name, content.address] if content.name or content.address else [place]
    there = ShowPlace(content.latitude, content.longitude, label=content.name or content.address)
    option = Option(title=content.name or place, payload="show_place", action=there)
    said = _text(Text("\n".join(line for line in lines if line)), message_id)
    return said | _chips([option], message_id)


def _card(content: Any, message_id: str) -> Json:
    """A card holds four suggestions; if there are more, all of them stand below it."""
    if len(content.options) <= CARD_CHIPS:
        return _standalone(_card_content(content, message_id))
    bare = msgspec.structs.replace(content, options=[])
    return _standalone(_card_content(bare, message_id)) | _chips(content.options, message_id)


def _carousel(content: Any, message_id: str) -> Json:
    cards = content.cards
    if len(cards) == 1:
        return _card(cards[0], message_id)
    if not FEWEST_CARDS <= len(cards) <= MOST_CARDS:
        raise ContentRefused(f"RCS shows {FEWEST_CARDS} to {MOST_CARDS} cards side by side.", code="cards")
    if any(len(card.options) > CARD_CHIPS for card in cards):
        raise ContentRefused(f"RCS shows at most {CARD_CHIPS} options on a card.", code="options")
    contents = [_card_content(card, message_id) for card in cards]
    return {"richCard": {"carouselCard": {"cardWidth": "MEDIUM", "cardContents": contents}}}


def _card_content(card: RichCard, message_id: str) -> Json:
    said: Json = {}
    if card.title and card.title.strip():
        said["title"] = shortened(card.title, CARD_TITLE)
    if card.text and card.text.strip():
        said["description"] = _within(card.text, CARD_TEXT, "card's text")
    if card.image:
        said |= _cover(card.image)
    if not said:
        raise ContentRefused("There is nothing on the card.", code="content")
    return said | ({"suggestions": suggestions(card.options, message_id)} if card.options else {})


def _standalone(content: Json) -> Json:
    return {"richCard": {"standaloneCard": {"cardOrientation": "VERTICAL", "cardContent": content}}}


def _cover(url: str) -> Json:
    return {"media": {"height": "MEDIUM", "contentInfo": {"fileUrl": web_address(url)}}}


def _chips(options: list[Option], message_id: str) -> Json:
    if len(options) > CHIPS:
        raise ContentRefused(
            f"RCS shows at most {CHIPS} options; this message has {len(options)}.", code="options"
        )
    return {"suggestions": suggestions(options, message_id)} if options else {}


def _within(text: str, limit: int, what: str) -> str:
    if len(text) > limit:
        raise ContentRefused(
            f"The {what} has {len(text):,} characters; RCS takes {limit:,}.", code="too_long"
        )
    return text


def _named(content: Any) -> str:
    name = type(content).__name__.lower()
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


WRITERS: dict[type, Callable[[Any, str], Json]] = {
    Text: _text,
    Options: _options,
    Image: _media,
    Video: _media,
    Audio: _media,
    Document: _media,
    Location: _location,
    RichCard: _card,
    Carousel: _carousel,
}
"""How a content is written, by its type. RCS carries no others."""
