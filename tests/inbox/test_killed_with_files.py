"""Killed between the store and the disk: deeds that write files too come to the same end wherever it was."""

from pathlib import Path
from typing import Any, cast

import pytest

from inbox.actions.rotation import rotate_to
from inbox.archive import export, key_mark, take_in
from inbox.keyfiles import given_or_kept
from inbox.model.people import Role
from inbox.model.secrets import Vault
from inbox.model.training import Publication
from inbox.store import Store
from inbox.store.assistant_files import AssistantFiles
from inbox.store.copies import Copies
from inbox.studio import edits
from inbox.studio import operations as op
from inbox.studio.folder import Folder
from inbox.studio.healing import heal
from inbox.teaching import assistants
from inbox.teaching.asking import Teaching
from inbox.teaching.places import Places
from tests.inbox.dying import differences, lives, picture
from tests.inbox.factories import Clock, an_agent, heard
from tests.inbox.office import Office
from tests.inbox.studio.samples import FILES
from tests.stores import an_empty_store, emptied

DORA = an_agent("Dora", Role.DESIGNER)
OLD, NEW = "o" * 40, "n" * 40
MARK: dict[str, Any] = {"schema": 2, "key": key_mark(OLD), "told": lambda collection, documents: None}


def files(folder: Path) -> dict[str, bytes]:
    """Every file, also those that are hidden."""
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def renewed(folder: Path, content: dict[str, str]) -> Path:
    """The folder with nothing but this in it."""
    folder.mkdir(exist_ok=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


async def test_a_move_that_was_killed_anywhere_is_gone_on_with(
    store: Store, mongodb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def names(copies: Copies) -> list[str]:
        return ["inbox.contacts", "inbox.messages"]

    monkeypatch.setattr(Copies, "names", names)
    office = Office(store)
    await office.take(heard("Hello"))
    data = AssistantFiles(renewed(tmp_path / "assistants", {"shop/it/domain.yml": "version: 3"}))
    out, whole, before = tmp_path / "out", set[str](), await picture(store)
    before = {name: before[name] for name in ("contacts", "messages")}
    async for life in lives(store, out):
        renewed(out, {}).rmdir()
        await life.does(export(out, life.store.copies, data, **MARK, clock=office.clock))
        if life.is_dead:
            await export(out, store.copies, data, **MARK, clock=office.clock)
        whole = whole or set(files(out))
        assert set(files(out)) == whole, life
    async with an_empty_store(mongodb) as other:
        async for life in lives(other, tmp_path / "new"):
            there, placed = await emptied(other), AssistantFiles(renewed(tmp_path / "new", {}))
            await life.does(take_in(out, life.store.copies, placed, **MARK))
            await take_in(out, there.copies, placed, **MARK)
            assert await picture(there, without=("imports",)) == before, life
            assert files(tmp_path / "new") == files(tmp_path / "assistants"), life


async def test_an_edit_of_several_files_is_whole_or_not_there(store: Store, tmp_path: Path) -> None:
    rename, clock, wanted = op.Rename("intent", "greet", "welcome"), Clock(), dict[str, bytes]()
    async for life in lives(store, tmp_path / "data"):
        there, data = await emptied(store), Folder(renewed(tmp_path / "data", FILES))
        before = files(data.root)
        await life.does(edits.make(edits.Studio(data, life.store, clock), DORA, rename))
        clock.forward(minutes=1)
        await heal(data, there, clock())
        wanted = wanted or files(data.root)
        assert files(data.root) in (before, wanted), life
        kept = await there.edits.list({})
        assert [edit.done for edit in kept] == [True] * (files(data.root) == wanted), life


async def test_what_an_assistant_had_live_ends_with_it(store: Store, tmp_path: Path) -> None:
    """Nor does it come back with another of the same name."""
    for name in ("nlu_data", "assistants"):
        (tmp_path / name).mkdir()
    place = tmp_path / "assistants"

    def studio(of: Store) -> Teaching:
        given = (of, Clock(), Places(tmp_path / "nlu_data", place), None, None)
        return Teaching(*cast(Any, given))

    async for life in lives(store, place):
        there = await emptied(store)
        renewed(place, {})
        club = {"assistant_id": "club", "name": "The Club", "language": "en", "like": None}
        made = await assistants.create(studio(there), DORA, **cast(Any, club))
        await there.publications.change(Publication(id=str(made.base.key), model_id="m1", rev=1))
        await life.does(assistants.drop(studio(life.store), DORA, "club"))
        if await there.assistants.the("club"):
            await assistants.drop(studio(there), DORA, "club")
        again = await assistants.create(studio(there), DORA, **cast(Any, club))
        assert (await there.publications.present(again.base.key)).model_id is None, life


async def test_an_assistant_that_was_half_made_is_made(store: Store, tmp_path: Path) -> None:
    place, end = tmp_path / "assistants", dict[str, Any]()
    async for life in lives(store, place):
        there = await emptied(store)
        renewed(place, {})

        def studio(of: Store) -> Teaching:
            given = (of, Clock(), Places(tmp_path / "nlu_data", place), None, None)
            return Teaching(*cast(Any, given))

        club = {"assistant_id": "club", "name": "The Club", "language": "en", "like": None}
        await life.does(assistants.create(studio(life.store), DORA, **cast(Any, club)))
        if await there.assistants.the("club") is None:
            await assistants.create(studio(there), DORA, **cast(Any, club))
        found = {"files": sorted(files(place)), **await picture(there, without=("audit_log", "audit_head"))}
        end = end or found
        assert found == end, f"{life}\n{differences(end, found)}"


async def test_a_rotation_of_the_key_is_gone_on_with(store: Store) -> None:
    secrets = {f"c{number}": f"app-secret-{number}" for number in range(3)}
    async for life in lives(store):
        there = await emptied(store)
        await there._database.meta.delete_one({"_id": "keys"})
        for key, secret in secrets.items():
            await there._database.channels.insert_one({"_id": key, "secret": Vault(OLD).seal(secret)})
        await life.does(rotate_to(NEW, OLD, store=life.store))
        await rotate_to(NEW, OLD, store=there)
        found = {d["_id"]: Vault(NEW).open(d["secret"]) async for d in there._database.channels.find()}
        assert found == secrets, life
        assert set(await there.sealed.kept_keys()) == {"visitors", "files"}


async def test_a_key_is_made_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    async for life in lives(store, tmp_path / "home"):
        home = renewed(tmp_path / "home", {})

        async def make(home: Path = home) -> None:
            given_or_kept(None, home / "secret.key")

        await life.does(make())
        key = given_or_kept(None, home / "secret.key")
        assert len(key) >= 40 and (home / "secret.key").stat().st_mode & 0o777 == 0o600, life
        assert given_or_kept(None, home / "secret.key") == key
