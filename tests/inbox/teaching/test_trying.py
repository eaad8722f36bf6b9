"""Trying a model from the studio and by a guest's link; with the process scripted."""

import asyncio
import hashlib
import io
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from inbox.model.training import ModelVersion, Person
from tests.parley import Client, Parley

HELLO = {"conversation": "c", "said": [{"text": "hello"}]}


@pytest.fixture(scope="module")
async def parley(parley: Parley) -> AsyncIterator[Parley]:
    """With a model in the bot's own folder."""
    models = parley.settings.bot_models
    await asyncio.to_thread(models.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread((models / "parley.tar.gz").write_bytes, b"the bot's own")
    yield parley


async def a_model(parley: Parley, content: bytes) -> ModelVersion:
    """A model as training leaves one, of data that are gone."""
    sha = hashlib.sha256(content).hexdigest()
    store = parley.parts.store
    await store.models.keep(sha, io.BytesIO(content))
    version = ModelVersion(
        id=sha[:24],
        rasa_id=f"rasa-{sha[:6]}",
        sha256=sha,
        size=len(content),
        revision="f" * 64,
        trained_at=datetime.now(UTC),
        author=Person("d", "Dora"),
        seconds=1.0,
        scores={},
    )
    await store.models.versions.put(version)
    return version


async def everything(parley: Parley) -> dict[str, int]:
    """How many documents each collection has."""
    database = parley.parts.store._database
    return {name: await database[name].count_documents({}) for name in await database.list_collection_names()}


async def test_both_models_are_asked_and_nothing_is_stored(parley: Parley, designer: Client) -> None:
    version = await a_model(parley, b"candidate")
    await designer.post("/studio/try", HELLO)
    before = await everything(parley)
    live = await designer.post("/studio/try", HELLO)
    other = await designer.post("/studio/try", {**HELLO, "model_id": version.id})
    assert live["turns"][0]["bubbles"][0]["text"] == "parley: hello"
    assert other["turns"][0]["bubbles"][0]["text"] == f"{version.sha256[:6]}: hello"
    (turn,) = live["turns"]
    assert turn["actions"][0]["chosen_by"] == ["Say hello"] and turn["took_ms"] == 3.0
    assert live["model"]["threshold"] == 0.4 and not turn["is_cut"]
    changed = {n: c for n, c in (await everything(parley)).items() if c != before.get(n)}
    assert changed == {}


async def test_what_cannot_be_tried_is_said_plainly(parley: Parley, designer: Client) -> None:
    status, empty = await designer.call("POST", "/studio/try", {**HELLO, "said": []})
    assert (status, empty["code"]) == (422, "invalid")
    status, gone = await designer.call("POST", "/studio/try", {**HELLO, "model_id": "none"})
    assert (status, gone["code"]) == (409, "trial_away")
    status, dead = await designer.call("POST", "/studio/try", {**HELLO, "said": [{"text": "die"}]})
    assert status == 409
    assert "Try again" in dead["detail"]
    assert (await designer.post("/studio/try", HELLO))["turns"]  # and begins anew
    script = parley.settings.bot_home / "try_models.py"
    await asyncio.to_thread(shutil.move, script, script.with_suffix(".away"))
    try:
        assert not (await designer.get("/studio/try"))["can_run"]
        status, away = await designer.call("POST", "/studio/try", HELLO)
        assert status == 409 and "environment" in away["detail"]
    finally:
        await asyncio.to_thread(shutil.move, script.with_suffix(".away"), script)


async def test_a_trial_is_kept_as_a_test_story(parley: Parley, designer: Client, data: Path) -> None:
    tests = data / "tests" / "test_stories.yml"
    asked = {**HELLO, "name": "says hello", "preview": True}
    (file,) = (await designer.post("/studio/try/story", asked))["files"]
    assert file["is_new"] and file["name"] == "tests/test_stories.yml"
    assert not await asyncio.to_thread(tests.exists)
    edit = await designer.post("/studio/try/story", asked | {"preview": False})
    assert "says hello" in edit["words"]
    text = await asyncio.to_thread(tests.read_text)
    assert "- story: says hello\n    steps:\n      - user: hello\n        intent: greet\n" in text
    assert (await designer.call("POST", "/studio/try/story", asked | {"preview": False}))[0] == 409
    await designer.post(f"/studio/edits/{edit['id']}/undo", {})
    assert not await asyncio.to_thread(tests.exists)


async def guest(parley: Parley, url: str, **asked: Any) -> tuple[int, Any]:
    """A guest's question, without any cookie."""
    path = url.removeprefix(parley.settings.public_url)
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{parley.url}{path}", json=HELLO | asked) as answer,
    ):
        return answer.status, await answer.json()


