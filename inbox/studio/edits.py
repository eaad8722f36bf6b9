"""Edits of the training data by people: made, kept in the history, undone.

All raise `Forbidden`, and what the operation and the folder raise. A file that changed since it was read is
read again and the operation made anew, so that nobody's work is overwritten; see `inbox.studio.operations`.
"""

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from connectors.contract import Clock
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.ids import new_id
from inbox.model.people import STUDIO, Principal
from inbox.model.teaching import Edit, FileEdit
from inbox.store import Store
from inbox.studio import patches
from inbox.studio.equality import same
from inbox.studio.folder import Changed, File, Folder, digest
from inbox.studio.healing import Rewrite, heal, write_one
from inbox.studio.nodes import Unreadable, parsed
from inbox.studio.operation import Operation
from inbox.studio.project import decoded
from inbox.studio.splicing import changed
from inbox.studio.workspace import Workspace
from inbox.studio.writing import Manner, as_map

_ATTEMPTS = 5
_LARGEST = 6 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class Studio(NamedTuple):
    """What the verbs of designers need."""

    folder: Folder
    store: Store
    clock: Clock
    edition: str | None = None
    """Whose data these are: see `inbox/model/assistant.py`."""


async def make(
    studio: Studio, who: Principal, operation: Operation, *, based_on: dict[str, str] | None = None
) -> tuple[Edit, bool]:
    """Do it. The edit, and whether a file was another than by its hash in `based_on`."""
    _may(who)
    await heal(studio.folder, studio.store, studio.clock(), studio.edition)
    for attempt in range(_ATTEMPTS):
        rewrites = await asyncio.to_thread(planned, studio.folder, [operation])
        if not rewrites:
            raise Invalid("That changes nothing.")
        merged = any(
            (based_on or {}).get(r.name, digest(r.before)) != digest(r.before)
            for r in rewrites
            if r.before is not None
        )
        try:
            edit = await _write(studio, who, rewrites, operation.words(), msgspec.to_builtins(operation))
            return edit, merged
        except Changed:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


async def undo(studio: Studio, who: Principal, edit_id: str) -> Edit:
    """Take an edit back, as far as its lines are still there. Raises `NoLongerApplies` with the reason."""
    _may(who)
    edit = await studio.store.edits.get(edit_id)
    if edit is None or edit.edition != studio.edition:
        raise NotFound("There is no such edit.")
    if edit.undone_by:
        raise Invalid("This was undone already.")
    await heal(studio.folder, studio.store, studio.clock(), studio.edition)
    rewrites = await asyncio.to_thread(_undone, studio.folder, edit)
    made = await _write(studio, who, rewrites, f"Undid: {edit.words}", {"type": "undo", "edit": edit.id})
    await studio.store.edits.put(msgspec.structs.replace(edit, undone_by=made.id))
    return made


async def rewrite(studio: Studio, who: Principal, rewrites: list[Rewrite], words: str, deed: Any) -> Edit:
    """Write files that were worked out elsewhere, as one edit of the history. Raises `Changed`."""
    _may(who)
    await heal(studio.folder, studio.store, studio.clock(), studio.edition)
    return await _write(studio, who, rewrites, words, deed)


def planned(folder: Folder, operations: Sequence[Operation]) -> list[Rewrite]:
    """What the operations do, one after the other, to the files as they are now. Writes nothing."""
    files = {file.name: file for file in folder.files()}
    data: dict[str, Any] = {}
    broken = set(folder.left_out())
    for name, file in files.items():
        try:
            data[name] = _data(file.content)
        except Unreadable:
            broken.add(name)
    space = Workspace(data, frozenset(broken))
    for operation in operations:
        operation.apply(space)
    touched = (n for n, wanted in space.data.items() if n not in data or not same(data[n], wanted))
    everywhere = any(operation.everywhere for operation in operations)
    return [_rewritten(name, files.get(name), space.data[name], everywhere) for name in touched]


@lru_cache(maxsize=512)
def _data(content: bytes) -> Any:
    """What a file says; kept, as most files stay as they are from one edit to the next. Not to be changed."""
    return parsed(decoded(content)).data()


def _rewritten(name: str, file: File | None, wanted: Any, everywhere: bool) -> Rewrite:
    if file is None:
        return Rewrite(name, None, (as_map(wanted, 0, Manner()) + "\n").encode())
    mark = _BOM if file.content.startswith(_BOM) else b""
    return Rewrite(
        name, file.content, mark + changed(decoded(file.content), wanted, everywhere=everywhere).encode()
    )


def _undone(folder: Folder, edit: Edit) -> list[Rewrite]:
    rewrites = []
    for each in edit.files:
        now = folder.read(each.name).content
        before = patches.reverted(now.decode("utf-8", "surrogateescape"), each.hunks)
        content = before.encode("utf-8", "surrogateescape")
        try:
            parsed(decoded(content))
        except Unreadable as error:
            raise patches.NoLongerApplies(f"Without this change, {each.name} could not be read.") from error
        rewrites.append(Rewrite(each.name, now, None if each.before is None and not content else content))
    return rewrites


async def _write(studio: Studio, who: Principal, rewrites: list[Rewrite], words: str, deed: Any) -> Edit:
    """Write down what will be done, do it, write down that it is done."""
    edit = Edit(
        id=new_id(),
        at=studio.clock(),
        by_id=who.id,
        by=who.name,
        words=words[:500],
        operation=deed,
        files=await asyncio.to_thread(lambda: [_noted(r) for r in rewrites]),
        done=False,
        edition=studio.edition,
    )
    if len(msgspec.json.encode(edit)) > _LARGEST:
        raise Invalid("This changes too much at once. Do it in parts.")
    await studio.store.edits.add(edit)
    try:
        await asyncio.to_thread(_write_all, studio.folder, rewrites)
    except _HalfWritten:
        raise  # what was written down stays: by it the next edit, or the next start, heals the files
    except Exception:
        await studio.store.edits.remove(edit.id)
        raise
    done = msgspec.structs.replace(edit, done=True)
    await studio.store.edits.put(done)
    return done


class _HalfWritten(Exception):
    """Neither could all files be written nor could those that were be put back."""


def _write_all(folder: Folder, rewrites: list[Rewrite]) -> None:
    """All files or none: what was written before one that cannot be is put back."""
    written: list[Rewrite] = []
    with folder.together():
        try:
            for each in rewrites:
                write_one(folder, each)
                written.append(each)
        except Exception:
            try:
                for each in reversed(written):
                    write_one(folder, Rewrite(each.name, each.after, each.before))
            except Exception as error:
                raise _HalfWritten("An edit is half written.") from error
            raise


def _noted(each: Rewrite) -> FileEdit:
    old, new = ((c or b"").decode("utf-8", "surrogateescape") for c in (each.before, each.after))
    return FileEdit(
        name=each.name,
        before=digest(each.before) if each.before is not None else None,
        after=digest(each.after) if each.after is not None else None,
        hunks=patches.hunks(old, new),
    )


def _may(who: Principal) -> None:
    if not who.may(STUDIO):
        raise Forbidden("You are not allowed to do this.")
