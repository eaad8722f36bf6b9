"""`Idempotency-Key`: what is asked twice is done once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from inbox.app import now
from inbox.model.ids import new_id
from inbox.model.once import asked_id
from inbox.store.persons import OF_PERSONS
from tests.parley import Client, Parley, until

Answer = tuple[int, Any, str | None]


async def post(parley: Parley, agent: Client, path: str, body: Any, key: str) -> Answer:
    """Status, answer, and whether it was answered before."""
    headers = {**agent._headers, "Idempotency-Key": key}
    async with parley.http.post(f"{parley.url}/api/v1{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json(), answer.headers.get("Idempotency-Replayed")


@pytest.fixture
async def contact_id(parley: Parley, number: str) -> str:
    """A customer who has written."""
    await parley.customer_says("Hello", phone=number)

    async def found() -> Any:
        return [c for c in await parley.conversations() if c.contact.address == f"+{number}"]

    return str((await until(found))[0].contact_id)


async def notes(parley: Parley, contact_id: str) -> list[Any]:
    return await parley.store.notes.list({"contact_id": contact_id})


async def test_the_same_request_again_is_answered_and_not_done(
    parley: Parley, agent: Client, contact_id: str
) -> None:
    path, key = f"/contacts/{contact_id}/notes", new_id()
    first = await post(parley, agent, path, {"text": "Likes tea"}, key)
    again = await post(parley, agent, path, {"text": "Likes tea"}, key)
    assert first[0] == again[0] == 201
    assert first[1] == again[1]
    assert (first[2], again[2]) == (None, "true")
    assert len(await notes(parley, contact_id)) == 1


async def test_another_request_under_the_key_is_refused(
    parley: Parley, agent: Client, contact_id: str
) -> None:
    path, key = f"/contacts/{contact_id}/notes", new_id()
    await post(parley, agent, path, {"text": "Likes tea"}, key)
    status, problem, _ = await post(parley, agent, path, {"text": "Likes coffee"}, key)
    assert (status, problem["code"]) == (422, "idempotency_key_reused")
    status, problem, _ = await post(parley, agent, "/views", {"name": "Mine"}, key)
    assert (status, problem["code"]) == (422, "idempotency_key_reused")
    assert len(await notes(parley, contact_id)) == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/x+json"])
async def test_other_words_of_the_same_length_are_another_request_whatever_their_type(
    parley: Parley, agent: Client, contact_id: str, kind: str
) -> None:
    """`curl -d` says that JSON is a form."""
    headers = {**agent._headers, "Idempotency-Key": new_id(), "Content-Type": kind}
    statuses = []
    for words in (b'{"text": "Owes 10"}', b'{"text": "Owes 20"}'):
        at = f"{parley.url}/api/v1/contacts/{contact_id}/notes"
        async with parley.http.post(at, data=words, headers=headers) as answer:
            statuses.append(answer.status)
    assert statuses == [201, 422]


async def test_a_colleagues_key_is_another_key(parley: Parley, agent: Client, contact_id: str) -> None:
    colleague = await parley.an_agent(f"Colleague {new_id()}")
    path, key = f"/contacts/{contact_id}/notes", new_id()
    mine = await post(parley, agent, path, {"text": "Likes tea"}, key)
    theirs = await post(parley, colleague, path, {"text": "Likes tea"}, key)
    assert mine[1]["id"] != theirs[1]["id"]
    assert theirs[1]["author"]["id"] == colleague.user.id


async def test_of_many_at_once_one_is_done(parley: Parley, agent: Client, contact_id: str) -> None:
    path, key = f"/contacts/{contact_id}/notes", new_id()
    answers = await asyncio.gather(
        *(post(parley, agent, path, {"text": "Likes tea"}, key) for _ in range(12))
    )
    assert len(await notes(parley, contact_id)) == 1
    assert sum(status == 201 and not replayed for status, _, replayed in answers) == 1
    for status, answer, _ in answers:
        assert status == 201 or answer["code"] == "in_flight"


async def test_an_error_is_not_remembered(parley: Parley, agent: Client, contact_id: str) -> None:
    path, key = f"/contacts/{contact_id}/notes", new_id()
    assert (await post(parley, agent, path, {"text": ""}, key))[0] == 422
    assert (await post(parley, agent, path, {"text": "Likes tea"}, key))[0] == 201


async def test_a_request_whose_process_died_is_made_again_and_makes_nothing_twice(
    parley: Parley, agent: Client, contact_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, key = f"/contacts/{contact_id}/notes", new_id()

    async def dies(*_: Any, **__: Any) -> None:
        """As if the process ended between the commit and this."""

    with monkeypatch.context() as dying:
        dying.setattr(parley.store.once, "answered", dies)
        first = await post(parley, agent, path, {"text": "Likes tea"}, key)
    status, problem, _ = await post(parley, agent, path, {"text": "Likes tea"}, key)
    assert (status, problem["code"]) == (409, "in_flight")
    there = {"_id": asked_id(agent.user.id, key)}
    past = {"$set": {"until": now() - timedelta(seconds=1)}}
    await parley.store._database.asked.update_one(there, past)
    again = await post(parley, agent, path, {"text": "Likes tea"}, key)
    assert (again[0], again[1]) == (201, first[1])
    assert len(await notes(parley, contact_id)) == 1


async def test_a_message_under_a_key_is_sent_once(parley: Parley, agent: Client, contact_id: str) -> None:
    found = next(c for c in await parley.conversations() if c.contact_id == contact_id)
    await until(lambda: _bot_is_done(parley, found.id))
    conversation = await parley.store.conversations.get(found.id)
    assert conversation
    await agent.post(f"/conversations/{found.id}/take_over", {"epoch": conversation.speaker.epoch})
    path, key = f"/conversations/{found.id}/messages", new_id()
    first = await post(parley, agent, path, {"text": "Good morning"}, key)
    again = await post(parley, agent, path, {"text": "Good morning"}, key)
    assert first[1]["id"] == again[1]["id"]
    said = [m for m in await parley.thread(found.id) if getattr(m.content, "text", "") == "Good morning"]
    assert len(said) == 1


async def _bot_is_done(parley: Parley, conversation_id: str) -> bool:
    found = await parley.store.conversations.get(conversation_id)
    return bool(found and found.turn is None and found.bot_seq)


async def test_the_answer_is_kept_sealed_and_goes_with_the_person(
    parley: Parley, agent: Client, contact_id: str
) -> None:
    key = new_id()
    await post(parley, agent, f"/contacts/{contact_id}/notes", {"text": "Allergic to nuts"}, key)
    kept = await parley.store.once.get(asked_id(agent.user.id, key))
    assert kept and kept.status == 201
    assert "nuts" not in str(kept)
    person = await parley.store.persons.find([contact_id])
    held = await parley.store._database.asked.find(OF_PERSONS["asked"](person)).to_list(None)
    assert [each["_id"] for each in held] == [kept.id]


async def test_a_key_that_is_none_is_refused(parley: Parley, agent: Client, contact_id: str) -> None:
    status, problem, _ = await post(parley, agent, f"/contacts/{contact_id}/notes", {"text": "x"}, "k" * 201)
    assert (status, problem["code"]) == (422, "invalid")
    async with parley.http.post(
        f"{parley.url}/api/v1/views", json={"name": "x"}, headers={"Idempotency-Key": "k"}
    ) as answer:
        assert answer.status == 401
