"""Customers' files: fetched from their providers after the commit, and kept.

The message's own commit writes that its file is to be fetched, so whoever dies on the way is succeeded by any
other process: the file is claimed by a lease. Fetching knows nothing of conversations but the message that
carries the file, which is changed when the file is there, or when it is plain that it never will be.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from connectors.content import Media
from connectors.contract import Clock, KeepsMedia, Located
from connectors.download import Downloads
from connectors.errors import ContentRefused, ProviderDown, SendFailed
from inbox.bus import Bus
from inbox.lines import Lines
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.files import File, FileState, is_to_fetch, media_in, with_media
from inbox.model.filetypes import safe_name, type_of
from inbox.model.ids import new_id
from inbox.model.message import Message
from inbox.model.retries import next_attempt
from inbox.model.thread import Thread
from inbox.store import Conflict, Store, StoreError
from inbox.store.files import Written, blob_of, blobs_of
from inbox.worker import Worker

log = structlog.get_logger(__name__)
replace = msgspec.structs.replace

_LEASE = timedelta(seconds=15)
_SWEEP_EVERY = 600.0
_LONGEST = 600.0
"""Seconds that one attempt may take."""

_MISMATCHES = 3
"""Attempts after which a file that is not what its provider announced is given up."""


class MediaFetch:
    """Fetches what customers sent."""

    def __init__(
        self, store: Store, bus: Bus, lines: Lines, downloads: Downloads, clock: Clock, *, limit: int
    ) -> None:
        """`limit` is the largest file in bytes."""
        self._store, self._bus, self._lines = store, bus, lines
        self._downloads, self._clock, self._limit = downloads, clock, limit
        self.worker = Worker("media", store, clock, self.run, at_once=6, due=store.files.due)
        self._sweeper: asyncio.Task[None] | None = None
        bus.listen(self._hear)

    def start(self) -> None:
        """Begin to fetch."""
        self.worker.start()
        self._sweeper = asyncio.create_task(self._sweep(), name="media sweep")

    async def stop(self, patience: float = 4.0) -> None:
        """Let what runs come to its end for a while, then stop; what is left is taken up again later."""
        if self._sweeper:
            self._sweeper.cancel()
        await self.worker.stop(patience)
        await self._downloads.close()

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            for message in change.added:
                if is_to_fetch(message):
                    self.worker.wake(message.id)

    async def run(self, file_id: str) -> None:
        """Fetch one file, if it is due and nobody else does."""
        owner = new_id()
        file = await self._store.files.claim(file_id, owner, self._clock(), _LEASE)
        if file is None:
            return
        message = await self._store.messages.get(file.message_id or "")
        media = media_in(message.content) if message else None
        if message is None or media is None or file.channel_id is None:
            await self._store.files.erase(file)  # the message is gone, or says something else now
            return
        try:
            async with asyncio.timeout(_LONGEST), self._held(file, owner):
                located, written = await self._fetch(file, media)
        except SendFailed as error:
            await self._failed(file, owner, error)
        except TimeoutError:
            await self._failed(file, owner, ProviderDown("The file took too long.", code="timeout"))
        else:
            await self._stored(file, owner, located, written)

    async def _fetch(self, file: File, media: Media) -> tuple[Located, Written]:
        """Bring the bytes into the store. Raises `SendFailed`."""
        line = await self._lines.get(file.channel_id or "")
        if line is None:
            raise ProviderDown("The channel is switched off.", code="no_channel")
        if not isinstance(line.connector, KeepsMedia):
            raise ContentRefused("Files of this channel cannot be fetched.", code="no_media")
        located = await line.connector.locate(media)
        attempt = file.work.attempts if file.work else 1
        blob = blob_of(file.id, attempt)
        async with self._downloads.open(located, limit=self._limit) as chunks:
            written = await self._store.files.write(blob, chunks)
        announced = located.sha256 or media.sha256
        if announced and announced != written.sha256:
            await self._store.files.drop_blob(blob)
            again = ProviderDown if attempt < _MISMATCHES else ContentRefused
            raise again("The file is not the one that the provider announced.", code="sha256")
        return located, written

    @asynccontextmanager
    async def _held(self, file: File, owner: str) -> AsyncIterator[None]:
        """Renew the lease as long as the block runs."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(_LEASE.total_seconds() / 3)
                with suppress(StoreError):
                    await self._store.files.renew(file.id, owner, self._clock() + _LEASE)

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()

    async def _stored(self, file: File, owner: str, located: Located, written: Written) -> None:
        attempt = file.work.attempts if file.work else 1

        def found(media: Media) -> tuple[File, Media]:
            kind = type_of(written.head, located.mime_type or media.mime_type)
            name = safe_name(media.filename, kind)
            kept = replace(
                file,
                state=FileState.STORED,
                name=name,
                mime_type=kind,
                size=written.size,
                sha256=written.sha256,
                blob=blob_of(file.id, attempt),
                work=None,
                problem=None,
            )
            shown = replace(
                media, file_id=file.id, mime_type=kind, size=written.size, sha256=written.sha256, problem=None
            )
            return kept, shown

        is_kept = await self._settle(file, owner, found)
        gone = (
            blobs_of(file) if not is_kept else [b for b in blobs_of(file) if b != blob_of(file.id, attempt)]
        )
        for blob in gone:
            await self._store.files.drop_blob(blob)

    async def _failed(self, file: File, owner: str, error: SendFailed) -> None:
        """Try again later, or give it up."""
        attempts = file.work.attempts if file.work else 1
        log.info(
            "media not fetched", channel=file.channel_id, file=file.id, code=error.code, attempt=attempts
        )
        wait = next_attempt(error, attempts, self._clock() - file.created_at)
        if wait is not None:
            await self._store.files.postpone(file.id, owner, self._clock() + wait)
            return

        def given_up(media: Media) -> tuple[File, Media]:
            failed = replace(file, state=FileState.FAILED, problem=str(error), work=None)
            return failed, replace(media, problem=str(error))

        await self._settle(file, owner, given_up)
        for blob in blobs_of(file):
            await self._store.files.drop_blob(blob)

    async def _settle(self, file: File, owner: str, become: Any) -> bool:
        """Write what became of a file, and show it in its message. False if it is no longer ours to say."""

        async def work(session: Any) -> tuple[Commit, bool]:
            fresh = await self._store.files.get(file.id, session)
            if fresh is None or fresh.work is None or fresh.work.owner != owner:
                return Commit(), False
            message = await self._store.messages.get(file.message_id or "", session)
            media = media_in(message.content) if message else None
            if message is None or media is None:
                return Commit(), False
            kept, shown = become(media)
            await self._store.files.put(kept, session)
            return await self._shown(message, shown, session), True

        commit, is_kept = await self._store.change(work)
        self._bus.publish(commit)
        return is_kept

    async def _shown(self, message: Message, media: Media, session: Any) -> Commit:
        conversation = await self._store.conversations.get(message.conversation_id, session)
        if conversation is None:
            return Commit()
        thread = Thread(conversation, self._clock())
        thread.change(message, content=with_media(message.content, media))
        return Commit(conversations=[change_of(thread)])

    async def _sweep(self) -> None:
        """Drop, now and then, what was uploaded and never sent."""
        while True:
            try:
                await self._store.files.sweep(self._clock())
            except (StoreError, Conflict) as error:
                log.warning("sweep of uploads put off", error=type(error).__name__)
            except Exception:  # the next round goes on
                log.exception("sweep of uploads failed")
            await asyncio.sleep(_SWEEP_EVERY)
