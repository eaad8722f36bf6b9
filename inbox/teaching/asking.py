"""Asking for a job of the studio, and taking that back. All raise `Forbidden`, `NotFound` or `Invalid`."""

import asyncio
from typing import Any, NamedTuple

from connectors.contract import Clock
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.ids import new_id
from inbox.model.people import STUDIO, Principal
from inbox.model.training import Job, JobKind, ModelVersion, Person
from inbox.store import Store
from inbox.teaching.places import Places
from inbox.teaching.snapshot import TooMuchData, take
from inbox.teaching.trying import Trials
from inbox.teaching.workshop import Workshop

MOST_WAITING = 20


class Teaching(NamedTuple):
    """What the verbs of the studio's machinery need."""

    store: Store
    clock: Clock
    places: Places
    workshop: Workshop
    trials: Trials


def may(who: Principal) -> None:
    """Raise `Forbidden` unless they may work in the studio."""
    if not who.may(STUDIO):
        raise Forbidden("Only bot designers and admins may do this.")


def person(who: Principal) -> Person:
    """Who asks, as the studio writes them down."""
    return Person(who.id, who.name)


async def ask_for(
    teaching: Teaching,
    who: Principal,
    kind: JobKind,
    options: dict[str, Any],
    *,
    edition: str | None = None,
) -> Job:
    """Queue a job on an edition's data as it is now; what is edited afterwards is not part of it."""
    may(who)
    if kind is JobKind.REPLAY or options.get("model_id"):
        await model_of(teaching.store, options.get("model_id"), edition)
    if options.get("against_id"):
        await model_of(teaching.store, options["against_id"], edition)
    if await teaching.store.jobs.waiting(MOST_WAITING) >= MOST_WAITING:
        raise Invalid(f"{MOST_WAITING} jobs wait already. Cancel some, or wait.")
    now = teaching.clock()
    data = teaching.places.folder(edition)
    try:
        snapshot = await asyncio.to_thread(take, data, now)
    except TooMuchData as error:
        raise Invalid(str(error)) from error
    if not snapshot.files:
        raise Invalid(f"There is no data in {data}.")
    await teaching.store.models.data.add(snapshot)
    job = Job(
        id=new_id(),
        kind=kind,
        asked_by=person(who),
        asked_at=now,
        options=options,
        revision=snapshot.id,
        edition=edition,
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


async def model_of(store: Store, model_id: Any, edition: str | None) -> ModelVersion:
    """An edition's model of that id. Raises `NotFound`, also for another edition's."""
    found = await store.models.versions.get(model_id) if isinstance(model_id, str) else None
    if found is None or found.edition != edition:
        raise NotFound("There is no such model.")
    return found
