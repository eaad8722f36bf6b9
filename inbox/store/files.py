"""Files: what is known of each in `files`, their bytes in GridFS (`media.files`, `media.chunks`)."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from gridfs.errors import CorruptGridFile, NoFile
from motor.motor_asyncio import AsyncIOMotorGridFSBucket
from pymongo import UpdateOne

from connectors.content import Text
from inbox.model.conversation import Work
from inbox.model.files import File, FileState, is_to_fetch, media_in
from inbox.model.filetypes import HEAD
from inbox.model.message import Message
from inbox.store.codec import Document, to_document, to_value

_CHUNK = 1 << 20
_UNUSED = timedelta(days=1)


class Written(NamedTuple):
    """Bytes that were kept. `head` is their beginning."""

    size: int
    sha256: str
    head: bytes


class Files:
    """The collection `files` and the bucket `media`."""

    def __init__(self, database: Any) -> None:
        self._all = database.files
        self._bucket = AsyncIOMotorGridFSBucket(database, "media", chunk_size_bytes=_CHUNK)

    async def get(self, file_id: str, session: Any = None) -> File | None:
        """The file, or None."""
        document = await self._all.find_one({"_id": file_id}, session=session)
        return to_value(document, File) if document else None

    async def add(self, file: File) -> None:
        """Keep a new file."""
        await self._all.insert_one(to_document(file))

    async def put(self, file: File, session: Any = None) -> bool:
        """Keep what a file has become. False, keeping nothing, if it was erased in the meantime.

        With this the bytes are durable too: their writes came before it, and it is on a majority.
        """
        document = to_document(file)
        answer = await self._all.replace_one({"_id": document["_id"]}, document, session=session)
        return bool(answer.matched_count)

    async def note_handle(self, file: File, channel_id: str, handle: Any) -> None:
        """Remember what a provider calls the file."""
        value = {"media_id": handle.media_id, "until": handle.until}
        await self._all.update_one({"_id": file.id}, {"$set": {f"handles.{channel_id}": value}})

    # What is to be fetched

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Ids of files that anyone may fetch now, the longest due first."""
        query = {"work.at": {"$lte": now, "$type": "date"}}
        found = self._all.find(query, {"_id": 1}).sort("work.at", 1).limit(limit)
        return [d["_id"] for d in await found.to_list(limit)]

    async def claim(self, file_id: str, owner: str, now: datetime, lease: timedelta) -> File | None:
        """Take a file to fetch it until `now + lease`; None if it is not due or another has it."""
        document = await self._all.find_one_and_update(
            {"_id": file_id, "work.at": {"$lte": now}},
            {"$set": {"work.owner": owner, "work.at": now + lease}, "$inc": {"work.attempts": 1}},
            return_document=True,
        )
        return to_value(document, File) if document else None

    async def renew(self, file_id: str, owner: str, until: datetime) -> bool:
        """Keep it for longer. False when it is no longer ours."""
        query = {"_id": file_id, "work.owner": owner}
        return bool((await self._all.update_one(query, {"$set": {"work.at": until}})).matched_count)

    async def postpone(self, file_id: str, owner: str, until: datetime) -> None:
        """Give it back, to be taken by anyone from `until` on."""
        changes = {"work.at": until, "work.owner": None}
        await self._all.update_one({"_id": file_id, "work.owner": owner}, {"$set": changes})

    # Bytes

    async def write(self, blob: str, chunks: AsyncIterator[bytes]) -> Written:
        """Keep bytes under a new name as they come. What `chunks` raises goes on, and nothing is kept."""
        digest, size, head = hashlib.sha256(), 0, b""
        grid = self._bucket.open_upload_stream_with_id(blob, blob)
        try:
            async for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                head = (head + chunk)[:HEAD] if len(head) < HEAD else head
                await grid.write(chunk)
            await grid.close()
        except BaseException:
            await grid.abort()
            raise
        return Written(size, digest.hexdigest(), head)

    async def read(self, blob: str, start: int, length: int) -> AsyncIterator[bytes]:
        """`length` bytes from `start` on. Stops early if they are erased meanwhile."""
        try:
            grid: Any = await self._bucket.open_download_stream(blob)
            grid.seek(start)
            while length > 0:
                chunk: bytes = await grid.read(min(length, _CHUNK))
                if not chunk:
                    return
                length -= len(chunk)
                yield chunk
        except (NoFile, CorruptGridFile):
            return

    async def drop_blob(self, blob: str) -> None:
        """Drop bytes, also those of a writing that broke off."""
        try:
            await self._bucket.delete(blob)
        except NoFile:  # its chunks, if there were any, are gone all the same
            return

    # Erasure

    async def erase(self, file: File) -> None:
        """Drop a file and its bytes for good."""
        for blob in blobs_of(file):
            await self.drop_blob(blob)
        await self._all.delete_one({"_id": file.id})

    async def erase_conversation(self, conversation_id: str) -> int:
        """Drop all files of a conversation for good, and say how many. Safe to run again."""
        return await self._erase_all({"conversation_id": conversation_id})

    async def erase_unsent(self, uploaders: list[str]) -> int:
        """Drop what these brought and never sent, and say how many."""
        return await self._erase_all({"conversation_id": None, "uploader": {"$in": uploaders}})

    async def sweep(self, now: datetime) -> int:
        """Drop what was uploaded a day ago and never sent, and say how many."""
        return await self._erase_all({"conversation_id": None, "created_at": {"$lt": now - _UNUSED}})

    async def _erase_all(self, query: Document) -> int:
        number = 0
        async for document in self._all.find(query):
            await self.erase(to_value(document, File))
            number += 1
        return number


def blobs_of(file: File) -> list[str]:
    """Every name under which bytes of the file may be kept: one for each attempt to fetch it."""
    attempts = file.work.attempts if file.work else 0
    names = [blob_of(file.id, attempt) for attempt in range(1, attempts + 1)]
    return list(dict.fromkeys([*names, *([file.blob] if file.blob else [])]))


def blob_of(file_id: str, attempt: int) -> str:
    """The name of the bytes of one attempt. Two never share one, so a late writer harms nobody."""
    return f"{file_id}.{attempt}"


def file_write(message: Message) -> UpdateOne | None:
    """What a new message writes here: its file is to be fetched, or a file that we have is now its own."""
    if type(message.content) is Text:  # nearly all of them
        return None
    media = media_in(message.content)
    if media is None:
        return None
    if media.file_id:
        place = {"conversation_id": message.conversation_id, "message_id": message.id}
        place["channel_id"] = message.channel_id
        return UpdateOne({"_id": media.file_id, "conversation_id": None}, {"$set": place})
    if not is_to_fetch(message):
        return None
    file = File(
        id=message.id,
        state=FileState.WAITING,
        created_at=message.created_at,
        conversation_id=message.conversation_id,
        message_id=message.id,
        channel_id=message.channel_id,
        work=Work(at=message.created_at),
    )
    document = to_document(file)
    return UpdateOne({"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True)
