"""A process that falls is brought back, ever more patiently."""

import asyncio
import io
import signal
from pathlib import Path

import pytest
from rich.console import Console

from inbox.machine import keeper
from inbox.machine.errors import MachineTrouble
from inbox.machine.keeper import Keeper
from inbox.machine.process import Process, Program, start
from inbox.machine.voice import Voice


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    monkeypatch.setattr(keeper, "FIRST_PAUSE", 0.01)
    return io.StringIO()


def a_keeper(said: io.StringIO, log: Path, *, failures: list[str]) -> Keeper:
    """Keeps a `sleep` that first fails to start as often as there are failures."""

    async def launch() -> Process:
        if failures:
            raise MachineTrouble(failures.pop(0))
        return await start(Program(name="sleep", argv=("sleep", "100"), log=log))

    return Keeper("The sleep", launch, Voice(Console(file=said, width=200)))


async def until(said: io.StringIO, text: str) -> None:
    async with asyncio.timeout(60):
        while text not in said.getvalue():
            await asyncio.sleep(0.01)


async def test_a_killed_process_comes_back(said: io.StringIO, tmp_path: Path) -> None:
    kept = a_keeper(said, tmp_path / "log", failures=[])
    await kept.start()
    first = kept.process
    assert first is not None
    first.send(signal.SIGKILL)
    await until(said, "The sleep is back.")
    assert "The sleep was ended by SIGKILL. It starts again in 0.01 s." in said.getvalue()
    assert kept.process is not first
    await kept.stop(patience=1)
    assert not kept.process.is_running


async def test_a_failed_return_is_told_and_tried_again(said: io.StringIO, tmp_path: Path) -> None:
    failures: list[str] = []
    kept = a_keeper(said, tmp_path / "log", failures=failures)
    await kept.start()
    failures += ["No memory.", "Still no memory."]
    assert kept.process is not None
    kept.process.send(signal.SIGKILL)
    await until(said, "The sleep is back.")
    assert "No memory. It is tried again in 0.02 s." in said.getvalue()
    assert "Still no memory. It is tried again in 0.04 s." in said.getvalue()
    await kept.stop(patience=1)


async def test_a_failed_first_start_is_the_callers_to_tell(said: io.StringIO, tmp_path: Path) -> None:
    with pytest.raises(MachineTrouble, match="No memory"):
        await a_keeper(said, tmp_path / "log", failures=["No memory."]).start()


async def test_a_part_that_can_wait_is_started_until_it_runs(said: io.StringIO, tmp_path: Path) -> None:
    kept = a_keeper(said, tmp_path / "log", failures=["No model."])
    await kept.start_until_it_runs()
    assert "No model. It is tried again in 0.01 s." in said.getvalue()
    await kept.stop(patience=1)
