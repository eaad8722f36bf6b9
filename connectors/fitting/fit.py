"""The one function that fits a content to a channel."""

from collections.abc import Callable
from typing import Any

import msgspec

from connectors.content import (
    Audio,
    Carousel,
    Choice,
    Contacts,
    Content,
    Document,
    Edit,
    Image,
    Location,
    Media,
    Options,
    Reaction,
    RichCard,
    Sticker,
    Text,
    Video,
)
from connectors.contract import Capabilities
from connectors.cutting import pieces
from connectors.fitting import cards, files, options
from connectors.fitting.phrases import Phrases, phrases_of
from connectors.fitting.values import Answer, Change, Fitted


def fit(
    content: Content,
    carries: Capabilities,
    *,
    language: str | None = None,
    link: Callable[[Media], str | None] | None = None,
) -> Fitted:
    """What to send in place of `content` on a channel that carries this, in the customer's `language`.

    Every content that comes out keeps to the limits, and everything that was said is in one of them. What
    has no words and cannot be carried (a form, a template) comes back as it is: the connector refuses it in
    its own words. Fitting what has been fitted changes nothing. `link` says where the world can have a file
    that has no address, for channels that carry none.
    """
    fitting = Fitting(carries, phrases_of(language), link)
    contents = tuple(fitting.of(content))
    return Fitted(contents, tuple(fitting.changes.values()), tuple(fitting.answers))


class Fitting:
    """One content on its way. Collects what was changed and what was numbered."""

    def __init__(
        self, carries: Capabilities, phrases: Phrases, link: Callable[[Media], str | None] | None = None
    ) -> None:
        self.link = link
        self.carries = carries
        self.phrases = phrases
        self.changes: dict[str, Change] = {}
        self.answers: list[Answer] = []

    def takes(self, tag: str) -> bool:
        """Whether the channel carries such a content."""
        return tag in self.carries.contents

    def note(self, code: str, words: str) -> None:
        """Write down what was changed, each thing once."""
        self.changes.setdefault(code, Change(code, words))

    def of(self, content: Content) -> list[Content]:
        """The contents that stand for one."""
        writer = _WRITERS.get(type(content))
        return writer(self, content) if writer else [content]

    def text(self, text: str) -> list[Content]:
        """A text in as few messages as the limit allows, spelt as the channel wants it."""
        spelt = self.carries.spell(text) if self.carries.spell else text
        if spelt != text:
            self.note("spelt_plainly", "Accents, quotes and dashes are written plainly, to take fewer SMS.")
        text = spelt
        if len(text) <= self.carries.text_length:
            return [Text(text)]
        found: list[Content] = [Text(piece) for piece in pieces(text, self.carries.text_length)]
        self.note("cut", f"The text is longer than this channel allows and becomes {len(found)} messages.")
        return found


def _text(fitting: Fitting, content: Any) -> list[Content]:
    return fitting.text(content.text)


def _choice(fitting: Fitting, content: Any) -> list[Content]:
    return fitting.text(content.title)


def _reaction(fitting: Fitting, content: Any) -> list[Content]:
    if fitting.takes("reaction") or not content.emoji:
        return [content]
    fitting.note("reaction_as_text", "This channel has no reactions: the emoji is sent as a message.")
    return fitting.text(content.emoji)


def _edit(fitting: Fitting, content: Any) -> list[Content]:
    if fitting.takes("edit"):
        return [content]
    fitting.note("edit_as_message", "This channel cannot change a message: the new words are sent as one.")
    return fitting.of(content.content)


def _media(fitting: Fitting, content: Any) -> list[Content]:
    return files.media(fitting, content)


_WRITERS: dict[type[msgspec.Struct], Callable[[Fitting, Any], list[Content]]] = {
    Text: _text,
    Choice: _choice,
    Reaction: _reaction,
    Edit: _edit,
    Options: options.options,
    RichCard: cards.card,
    Carousel: cards.carousel,
    Location: files.location,
    Contacts: files.contacts,
    **dict.fromkeys((Media, Image, Audio, Video, Document, Sticker), _media),
}
