"""One commit: everything of it is written, durably on a majority, or nothing."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from bson.errors import BSONError
from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo import InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from connectors.events import DeliveryStatus
from inbox.model.commit import Commit, ConversationChange
from inbox.model.contact import Contact
from inbox.model.ids import new_id
from inbox.model.profile import contact_words
from inbox.store.codec import Document, difference, to_document
from inbox.store.files import file_write
from inbox.store.straight import Line, straight

DURABLE = WriteConcern(w="majority", j=True)
SNAPSHOT = ReadConcern("snapshot")
ATTEMPTS = 12
_WRITERS = 32
"""How many commits are written at once. A store that does not answer holds each for some seconds."""
_PAUSE = 0.01
"""Seconds, times the attempts so far, within which those who met on a conversation part again; on a busy
machine as long as an attempt takes, or they would meet again and again."""

UNENCODABLE = (BSONError, OverflowError, UnicodeEncodeError, RecursionError)
_NOT_THE_VALUES = frozenset(
    {
        13,  # Unauthorized
        18,  # AuthenticationFailed
        20,  # IllegalOperation: no replica set
        24,  # LockTimeout
        46,  # LockBusy
        50,  # MaxTimeMSExpired
        64,  # WriteConcernFailed
        91,  # ShutdownInProgress
        189,  # PrimarySteppedDown
        251,  # NoSuchTransaction
        262,  # ExceededTimeLimit
        10107,  # NotWritablePrimary
        11600,  # InterruptedAtShutdown
        11601,  # Interrupted
        11602,  # InterruptedDueToReplStateChange
        13435,  # NotPrimaryNoSecondaryOk
        13436,  # NotPrimaryOrSecondary
        14031,  # OutOfDiskSpace
    }
)
"""Codes of MongoDB that say that it cannot write now. Others say that it never will write these values.

https://www.mongodb.com/docs/manual/reference/error-codes/
"""

T = TypeVar("T")


class Conflict(Exception):
    """Others kept changing the same values; nothing was written."""


class Unwritable(Exception):
    """MongoDB refused the values themselves; trying again will not help. Nothing was written."""


class Outdated(PyMongoError):
    """What was to be written was worked out from an older state than the store's. Nothing was written."""


class StoreUnavailable(PyMongoError):
    """MongoDB does not answer. Whether the last commit was written is unknown."""


@cache
def writers() -> ThreadPoolExecutor:
    """The threads in which commits are written."""
    return ThreadPoolExecutor(_WRITERS, "commit")


async def transact(
    client: Any,
    database: Any,
    work: Callable[[Any], Awaitable[tuple[Commit, T]]],
    *,
    attempts: int = ATTEMPTS,
) -> tuple[Commit, T]:
    """Run `work(session)`, which reads and answers a commit and a result, and write that commit.

    Both happen in one transaction. `work` is run again when others changed what it read, so it must have no
    effect but its reads in the session. Raises `Conflict`, `Unwritable` or `StoreUnavailable`.
    """
    loop = asyncio.get_running_loop()
    async with AsyncIOMotorClientSession(client.delegate.start_session(), client) as session:

        async def attempt() -> tuple[Commit, T]:
            session.start_transaction(read_concern=SNAPSHOT, write_concern=DURABLE)
            try:
                commit, result = await work(session)
                await loop.run_in_executor(
                    writers(), _write_by_line, database.delegate, commit, session.delegate
                )
            except BaseException:
                await _abort(session)
                raise
            return commit, result

        return await tried(attempt, attempts=attempts)


async def tried(attempt: Callable[[], Awaitable[T]], *, attempts: int) -> T:
    """What `attempt` answers. It is made again, after a pause, where others were in its way.

    Raises `Conflict` if they always were, `Unwritable`, `StoreUnavailable`, or what else it raises.
    """
    loop = asyncio.get_running_loop()
    took = 0.0
    for number in range(attempts):
        if number:
            await asyncio.sleep(random.uniform(0, max(_PAUSE, took) * number))  # noqa: S311
        began = loop.time()
        try:
            return await attempt()
        except PyMongoError as error:
            if not is_passing(error):
                raise translated(error) from error
            took = loop.time() - began
        except UNENCODABLE as error:
            raise translated(error) from error
    raise Conflict("Others kept changing the same conversation; please try again.")


def write(line: Line, commit: Commit) -> None:
    """Write all of a commit and make it durable, in a thread.

    Given away as one piece of work: motor would send each command to a thread of its own, and every
    way there and back waits for the interpreter's lock, which the event loop seldom lets go of under load.
    """
    operations = _writes(commit)
    found = line.write(operations)
    if found.get("conversations", 0) != _updates(operations.get("conversations", ())):
        raise Outdated("A conversation has changed since it was read.")
    line.commit()


def _write_by_line(database: Any, commit: Commit, session: Any) -> None:
    with straight(database, session) as line:
        write(line, commit)


async def _abort(session: Any) -> None:
    if session.in_transaction:
        try:
            await session.abort_transaction()
        except PyMongoError:
            return  # MongoDB ends it by itself


