"""Files, places and contact cards, where a channel has no such thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from connectors.content import (
    Audio,
    Card,
    Contacts,
    Content,
    Document,
    Image,
    Location,
    Media,
    Sticker,
    Video,
)
from connectors.fitting.places import map_link

if TYPE_CHECKING:
    from connectors.fitting.fit import Fitting

replace = msgspec.structs.replace

_INSTEAD: dict[str, tuple[type[Media], ...]] = {
    "sticker": (Image, Document),
    "image": (Document,),
    "audio": (Document,),
    "video": (Document,),
    "document": (),
}
"""As what else a file may travel. An animated sticker is no picture, but a document is anything."""


_NAMES: dict[type[Media], str] = {
    Audio: "sound",
    Document: "documents",
    Image: "pictures",
    Sticker: "stickers",
    Video: "films",
}


def media(fitting: Fitting, content: Any) -> list[Content]:
    """A file, with its caption below it or after it."""
    found = _carried(fitting, content)
    if found is None:
        return _link(fitting, content)
    caption = content.caption
    if not caption or (_tag(found) in fitting.carries.captions and _is_short(fitting, caption)):
        return [found]
    fitting.note("caption_apart", "The words follow the file as a message of their own.")
    return [replace(found, caption=None), *fitting.text(caption)]


def _is_short(fitting: Fitting, caption: str) -> bool:
    return len(caption) <= fitting.carries.caption_length


def _carried(fitting: Fitting, content: Media) -> Any:
    """The file as a kind that the channel takes, None if it takes none."""
    tag = _tag(content)
    if fitting.takes(tag):
        return content
    for kind in _INSTEAD.get(tag, ()):
        if fitting.takes(str(kind.__struct_config__.tag)):
            fitting.note("other_kind", f"This channel has no {_name(content)}: it is sent as another file.")
            shared = {name: getattr(content, name) for name in Media.__struct_fields__}
            return kind(**shared)
    return None


def _link(fitting: Fitting, content: Any) -> list[Content]:
    url = content.url or (fitting.link(content) if fitting.link else None)
    if not url:
        return [content]  # nothing to point at: the connector says that it cannot carry it
    fitting.note("file_as_link", f"This channel has no {_name(content)}: it becomes a link.")
    named = f"{content.filename}: {url}" if content.filename else url
    return fitting.text("\n".join(part for part in (content.caption, named) if part))


def location(fitting: Fitting, content: Location) -> list[Content]:
    """A place, as a link to a map where it cannot be shown."""
    if fitting.takes("location"):
        return [content]
    fitting.note("place_as_link", "This channel has no places: it becomes a link to a map.")
    link = content.url or map_link(content.latitude, content.longitude)
    return fitting.text("\n".join(part for part in (content.name, content.address, link) if part))


def contacts(fitting: Fitting, content: Contacts) -> list[Content]:
    """Contact cards, written out where they cannot be shown."""
    if fitting.takes("contacts"):
        return [content]
    fitting.note("contacts_as_text", "This channel has no contact cards: they are written out.")
    return fitting.text("\n\n".join(_written(each) for each in content.cards))


def _written(card: Card) -> str:
    phones = [f"{phone.kind}: {phone.number}" if phone.kind else phone.number for phone in card.phones]
    lines = [card.name, card.organisation, *phones, *card.emails, *card.addresses, *card.urls, card.birthday]
    return "\n".join(line for line in lines if line)


def _name(content: Media) -> str:
    return _NAMES.get(type(content), "such files")


def _tag(content: Media) -> str:
    return str(content.__struct_config__.tag)
