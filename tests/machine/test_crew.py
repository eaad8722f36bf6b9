"""Processes end together, the one that serves the others last, and none of them can hold up the end."""

import asyncio
import io
import os
import signal
import sys
import time
from pathlib import Path

from rich.console import Console

from inbox.machine.crew import FAREWELL_SECONDS, Crew
from inbox.machine.process import Process, Program, start
from inbox.machine.voice import Voice

SLOW = """
import signal, sys, time
def leave(*_):
    time.sleep(float(sys.argv[1]))
    open(sys.argv[2], "a").write(sys.argv[3] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, leave)
print("up", flush=True)
time.sleep(60)
"""


async def end_of(*seconds: float, folder: Path) -> tuple[list[str], float]:
    """Run a crew of processes that take so long to end; in which order they did, and how long it took."""
    crew, ends = Crew(Voice(Console(file=io.StringIO()))), folder / "ends"

    async def launch(name: str, takes: float) -> Process:
        log = folder / f"{name}.log"
        argv = (sys.executable, "-c", SLOW, str(takes), str(ends), name)
        process = await start(Program(name=name, argv=argv, log=log))
        while "up" not in log.read_text():
            await asyncio.sleep(0.02)
        return process

    async def begin() -> None:
        for place, takes in enumerate(seconds):
            name = str(place)
            await crew.keep(name, lambda name=name, takes=takes: launch(name, takes))
        os.kill(os.getpid(), signal.SIGTERM)

    before = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    await crew.run(begin())
    for number, action in zip((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), before, strict=True):
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, action)
    return ends.read_text().split() if ends.exists() else [], time.monotonic()


async def test_the_first_ends_last_and_the_others_at_once(tmp_path: Path) -> None:
    since = time.monotonic()
    order, until = await end_of(0, 3, 3, folder=tmp_path)
    assert order[-1] == "0"
    assert sorted(order) == ["0", "1", "2"]
    assert until - since < 5.9, "one after the other they would take six seconds, and their starts"


async def test_who_needs_six_seconds_to_leave_well_has_them(tmp_path: Path) -> None:
    order, _ = await end_of(0, 6, folder=tmp_path)
    assert order == ["1", "0"]


async def test_who_does_not_leave_is_made_to(tmp_path: Path) -> None:
    since = time.monotonic()
    order, until = await end_of(0, 60, folder=tmp_path)
    assert order == ["0"]
    assert until - since < FAREWELL_SECONDS + 4
