"""Files that people bring: kept, and attached to what they say."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from connectors.content import Audio, Content, Document, Edit, Image, Media, Sticker, Template, Video
from connectors.contract import Clock
from inbox.actions.errors import ActionRefused, Invalid, NotFound
from inbox.model.files import File, FileState
from inbox.model.filetypes import content_kind, safe_name, type_of
from inbox.model.ids import new_id
from inbox.store import Store
from inbox.store.files import blob_of

replace = msgspec.structs.replace

_MAKERS: dict[str, type[Image | Audio | Video | Document]] = {
    "image": Image,
    "audio": Audio,
    "video": Video,
    "document": Document,
}


class TooLargeFile(ActionRefused):
    """The file is larger than is allowed."""

    status = 413
    code = "too_large"


class TypeNotAllowed(ActionRefused):
    """Files of this type may not be sent here."""

    status = 415
    code = "type_not_allowed"


async def keep_file(
    chunks: AsyncIterator[bytes],
    *,
    name: str | None,
    claimed: str | None,
    uploader: str,
    limit: int,
    store: Store,
    clock: Clock,
    may: Callable[[str], bool] = lambda mime_type: True,
) -> File:
    """Keep what is brought, until a message carries it; after a day without one it is dropped.

    Raises `TooLargeFile` as soon as there are more than `limit` bytes, `Invalid` for no bytes, and
    `TypeNotAllowed` for a type that `may` says no to. Then nothing is kept.
    """
    file = File(id=new_id(), state=FileState.WAITING, created_at=clock(), uploader=uploader)
    blob = blob_of(file.id, 1)
    file = replace(file, blob=blob)
    await store.files.add(file)
    try:
        written = await store.files.write(blob, _within(chunks, limit))
        kind = type_of(written.head, claimed)
        if not written.size:
            raise Invalid("The file is empty.")
        if not may(kind):
            raise TypeNotAllowed("Files of this type cannot be sent here.")
    except BaseException:
        await store.files.erase(file)
        raise
    kept = replace(
        file,
        state=FileState.STORED,
        name=safe_name(name, kind),
        mime_type=kind,
        size=written.size,
        sha256=written.sha256,
    )
    await store.files.put(kept)
    return kept


async def _within(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLargeFile(f"A file may have at most {limit / 1048576:,.0f} MB.")
        yield chunk


async def attached(content: Content, *, uploader: str, conversation_id: str | None, store: Store) -> Content:
    """What is to be said, with all that we know of its file.

    The file must be of this uploader or of this conversation; any other might as well not exist (`NotFound`).
    A content without a file of ours comes back as it is. Raises `Invalid` where a file does not belong.
    """
    if isinstance(content, Edit) and isinstance(content.content, Media) and content.content.file_id:
        raise Invalid("A file cannot be edited.")
    if isinstance(content, Template) and content.header is not None and content.header.file_id:
        media = await attached(
            content.header, uploader=uploader, conversation_id=conversation_id, store=store
        )
        if not isinstance(media, Image | Video | Document):
            raise Invalid("At the head of a template stands a picture, a video or a document.")
        return replace(content, header=media)
    if not isinstance(content, Media) or not content.file_id:
        return content
    file = await store.files.get(content.file_id)
    is_theirs = file is not None and (
        file.uploader == uploader if file.conversation_id is None else file.conversation_id == conversation_id
    )
    if file is None or not is_theirs or file.state is not FileState.STORED:
        raise NotFound("There is no such file.")
    return media_of(file, like=content)


def media_of(file: File, *, like: Media) -> Content:
    """The content that carries a file: of the kind that the file is, whatever was said of it."""
    kind = content_kind(file.mime_type)
    fields: dict[str, Any] = {
        "mime_type": file.mime_type,
        "sha256": file.sha256,
        "size": file.size,
        "filename": file.name,
        "caption": like.caption,
        "file_id": file.id,
    }
    if isinstance(like, Document) or (isinstance(like, Sticker) and kind == "image"):
        return type(like)(**fields)
    if kind == "audio" and isinstance(like, Audio):
        return Audio(**fields, voice=like.voice)
    return _MAKERS[kind](**fields)
