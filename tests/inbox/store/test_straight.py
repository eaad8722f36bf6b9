"""A transaction's commands over one connection mean what the driver's own mean."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo import InsertOne, MongoClient, ReplaceOne, UpdateOne
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    OperationFailure,
)
from pymongo.monitoring import CommandListener

from inbox.store import Store, straight
from inbox.store.commits import DURABLE, SNAPSHOT, Unwritable, is_passing, translated
from inbox.store.straight import _ByTheDriver, _Straight
from tests.inbox.factories import NOON


@pytest.fixture
def database(store: Store) -> Iterator[Any]:
    """The driver's own, with a collection of these tests."""
    database = store._database.delegate
    database.create_collection("things")
    yield database
    database.drop_collection("things")


@contextmanager
def a_line(database: Any):
    """A line in a transaction, which is gone at the end of the block if it was not committed."""
    with database.client.start_session() as session:
        session.start_transaction(read_concern=SNAPSHOT, write_concern=DURABLE)
        with straight.straight(database, session) as line:
            yield line


@pytest.fixture(params=["straight", "by the driver"])
def either(request, database, monkeypatch) -> Any:
    """A database whose transactions go the one way or the other."""
    if request.param == "by the driver":
        monkeypatch.setattr(straight, "_is_known", lambda client, session: False)
    return database


def test_the_driver_has_the_parts_that_we_know(database) -> None:
    with a_line(database) as line:
        assert isinstance(line, _Straight)


def test_what_listens_to_commands_hears_of_all(mongodb, database) -> None:
    heard = MongoClient(mongodb, event_listeners=[CommandListener()])
    with heard, a_line(heard[database.name]) as line:
        assert isinstance(line, _ByTheDriver)


def test_both_ways_write_and_find_the_same(either) -> None:
    new = [InsertOne({"_id": n, "n": 0}) for n in range(3)]
    with a_line(either) as line:
        moved = [UpdateOne({"_id": 1}, {"$set": {"n": 5}}), UpdateOne({"_id": 9}, {"$set": {"n": 5}})]
        put = [
            ReplaceOne({"_id": 2}, {"n": 7}),
            ReplaceOne({"_id": 3}, {"n": 8}, upsert=True),
            InsertOne({"_id": 4, "n": 9}),
        ]
        assert line.write({"things": [*new, *moved, *put]}) == {"things": 2}
        assert line.find("things", {"n": {"$gt": 4}}, {"n": 1}) == [
            {"_id": 1, "n": 5},
            {"_id": 2, "n": 7},
            {"_id": 3, "n": 8},
            {"_id": 4, "n": 9},
        ]
        assert not list(either.things.find())  # nobody else sees it yet
        line.commit()
    assert {d["_id"]: d["n"] for d in either.things.find()} == {0: 0, 1: 5, 2: 7, 3: 8, 4: 9}


def test_both_ways_read_large_numbers_and_times_alike(either) -> None:
    with a_line(either) as line:
        line.write({"things": [InsertOne({"_id": 1, "n": {"ms": 1 << 40}, "at": NOON})]})
        (found,) = line.find("things", {})
    assert type(found["n"]["ms"]) is int
    assert found == {"_id": 1, "n": {"ms": 1 << 40}, "at": NOON}


def test_a_long_answer_is_read_to_its_end(database, monkeypatch) -> None:
    database.things.insert_many([{"_id": n} for n in range(7)])
    monkeypatch.setattr(straight, "_A_BATCH", 2)
    with a_line(database) as line:
        assert [d["_id"] for d in line.find("things", {})] == list(range(7))


def test_a_key_that_is_taken_leaves_nothing_and_may_be_tried_again(either) -> None:
    either.things.insert_one({"_id": 1})
    with pytest.raises(BulkWriteError) as raised, a_line(either) as line:
        line.write(
            {"things": [InsertOne({"_id": 0}), InsertOne({"_id": 1}), UpdateOne({}, {"$set": {"n": 1}})]}
        )
    assert is_passing(raised.value)
    assert list(either.things.find()) == [{"_id": 1}]
    with a_line(either) as line:
        line.write({"things": [InsertOne({"_id": 2})]})
        line.commit()
    assert either.things.count_documents({}) == 2


def test_who_meets_another_is_told_to_try_again(either) -> None:
    either.things.insert_one({"_id": 1, "n": 0})
    with pytest.raises((OperationFailure, BulkWriteError)) as raised, a_line(either) as line:
        line.find("things", {})
        either.things.update_one({"_id": 1}, {"$set": {"n": 1}})
        line.write({"things": [UpdateOne({"_id": 1}, {"$set": {"n": 2}})]})
    assert is_passing(raised.value)
    assert either.things.find_one() == {"_id": 1, "n": 1}


def test_a_commit_whose_answer_is_lost_is_asked_for_again(database, monkeypatch) -> None:
    answers = _Straight._answers

    def lost(self, commands, to):
        answer = answers(self, commands, to)
        if to == "admin":
            raise AutoReconnect("the answer is lost")
        return answer

    monkeypatch.setattr(_Straight, "_answers", lost)
    with a_line(database) as line:
        line.write({"things": [InsertOne({"_id": 1})]})
        line.commit()
    assert database.things.count_documents({}) == 1


def test_a_commit_of_what_has_ended_meanwhile_fails(database) -> None:
    with pytest.raises(OperationFailure) as raised, a_line(database) as line:
        line.write({"things": [InsertOne({"_id": 1})]})
        line._answers([{"abortTransaction": 1}], "admin")
        line.commit()
    assert is_passing(raised.value)
    assert database.things.count_documents({}) == 0


def test_a_connection_that_breaks_leaves_nothing_and_the_next_one_works(database) -> None:
    with pytest.raises(ConnectionFailure) as raised, a_line(database) as line:
        line.write({"things": [InsertOne({"_id": 1})]})
        line._connection.conn.get_conn.shutdown(socket.SHUT_RDWR)
        line.write({"things": [InsertOne({"_id": 2})]})
    assert raised.value.has_error_label("TransientTransactionError")
    assert database.things.count_documents({}) == 0
    with a_line(database) as line:
        line.write({"things": [InsertOne({"_id": 3})]})
        line.commit()
    assert database.things.count_documents({}) == 1


def test_more_than_a_message_may_hold_goes_in_several(database) -> None:
    with a_line(database) as line:
        line._connection.max_message_size = 2_000
        line.write({"things": [InsertOne({"_id": n, "text": "x" * 300}) for n in range(20)]})
        line.commit()
        line._connection.max_message_size = 48_000_000
    assert database.things.count_documents({}) == 20


def test_a_document_that_mongodb_never_takes_is_refused(either) -> None:
    huge = {"things": [InsertOne({"_id": 1, "text": "x" * (1 << 24)})]}
    with pytest.raises((DocumentTooLarge, BulkWriteError)) as raised, a_line(either) as line:
        line.write(huge)
    assert isinstance(translated(raised.value), Unwritable)


def test_a_transaction_without_a_command_ends(either) -> None:
    with a_line(either) as line:
        assert line.write({}) == {}
        line.commit()
