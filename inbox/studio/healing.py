"""Edits over which a process died: finished or taken back, so that no file is changed without the others.

What an edit does to each file is written into the store before the first is touched. Whoever comes next, at a
start or with an edit, finds it there: if all files were written it is done, if some were they are put back.
"""

import asyncio
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

import msgspec
import structlog

from inbox.actions.errors import ActionRefused, NotFound
from inbox.model.teaching import Edit, FileEdit
from inbox.store import Store
from inbox.studio import patches
from inbox.studio.folder import Folder, digest

_YOUNG = timedelta(seconds=30)

log = structlog.get_logger(__name__)


class Rewrite(NamedTuple):
    """A file as it is and as it is to be; `before` is None for a new one, `after` for one to be removed."""

    name: str
    before: bytes | None
    after: bytes | None


class Outcome(Enum):
    """What became of an edit that was found half done."""

    DONE = auto()
    TAKEN_BACK = auto()
    UNTOUCHED = auto()
    STUCK = auto()


def write_one(folder: Folder, each: Rewrite) -> None:
    """Write or remove a file. Raises `Changed` if it is not as it was."""
    based_on = digest(each.before) if each.before is not None else None
    if each.after is not None:
        folder.write(each.name, each.after, based_on=based_on)
    elif based_on is not None:
        folder.remove(each.name, based_on=based_on)


async def heal(folder: Folder, store: Store, now: datetime, edition: str | None = None) -> list[Outcome]:
    """Finish or take back every edit of an edition that nobody is at any more, the newest first."""
    left = await store.edits.list({"done": False, "edition": edition}, sort="-_id", limit=20)
    return [await _heal(folder, store, edit, now) for edit in left]


async def _heal(folder: Folder, store: Store, edit: Edit, now: datetime) -> Outcome:
    outcome = await asyncio.to_thread(_settled, folder, edit)
    if outcome is Outcome.UNTOUCHED and now - edit.at < _YOUNG:
        return outcome  # its writer may be about to begin
    if outcome is Outcome.DONE:
        await store.edits.put(msgspec.structs.replace(edit, done=True))
    elif outcome in (Outcome.TAKEN_BACK, Outcome.UNTOUCHED):
        await store.edits.remove(edit.id)
    else:
        words = f"{edit.words} (interrupted: its files were changed since; look at them)"
        await store.edits.put(msgspec.structs.replace(edit, done=True, words=words[:500]))
    log.warning("an edit had been interrupted", edit=edit.id, outcome=outcome.name.lower())
    return outcome


def _settled(folder: Folder, edit: Edit) -> Outcome:
    """All files as the edit wanted them, or all as they were; its writer holds the folder while it writes."""
    with folder.together():
        now = {each.name: _content(folder, each.name) for each in edit.files}
        written = [each for each in edit.files if _hash(now[each.name]) == each.after]
        if len(written) == len(edit.files):
            return Outcome.DONE
        try:
            back = [Rewrite(each.name, now[each.name], _before(each, now[each.name])) for each in written]
            for each in back:
                write_one(folder, each)
        except ActionRefused:
            return Outcome.STUCK
        folder.sweep()
        is_whole = all(_hash(_content(folder, each.name)) == each.before for each in edit.files)
        if not written:
            return Outcome.UNTOUCHED
        return Outcome.TAKEN_BACK if is_whole else Outcome.STUCK


def _before(each: FileEdit, content: bytes | None) -> bytes | None:
    """What the file held. Raises `NoLongerApplies`."""
    if each.before is None:
        return None
    text = (content or b"").decode("utf-8", "surrogateescape")
    before = patches.reverted(text, each.hunks).encode("utf-8", "surrogateescape")
    if digest(before) != each.before:
        raise patches.NoLongerApplies(f"{each.name} cannot be put back.")
    return before


def _content(folder: Folder, name: str) -> bytes | None:
    try:
        return folder.read(name).content
    except NotFound:
        return None


def _hash(content: bytes | None) -> str | None:
    return digest(content) if content is not None else None
