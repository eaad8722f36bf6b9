"""Processes end with everything they started, whoever dies first."""

import asyncio
import contextlib
import os
import resource
import signal
import sys
from pathlib import Path

import pytest

from inbox.machine.errors import MachineTrouble
from inbox.machine.process import Program, start

STUBBORN = "trap '' TERM; sleep 100 & echo child $!; wait; sleep 100"

STARTER = """
import asyncio
from pathlib import Path
from inbox.machine.process import Program, start
async def main():
    program = Program(name="sleep", argv=("sleep", "100"), log=Path("sleep.log"))
    print((await start(program)).pid, flush=True)
    await asyncio.sleep(100)
asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def until_dead(pid: int) -> None:
    async with asyncio.timeout(60):
        while is_alive(pid):
            await asyncio.sleep(0.02)


async def test_one_that_does_not_listen_is_made_to_end_with_its_children(tmp_path: Path) -> None:
    process = await start(Program(name="sh", argv=("sh", "-c", STUBBORN), log=tmp_path / "log"))
    while "child" not in process.last_words():
        await asyncio.sleep(0.01)
    child = int(process.last_words().split()[1])
    await process.stop(patience=0.2)
    assert not process.is_running
    await until_dead(child)


async def test_it_dies_with_a_killed_starter(tmp_path: Path) -> None:
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTER, stdout=asyncio.subprocess.PIPE, cwd=tmp_path
    )
    assert starter.stdout is not None
    child = int(await starter.stdout.readline())
    assert is_alive(child)
    starter.kill()
    await starter.wait()
    try:
        await until_dead(child)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


async def test_its_last_words_are_of_this_run(tmp_path: Path) -> None:
    for word in ("first", "second"):
        process = await start(Program(name="echo", argv=("echo", word), log=tmp_path / "log"))
        await process.ended()
        assert process.last_words() == word
    assert (tmp_path / "log").read_text() == "first\nsecond\n"


async def test_a_long_log_is_turned_over(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    process = await start(Program(name="echo", argv=("echo", "new"), log=log))
    await process.ended()
    assert log.read_text() == "new\n"
    assert (tmp_path / "web.1.log").exists()


async def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MachineTrouble, match="The bot cannot be started"):
        await start(Program(name="The bot", argv=("/no/such/python",), log=tmp_path / "log"))


async def test_a_program_may_open_as_many_files_as_the_machine_allows(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))  # as many shells give it
    try:
        process = await start(
            Program(name="sh", argv=("sh", "-c", "ulimit -n; ulimit -Hn"), log=tmp_path / "log")
        )
        await process.ended()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    given, most = process.last_words().split()
    assert most == "unlimited" or int(given) == min(int(most), 64_000)


async def test_it_is_told_no_secret_and_its_log_is_for_us_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Rasa, MongoDB and their libraries could give away they do not have."""
    secret = ("PARLEY_SECRET_KEY", "PARLEY_ADMIN_PASSWORD", "PARLEY_BOT_TOKEN", "MONGODB_URI", "REDIS_URL")
    for name in (*secret, "PARLEY_ENCODER_CACHE"):
        monkeypatch.setenv(name, f"value of {name}")
    given = {"PARLEY_BOT_TOKEN": "given by name"}
    process = await start(Program(name="env", argv=("env",), log=tmp_path / "log", environment=given))
    await process.ended()
    said = process.last_words(500)
    assert "value of PARLEY_ENCODER_CACHE" in said and "PARLEY_BOT_TOKEN=given by name" in said
    for name in secret:
        assert f"value of {name}" not in said
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
