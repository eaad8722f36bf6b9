"""Runs the studio's jobs: one at a time in an installation, each in a process of its own.

A job is claimed by a lease in MongoDB. Who runs it renews that twice a second and hears there whether it was
cancelled. A killed runner takes its job's process along, for the kernel ends that; another runner finds the
lease run out and begins the job anew, or fails it when that has happened too often. The process has a low
priority, few threads and a bound on its memory, so that the bot that answers customers does not feel it.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from connectors.contract import Clock
from inbox.machine.errors import MachineTrouble
from inbox.machine.process import Process, Program, start
from inbox.model.ids import new_id
from inbox.model.training import Job, JobKind, JobState
from inbox.settings import Settings
from inbox.store import Store, StoreError
from inbox.teaching.saying import Said, Voice, why_it_failed

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=20)
LOOK_EVERY = 2.0
BEAT = 0.5
MOST_ATTEMPTS = 3
NICENESS = 15
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Task(NamedTuple):
    """What a kind of job runs, and what becomes of it."""

    argv: tuple[str, ...]
    """After the bot's Python."""
    done: Callable[[], Awaitable[dict[str, Any]]]
    """Called when the process ended well: keeps what it made, gives the result. Safe to run again."""


Prepare = Callable[[Job, Path], Awaitable[Task]]
"""Prepares a job in its own empty folder. Raises `CannotRun`."""


class CannotRun(Exception):
    """The job cannot be run. The text is for the designer."""


class Workshop:
    """Takes jobs and runs them, if the bot's environment is on this machine."""

    def __init__(
        self, store: Store, settings: Settings, clock: Clock, prepare: Mapping[JobKind, Prepare]
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._prepare = prepare
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def can_run(self) -> bool:
        """Whether the bot's Python environment is here."""
        return (self._settings.bot_home / ".venv" / "bin" / "python").exists()

    def start(self) -> None:
        """Begin to take jobs."""
        if self.can_run:
            self._task = asyncio.create_task(self._serve(), name="workshop")

    async def stop(self) -> None:
        """End what runs; another process begins it anew."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """A job was queued."""
        self._wake.set()

    async def _serve(self) -> None:
        while True:
            try:
                await self._look_after_orphans()
                while (job := await self._claimed()) is not None:
                    await self._run(job)
            except StoreError as error:
                log.warning("jobs put off", error=type(error).__name__)
            except Exception:
                log.exception("workshop")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY)
            self._wake.clear()

    async def _claimed(self) -> Job | None:
        return await self._store.jobs.claim(new_id(), self._clock(), LEASE)

    async def _look_after_orphans(self) -> None:
        """Queue a killed runner's job again, or fail it in plain words."""
        job = await self._store.jobs.orphan(self._clock())
        if job is None:
            return
        if job.cancel:
            await self._end(job, job.owner, JobState.CANCELLED)
        elif job.attempts >= MOST_ATTEMPTS:
            why = _gave_up(job.attempts)
            await self._end(job, job.owner, JobState.FAILED, error=why)
        elif await self._store.jobs.give_back(job, self._clock()):
            log.info("job taken up again", job=job.id)

    async def _run(self, job: Job) -> None:
        folder = self._settings.home / "studio" / job.id
        try:
            await asyncio.to_thread(_emptied, folder)
            task = await self._prepare[job.kind](job, folder)
            process = await start(self._program(job, task, folder))
            try:
                await self._see_through(job, process, task, Voice(folder / "log"))
            finally:
                await process.stop(patience=1)
        except asyncio.CancelledError:  # this process stops: let another begin at once
            with contextlib.suppress(StoreError):
                await self._store.jobs.note(job.id, job.owner or "", self._clock() - LEASE)
            raise
        except (CannotRun, MachineTrouble) as error:
            await self._end(job, job.owner, JobState.FAILED, error=str(error))
        except StoreError:
            raise
        except Exception as error:
            log.exception("job failed", job=job.id)
            await self._end(job, job.owner, JobState.FAILED, error=f"Something went wrong: {error}")
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _see_through(self, job: Job, process: Process, task: Task, voice: Voice) -> None:
        """Follow the process to its end, and write down what it says."""
        end = asyncio.create_task(process.ended())
        while not end.done():
            await asyncio.wait({end}, timeout=BEAT)
            present = await self._note(job, voice.new())
            if present is None:
                log.warning("job lost", job=job.id)  # we stood still for too long: another has it
                return
            if present.cancel:
                await self._end(job, job.owner, JobState.CANCELLED)
                return
        await self._note(job, voice.new())
        if end.result() != 0:
            why = why_it_failed(voice, end.result(), self._settings.training_memory_mb)
            await self._end(job, job.owner, JobState.FAILED, error=why)
            return
        result = await task.done()
        await self._end(job, job.owner, JobState.DONE, share=100, step="done", result=result)

    async def _note(self, job: Job, said: Said) -> Job | None:
        moved = {"share": said.share, "step": said.step} if said.step else {}
        return await self._store.jobs.note(
            job.id, job.owner or "", self._clock() + LEASE, said.lines, **moved
        )

    async def _end(self, job: Job, owner: str | None, state: JobState, **fields: Any) -> None:
        await self._store.jobs.finish(job.id, owner, self._clock(), state=state, **fields)

    def _program(self, job: Job, task: Task, folder: Path) -> Program:
        bot = self._settings.bot_home
        return Program(
            name=f"The job ({job.kind})",
            argv=(str(bot / ".venv" / "bin" / "python"), *task.argv),
            folder=bot,
            log=folder / "log",
            niceness=NICENESS,
            memory=self._settings.training_memory_mb * 1024 * 1024,
            environment=THREADS,
        )


def _gave_up(attempts: int) -> str:
    return (
        f"The process that ran this was ended {attempts} times before it was done."
        " Is the machine short of memory?"
    )


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
