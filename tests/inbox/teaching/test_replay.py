"""Real turns through two models: what they decide otherwise is told, masked, and nothing else."""

import json
from typing import Any

from tests.inbox.teaching.benches import that_replays
from tests.inbox.teaching.test_jobs import ended
from tests.inbox.teaching.test_publishing import a_model
from tests.parley import Client, Parley, answer, until

ORDER, HELLO, BYE = "where is my order 48213", "hello there", "bye for now"


def decided(intent: str, *actions: str, confidence: float = 0.9, **more: Any) -> dict[str, Any]:
    told = [{"name": name, "policy": "RulePolicy", "confidence": 1.0} for name in actions]
    return {"intent": {"name": intent, "confidence": confidence}, "actions": told, **more}


async def said(parley: Parley, *texts: str) -> None:
    """Customers wrote this, and the bot read it."""
    parley.bot.script = lambda turn: answer("Yes", parse={"text": turn["text"]} | decided("greet"))
    for number, text in enumerate(texts):
        await parley.customer_says(text, phone=f"1555020000{number}")

    async def read() -> bool:
        return await parley.store._database.messages.count_documents({"parse": {"$ne": None}}) == len(texts)

    await until(read)


async def test_only_what_two_models_decide_otherwise_is_told(parley: Parley, designer: Client) -> None:
    that_replays(parley.settings.bot_home)
    await said(parley, ORDER, HELLO, BYE)
    number = [{"entity": "order_number", "value": "48213"}]
    # About the order: another intent, entity and action. Leaving: another action alone. Greeting: less sure.
    live = {
        ORDER: decided("greet", "utter_greet"),
        HELLO: decided("greet", "utter_greet"),
        BYE: decided("goodbye", "utter_bye"),
    }
    candidate = {
        ORDER: decided("order_status", "action_look_up", entities=number),
        HELLO: decided("greet", "utter_greet", confidence=0.5),
        BYE: decided("goodbye", "utter_bye", "utter_rating"),
    }
    one, other = [await a_model(parley, json.dumps(model).encode()) for model in (candidate, live)]
    asked = {"kind": "replay", "model_id": one.id, "against_id": other.id}
    job = await ended(designer, (await designer.post("/studio/jobs", asked))["id"])
    assert job["state"] == "done", job
    result = job["result"]
    assert (result["turns"], result["changed"]) == (3, 2)
    first, second = result["items"]
    assert first["text"] == "where is my order 00000"
    assert [first[model]["intent"]["name"] for model in ("live", "candidate")] == ["greet", "order_status"]
    assert first["live"]["entities"] == []
    assert first["candidate"]["entities"] == [{"entity": "order_number", "value": "00000"}]
    assert second["text"] == BYE
    assert [[a["name"] for a in second[model]["actions"]] for model in ("live", "candidate")] == [
        ["utter_bye"],
        ["utter_bye", "utter_rating"],
    ]
    assert "48213" not in json.dumps(job) and "conversation" not in first
