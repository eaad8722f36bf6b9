"""Jobs: queued, run one at a time apart from everything else, watched, cancelled, and survived."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

from inbox.app import now
from inbox.model.training import Job, JobKind, JobState, Person
from inbox.store import Store
from inbox.teaching.bench import bench
from inbox.teaching.workshop import LEASE
from tests.inbox.teaching.benches import a_bot_home, some_data
from tests.parley import Client, Parley, settings_for, until

ADA = Person("u1", "Ada")


async def ended(designer: Client, job_id: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        job: dict[str, Any] = await designer.get(f"/studio/jobs/{job_id}")
        return job if job["ended_at"] else None

    found: dict[str, Any] = await until(look, within=60)
    return found


async def running(designer: Client, job_id: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        job: dict[str, Any] = await designer.get(f"/studio/jobs/{job_id}")
        return job if job["share"] == 40 else None

    found: dict[str, Any] = await until(look, within=60)
    return found


async def test_a_training_gives_a_model_that_says_where_it_comes_from(
    parley: Parley, designer: Client, data: Path
) -> None:
    some_data(data)
    asked = await designer.post("/studio/jobs", {"kind": "train"})
    assert asked["state"] == "queued"
    job = await ended(designer, asked["id"])
    assert (job["state"], job["share"], job["error"]) == ("done", 100, None)
    assert job["log"] == ["checking the data", " 40 % CountVectorsFeaturizer", "done in 0 s, model x"]
    (model,) = [m for m in (await designer.get("/studio/models"))["items"] if m["id"] == asked["id"]]
    assert model["author"] == {"id": designer.user.id, "name": "Ana Design"}
    assert model["revision"] == asked["revision"]
    assert model["scores"]["threshold"] == 0.4 and model["scores"]["strangers_caught"] == 0.8
    assert job["result"]["near"] == [[0.91, ["ciao ciao", "goodbye"], ["ciao", "greet"]]]
    kept = b"".join([chunk async for chunk in parley.store.models.read(model["sha256"])])
    assert len(kept) == model["size"]
    assert not (parley.settings.bot_models / "parley.json").exists()  # the live bot's folder is not touched
    assert not list((parley.settings.home / "studio").iterdir())


async def test_what_is_edited_after_asking_is_not_part_of_it(
    parley: Parley, designer: Client, data: Path
) -> None:
    some_data(data, "hangs")
    first = await designer.post("/studio/jobs")
    await running(designer, first["id"])
    some_data(data, "fails")
    second = await designer.post("/studio/jobs")
    some_data(data, "works")
    assert second["revision"] != first["revision"]
    assert (await designer.get(f"/studio/jobs/{second['id']}"))["state"] == "queued"  # one at a time
    await designer.post(f"/studio/jobs/{first['id']}/cancel")
    assert (await ended(designer, first["id"]))["state"] == "cancelled"
    job = await ended(designer, second["id"])
    assert job["state"] == "failed"
    assert job["error"] == "the action 'utter_x' is not known (rules.yml, line 7)"


async def test_one_that_waits_can_be_taken_back(parley: Parley, designer: Client, data: Path) -> None:
    some_data(data, "hangs")
    first, second = await designer.post("/studio/jobs"), await designer.post("/studio/jobs")
    await designer.post(f"/studio/jobs/{second['id']}/cancel")
    await designer.post(f"/studio/jobs/{first['id']}/cancel")
    for one in (first, second):
        assert (await ended(designer, one["id"]))["state"] == "cancelled"
    assert (await designer.get(f"/studio/jobs/{second['id']}"))["log"] == []
    assert (await designer.call("POST", "/studio/jobs/nothing/cancel"))[0] == 404


async def test_one_that_wants_too_much_memory_is_told_so(
    parley: Parley, designer: Client, data: Path
) -> None:
    some_data(data, "greedy")
    job = await ended(designer, (await designer.post("/studio/jobs"))["id"])
    assert job["state"] == "failed"
    assert "MemoryError" in job["error"] or "memory" in job["error"]


async def test_a_job_of_which_nobody_knows_how_to_run_it_fails_in_words(designer: Client) -> None:
    status, problem = await designer.call("POST", "/studio/jobs", {"kind": "dance"})
    assert status == 422
    assert "dance" in problem["detail"]
    assert (await designer.call("POST", "/studio/jobs", {"kind": "replay", "model_id": "no"}))[0] == 404


def a_job(**more: Any) -> Job:
    given = {"id": "j1", "kind": JobKind.TRAIN, "asked_by": ADA, "asked_at": now(), "revision": "r"}
    return Job(**given | more)


async def test_at_most_one_runs_in_an_installation(store: Store) -> None:
    for name in ("j1", "j2", "j3"):
        await store.jobs.add(a_job(id=name))
    claims = await asyncio.gather(*(store.jobs.claim(f"o{n}", now(), LEASE) for n in range(5)))
    assert [job.id for job in claims if job] == ["j1"]
    (owner,) = [job.owner for job in claims if job]
    assert await store.jobs.finish("j1", owner, now(), state=JobState.DONE)
    following = await store.jobs.claim("o9", now(), LEASE)
    assert following and following.id == "j2"


async def test_a_killed_trainers_job_is_taken_up_again_and_then_given_up(
    store: Store, mongodb: str, tmp_path: Path
) -> None:
    """Whoever ran it is gone without a word, as after `kill -9`: its lease runs out."""
    settings = settings_for(mongodb, tmp_path, bot_home=a_bot_home(tmp_path / "bot"))
    teaching = bench(store, settings, now)
    await store.jobs.add(a_job())
    for attempt in (1, 2, 3):
        gone = await store.jobs.claim("killed", now() - timedelta(minutes=5), LEASE)
        assert gone and gone.attempts == attempt
        await teaching.workshop._look_after_orphans()
        present = await store.jobs.get("j1")
        assert present
        assert present.state is (JobState.QUEUED if attempt < 3 else JobState.FAILED)
        assert not await store.jobs.note("j1", "killed", now())  # should it come back, it is not heard
    assert present.error and "ended 3 times" in present.error


async def test_a_process_that_is_killed_is_told_in_words(
    parley: Parley, designer: Client, data: Path
) -> None:
    some_data(data, "hangs")
    asked = await designer.post("/studio/jobs")
    await running(designer, asked["id"])
    os.kill(trainer(asked["id"]), signal.SIGKILL)
    job = await ended(designer, asked["id"])
    told = "Its process was killed (signal 9). Nothing else was touched: begin it again."
    assert (job["state"], job["error"]) == ("failed", told)


def trainer(job_id: str) -> int:
    """The process that trains for a job."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                said = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if job_id.encode() in said and b"train.py" in said:
                return int(folder.name)
    raise AssertionError("nobody trains")
