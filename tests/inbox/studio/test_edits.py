"""Edits of people: kept in the history, undone, and never over somebody else's work."""

import asyncio

import pytest

from inbox.actions.errors import Forbidden, Invalid
from inbox.app import now
from inbox.model.people import Role
from inbox.store import Store
from inbox.studio import edits
from inbox.studio import operations as op
from inbox.studio.edits import Studio
from inbox.studio.folder import Folder, digest
from inbox.studio.patches import NoLongerApplies
from tests.inbox.factories import an_agent
from tests.inbox.studio.samples import FILES, NLU

DORA = an_agent("Dora", Role.DESIGNER)


@pytest.fixture
def studio(folder: Folder, store: Store) -> Studio:
    """The verbs' tools, on the sample project."""
    return Studio(folder, store, now)


def add(*examples: str) -> op.AddExamples:
    return op.AddExamples("intent", "greet", list(examples))


async def test_an_edit_is_kept_with_its_author_and_lines_and_undone_to_the_byte(studio: Studio) -> None:
    edit, merged = await edits.make(studio, DORA, add("hi"), based_on={"nlu.yml": digest(NLU.encode())})
    assert not merged
    kept = await studio.store.edits.get(edit.id)
    assert kept is not None and kept.done and kept.by == "Dora"
    assert kept.words == "Added “hi” to intent greet"
    assert kept.files[0].after == studio.folder.read("nlu.yml").hash
    undone = await edits.undo(studio, DORA, edit.id)
    assert studio.folder.read("nlu.yml").content == NLU.encode()
    assert (await studio.store.edits.get(edit.id)).undone_by == undone.id  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        await edits.undo(studio, DORA, edit.id)


async def test_an_earlier_edit_is_undone_below_later_ones(studio: Studio) -> None:
    first, _ = await edits.make(studio, DORA, add("first"))
    top = op.ChangeExample("intent", "order_status", "where is my order", "where is it")
    await edits.make(studio, DORA, top)
    path = studio.folder.root / "nlu.yml"
    path.write_text("# a line of git's\n" + path.read_text())
    await edits.undo(studio, DORA, first.id)
    expected = "# a line of git's\n" + NLU.replace("- where is my order", "- where is it")
    assert path.read_text() == expected


async def test_what_was_changed_since_is_not_undone(studio: Studio) -> None:
    edit, _ = await edits.make(studio, DORA, add("first"))
    await edits.make(studio, DORA, op.ChangeExample("intent", "greet", "first", "second"))
    with pytest.raises(NoLongerApplies, match="changed since"):
        await edits.undo(studio, DORA, edit.id)
    assert "second" in studio.folder.read("nlu.yml").content.decode()


async def test_a_change_on_disk_is_joined_and_said(studio: Studio) -> None:
    seen = {"nlu.yml": studio.folder.read("nlu.yml").hash}
    path = studio.folder.root / "nlu.yml"
    path.write_text(NLU.replace("good morning", "good afternoon"))
    _, merged = await edits.make(studio, DORA, add("hi"), based_on=seen)
    assert merged
    assert "good afternoon\n    - hi" in path.read_text()


async def test_many_designers_at_once_lose_nothing(studio: Studio) -> None:
    await asyncio.gather(*(edits.make(studio, DORA, add(f"hello {n}")) for n in range(4)))
    text = studio.folder.read("nlu.yml").content.decode()
    assert all(f"- hello {n}\n" in text for n in range(4))
    assert len(await studio.store.edits.list({"done": True})) == 4


async def test_files_are_written_all_or_none(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Folder.write

    def failing(folder: Folder, name: str, content: bytes, *, based_on: str | None) -> object:
        if name == "rules.yml":
            raise OSError(28, "No space left on device")
        return write(folder, name, content, based_on=based_on)

    monkeypatch.setattr(Folder, "write", failing)
    with pytest.raises(OSError, match="No space"):
        await edits.make(studio, DORA, op.Rename("intent", "order_status", "where"))
    assert {f.name: f.content.decode() for f in studio.folder.files()} == FILES
    assert await studio.store.edits.list() == []


async def test_an_agent_may_not(studio: Studio) -> None:
    with pytest.raises(Forbidden):
        await edits.make(studio, an_agent("Marco"), add("hi"))
    with pytest.raises(Forbidden):
        await edits.undo(studio, an_agent("Marco"), "x")


async def test_a_new_file_goes_again_when_it_is_undone(studio: Studio) -> None:
    story = {"story": "x", "steps": [{"intent": "greet"}]}
    edit, _ = await edits.make(studio, DORA, op.PutDialogue("test", "x", None, story))
    assert "tests/test_stories.yml" in studio.folder.names()
    await edits.undo(studio, DORA, edit.id)
    assert "tests/test_stories.yml" not in studio.folder.names()
