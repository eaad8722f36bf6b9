"""A whole installation moves house: every document arrives, whatever breaks on the way."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import bson
import msgspec
import pytest
from msgspec.structs import replace

from inbox import archive
from inbox.actions.audit import SYSTEM, note
from inbox.archive import export, key_mark, manifest_of, take_in
from inbox.locks import WrongPassword, lock_with, unlock
from inbox.model.commit import Commit, ContactChange, ConversationChange
from inbox.model.files import File, FileState
from inbox.store import Store
from inbox.store.assistant_files import ArchiveTrouble, AssistantFiles
from inbox.store.copies import PASSING
from inbox.store.persons import IN_TEXTS, OF_NOBODY, OF_PERSONS
from tests.inbox.factories import NOON, a_contact, a_conversation, a_message, phone
from tests.stores import an_empty_store

EVERY = {*OF_PERSONS, *OF_NOBODY, *IN_TEXTS}
"""The collections of the store; that these are all of them, tests/test_architecture.py holds to the code."""

KEY = key_mark("the secret key of the old installation")
OPTIONS: dict[str, Any] = {"schema": 2, "key": KEY, "told": lambda collection, documents: None}


@pytest.fixture
async def other(mongodb: str) -> AsyncIterator[Store]:
    """A new installation."""
    async with an_empty_store(mongodb) as store:
        yield store
        await store._client.drop_database(f"{store._database.name}_bot")


@pytest.fixture
async def full(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An installation with something in every collection, in pieces of a few documents."""
    monkeypatch.setattr("inbox.store.copies._PIECE", 4000)
    monkeypatch.setattr("inbox.store.assistant_files._PIECE", 4000)
    for name in EVERY - {"audit_log", "audit_head", "files", "meta"}:
        await store._database[name].insert_one({"_id": "one of each"})
    for number in range(3):
        await note(SYSTEM, "user.refused", f"user:{number}", store=store, clock=clock)
    for number in range(5):
        file = tmp_path / "old-assistants" / "shop" / "it" / "data" / f"{number}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {number}" * 500, encoding="utf-8")
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


def files_of(tmp_path: Path, place: str = "old") -> AssistantFiles:
    """Where further assistants' files lie in an installation."""
    return AssistantFiles(tmp_path / f"{place}-assistants")


def trees(root: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(f.relative_to(root)): f.read_bytes() for f in root.rglob("*") if f.is_file()}


def clock() -> Any:
    return NOON


