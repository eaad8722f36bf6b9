"""Files of conversations: what the inbox knows of each, beside its bytes."""

from datetime import datetime
from enum import StrEnum

import msgspec

from connectors.content import Content, Document, Edit, Image, Media, Template, Video
from inbox.model.conversation import Work
from inbox.model.message import Direction, Message


class FileState(StrEnum):
    """Whether we have the bytes."""

    WAITING = "waiting"
    """The provider has it; it is to be fetched."""
    STORED = "stored"
    FAILED = "failed"
    """It cannot be had; `problem` says why."""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file. Belongs to a conversation once a message carries it; until then to its uploader."""

    id: str
    state: FileState
    created_at: datetime
    conversation_id: str | None = None
    message_id: str | None = None
    channel_id: str | None = None
    uploader: str | None = None
    """Who brought it: an agent's id, or ``visitor:`` with the visitor's."""
    name: str = ""
    mime_type: str = ""
    size: int = 0
    sha256: str = ""
    blob: str | None = None
    """Under which its bytes are kept."""
    problem: str | None = None
    work: Work | None = None
    handles: dict[str, "Handle"] = {}
    """What providers call it, by channel."""


class Handle(msgspec.Struct, frozen=True):
    """A provider's name for a file of ours."""

    media_id: str
    until: datetime


def media_in(content: Content) -> Media | None:
    """The file that a content carries; of an edit, the file of what it says now; of a template, its head."""
    if isinstance(content, Media):
        return content
    if isinstance(content, Template):
        return content.header
    return content.content if isinstance(content, Edit) and isinstance(content.content, Media) else None


def with_media(content: Content, media: Media) -> Content:
    """The content with this in place of the file that it carries."""
    if isinstance(content, Template) and isinstance(media, Image | Video | Document):
        return msgspec.structs.replace(content, header=media)
    if isinstance(content, Edit):
        return msgspec.structs.replace(content, content=media)
    return media  # type: ignore[return-value]


def is_to_fetch(message: Message) -> bool:
    """Whether a new message names a file at its provider that we do not have.

    What staff wrote in the provider's own app is new with us too, and already has the provider's id.
    """
    media = media_in(message.content)
    if media is None or media.file_id or not (media.media_id or media.url):
        return False
    return message.direction is Direction.IN or message.external_id is not None
