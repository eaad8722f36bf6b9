"""What the bot was taught that has a person in it who was erased: old data goes, the rest is named.

A designer may have written a customer's address or name into an example. Files are the designers' own, and a
model cannot be taught to forget: people take the example out, train anew and publish.
"""

import asyncio
import io
import re
import tarfile
from collections.abc import Iterable

from inbox.model.erasure import Person, mentions
from inbox.model.training import ENDED, DataSnapshot
from inbox.studio.folder import Folder
from inbox.teaching.asking import Teaching

_ALL = 100_000


async def held(teaching: Teaching, person: Person) -> list[str]:
    """Drop packed data with the person in it that nothing needs. What else has them: see `Erasure.held`."""
    pattern = mentions(person, by_name=True)
    if pattern is None:
        return []
    files = await asyncio.to_thread(_files, teaching, pattern)
    return [*files, *await _models(teaching, pattern)]


def _files(teaching: Teaching, pattern: re.Pattern[str]) -> list[str]:
    """Of every edition, also of one that was taken away: its data stay."""
    places = teaching.places
    folders = {"": places.nlu_data}
    for each in sorted(places.assistants.glob("*/*/")):
        folders[f"{each.parent.name}.{each.name}:"] = each
    return [
        f"data:{key}{file.name}"
        for key, folder in folders.items()
        for file in Folder(folder).files()
        if _is_in(pattern, file.content)
    ]


async def _models(teaching: Teaching, pattern: re.Pattern[str]) -> list[str]:
    store, found = teaching.store, []
    models = await store.models.versions.list(limit=_ALL)
    used = {job.revision for job in await store.jobs.list({"state": {"$nin": list(ENDED)}}, limit=_ALL)}
    async for snapshot in store.models.snapshots():
        if not await asyncio.to_thread(_is_in_any, pattern, snapshot):
            continue
        trained = [f"model:{model.id}" for model in models if model.revision == snapshot.id]
        found += trained
        if not trained and snapshot.id not in used:
            await store.models.data.remove(snapshot.id)
    return sorted(found)


def _is_in_any(pattern: re.Pattern[str], snapshot: DataSnapshot) -> bool:
    with tarfile.open(fileobj=io.BytesIO(snapshot.packed), mode="r:gz") as archive:
        return any(_is_in(pattern, content) for content in _contents(archive))


def _contents(archive: tarfile.TarFile) -> Iterable[bytes]:
    for member in archive:
        if file := archive.extractfile(member):
            yield file.read()


def _is_in(pattern: re.Pattern[str], content: bytes) -> bool:
    return pattern.search(content.decode("utf-8", "replace")) is not None
