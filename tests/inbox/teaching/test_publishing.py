"""Which model answers: activated, tried on a share, rolled back, and taken by bots."""

import asyncio
import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest

from inbox.app import now
from inbox.dialogue import Turn
from inbox.model.ids import new_id
from inbox.model.training import ModelVersion, Person
from inbox.spoken import Spoken
from inbox.teaching.answering import Answering
from inbox.teaching.comparing import likely
from inbox.teaching.publishing import CANARY, LIVE, place_of
from tests.parley import Client, Parley, answer, until

ADA = Person("u1", "Ada")


async def a_model(parley: Parley, content: bytes | None = None, **more: Any) -> ModelVersion:
    content = content or f"a model {new_id()}".encode()
    sha = hashlib.sha256(content).hexdigest()
    await parley.store.models.keep(sha, io.BytesIO(content))
    given = {"id": new_id(), "rasa_id": f"rasa-{sha[:8]}", "sha256": sha, "size": len(content)}
    given |= {"revision": "r", "trained_at": now(), "author": ADA, "seconds": 1.0}
    version = ModelVersion(**given | more)
    await parley.store.models.versions.put(version)
    return version


async def asks_as_bot(
    parley: Parley, lane: str, etag: str = "", own: str = "", **query: str
) -> tuple[int, bytes, str]:
    token = parley.settings.bot_secret()
    headers = {"If-None-Match": etag} | ({} if query else {"Authorization": f"Bearer {token}"})
    headers |= {"X-Own-Model": own} if own else {}
    url = f"{parley.url}/api/v1/bot/models/{lane}"
    async with parley.http.get(url, headers=headers, params=query) as found:
        return found.status, await found.read(), found.headers.get("ETag", "")


async def present(designer: Client) -> dict[str, Any]:
    found: dict[str, Any] = await designer.get("/studio/publication")
    return found


async def on_canary(parley: Parley, conversations: list[str]) -> set[str]:
    answering = Answering(parley.store, Spoken(""))
    given: dict[str, Any] = {"turn_id": "t", "text": "Hi", "payload": None, "contact": {}}
    turns = [Turn(conversation_id=one, channel={"id": "web"}, **given) for one in conversations]
    return {turn.conversation_id for turn in turns if (await answering.routed(turn)).lane == CANARY}


@pytest.fixture(autouse=True)
async def nothing_published(parley: Parley) -> None:
    """Each test begins with the model in the bot's own folder."""
    await parley.store._database.studio_publication.delete_many({})


async def test_bots_take_what_is_live_and_ask_no_second_time(parley: Parley, designer: Client) -> None:
    version = await a_model(parley, b"the bytes of a model")
    assert (await asks_as_bot(parley, LIVE))[0] == 204
    await designer.post("/studio/publication/activate", {"model_id": version.id, "rev": 0})
    status, content, etag = await asks_as_bot(parley, LIVE)
    assert (status, content, etag) == (200, b"the bytes of a model", f'"{version.sha256}"')
    assert (await asks_as_bot(parley, LIVE, etag))[0] == 304
    assert (await asks_as_bot(parley, CANARY))[0] == 204
    # As a stock Rasa asks: the token in the query, the ETag as it was given.
    assert (await asks_as_bot(parley, LIVE, token=parley.settings.bot_secret()))[0] == 200


async def test_only_bots_get_models(parley: Parley, designer: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, designer.cookie):
        async with parley.http.get(f"{parley.url}/api/v1/bot/models/live", headers=headers) as found:
            assert found.status == 401
    assert (await asks_as_bot(parley, LIVE, token="wrong"))[0] == 401
    assert (await asks_as_bot(parley, "shadow"))[0] == 404


async def test_rolling_back_is_one_step_each_time(parley: Parley, designer: Client) -> None:
    first, second = await a_model(parley), await a_model(parley)
    await designer.post("/studio/publication/activate", {"model_id": first.id, "rev": 0})
    await designer.post("/studio/publication/activate", {"model_id": second.id, "rev": 1})
    await designer.post("/studio/publication/roll_back", {"rev": 2})
    assert (await present(designer))["model_id"] == first.id
    await designer.post("/studio/publication/roll_back", {"rev": 3})
    found = await present(designer)
    assert (found["model_id"], found["can_roll_back"]) == (None, False)
    assert (await asks_as_bot(parley, LIVE))[0] == 204
    told = [(c["what"], c["by"]["name"], c["model_id"], c["before_id"]) for c in found["history"]]
    assert told == [
        ("rolled_back", "Ana Design", None, first.id),
        ("rolled_back", "Ana Design", first.id, second.id),
        ("activated", "Ana Design", second.id, first.id),
        ("activated", "Ana Design", first.id, None),
    ]
    assert (await designer.call("POST", "/studio/publication/roll_back", {"rev": 4}))[0] == 422