async def test_every_document_arrives(full: Store, other: Store, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    manifest = await export(folder, full.copies, files_of(tmp_path), clock=clock, **OPTIONS)
    assert len(manifest.entries) > len({e.collection for e in manifest.entries}), "several pieces of one"
    assert folder.stat().st_mode & 0o077 == 0, "for nobody else's eyes"
    await take_in(folder, other.copies, files_of(tmp_path, "new"), **OPTIONS)
    assert await contents(other) == await contents(full)
    assert trees(tmp_path / "new-assistants") == trees(tmp_path / "old-assistants")
    other.audit.sign_with(b"")
    assert await other.audit.verify() == (3, None), "the log of deeds is whole and its end signed"
    await take_in(folder, other.copies, files_of(tmp_path, "new"), **OPTIONS)
    assert await contents(other) == await contents(full), "again changes nothing"


async def test_with_a_password_nothing_is_read_without_it(full: Store, other: Store, tmp_path: Path) -> None:
    folder, password = tmp_path / "export", "correct horse battery"
    sealed: dict[str, Any] = {**OPTIONS, "password": password}
    manifest = await export(folder, full.copies, files_of(tmp_path), clock=clock, **sealed)
    for entry in manifest.entries:
        data = (folder / entry.file).read_bytes()
        assert data[:2] != b"\x1f\x8b" and b"one of each" not in data
    before = await contents(other)
    for wrong, why in ((None, "has a password"), ("correct horse", "not the archive's password")):
        with pytest.raises(ArchiveTrouble, match=why):
            await take_in(folder, other.copies, files_of(tmp_path, "new"), **{**OPTIONS, "password": wrong})
    assert await contents(other) == before
    await take_in(folder, other.copies, files_of(tmp_path, "new"), **sealed)
    assert await contents(other) == await contents(full)


async def test_pieces_change_places_or_are_changed_unseen_by_nobody() -> None:
    lock, key = lock_with("correct horse battery")
    sealed = key.seal(b"one", "archive/1")
    again = unlock(lock, "correct horse battery")
    assert again.open(sealed, "archive/1") == b"one"
    for data, about in (
        (sealed, "archive/2"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "archive/1"),
        (b"", "x"),
    ):
        with pytest.raises(WrongPassword):
            again.open(data, about)
    with pytest.raises(WrongPassword):
        unlock(lock, "another horse")


@pytest.mark.parametrize(
    "spoiled",
    [{"n": 1 << 40}, {"r": 1 << 20}, {"p": 10_000}, {"n": 0}, {"n": 3}, {"salt": "no hex"}, {"proof": "zz"}],
    ids=str,
)
def test_a_lock_that_is_none_or_asks_for_too_much_opens_nothing(spoiled: dict[str, Any]) -> None:
    lock, _ = lock_with("correct horse battery")
    with pytest.raises(WrongPassword):
        unlock(msgspec.structs.replace(lock, **spoiled), "correct horse battery")


async def test_an_export_goes_on_under_its_own_password_alone(full: Store, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    sealed: dict[str, Any] = {**OPTIONS, "password": "correct horse battery"}
    whole = await export(folder, full.copies, files_of(tmp_path), clock=clock, **sealed)
    broken = replace(whole, finished_at=None, entries=whole.entries[:3])
    (folder / "manifest.json").write_bytes(msgspec.json.encode(broken))
    with pytest.raises(ArchiveTrouble, match="has a password"):
        await export(folder, full.copies, files_of(tmp_path), clock=clock, **OPTIONS)
    done = await export(folder, full.copies, files_of(tmp_path), clock=clock, **sealed)
    assert [e.file for e in done.entries] == [e.file for e in whole.entries]


async def test_every_collection_is_carried_or_said_to_be_left(full: Store, tmp_path: Path) -> None:
    """What a new collection holds is moved, unless `PASSING` says why nobody wants it elsewhere."""
    manifest = await export(tmp_path / "export", full.copies, files_of(tmp_path), clock=clock, **OPTIONS)
    carried = {entry.collection for entry in manifest.entries}
    assert {f"inbox.{name}" for name in EVERY - PASSING.keys()} <= carried
    assert {"inbox.media.files", "inbox.media.chunks", "bot.journal", "folder.assistants"} <= carried
    assert not {name for name in carried if name.partition(".")[2] in PASSING}
    assert PASSING.keys() - {"system.profile"} <= EVERY, "no name that nothing has"


async def test_a_file_that_is_there_is_not_written_over(full: Store, other: Store, tmp_path: Path) -> None:
    await export(tmp_path / "export", full.copies, files_of(tmp_path), clock=clock, **OPTIONS)
    mine = tmp_path / "new-assistants" / "shop" / "it" / "data" / "3.yml"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(ArchiveTrouble, match="another file"):
        await take_in(tmp_path / "export", other.copies, files_of(tmp_path, "new"), **OPTIONS)
    assert mine.read_text() == "mine"
    mine.unlink()
    await take_in(tmp_path / "export", other.copies, files_of(tmp_path, "new"), **OPTIONS)
    assert trees(tmp_path / "new-assistants") == trees(tmp_path / "old-assistants")


@pytest.mark.parametrize("path", ["../out.yml", "/tmp/out.yml", "a/../../out.yml", "link/out.yml", ".hidden"])
async def test_no_file_of_an_archive_leads_elsewhere(path: str, tmp_path: Path) -> None:
    root = tmp_path / "new-assistants"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(ArchiveTrouble, match="elsewhere"):
        await files_of(tmp_path, "new").write("", bson.encode({"_id": path, "data": b"x"}))
    assert not (tmp_path / "out.yml").exists()


async def test_what_broke_off_goes_on(full: Store, other: Store, tmp_path: Path) -> None:
    folder, steps = tmp_path / "export", 0

    def breaks(collection: str, documents: int) -> None:
        nonlocal steps
        steps += 1
        if steps in (9, 40):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await export(folder, full.copies, files_of(tmp_path), clock=clock, **{**OPTIONS, "told": breaks})
    with pytest.raises(ArchiveTrouble, match="broke off"):
        await take_in(folder, other.copies, files_of(tmp_path, "new"), **OPTIONS)
    before = {entry.file for entry in (manifest_of(folder) or pytest.fail()).entries}
    manifest = await export(folder, full.copies, files_of(tmp_path), clock=clock, **OPTIONS)
    assert before and before < {entry.file for entry in manifest.entries}
    steps = 30
    with pytest.raises(ConnectionResetError):
        await take_in(folder, other.copies, files_of(tmp_path, "new"), **{**OPTIONS, "told": breaks})
    await take_in(folder, other.copies, files_of(tmp_path, "new"), **OPTIONS)
    assert await contents(other) == await contents(full)
    assert trees(tmp_path / "new-assistants") == trees(tmp_path / "old-assistants")


async def test_what_is_not_as_it_was_exported_is_refused(full: Store, other: Store, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    manifest = await export(folder, full.copies, files_of(tmp_path), clock=clock, **OPTIONS)
    with pytest.raises(ArchiveTrouble, match="finished archive already"):
        await export(folder, full.copies, files_of(tmp_path), clock=clock, **OPTIONS)
    with pytest.raises(ArchiveTrouble, match="SECRET_KEY"):
        await take_in(
            folder, other.copies, files_of(tmp_path, "new"), **{**OPTIONS, "key": key_mark("another")}
        )
    with pytest.raises(ArchiveTrouble, match="newer"):
        await take_in(folder, other.copies, files_of(tmp_path, "new"), **{**OPTIONS, "schema": 1})
    with pytest.raises(ArchiveTrouble, match="in use"):
        await take_in(folder, full.copies, files_of(tmp_path, "new"), **OPTIONS)
    piece = folder / manifest.entries[-1].file
    piece.write_bytes(piece.read_bytes()[:-1])
    with pytest.raises(ArchiveTrouble, match="SHA-256"):
        await take_in(folder, other.copies, files_of(tmp_path, "new"), **OPTIONS)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").touch()
    with pytest.raises(ArchiveTrouble, match="not empty"):
        await export(tmp_path / "other", full.copies, files_of(tmp_path), clock=clock, **OPTIONS)


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
            await export(folder, full.copies, files_of(tmp_path), clock=clock, **OPTIONS)
    assert not list(folder.glob(".*.gz"))
    assert (await export(folder, full.copies, files_of(tmp_path), clock=clock, **OPTIONS)).finished_at
