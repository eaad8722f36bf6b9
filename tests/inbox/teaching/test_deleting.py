"""Models are deleted for good: when a designer asks, and the oldest by themselves."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.app import now
from inbox.model.people import Role
from inbox.model.training import Job, JobKind, ModelVersion
from inbox.model.trial import Share
from inbox.teaching.pruning import prune
from tests.inbox.teaching.benches import some_data
from tests.inbox.teaching.test_jobs import ADA, ended
from tests.inbox.teaching.test_publishing import a_model
from tests.parley import Client, Parley


@pytest.fixture(autouse=True)
async def nothing_published(parley: Parley) -> None:
    """Each test begins without a model."""
    for name in ("studio_publication", "studio_models", "studio_shares", "studio_jobs"):
        await parley.store._database[name].delete_many({})


async def goes(designer: Client, version: ModelVersion) -> tuple[int, Any]:
    return await designer.call("DELETE", f"/studio/models/{version.id}")


async def publishes(designer: Client, what: str, **body: Any) -> None:
    rev = (await designer.get("/studio/publication"))["rev"]
    await designer.post(f"/studio/publication/{what}", {"rev": rev, **body})


async def kept(parley: Parley) -> list[str]:
    return [version.id for version in await parley.store.models.versions.list()]


async def test_a_model_is_deleted_with_its_bytes_and_an_entry(parley: Parley, designer: Client) -> None:
    version, other = await a_model(parley), await a_model(parley)
    tried = parley.settings.home / "studio" / "trials" / f"{version.sha256}.tar.gz"
    tried.parent.mkdir(parents=True, exist_ok=True)
    tried.write_bytes(b"as it was tried")
    assert (await goes(designer, version))[0] == 204
    assert await kept(parley) == [other.id]
    for name in ("models.files", "models.chunks"):
        left = await parley.store._database[name].distinct("_id" if "files" in name else "files_id")
        assert version.sha256 not in left and other.sha256 in left
    assert not tried.exists()
    (entry,) = await parley.store.audit.page({"target": f"studio_model:{version.id}"}, limit=9)
    assert (entry.what, entry.by) == ("studio_model.removed", designer.user.id)
    assert entry.before["sha256"] == version.sha256
    assert (await goes(designer, version))[0] == 404


async def test_what_is_in_use_stays_and_says_why(parley: Parley, designer: Client) -> None:
    way_back, live, canary, guests, job, free = [await a_model(parley) for _ in range(6)]
    await publishes(designer, "activate", model_id=way_back.id)
    await publishes(designer, "activate", model_id=live.id)
    await publishes(designer, "canary", model_id=canary.id, share=10)
    ends = now() + timedelta(days=1)
    about = {"channel_id": None, "by": ADA, "at": now()}
    await parley.store.shares.add(Share(id="s", model_id=guests.id, expires_at=ends, **about))
    asked = {"kind": JobKind.REPLAY, "asked_by": ADA, "asked_at": now(), "revision": "r"}
    at_work = {"owner": "somebody", "until": ends, "state": "running"}
    await parley.store.jobs.add(Job(id="j", options={"model_id": job.id}, **asked, **at_work))
    uses = {one["id"]: one["use"] for one in (await designer.get("/studio/models"))["items"]}
    assert [uses[one.id] for one in (way_back, live, canary, guests, job, free)] == [
        "way_back",
        "live",
        "canary",
        "guests",
        "job",
        None,
    ]
    for version in (way_back, live, canary, guests, job):
        status, problem = await goes(designer, version)
        assert (status, problem["code"]) == (409, "model_in_use"), uses[version.id]
    await prune(parley.store, now, None, 1)
    assert free.id in await kept(parley)  # the newest
    await parley.store.shares.remove("s")
    await parley.store.jobs.remove("j")
    for version in (guests, job, free):
        assert (await goes(designer, version))[0] == 204
    assert await kept(parley) == [way_back.id, live.id, canary.id]


async def test_rolling_back_goes_past_what_was_deleted(parley: Parley, designer: Client) -> None:
    first, second, third = [await a_model(parley) for _ in range(3)]
    for version in (first, second, first, third):
        await publishes(designer, "activate", model_id=version.id)
    assert (await goes(designer, first))[0] == 409
    assert (await goes(designer, second))[0] == 204
    await publishes(designer, "roll_back")
    assert (await designer.get("/studio/publication"))["model_id"] == first.id
    await publishes(designer, "roll_back")  # no second step to where it is already
    found = await designer.get("/studio/publication")
    assert (found["model_id"], found["can_roll_back"]) == (None, False)


async def test_who_looked_before_a_deletion_activates_nothing_that_is_gone(
    parley: Parley, designer: Client
) -> None:
    version = await a_model(parley)
    seen = (await designer.get("/studio/publication"))["rev"]
    assert (await goes(designer, version))[0] == 204
    body = {"model_id": version.id, "rev": seen}
    assert (await designer.call("POST", "/studio/publication/activate", body))[0] == 409


async def test_another_model_of_the_same_bytes_keeps_them(parley: Parley, designer: Client) -> None:
    one, other = await a_model(parley, b"twins"), await a_model(parley, b"twins")
    assert (await goes(designer, one))[0] == 204
    assert b"".join([chunk async for chunk in parley.store.models.read(other.sha256)]) == b"twins"


async def test_an_agent_and_another_edition_delete_nothing(parley: Parley, designer: Client) -> None:
    version, foreign = await a_model(parley), await a_model(parley, edition="club.en")
    agent = await parley.an_agent("Aga Agent", Role.AGENT)
    assert (await goes(agent, version))[0] == 403
    assert (await goes(designer, foreign))[0] == 404
    assert len(await kept(parley)) == 2


async def test_a_training_drops_the_oldest_that_nobody_needs(
    parley: Parley, designer: Client, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [await a_model(parley) for _ in range(4)]
    foreign = await a_model(parley, edition="club.en")
    await publishes(designer, "activate", model_id=old[0].id)
    monkeypatch.setattr(parley.parts.teaching.workshop._prepare[JobKind.TRAIN].__self__, "_models_kept", 2)
    some_data(data)
    job = await ended(designer, (await designer.post("/studio/jobs", {"kind": "train"}))["id"])
    assert job["state"] == "done", job
    assert set(await kept(parley)) == {old[0].id, old[3].id, foreign.id, job["id"]}
    (entry,) = await parley.store.audit.page({"target": f"studio_model:{old[1].id}"}, limit=9)
    assert (entry.by, entry.kind) == ("system", "system")
    await prune(parley.store, now, None, 0)
    assert len(await kept(parley)) == 4


async def test_bytes_of_a_deletion_that_broke_off_go_with_the_next_training(parley: Parley) -> None:
    await parley.store.models.keep("left", io.BytesIO(b"of no model"))
    await parley.store.models.drop_unclaimed(now() + timedelta(hours=1))
    assert [chunk async for chunk in parley.store.models.read("left")] == []
