"""Files that come and go as addresses. They are fetched after commit, never here."""

from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.content import Audio, Content, Document, Image, Media, Sticker, Video
from connectors.errors import ContentRefused

MEDIA: dict[str, Any] = {"image": Image, "video": Video, "audio": Audio, "document": Document}
_ADDRESS = 2048


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


def public_address(content: Media, provider: str) -> str:
    """Where the provider can fetch a file that we send. Raises `ContentRefused`."""
    if not content.url:
        raise ContentRefused("There is no file in the message.", code="content")
    if urlsplit(content.url).scheme not in ("http", "https") or len(content.url) > _ADDRESS:
        raise ContentRefused(f"{provider} fetches files from a public address only.", code="content")
    return content.url


def _name(url: str | None) -> str | None:
    """The last part of the address, if it looks like a file's name."""
    try:
        last = unquote(urlsplit(url or "").path.rpartition("/")[2])
    except ValueError:
        return None
    stem, dot, ending = last.rpartition(".")
    return last if dot and stem and ending.isalnum() and 1 <= len(ending) <= 5 else None
