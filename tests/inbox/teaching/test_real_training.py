"""With the real Rasa and the smallest of bots: from a click to a model that a bot could take."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from inbox.model.people import Role
from inbox.settings import SOURCES
from tests.inbox.teaching.tiny import a_tiny_bot
from tests.parley import Client, Parley, running_parley, settings_for, until


@pytest.fixture(scope="module")
async def parley(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley whose trainings are real ones."""
    home = tmp_path_factory.mktemp("real")
    settings = settings_for(
        mongodb,
        home / "var",
        bot_home=SOURCES / "bot",
        nlu_data=a_tiny_bot(home / "nlu_data"),
        bot_models=home / "models",
    )
    async with running_parley(settings) as parley:
        yield parley


@pytest.fixture(scope="module")
async def designer(parley: Parley) -> Client:
    """Somebody who designs the bot."""
    return await parley.an_agent("Ana Design", Role.DESIGNER)


async def done(designer: Client, **asked: Any) -> dict[str, Any]:
    """The job that was asked for, after its end."""
    job_id = (await designer.post("/studio/jobs", asked))["id"]

    async def ended() -> dict[str, Any] | None:
        job: dict[str, Any] = await designer.get(f"/studio/jobs/{job_id}")
        return job if job["ended_at"] else None

    found: dict[str, Any] = await until(ended, within=540)
    assert found["state"] == "done", found
    return found


async def test_a_model_is_trained_and_kept_beside_the_live_one(parley: Parley, designer: Client) -> None:
    job = await done(designer, kind="train")
    assert any("% " in line for line in job["log"])
    (model,) = (await designer.get("/studio/models"))["items"]
    assert model["size"] > 10_000 and model["rasa_id"]
    assert not parley.settings.bot_models.exists()


async def test_examples_held_out_are_judged(designer: Client) -> None:
    result = (await done(designer, kind="evaluate"))["result"]
    assert result["examples"] == 5 == sum(count for _, _, count in result["matrix"])
    assert set(result["intents"]) == {"greet", "order_status", "goodbye"}
    assert len(result["messages"]) == 5
    (listed,) = (await designer.get("/studio/evaluations"))["items"]
    assert listed["right"] == result["right"]
    same = await designer.get(f"/studio/evaluations/{listed['id']}/against/{listed['id']}")
    assert (same["common"], same["items"]) == (5, [])


async def test_stories_are_played_and_real_turns_replayed(parley: Parley, designer: Client) -> None:
    (model,) = (await designer.get("/studio/models"))["items"]
    stories = (await done(designer, kind="stories", model_id=model["id"]))["result"]
    assert (stories["stories"], stories["passed"]) == (2, 1)
    assert "predicted: utter_greet" in stories["failed"]
    await parley.customer_says("where is my order 48213")

    async def read() -> bool:
        return bool([c for c in await parley.conversations() if c.bot.intent])

    await until(read)
    both = {"model_id": model["id"], "against_id": model["id"]}
    replay = (await done(designer, kind="replay", **both))["result"]
    assert replay == {"turns": 1, "changed": 0, "items": []}


async def test_a_trial_is_told_why_and_kept_as_a_story_that_rasa_finds_right(
    parley: Parley, designer: Client
) -> None:
    (model,) = (await designer.get("/studio/models"))["items"]
    said = [{"text": "is 48213 on its way"}, {"text": "bye bye"}, {"text": "xqzzt"}]
    asked = {"conversation": "c", "said": said, "model_id": model["id"]}
    turns = (await designer.post("/studio/try", asked))["turns"]
    assert [turn["intent"]["name"] for turn in turns[:2]] == ["order_status", "goodbye"]
    assert [entity["value"] for entity in turns[0]["entities"]] == ["48213"]
    assert [turn["actions"][0]["chosen_by"] for turn in turns[:2]] == [["order status"], ["bye"]]
    assert turns[0]["bubbles"] == [{"type": "text", "text": "On its way."}]
    asked["said"] = said[:2]
    story = {**asked, "name": "asks for 48213"}
    (file,) = (await designer.post("/studio/try/story", {**story, "preview": True}))["files"]
    assert (file["removed"], file["is_new"]) == (0, False)
    await designer.post("/studio/try/story", story)
    path = parley.settings.nlu_data / "tests" / "test_stories.yml"
    assert "is [48213](order_number) on its way" in await asyncio.to_thread(path.read_text)
    stories = (await done(designer, kind="stories", model_id=model["id"]))["result"]
    assert (stories["stories"], stories["passed"]) == (3, 2)
    assert "asks for 48213" not in stories["failed"]
