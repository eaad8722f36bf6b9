"""`parley bot train` and `parley bot evaluate` for an edition: the studio's jobs from a terminal."""

import asyncio

from inbox.actions.errors import NotFound
from inbox.cli.store import now
from inbox.cli.terminal import fail, out
from inbox.machine import home
from inbox.machine.voice import Voice
from inbox.model.people import OPERATOR
from inbox.model.training import ENDED, Job, JobKind, JobState
from inbox.settings import Settings
from inbox.store import Store
from inbox.teaching.asking import Teaching, ask_for
from inbox.teaching.asking import cancel as take_back
from inbox.teaching.bench import bench

LOOK = 0.5


async def train(store: Store, settings: Settings, edition: str) -> None:
    """Train a model of the edition's data as they are now; it answers nobody until somebody activates it."""
    job = await _seen_through(store, settings, JobKind.TRAIN, edition)
    out.print(
        f"A model of {edition} is trained: {job.revision[:8]}. Activate it in the studio, under Models."
    )


async def evaluate(store: Store, settings: Settings, edition: str) -> bool:
    """Play the edition's test stories with its live model. Whether all went as written."""
    job = await _seen_through(store, settings, JobKind.STORIES, edition)
    passed, stories = job.result["passed"], job.result["stories"]
    if failed := job.result.get("failed"):
        out.print(failed, markup=False, highlight=False, soft_wrap=True)
    out.print(f"{passed} of {stories} test stories of {edition} went as written.")
    return bool(passed == stories)


async def _seen_through(store: Store, settings: Settings, kind: JobKind, edition: str) -> Job:
    """Queue a job, run it here unless an inbox is quicker, and wait for its end. Fails with its reason."""
    known = [
        each.key for assistant in await store.assistants.all() for each in assistant.editions if each.key
    ]
    if edition not in known:
        raise NotFound(f"There is no edition {edition}. There are: {', '.join(known) or 'none'}.")
    home.make_ready(settings.home)
    teaching = bench(store, settings, now)
    teaching.workshop.start()
    try:
        job = await _ended(teaching, await ask_for(teaching, OPERATOR, kind, {}, edition=edition))
    finally:
        await teaching.workshop.stop()
    if job.state is not JobState.DONE:
        fail(job.error or "It was cancelled.")
    return job


async def _ended(teaching: Teaching, job: Job) -> Job:
    """The job once it has ended; taken back if the command is broken off."""
    with Voice(out).busy(f"{job.kind.value.capitalize()} {job.edition} …") as progress:
        try:
            while job.state not in ENDED:
                await asyncio.sleep(LOOK)
                job = await teaching.store.jobs.get(job.id) or job
                if job.step:
                    progress.at(f"{job.share} % {job.step}")
        except asyncio.CancelledError:
            await take_back(teaching, OPERATOR, job.id)
            raise
    return job
