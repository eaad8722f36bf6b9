"""Models that nobody needs any more are dropped: the oldest by themselves, any other when it is asked for.

Dropping raises the publication's `rev`, so that nobody activates, in that very moment, what is being dropped.
"""

from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from connectors.contract import Clock
from inbox.actions import audit
from inbox.actions.errors import AlreadyThere
from inbox.model.people import Principal
from inbox.model.training import ModelVersion, Publication
from inbox.store import Store


class Use(StrEnum):
    """What a model is needed for."""

    LIVE = "live"
    CANARY = "canary"
    WAY_BACK = "way_back"
    """It is the one that rolling back leads to."""
    GUESTS = "guests"
    """A link that is open leads to it."""
    JOB = "job"
    """A job that waits or runs works on it."""


async def uses(store: Store, clock: Clock, present: Publication) -> dict[str, Use]:
    """The models that must stay, by their ids, each with the weightiest reason."""
    jobs = await store.jobs.under_way()
    asked = [job.options.get(name) for job in jobs for name in ("model_id", "against_id")]
    guests = await store.shares.list({"expires_at": {"$gt": clock()}})
    found = {model_id: Use.JOB for model_id in asked if model_id}
    found |= {share.model_id: Use.GUESTS for share in guests if share.model_id}
    in_publication = {
        next(iter(present.before), None): Use.WAY_BACK,
        present.canary_id: Use.CANARY,
        present.model_id: Use.LIVE,
    }
    return found | {model_id: use for model_id, use in in_publication.items() if model_id}


async def drop(
    version: ModelVersion, present: Publication, who: Principal, *, store: Store, clock: Clock
) -> Publication:
    """Drop a model that `uses` does not name, for good; the publication as it is then.

    It goes together with its entry in the audit log, its bytes after them; whoever is killed in between
    leaves these to the next training. Raises `AlreadyThere` if what is live changes meanwhile.
    """
    after = replace(present, rev=present.rev + 1, before=_way_without(version.id, present))

    async def along(session: Any) -> None:
        if not await store.publications.change(after, session):
            raise AlreadyThere("Somebody else has changed what is live in this moment. Look again.")
        await store.models.forget(version.id, session)

    was = {
        "edition": present.id,
        "revision": version.revision,
        "sha256": version.sha256,
        "trained_at": version.trained_at.isoformat(),
        "author": version.author.id,
    }
    await audit.note_change(who, "studio_model", version.id, was, None, store=store, clock=clock, along=along)
    await store.models.drop(version.sha256)
    return after


async def prune(store: Store, clock: Clock, edition: str | None, keep: int) -> None:
    """Drop what is older than an edition's newest `keep` models and not in use; nothing for 0."""
    if not keep:
        return
    present = await store.publications.present(edition)
    needed = await uses(store, clock, present)
    for version in (await store.models.versions.list({"edition": edition}, sort="-_id"))[keep:]:
        if version.id not in needed:
            present = await drop(version, present, audit.SYSTEM, store=store, clock=clock)


def _way_without(model_id: str, present: Publication) -> tuple[str | None, ...]:
    """The way of rolling back past that model, with no step that changes nothing."""
    steps = [each for each in present.before if each != model_id]
    return tuple(each for each, at in zip(steps, [present.model_id, *steps], strict=False) if each != at)
