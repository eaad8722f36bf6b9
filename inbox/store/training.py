"""The studio's jobs, data snapshots, models and the publication; models' bytes lie in GridFS (`models`)."""

import contextlib
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any

from gridfs.errors import NoFile
from motor.motor_asyncio import AsyncIOMotorGridFSBucket
from pymongo.errors import DuplicateKeyError

from inbox.model.training import (
    ENDED,
    DataSnapshot,
    Job,
    JobState,
    ModelVersion,
    Publication,
)
from inbox.store.codec import Document, to_document, to_value
from inbox.store.registers import Register

_CHUNK = 1 << 20
_LOG_LINES = 400


class Jobs(Register[Job]):
    """The collection `studio_jobs`. An index lets at most one be in the state `running`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.studio_jobs, Job)

    async def newest(self, limit: int, edition: str | None = None) -> list[Job]:
        """An edition's newest jobs, without their logs and results."""
        found = self._all.find({"edition": edition}, {"log": 0, "result": 0}).sort("_id", -1).limit(limit)
        return [to_value(d, Job) for d in await found.to_list(limit)]

    async def waiting(self, limit: int) -> int:
        """How many jobs of all editions have not ended; `limit` at most."""
        query = {"state": {"$in": [JobState.QUEUED, JobState.RUNNING]}}
        return int(await self._all.count_documents(query, limit=limit))

    async def under_way(self) -> list[Job]:
        """The jobs of all editions that have not ended, without their logs."""
        query = {"state": {"$in": [JobState.QUEUED, JobState.RUNNING]}}
        return [to_value(d, Job) async for d in self._all.find(query, {"log": 0, "result": 0})]

    async def of_kind(self, kind: str, limit: int, edition: str | None = None) -> list[Job]:
        """An edition's newest of a kind that were done, whole."""
        query = {"kind": kind, "state": JobState.DONE, "edition": edition}
        found = self._all.find(query).sort("_id", -1).limit(limit)
        return [to_value(d, Job) for d in await found.to_list(limit)]

    async def claim(self, owner: str, now: datetime, lease: timedelta) -> Job | None:
        """The job that waits longest, the caller's until `now + lease`; None if none waits or one runs."""
        taken = {"state": JobState.RUNNING, "owner": owner, "until": now + lease, "started_at": now}
        try:
            document = await self._all.find_one_and_update(
                {"state": JobState.QUEUED},
                {"$set": taken, "$inc": {"attempts": 1}},
                sort=[("_id", 1)],
                return_document=True,
            )
        except DuplicateKeyError:  # another runs
            return None
        return to_value(document, Job) if document else None

    async def orphan(self, now: datetime) -> Job | None:
        """A job whose owner is gone: it runs, and nobody has renewed it in time."""
        document = await self._all.find_one({"state": JobState.RUNNING, "until": {"$lte": now}})
        return to_value(document, Job) if document else None

    async def give_back(self, job: Job, now: datetime) -> bool:
        """Queue an orphan again. False if somebody was quicker."""
        changes = {"state": JobState.QUEUED, "owner": None, "until": None, "step": "", "share": 0}
        mine = {"_id": job.id, "owner": job.owner, "until": {"$lte": now}, "state": JobState.RUNNING}
        return bool((await self._all.update_one(mine, {"$set": changes})).matched_count)

    async def note(
        self, job_id: str, owner: str, until: datetime, lines: Iterable[str] = (), **fields: Any
    ) -> Job | None:
        """Renew the lease and write down how far it is. The job as it is now; None if it is not ours."""
        changes: Document = {"$set": {"until": until, **fields}}
        if new := list(lines):
            changes["$push"] = {"log": {"$each": new, "$slice": -_LOG_LINES}}
        document = await self._all.find_one_and_update(
            {"_id": job_id, "owner": owner, "state": JobState.RUNNING},
            changes,
            projection={"log": 0, "result": 0},
            return_document=True,
        )
        return to_value(document, Job) if document else None

    async def finish(self, job_id: str, owner: str | None, now: datetime, **fields: Any) -> bool:
        """End a job that is the caller's. False, changing nothing, if it is not or has ended."""
        query = {"_id": job_id, "owner": owner, "state": {"$nin": list(ENDED)}}
        changes = {"$set": {"ended_at": now, "owner": None, "until": None, **fields}}
        return bool((await self._all.update_one(query, changes)).matched_count)

    async def ask_to_cancel(self, job_id: str, now: datetime) -> Job | None:
        """Cancel what waits; tell the owner of what runs. The job as it is then, None without one."""
        ended = {"state": JobState.CANCELLED, "ended_at": now}
        await self._all.update_one({"_id": job_id, "state": JobState.QUEUED}, {"$set": ended})
        await self._all.update_one({"_id": job_id, "state": JobState.RUNNING}, {"$set": {"cancel": True}})
        return await self.get(job_id)


