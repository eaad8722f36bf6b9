"""Cards and carousels: whole where the channel shows them, else a picture, a text and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from connectors.content import Carousel, Content, Image, Options, RichCard
from connectors.fitting.options import can_tap, numbered, options, shown

if TYPE_CHECKING:
    from connectors.fitting.fit import Fitting

replace = msgspec.structs.replace


def card(fitting: Fitting, content: RichCard) -> list[Content]:
    """One card."""
    if fitting.takes("card") and _fits(fitting, content, fitting.carries.card_options):
        return [_shown(fitting, content)]
    if not fitting.takes("image") and not fitting.takes("options"):
        fitting.note("card_as_text", "This channel has no cards: it becomes a text.")
        return fitting.text(_told(fitting, content, about=None))
    if fitting.takes("card"):
        fitting.note("card_too_full", "More than a card holds here: picture, text and answers follow.")
    else:
        fitting.note("card_taken_apart", "This channel has no cards: picture, text and answers follow.")
    return _taken_apart(fitting, content)


def carousel(fitting: Fitting, content: Carousel) -> list[Content]:
    """Cards side by side; as many carousels as it takes, or one card after the other."""
    fewest, most = fitting.carries.carousel_cards
    fit = all(_fits(fitting, each, fitting.carries.carousel_options) for each in content.cards)
    if fitting.takes("carousel") and fit and len(content.cards) >= fewest:
        rows = _rows(content.cards, fewest, most)
        if len(rows) > 1:
            fitting.note("carousel_split", f"More than {most} cards: they become {len(rows)} carousels.")
        return [Carousel([_shown(fitting, each) for each in row]) for row in rows]
    if any(fitting.takes(tag) for tag in ("card", "image", "options")):
        if len(content.cards) == 1:
            fitting.note("carousel_of_one", "A single card stands by itself.")
        else:
            fitting.note("carousel_as_cards", "The cards follow each other instead of standing side by side.")
        return [each for one in content.cards for each in card(fitting, one)]
    fitting.note("carousel_as_text", "This channel has no cards: they become a text with links.")
    several = len(content.cards) > 1
    told = [_told(fitting, one, about=one.title if several else None) for one in content.cards]
    return fitting.text("\n\n".join(told))


def _fits(fitting: Fitting, content: RichCard, most: int) -> bool:
    """Whether it can be shown whole but for the length of labels."""
    carries = fitting.carries
    long = len(content.text or "") > carries.card_text_length
    long = long or len(content.title or "") > carries.card_title_length
    described = any(option.description for option in content.options)
    taps = all(can_tap(fitting, option, len(content.options)) for option in content.options)
    return not long and taps and not described and len(content.options) <= most


def _shown(fitting: Fitting, content: RichCard) -> RichCard:
    return replace(content, options=shown(fitting, content.options, fitting.carries.option_title_length))


def _taken_apart(fitting: Fitting, content: RichCard) -> list[Content]:
    words = "\n".join(part for part in (content.title, content.text) if part)
    before: list[Content] = []
    if content.image and fitting.takes("image"):
        fits = "image" in fitting.carries.captions and len(words) <= fitting.carries.caption_length
        if fits and words and not content.options:
            return [Image(url=content.image, caption=words)]
        before = [Image(url=content.image)]
    elif content.image:
        words = "\n".join(part for part in (words, content.image) if part)
    if content.options:
        return [*before, *options(fitting, Options(words, content.options))]
    return [*before, *(fitting.text(words) if words else [])]


def _told(fitting: Fitting, content: RichCard, *, about: str | None) -> str:
    """The card as text, its picture as a link."""
    if content.image:
        fitting.note("image_as_link", "This channel has no pictures: they become links.")
    words = "\n".join(part for part in (content.title, content.text, content.image) if part)
    return numbered(fitting, Options(words, content.options), about=about) if content.options else words


def _rows(cards: list[RichCard], fewest: int, most: int) -> list[list[RichCard]]:
    """The cards in rows of at most `most`, as even as can be, so that none is too short."""
    count = -(-len(cards) // most)
    size, longer = divmod(len(cards), count)
    if size < fewest:  # no way to share them out: the last row would be too short for the channel
        return [cards[i : i + most] for i in range(0, len(cards), most)]
    rows, at = [], 0
    for place in range(count):
        upto = at + size + (place < longer)
        rows.append(cards[at:upto])
        at = upto
    return rows
