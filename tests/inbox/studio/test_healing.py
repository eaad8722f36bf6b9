"""A process killed while it writes an edit of several files: nothing stays half done."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from inbox.app import now
from inbox.model.people import Role
from inbox.store import Store
from inbox.studio import edits
from inbox.studio import operations as op
from inbox.studio.edits import Studio
from inbox.studio.folder import Folder
from inbox.studio.healing import Outcome, heal
from tests.inbox.factories import an_agent
from tests.inbox.studio.samples import FILES

ROOT = Path(__file__).resolve().parents[3]
DORA = an_agent("Dora", Role.DESIGNER)
RENAME = op.Rename("intent", "greet", "welcome")

WRITER = """
import asyncio, os, signal, sys
from pathlib import Path
from inbox.app import now
from inbox.model.people import Role
from inbox.store import Store
from inbox.studio import edits, operations as op
from inbox.studio.folder import Folder
from tests.inbox.factories import an_agent

uri, name, root, survived = sys.argv[1:]
stock, count = Folder._replace, 0

def replace(self, *given):
    global count
    if count == int(survived):
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1
    stock(self, *given)

async def main():
    store = await Store.open(uri, name)
    Folder._replace = replace
    studio = edits.Studio(Folder(Path(root)), store, now)
    if survived == "3":
        store.edits.put = lambda edit: os.kill(os.getpid(), signal.SIGKILL)
    await edits.make(studio, an_agent("Dora", Role.DESIGNER), op.Rename("intent", "greet", "welcome"))

asyncio.run(main())
"""


def as_it_is(folder: Folder) -> dict[str, str]:
    """Every file, also those that are hidden."""
    return {f.relative_to(folder.root).as_posix(): f.read_bytes().decode() for f in _files(folder.root)}


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.fixture
def studio(folder: Folder, store: Store) -> Studio:
    """The verbs' tools, on the sample project."""
    return Studio(folder, store, now)


async def killed(studio: Studio, mongodb: str, survived: int) -> None:
    """A process that is killed by the kernel after so many files."""
    argv = (mongodb, studio.store._database.name, str(studio.folder.root), str(survived))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, *argv, cwd=ROOT)
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("survived", [1, 2])
async def test_what_a_killed_process_wrote_is_put_back(studio: Studio, mongodb: str, survived: int) -> None:
    await killed(studio, mongodb, survived)
    left = as_it_is(studio.folder)
    assert sum(left.get(name) != text for name, text in FILES.items()) == survived
    assert len(left) == 4  # what it had begun to write lies there, hidden
    assert await heal(studio.folder, studio.store, now()) == [Outcome.TAKEN_BACK]
    assert as_it_is(studio.folder) == FILES
    assert await studio.store.edits.list() == []
    await edits.make(studio, DORA, RENAME)


async def test_an_edit_whose_files_are_all_written_is_done(studio: Studio, mongodb: str) -> None:
    await killed(studio, mongodb, 3)
    await edits.make(studio, DORA, op.AddExamples("intent", "welcome", ["hi"]))  # heals by itself
    first, second = await studio.store.edits.list({"done": True})
    await edits.undo(studio, DORA, second.id)
    await edits.undo(studio, DORA, first.id)
    assert as_it_is(studio.folder) == FILES


async def test_what_nobody_began_to_write_is_forgotten_after_a_while(studio: Studio, mongodb: str) -> None:
    await killed(studio, mongodb, 0)
    assert await heal(studio.folder, studio.store, now()) == [Outcome.UNTOUCHED]
    (edit,) = await studio.store.edits.list()
    assert await heal(studio.folder, studio.store, edit.at + timedelta(minutes=1)) == [Outcome.UNTOUCHED]
    assert await studio.store.edits.list() == []
    assert as_it_is(studio.folder) == FILES


async def test_nobodys_later_work_is_overwritten(studio: Studio, mongodb: str) -> None:
    await killed(studio, mongodb, 1)
    changed = next(name for name, text in FILES.items() if as_it_is(studio.folder)[name] != text)
    path = studio.folder.root / changed
    path.write_bytes(path.read_bytes().replace(b"welcome", b"somebody_elses"))
    theirs = path.read_bytes()
    await heal(studio.folder, studio.store, now())
    assert path.read_bytes() == theirs


def test_a_text_with_escaped_line_breaks_stays_on_its_line(folder: Folder) -> None:
    path = folder.root / "domain" / "domain.yml"
    path.write_text(
        path.read_text().replace('"Hello!"   # short', '"Hello {order_number}!\\n\\nBye."   # short')
    )
    (each,) = edits.planned(folder, [op.Rename("slot", "order_number", "nr")])
    assert b'- text: "Hello {nr}!\\n\\nBye."   # short\n' in (each.after or b"")


async def test_what_could_not_be_put_back_is_healed_later(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, stock, count = as_it_is(studio.folder), Folder._replace, 0

    def full(self: Folder, *given: object) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise OSError(28, "No space left on device")
        stock(self, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as disk:
        disk.setattr(Folder, "_replace", full)
        with pytest.raises(Exception, match="half written"):
            await edits.make(studio, DORA, RENAME)
    assert as_it_is(studio.folder) != before
    made, *_ = await edits.make(studio, DORA, RENAME)
    await edits.undo(studio, DORA, made.id)
    assert as_it_is(studio.folder) == before
