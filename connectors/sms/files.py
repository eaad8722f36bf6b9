"""Files and places that customers send. Files come as addresses and are fetched after commit, never here."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.content import Audio, Content, Document, Image, Location, Media, Sticker, Video
from connectors.contract import Located
from connectors.errors import ContentRefused
from connectors.tolerant import Malformed

MEDIA: dict[str, Any] = {"image": Image, "video": Video, "audio": Audio, "document": Document}


def file_at(
    url: str | None,
    mime_type: str | None = None,
    *,
    kind: str | None = None,
    caption: str | None = None,
    filename: str | None = None,
    media_id: str | None = None,
) -> Content:
    """The file as a content: by the provider's `kind` if that is one we know, else by its MIME type."""
    major, _, minor = (mime_type or "").split(";")[0].strip().lower().partition("/")
    name = (kind or "").lower()
    make: Any = MEDIA.get({"voice": "audio", "file": "document"}.get(name, name)) or (
        MEDIA.get(major) or Document
    )
    more: dict[str, Any] = {}
    if name == "sticker":
        make = Sticker
    if make is Audio and name == "voice":
        more["voice"] = True
    known = f"{major}/{minor}" if major and minor else None
    file: Content = make(
        media_id=media_id,
        url=url,
        mime_type=known,
        caption=caption or None,
        filename=filename or _name(url),
        **more,
    )
    return file


def point(latitude: float | None, longitude: float | None, name: str | None, address: str | None) -> Content:
    """A place in WGS 84 degrees. Raises `Malformed` for what is none."""
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise Malformed("the location is no point on Earth")
    return Location(latitude=latitude, longitude=longitude, name=name or None, address=address or None)


def located(
    media: Media, hosts: tuple[str, ...], base: str, headers: Mapping[str, str] | None = None
) -> Located:
    """Where a customer's file is, on one of these hosts. Raises `ContentRefused` without an address."""
    if not media.url:
        raise ContentRefused("There is no address of the file in the message.", code="content")
    return Located(url=media.url, hosts=hosts, own=base, headers=headers or {}, mime_type=media.mime_type)


def _name(url: str | None) -> str | None:
    """The last part of the address, if it looks like a file's name."""
    try:
        last = unquote(urlsplit(url or "").path.rpartition("/")[2])
    except ValueError:
        return None
    stem, dot, ending = last.rpartition(".")
    return last if dot and stem and ending.isalnum() and 1 <= len(ending) <= 5 else None
