"""All of a commit or nothing, and the truth about why not."""

import asyncio
import time
from datetime import timedelta

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError, OperationFailure, WriteConcernError

from connectors.content import Text
from inbox.model.commit import Commit, change_of
from inbox.model.message import BOT
from inbox.model.thread import Thread
from inbox.store import Conflict, Reading, Store, StoreUnavailable, Unwritable
from inbox.store.commits import transact
from tests.inbox.factories import NOON, a_conversation
from tests.mongo import a_mongod
from tests.stores import an_empty_store


async def kept(store: Store, conversation) -> None:
    """Put a new conversation there."""

    async def work(session):
        return Commit(conversations=[change_of(Thread(conversation, NOON, is_new=True))]), None

    await store.change(work)


async def test_writers_at_once_each_have_their_turn(store: Store) -> None:
    conversation = a_conversation()
    await kept(store, conversation)

    async def says(words: str) -> None:
        async def work(session):
            thread = Thread(await store.conversations.get(conversation.id, session), NOON)
            thread.say(BOT, Text(words))
            return Commit(conversations=[change_of(thread)]), None

        await store.change(work)

    await asyncio.gather(*(says(str(n)) for n in range(12)))
    thread, _ = await store.messages.page(conversation.id, before_seq=None, limit=50)
    assert [m.seq for m in thread] == list(range(1, 13))
    assert {m.content.text for m in thread} == {str(n) for n in range(12)}
    assert (await store.conversations.get(conversation.id)).rev == 13


async def test_writers_in_threads_each_have_their_turn(store: Store) -> None:
    conversation = a_conversation()
    await kept(store, conversation)

    async def hears(words: str) -> None:
        async def work(here: Reading, session):
            (present,) = await here.conversations.involved([conversation.id], [], session)
            thread = Thread(present, NOON)
            thread.say(BOT, Text(words))
            return Commit(conversations=[change_of(thread)]), None

        await store.change_in_a_thread(work)

    await asyncio.gather(*(hears(str(n)) for n in range(12)))
    thread, _ = await store.messages.page(conversation.id, before_seq=None, limit=50)
    assert {m.content.text for m in thread} == {str(n) for n in range(12)}


async def test_work_in_a_thread_may_wait_for_nothing_but_the_store(store: Store) -> None:
    async def work(here: Reading, session):
        await asyncio.sleep(0)
        return Commit(), None

    with pytest.raises(RuntimeError, match="not in the store"):
        await store.change_in_a_thread(work)


async def test_a_commit_that_cannot_be_written_leaves_no_half(store: Store) -> None:
    conversation = a_conversation()

    async def work(session):
        thread = Thread(conversation, NOON, is_new=True)
        thread.say(BOT, Text("fine"))
        thread.say(BOT, Text("\ud800"))
        return Commit(conversations=[change_of(thread)]), None

    with pytest.raises(Unwritable):
        await store.change(work)
    assert await store.conversations.get(conversation.id) is None


async def test_work_that_fails_leaves_nothing_open(store: Store) -> None:
    conversation = a_conversation()
    await kept(store, conversation)

    async def work(session):
        await store.conversations.get(conversation.id, session)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await store.change(work)
    await asyncio.wait_for(store.conversations._all.update_one({}, {"$set": {"labels": ["x"]}}), 30)


async def raising(store: Store, error: Exception) -> None:
    async def work(session):
        raise error

    await transact(store._client, store._database, work)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (OperationFailure("object depth", 15), Unwritable),
        (OperationFailure("too large", 10334), Unwritable),
        (BulkWriteError({"writeErrors": [{"code": 2, "errmsg": "bad value"}]}), Unwritable),
        (OperationFailure("disk full", 14031), StoreUnavailable),
        (BulkWriteError({"writeErrors": [{"code": 14031, "errmsg": "disk full"}]}), StoreUnavailable),
        (BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}), StoreUnavailable),
        (WriteConcernError("not on a majority", 64), StoreUnavailable),
        (OperationFailure("not allowed", 13), StoreUnavailable),
        (AutoReconnect("gone"), StoreUnavailable),
    ],
)
async def test_only_what_the_values_are_to_blame_for_is_unwritable(store: Store, error, meaning) -> None:
    with pytest.raises(meaning):
        await raising(store, error)


async def test_who_never_gets_a_turn_is_told(store: Store) -> None:
    conflict = OperationFailure("write conflict", 112, {"errorLabels": ["TransientTransactionError"]})
    with pytest.raises(Conflict):
        await raising(store, conflict)


async def test_a_store_that_is_gone_says_so_within_seconds() -> None:
    async with a_mongod() as mongod, an_empty_store(mongod.uri) as store:
        assert await store.is_alive()
        await mongod.kill()
        began = time.monotonic()
        assert not await store.is_alive()
        assert time.monotonic() - began < 20
        with pytest.raises(StoreUnavailable):
            await Store.open(mongod.uri, "parley", wait=timedelta(seconds=0.2))
        await mongod.start()
        async with asyncio.timeout(60):
            while not await store.is_alive():
                await asyncio.sleep(0.1)