def is_passing(error: PyMongoError) -> bool:
    """Whether the same work may succeed now: a write conflict, or a key that another has just taken."""
    if error.has_error_label("TransientTransactionError") and not isinstance(error, ConnectionFailure):
        return True
    if isinstance(error, DuplicateKeyError | Outdated):
        return True
    if isinstance(error, BulkWriteError):
        return any(e.get("code") in (11000, 112) for e in error.details.get("writeErrors", ()))
    return False


def translated(error: Exception) -> Exception:
    """What those who know nothing of MongoDB are told."""
    if isinstance(error, UNENCODABLE):
        return Unwritable(f"{type(error).__name__}: {str(error)[:200]}")
    is_transient = isinstance(error, PyMongoError) and error.has_error_label("TransientTransactionError")
    if isinstance(error, ConnectionFailure) or is_transient:
        return StoreUnavailable(type(error).__name__)
    if isinstance(error, OperationFailure) and not _NOT_THE_VALUES & _codes(error):
        return Unwritable(str(error)[:300])
    return StoreUnavailable(f"{type(error).__name__}: {str(error)[:200]}")


def _codes(error: OperationFailure) -> set[int]:
    """The codes that MongoDB gave, those of the single writes of a bulk included."""
    details: Any = error.details or {}
    concern = details.get("writeConcernErrors", ())
    return {error.code or 0} | {e.get("code", 0) for e in (*details.get("writeErrors", ()), *concern)}


def _writes(commit: Commit) -> dict[str, list[Any]]:
    """All writes of a commit, one command for each collection, in the order in which they are to be done."""
    operations: dict[str, list[Any]] = {
        "contacts": [_put_contact(c.before, c.after) for c in commit.contacts],
        "conversations": [
            _put(c.before, c.after, **_as_it_was(c, commit.is_present)) for c in commit.conversations
        ],
        "messages": _messages(commit),
        "files": [file for c in commit.conversations for m in c.added if (file := file_write(m))],
        "quarantine": [_keep(q) for q in commit.quarantined],
        "requests": [_keep(r) for r in commit.requests],
        "early_statuses": [ReplaceOne({"_id": e.id}, to_document(e), upsert=True) for e in commit.early],
        "standings": [ReplaceOne({"_id": s.id}, to_document(s), upsert=True) for s in commit.standings],
        "consents": [ReplaceOne({"_id": e.id}, to_document(e), upsert=True) for e in commit.consents],
        "promises": [ReplaceOne({"_id": r.id}, to_document(r), upsert=True) for r in commit.reckoned],
        "contact_merges": [ReplaceOne({"_id": m.id}, to_document(m), upsert=True) for m in commit.merges],
    }
    if commit.conversations:
        entry = {"_id": new_id(), "at": commit.conversations[0].after.updated_at}
        entry["ids"] = [c.after.id for c in commit.conversations]
        operations["changes"] = [InsertOne(entry)]
    return {collection: batch for collection, batch in operations.items() if batch}


def _messages(commit: Commit) -> list[Any]:
    """What is new and what changed, as one command: MongoDB takes inserts by another than the rest."""
    added = [to_document(m) for c in commit.conversations for m in c.added]
    changed = [to_document(m) for c in commit.conversations for m in c.changed]
    if not changed:
        return [InsertOne(document) for document in added]
    return [
        *(ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in added),
        *(ReplaceOne({"_id": document["_id"]}, document) for document in changed),
    ]


def _put_contact(before: Contact | None, after: Contact) -> Any:
    """As `_put`, with the words by which the contact is found, when they are new."""
    words = contact_words(after)
    if before is None:
        return InsertOne({**to_document(after), "words": words})
    changes = difference(before, after)
    if words != contact_words(before):
        changes["$set"]["words"] = words
    return UpdateOne({"_id": after.id}, changes)


def _put(before: Any, after: Any, **at: Any) -> Any:
    """Insert what is new, else set just the fields that changed, if the document is still as `at` says."""
    if before is None:
        return InsertOne(to_document(after))
    return UpdateOne({"_id": after.id, **at}, difference(before, after))


def _as_it_was(change: ConversationChange, is_present: bool) -> Document:
    """What a conversation must still be for its change to be written."""
    if change.before is None:
        return {}
    at: Document = {f"{change.holder[0]}.owner": change.holder[1]} if change.holder else {}
    if _counts_on_the_outbox(change):
        at["delivery"] = {"$ne": None}
    return at if is_present else {"rev": change.before.rev, **at}


def _counts_on_the_outbox(change: ConversationChange) -> bool:
    """Whether something was queued where deliveries were due already.

    They may have ended since, which changes no `rev`: what was queued would be left behind, and the next
    answer would overtake it.
    """
    before, after = change.before, change.after
    if before is None or before.delivery is None or after.delivery != before.delivery:
        return False
    return any(message.status == DeliveryStatus.QUEUED for message in change.added)


def _updates(operations: Iterable[Any]) -> int:
    return sum(isinstance(operation, UpdateOne) for operation in operations)


def _keep(value: Any) -> Any:
    """Insert what is not there yet."""
    document = to_document(value)
    return UpdateOne({"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True)
