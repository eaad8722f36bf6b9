"""Search: every message is found soon after its commit, by one process at a time, whatever is killed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from connectors.content import Document, Location, Options, Text
from inbox.app import now
from inbox.bus import Bus
from inbox.indexing import Indexing
from inbox.ingest import Ingest
from inbox.model.words import query_words
from inbox.store import Store
from tests.inbox.factories import heard, phone
from tests.inbox.test_ingest import REOPEN


@pytest.fixture
async def ingest(store: Store) -> AsyncIterator[Ingest]:
    ingest = Ingest(store, Bus(), now, reopen=REOPEN)
    ingest.start()
    yield ingest
    await ingest.stop()


async def found(store: Store, query: str) -> list[str]:
    """Conversations that have it, the newest message first."""
    return [conversation for _, conversation in await store.findings.find(*query_words(query))]


async def the_conversation_of(store: Store, number: str) -> str:
    (contact,) = await store.contacts.known_as([phone(number).key])
    return (await store.conversations.of_contact(contact.id))[0].id


async def test_it_is_found_in_any_message_of_any_kind(store: Store, ingest: Ingest) -> None:
    await ingest.submit([heard("Where is order #48213?", phone("+391")), heard("Il perché", phone("+392"))])
    await ingest.submit(
        [
            heard(Document(filename="Rechnung Müller.pdf", media_id="secretid"), phone("+393")),
            heard(Location(45.0, 7.6, name="Piazza Castello"), phone("+394")),
        ]
    )
    indexing = Indexing(store, now)
    assert await indexing.step() == 4
    assert await indexing.step() == 0
    for query, number in {"482": "+391", "perche": "+392", "muller rech": "+393", "castello": "+394"}.items():
        assert await found(store, query) == [await the_conversation_of(store, number)], query
    assert await found(store, "secretid") == []
    assert await found(store, "order perche") == []
    assert await found(store, " ") == []


async def test_one_process_does_it_and_another_goes_on(store: Store, ingest: Ingest) -> None:
    first, second = Indexing(store, now), Indexing(store, now)
    await ingest.submit([heard("one", phone("+391"), id="1")])
    assert (await first.step(), await second.step()) == (1, 0)
    await ingest.submit([heard("two", phone("+391"), id="2")])
    assert await second.step() == 0
    await store.holders.release("findings", first.follower._owner)
    assert await second.step() >= 1
    assert await found(store, "two") == [await the_conversation_of(store, "+391")]
    assert await found(store, "one") == [await the_conversation_of(store, "+391")]


async def test_what_becomes_visible_after_its_neighbours_is_found_all_the_same(
    store: Store, ingest: Ingest
) -> None:
    await ingest.submit([heard("early", phone("+391"), id="1")])
    (early,) = await store._database.messages.find().to_list(None)
    await store._database.messages.delete_one({"_id": early["_id"]})
    await ingest.submit([heard("late", phone("+392"), id="2")])
    indexing = Indexing(store, now)
    await indexing.step()
    await store._database.messages.insert_one(early)  # its transaction took longer
    assert await found(store, "early") == []
    indexing._looked_back = float("-inf")
    await indexing.step()
    assert await found(store, "early") == [early["conversation_id"]]


async def test_a_running_process_follows_by_itself(store: Store, ingest: Ingest) -> None:
    indexing = Indexing(store, now)
    indexing.follower.start()
    question = Options("Which colour?", options=[])
    await ingest.submit([heard(Text(f"number {n}"), phone("+391"), id=str(n)) for n in range(230)])
    await ingest.submit([heard(question, phone("+391"), id="last")])
    async with asyncio.timeout(20):
        while not await found(store, "colour"):
            await asyncio.sleep(0.1)
    assert len(await store.findings.find(["number"], None, limit=500)) == 230
    await indexing.follower.stop()
    await store.findings.forget([await the_conversation_of(store, "+391")])
    assert await found(store, "number") == []