async def test_nobody_rolls_back_to_a_bot_without_a_model(parley: Parley, designer: Client) -> None:
    first, second = await a_model(parley), await a_model(parley)
    await designer.post("/studio/publication/activate", {"model_id": first.id, "rev": 0})
    assert (await present(designer))["why_no_way_back"] is None
    for _ in range(2):
        assert (await asks_as_bot(parley, LIVE, own="none"))[0] == 200
    assert "a bot has none" in (await present(designer))["why_no_way_back"]
    status, told = await designer.call("POST", "/studio/publication/roll_back", {"rev": 1})
    assert status == 422 and "a bot has none" in told["detail"]
    assert (await present(designer))["model_id"] == first.id
    # From a second model back to the first there is a way, whatever the bot has.
    await designer.post("/studio/publication/activate", {"model_id": second.id, "rev": 1})
    assert (await present(designer))["why_no_way_back"] is None
    await designer.post("/studio/publication/roll_back", {"rev": 2})
    # A bot that is gone, or has been given a model since, hinders nobody.
    await parley.store._database.studio_publication.update_one(
        {"_id": "ownless"}, {"$set": {"at": now() - timedelta(minutes=1)}}
    )
    assert (await designer.post("/studio/publication/roll_back", {"rev": 3}))["model_id"] is None


async def test_of_two_designers_at_once_one_is_told(parley: Parley, designer: Client) -> None:
    models = [await a_model(parley) for _ in range(4)]
    calls = [
        designer.call("POST", "/studio/publication/activate", {"model_id": m.id, "rev": 0}) for m in models
    ]
    statuses = sorted([status for status, _ in await asyncio.gather(*calls)])
    assert statuses == [200, 409, 409, 409]
    found = await present(designer)
    assert found["rev"] == 1 and len(found["history"]) == 1
    assert found["history"][0]["model_id"] == found["model_id"]


async def test_what_cannot_be_is_refused(parley: Parley, designer: Client) -> None:
    version = await a_model(parley)
    await designer.post("/studio/publication/activate", {"model_id": version.id, "rev": 0})
    for path, body, status in (
        ("activate", {"model_id": "nothing", "rev": 1}, 404),
        ("activate", {"model_id": version.id, "rev": 1}, 422),
        ("canary", {"model_id": version.id, "share": 10, "rev": 1}, 422),
        ("canary", {"model_id": (await a_model(parley)).id, "share": 100, "rev": 1}, 422),
        ("end_canary", {"rev": 1}, 422),
    ):
        assert (await designer.call("POST", f"/studio/publication/{path}", body))[0] == status, path


async def test_a_conversation_stays_with_its_model_when_the_share_grows(
    parley: Parley, designer: Client
) -> None:
    canary, ids = await a_model(parley), [new_id() for _ in range(2000)]
    await designer.post("/studio/publication/canary", {"model_id": canary.id, "share": 10, "rev": 0})
    tenth = await on_canary(parley, ids)
    assert 140 < len(tenth) < 260
    await designer.post("/studio/publication/canary", {"model_id": canary.id, "share": 50, "rev": 1})
    half = await on_canary(parley, ids)
    assert tenth < half and half == {one for one in ids if place_of(one) < 50}
    assert (await asks_as_bot(parley, CANARY))[0] == 200


async def test_turns_go_to_the_canary_and_both_are_compared(parley: Parley, designer: Client) -> None:
    """Of two customers one meets the canary, which gives up: the comparison says so."""
    canary = await a_model(parley)
    await designer.post("/studio/publication/canary", {"model_id": canary.id, "share": 99, "rev": 0})

    def script(turn: dict[str, Any]) -> dict[str, Any]:
        if turn["lane"] == CANARY:
            model, handoff = {"id": canary.rasa_id}, {"reason": "low_confidence", "detail": ""}
            return answer("Sorry", intent="nlu_fallback", handoff=handoff, model=model)
        return answer("Yes")

    parley.bot.script = script
    parley.parts.dialogue._routed.__self__._at = (
        0.0  # what turns know of the publication is a second old else
    )
    places: dict[str, int] = {}
    for phone in (f"1555{n:07}" for n in range(60)):
        await parley.customer_says("is it open?", phone=phone)
        (conversation,) = [c for c in await parley.conversations() if c.contact.address == f"+{phone}"]
        places[conversation.id] = place_of(conversation.id)
        if len(places) == 3 or (len(places) == 2 and 99 in places.values()):
            break

    async def all_turns() -> dict[str, dict[str, Any]] | None:
        rows = {row["lane"]: row for row in (await present(designer))["comparison"]}
        return rows if sum(row["turns"] for row in rows.values()) == len(places) else None

    rows = await until(all_turns)
    tried = sum(place < 99 for place in places.values())
    ranges = rows[CANARY].pop("ranges")
    assert ranges["handoffs"] == list(likely(tried, tried))
    assert rows[CANARY] == {
        "lane": CANARY,
        "model_id": canary.id,
        "turns": tried,
        "conversations": tried,
        "handoffs": tried,
        "fallbacks": tried,
    }
    assert rows[LIVE]["turns"] == len(places) - tried


def test_few_conversations_say_little() -> None:
    assert likely(0, 0) is None
    few, many = likely(1, 10), likely(100, 1_000)
    assert few and many and few[0] < many[0] < 0.1 < many[1] < few[1]
    assert few == pytest.approx((0.0179, 0.4042), abs=1e-4)  # R: prop.test(1, 10, correct = FALSE)
    assert likely(0, 5) == pytest.approx((0.0, 0.4345), abs=1e-4)
    assert likely(5, 5) == pytest.approx((0.5655, 1.0), abs=1e-4)
