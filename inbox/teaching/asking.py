"""Asking for a job of the studio, and taking that back. All raise `Forbidden`, `NotFound` or `Invalid`."""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

from connectors.contract import Clock
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.ids import new_id
from inbox.model.people import STUDIO, Principal
from inbox.model.training import ENDED, Job, JobKind, Person
from inbox.store import Store
from inbox.teaching.snapshot import TooMuchData, take
from inbox.teaching.trying import Trials
from inbox.teaching.workshop import Workshop

MOST_WAITING = 20


class Teaching(NamedTuple):
    """What the verbs of the studio's machinery need."""

    store: Store
    clock: Clock
    data: Path
    workshop: Workshop
    trials: Trials


def may(who: Principal) -> None:
    """Raise `Forbidden` unless they may work in the studio."""
    if not who.may(STUDIO):
        raise Forbidden("Only bot designers and admins may do this.")


def person(who: Principal) -> Person:
    """Who asks, as the studio writes them down."""
    return Person(who.id, who.name)


async def ask_for(teaching: Teaching, who: Principal, kind: JobKind, options: dict[str, Any]) -> Job:
    """Queue a job on the data as it is at this moment; what is edited afterwards is not part of it."""
    may(who)
    if kind is JobKind.REPLAY or options.get("model_id"):
        await _a_model(teaching, options.get("model_id"))
    waiting = [job for job in await teaching.store.jobs.newest(100) if job.state not in ENDED]
    if len(waiting) >= MOST_WAITING:
        raise Invalid(f"{MOST_WAITING} jobs wait already. Cancel some, or wait.")
    now = teaching.clock()
    try:
        snapshot = await asyncio.to_thread(take, teaching.data, now)
    except TooMuchData as error:
        raise Invalid(str(error)) from error
    if not snapshot.files:
        raise Invalid(f"There is no data in {teaching.data}.")
    await teaching.store.models.data.add(snapshot)
    job = Job(
        id=new_id(),
        kind=kind,
        asked_by=person(who),
        asked_at=now,
        options=options,
        revision=snapshot.id,
    )
    await teaching.store.jobs.add(job)
    teaching.workshop.wake()
    return job


async def cancel(teaching: Teaching, who: Principal, job_id: str) -> Job:
    """Take a job back. One that has ended stays as it is."""
    may(who)
    job = await teaching.store.jobs.ask_to_cancel(job_id, teaching.clock())
    if job is None:
        raise NotFound("There is no such job.")
    return job


async def _a_model(teaching: Teaching, model_id: Any) -> None:
    if not isinstance(model_id, str) or await teaching.store.models.versions.get(model_id) is None:
        raise NotFound("There is no such model.")