async def test_a_guest_tries_and_sees_nothing_else(parley: Parley, designer: Client) -> None:
    version = await a_model(parley, b"for guests")
    shared = await designer.post("/studio/shares", {"model_id": version.id, "days": 1})
    assert len(shared["url"].rpartition("/")[2]) >= 43  # 256 bits
    status, found = await guest(parley, shared["url"])
    assert status == 200
    (turn,) = found["turns"]
    assert set(turn) == {"bubbles", "handoff", "is_cut"}
    assert turn["bubbles"][0]["text"].startswith(version.sha256[:6])
    path = shared["url"].removeprefix(parley.settings.public_url)
    async with aiohttp.ClientSession() as http, http.get(f"{parley.url}{path}") as page:
        assert page.status == 200 and page.headers["Referrer-Policy"] == "no-referrer"
    # What designers see of it does not open it.
    (listed,) = [s for s in (await designer.get("/studio/shares"))["items"] if s["model_id"] == version.id]
    assert (await guest(parley, f"{parley.settings.public_url}/try/{listed['id']}"))[0] == 404
    assert (await designer.call("DELETE", f"/studio/shares/{listed['id']}"))[0] == 204
    assert (await guest(parley, shared["url"]))[0] == 404


async def test_a_link_ends_by_itself(parley: Parley, designer: Client) -> None:
    shared = await designer.post("/studio/shares", {"days": 30})
    store = parley.parts.store
    kept = await store.shares.get(shared["id"])
    assert kept is not None
    await store.shares.put(msgspec.structs.replace(kept, expires_at=kept.at - timedelta(seconds=1)))
    assert (await guest(parley, shared["url"]))[0] == 404
    assert shared["id"] not in [s["id"] for s in (await designer.get("/studio/shares"))["items"]]
    assert (await designer.call("POST", "/studio/shares", {"days": 0}))[0] == 422
    assert (await designer.call("POST", "/studio/shares", {"days": 3650}))[0] == 422


async def test_a_link_may_ask_only_so_often(parley: Parley, designer: Client) -> None:
    shared = await designer.post("/studio/shares", {})
    answers = [(await guest(parley, shared["url"], said=[]))[0] for _ in range(60)]
    assert answers[0] == 422 and 429 in answers
    other = await designer.post("/studio/shares", {})
    assert (await guest(parley, other["url"]))[0] == 200  # its own measure


async def test_how_often_a_link_was_used_is_counted_over_all_processes(
    parley: Parley, designer: Client
) -> None:
    shared, now = await designer.post("/studio/shares", {}), datetime.now(UTC)
    shares, pace = parley.parts.store.shares, {"at_once": 3, "every": timedelta(seconds=2)}
    used = await asyncio.gather(*(shares.use(shared["id"], now, **pace) for _ in range(8)))
    assert sorted(used) == [False] * 5 + [True] * 3
    assert not await shares.use(shared["id"], now + timedelta(seconds=1), **pace)
    assert await shares.use(shared["id"], now + timedelta(seconds=2), **pace)
    assert not await shares.use(shared["id"], now + timedelta(seconds=2), **pace)
    assert (await shares.get(shared["id"])).by.name == shared["by"]["name"], "the link stays what it is"
    assert not await shares.use("nothing", now, **pace)
