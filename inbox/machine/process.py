"""One process of ours: it writes to its log, is ended with all that it started, and never outlives us."""

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from inbox.machine.errors import MachineTrouble
from inbox.machine.open_files import allowed
from inbox.settings import secrets_among

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 20 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run and how."""

    name: str
    argv: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to our own environment, of which secrets are left out."""
    folder: Path | None = None
    niceness: int = 0
    memory: int = 0
    """How many bytes it may take for its data (RLIMIT_DATA); 0 for as many as there are."""
    orphan_signal: signal.Signals = signal.SIGKILL
    """What the process gets from the kernel if we die without ending it (Linux only)."""


class Process:
    """A program that was started, in a process group of its own."""

    def __init__(self, program: Program, child: asyncio.subprocess.Process, *, said_before: int) -> None:
        self.program = program
        self.pid = child.pid
        self._child = child
        self._said_before = said_before

    @property
    def is_running(self) -> bool:
        return self._child.returncode is None

    async def ended(self) -> int:
        """Wait for its end. Answers the exit code; for a signal, that signal's number negated."""
        return await self._child.wait()

    def send(self, what: signal.Signals) -> None:
        """Signal the whole group; nothing happens when it is gone."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, what)

    def last_words(self, count: int = 15) -> str:
        """The last lines that this run wrote to its log."""
        try:
            with self.program.log.open("rb") as file:
                file.seek(max(self._said_before, self.program.log.stat().st_size - 16_384))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-count:])

    async def stop(self, *, patience: float = 5) -> None:
        """End it and whatever it started: asked first, after `patience` seconds made to."""
        if self.is_running:
            self.send(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), patience)
        self.send(signal.SIGKILL)
        await self._child.wait()


async def start(program: Program) -> Process:
    """Start the program; its output goes to the end of its log. Raises `MachineTrouble`."""
    try:
        program.log.parent.mkdir(parents=True, exist_ok=True)
        _turn_over(program.log)
        with _opened(program.log) as log:
            said_before = log.tell()
            child = await asyncio.create_subprocess_exec(
                *program.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                cwd=program.folder,
                env=_environment(program),
                start_new_session=True,
                preexec_fn=_leash(program),
            )
    except OSError as error:
        raise MachineTrouble(f"{program.name} cannot be started: {error}.") from error
    return Process(program, child, said_before=said_before)


def _environment(program: Program) -> dict[str, str]:
    """Ours and the program's own. The bot and MongoDB are not told our secret key or who the admin is."""
    withheld = secrets_among()
    told = {name: value for name, value in os.environ.items() if name not in withheld}
    return {**told, **program.environment}


def _opened(log: Path) -> IO[bytes]:
    """The log, to be written on; a new one is for us alone."""
    return open(log, "ab", opener=lambda path, flags: os.open(path, flags, 0o600))


def _leash(program: Program) -> Callable[[], None]:
    """What the child does before it becomes the program. All is looked up before the fork."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None
    files, hard = allowed(), resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    ours, niceness, farewell = os.getpid(), program.niceness, int(program.orphan_signal)
    memory = program.memory

    def tie() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, farewell, 0, 0, 0)
            if os.getppid() != ours:  # We died before the leash was on.
                os._exit(1)
        if niceness:
            os.nice(niceness)
        if memory:
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))

    return tie


def _turn_over(log: Path) -> None:
    """Keep one former log beside the present one once that has grown long."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".1.log"))
