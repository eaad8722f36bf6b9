"""`parley bot … --edition`: an edition's model is trained and judged from a terminal, as in the studio."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from inbox.cli.store import now, opened
from inbox.model.people import OPERATOR
from inbox.model.training import JobState, ModelVersion
from inbox.settings import load
from inbox.store import Store
from inbox.teaching import assistants, publishing
from inbox.teaching.asking import Teaching
from inbox.teaching.bench import bench
from tests.cli.conftest import Parley
from tests.inbox.teaching.benches import a_bot_home, some_data

STORIES = """
import json, pathlib, sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
assert pathlib.Path(options["--model"]).stat().st_size
words = (pathlib.Path(options["--data"]) / "domain.yml").read_text()
result = {"stories": 2, "passed": 2 - ("fails" in words), "failed": "steps: here" if "fails" in words else ""}
pathlib.Path(options["--out"]).write_text(json.dumps(result))
print("stories: done", flush=True)
"""


@pytest.fixture
def club(parley: Parley, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data of the assistant `club` in English, made as the studio makes it."""
    (a_bot_home(tmp_path / "bot") / "stories.py").write_text(STORIES)
    some_data(tmp_path / "nlu_data")
    for name, folder in (("BOT_HOME", "bot"), ("NLU_DATA", "nlu_data"), ("ASSISTANTS", "assistants")):
        monkeypatch.setenv(f"PARLEY_{name}", str(tmp_path / folder))

    async def make(teaching: Teaching) -> None:
        await assistants.create(teaching, OPERATOR, assistant_id="club", name="Club", language="en", like="")

    _working(make)
    return tmp_path / "assistants" / "club" / "en"


def test_an_edition_is_trained_and_its_live_model_plays_its_stories(parley: Parley, club: Path) -> None:
    trained = parley("bot", "train", "--edition", "club.en")
    assert trained.exit_code == 0, trained.output
    assert "A model of club.en is trained" in trained.output
    early = parley("bot", "evaluate", "--edition", "club.en")
    assert early.exit_code == 1
    assert "No model is live yet: activate one first." in early.output

    async def activate(teaching: Teaching) -> None:
        (version,) = await _models(teaching.store)
        assert version.edition == "club.en"
        assert version.author.name == "the operator"
        await publishing.activate(teaching, OPERATOR, version.id, 0, "club.en")

    _working(activate)
    played = parley("bot", "evaluate", "--edition", "club.en")
    assert played.exit_code == 0, played.output
    assert "2 of 2 test stories of club.en went as written." in played.output
    some_data(club, "fails")
    failed = parley("bot", "evaluate", "--edition", "club.en")
    assert failed.exit_code == 1
    assert "steps: here" in failed.output
    assert "1 of 2 test stories" in failed.output


def test_a_mistake_and_an_edition_that_is_not_there_are_told(parley: Parley, club: Path) -> None:
    some_data(club, "fails")
    failed = parley("bot", "train", "--edition", "club.en")
    assert failed.exit_code == 1
    assert "rules.yml, line 7" in failed.output
    unknown = parley("bot", "train", "--edition", "club.fr")
    assert unknown.exit_code == 1
    assert "There is no edition club.fr. There are: club.en." in unknown.output

    async def look(teaching: Teaching) -> None:
        assert [job.state for job in await teaching.store.jobs.list()] == [JobState.FAILED]
        assert await _models(teaching.store) == []

    _working(look)


async def _models(store: Store) -> list[ModelVersion]:
    return await store.models.versions.list()


def _working(work: Callable[[Teaching], Awaitable[None]]) -> None:
    """Do something in the command's own store."""

    async def run() -> None:
        async with opened(load()) as store:
            await work(bench(store, load(), now))

    asyncio.run(run())
