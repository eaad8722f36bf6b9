"""A whole installation moves house: every document arrives, whatever breaks on the way."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from inbox import archive
from inbox.archive import ArchiveTrouble, export, key_mark, manifest_of, take_in
from inbox.model.commit import Commit, ContactChange, ConversationChange
from inbox.model.files import File, FileState
from inbox.store import Store
from inbox.store.copies import PASSING
from tests.inbox.factories import NOON, a_contact, a_conversation, a_message, phone
from tests.stores import an_empty_store

KEY = key_mark("the secret key of the old installation")
OPTIONS: dict[str, Any] = {"schema": 2, "key": KEY, "told": lambda collection, documents: None}


@pytest.fixture
async def other(mongodb: str) -> AsyncIterator[Store]:
    """A new installation."""
    async with an_empty_store(mongodb) as store:
        yield store
        await store._client.drop_database(f"{store._database.name}_bot")


@pytest.fixture
async def full(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An installation with some of everything, in pieces of a few documents."""
    monkeypatch.setattr("inbox.store.copies._PIECE", 4000)
    changes = []
    for number in range(40):
        conversation = a_conversation()
        messages = [
            a_message(conversation, seq=seq, external_key=f"whatsapp|{number}-{seq}") for seq in (1, 2)
        ]
        changes.append(ConversationChange(None, conversation, messages, []))

    async def work(session: Any) -> tuple[Commit, None]:
        return Commit(conversations=changes, contacts=[ContactChange(None, a_contact(phone()))]), None

    await store.change(work)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"\xff\xd8 a picture \x00"

    written = await store.files.write("f1.1", chunks())
    await store.files.add(
        File(id="f1", state=FileState.STORED, created_at=NOON, blob="f1.1", size=written.size)
    )
    bot = store._client[f"{store._database.name}_bot"]
    await bot.journal.delete_many({})
    await bot.journal.insert_many([{"_id": {"c": "c1", "n": n}, "events": [{"n": n}]} for n in range(30)])
    return store


async def contents(store: Store) -> dict[str, list[Any]]:
    """Every document of the inbox and the bot that is worth moving."""
    found = {}
    for database in (store._database, store._client[f"{store._database.name}_bot"]):
        for name in await database.list_collection_names():
            if name not in PASSING:
                documents = await database[name].find({}).sort("_id", 1).to_list(None)
                found[f"{database.name.endswith('_bot')}.{name}"] = documents
    return {name: documents for name, documents in found.items() if documents}


def clock() -> Any:
    return NOON


async def test_every_document_arrives(full: Store, other: Store, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    manifest = await export(folder, full.copies, clock=clock, **OPTIONS)
    assert len(manifest.entries) > len({e.collection for e in manifest.entries}), "several pieces of one"
    assert folder.stat().st_mode & 0o077 == 0, "for nobody else's eyes"
    await take_in(folder, other.copies, **OPTIONS)
    assert await contents(other) == await contents(full)
    await take_in(folder, other.copies, **OPTIONS)
    assert await contents(other) == await contents(full), "again changes nothing"


async def test_what_broke_off_goes_on(full: Store, other: Store, tmp_path: Path) -> None:
    folder, steps = tmp_path / "export", 0

    def breaks(collection: str, documents: int) -> None:
        nonlocal steps
        steps += 1
        if steps in (9, 40):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await export(folder, full.copies, clock=clock, **{**OPTIONS, "told": breaks})
    with pytest.raises(ArchiveTrouble, match="broke off"):
        await take_in(folder, other.copies, **OPTIONS)
    before = {entry.file for entry in (manifest_of(folder) or pytest.fail()).entries}
    manifest = await export(folder, full.copies, clock=clock, **OPTIONS)
    assert before and before < {entry.file for entry in manifest.entries}
    steps = 30
    with pytest.raises(ConnectionResetError):
        await take_in(folder, other.copies, **{**OPTIONS, "told": breaks})
    await take_in(folder, other.copies, **OPTIONS)
    assert await contents(other) == await contents(full)


async def test_what_is_not_as_it_was_exported_is_refused(full: Store, other: Store, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    manifest = await export(folder, full.copies, clock=clock, **OPTIONS)
    with pytest.raises(ArchiveTrouble, match="finished archive already"):
        await export(folder, full.copies, clock=clock, **OPTIONS)
    with pytest.raises(ArchiveTrouble, match="SECRET_KEY"):
        await take_in(folder, other.copies, **{**OPTIONS, "key": key_mark("another")})
    with pytest.raises(ArchiveTrouble, match="newer"):
        await take_in(folder, other.copies, **{**OPTIONS, "schema": 1})
    with pytest.raises(ArchiveTrouble, match="in use"):
        await take_in(folder, full.copies, **OPTIONS)
    piece = folder / manifest.entries[-1].file
    piece.write_bytes(piece.read_bytes()[:-1])
    with pytest.raises(ArchiveTrouble, match="SHA-256"):
        await take_in(folder, other.copies, **OPTIONS)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").touch()
    with pytest.raises(ArchiveTrouble, match="not empty"):
        await export(tmp_path / "other", full.copies, clock=clock, **OPTIONS)


async def test_a_full_disk_is_told_and_leaves_what_is_whole(
    full: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "export"
    real, written = archive.os.fsync, 0

    def fills(descriptor: int) -> None:
        nonlocal written
        written += 1
        if written > 5:
            raise OSError(28, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as full_disk:
        full_disk.setattr(archive.os, "fsync", fills)
        with pytest.raises(ArchiveTrouble, match="No space left"):
            await export(folder, full.copies, clock=clock, **OPTIONS)
    assert not list(folder.glob(".*.gz"))
    assert (await export(folder, full.copies, clock=clock, **OPTIONS)).finished_at