class BytesLost(Exception):
    """What was being kept was taken away meanwhile by a process that took this one for dead."""


class Models:
    """The collections `studio_models` and `studio_data`, and the bucket `models`."""

    def __init__(self, database: Any) -> None:
        self.versions = Register(database.studio_models, ModelVersion)
        self.data = Register(database.studio_data, DataSnapshot)
        self._bucket = AsyncIOMotorGridFSBucket(database, "models", chunk_size_bytes=_CHUNK)
        self._versions, self._snapshots = database.studio_models, database.studio_data
        self._files, self._chunks = database["models.files"], database["models.chunks"]

    async def keep(self, sha256: str, source: Any) -> None:
        """Keep a model's bytes from an open file, unless they are there. Safe to run again.

        What a killed process has kept of the same bytes goes first, since it would be in the way. A process
        that was only taken for dead finds out in the end that its bytes are gone, and raises `BytesLost`.
        """
        async for _ in self._bucket.find({"_id": sha256}).limit(1):
            return
        await self._chunks.delete_many({"files_id": sha256})
        grid = self._bucket.open_upload_stream_with_id(sha256, f"{sha256}.tar.gz")
        try:
            while chunk := source.read(_CHUNK):
                await grid.write(chunk)
            await grid.close()
        except BaseException:
            await grid.abort()
            raise
        if await self._chunks.count_documents({"files_id": sha256}) != -(-source.tell() // _CHUNK):
            await self._bucket.delete(sha256)
            raise BytesLost("Another process has begun this anew.")

    async def drop_unclaimed(self, before: datetime) -> None:
        """Drop the bytes of no model that were begun before then: whoever kept them was killed over it."""
        kept = {each["sha256"] async for each in self._versions.find({}, {"sha256": 1})}
        for left in set(await self._chunks.distinct("files_id")) - kept:
            first = await self._chunks.find_one({"files_id": left}, {"_id": 1})
            if first and first["_id"].generation_time < before:
                await self.drop(left)

    async def forget(self, model_id: str, session: Any = None) -> None:
        """Let this be a model no more. Its bytes stay until `drop`, or `drop_unclaimed`."""
        await self._versions.delete_one({"_id": model_id}, session=session)

    async def drop(self, sha256: str) -> None:
        """Drop the bytes, unless they are a model's: of the same data two models may be the same bytes."""
        if not await self.versions.first({"sha256": sha256}):
            await self._files.delete_one({"_id": sha256})
            await self._chunks.delete_many({"files_id": sha256})

    async def snapshots(self) -> AsyncIterator[DataSnapshot]:
        """All snapshots of the data, one after the other, since each may be large."""
        async for document in self._snapshots.find({}):
            yield to_value(document, DataSnapshot)

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """A model's bytes. Ends at once without them."""
        try:
            grid: Any = await self._bucket.open_download_stream(sha256)
            while chunk := await grid.read(_CHUNK):
                yield chunk
        except NoFile:
            return


class Publications:
    """The collection `studio_publication`: a document with the history of its changes in it for each edition
    (`live` for the one that is always there), and one that says when a bot without a model of its own asked
    last (`ownless`)."""

    def __init__(self, database: Any) -> None:
        self._all = database.studio_publication

    async def present(self, edition: str | None = None) -> Publication:
        """Which model of an edition answers whom now."""
        document = await self._all.find_one({"_id": edition or "live"})
        return to_value(document, Publication) if document else Publication(id=edition or "live")

    async def all(self) -> dict[str | None, Publication]:
        """Those of every edition, by its key and without their histories."""
        found = self._all.find({"_id": {"$ne": "ownless"}}, {"history": 0})
        every = [to_value(document, Publication) async for document in found]
        return {None if each.id == "live" else each.id: each for each in every}

    async def forget(self, edition: str) -> None:
        """Let nothing of an edition answer any more."""
        await self._all.delete_one({"_id": edition})

    async def change(self, after: Publication, session: Any = None) -> bool:
        """Put `after` in the place of the one whose `rev` is one less. False if somebody was quicker."""
        before = {"_id": after.id, "rev": after.rev - 1}
        try:
            answer = await self._all.replace_one(
                before, to_document(after), upsert=after.rev == 1, session=session
            )
        except DuplicateKeyError:
            return False
        return bool(answer.matched_count or answer.upserted_id)

    async def ownless_asked(self, at: datetime) -> None:
        """Note that a bot asked which has no model in its own folder."""
        with contextlib.suppress(DuplicateKeyError):  # two asked at once for the first time
            await self._all.update_one({"_id": "ownless"}, {"$max": {"at": at}}, upsert=True)

    async def has_ownless(self, since: datetime) -> bool:
        """Whether such a bot asked since then."""
        return await self._all.find_one({"_id": "ownless", "at": {"$gte": since}}) is not None
