"""Programs that are told what happens, what is on its way to them, and how far the telling has come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from inbox.model.webhook import Delivery, State, Subscription, Told, Try
from inbox.store.codec import Document, to_document, to_value
from inbox.store.commits import DURABLE
from inbox.store.registers import Register

DELIVERIES_KEPT = 30 * 86_400
"""Seconds for which a delivery can be looked at and asked for again."""

_PLACE = "webhooks"
_TRIES = 50


class Subscriptions(Register[Subscription]):
    """The collection `webhooks`, and the place of the telling in `progress`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.webhooks, Subscription)
        self._told = database.webhook_told
        self._progress = database.progress

    async def note(self, subscription_id: str, **fields: Any) -> None:
        """Change some fields of one, if there still is one."""
        plain = msgspec.to_builtins(fields, builtin_types=(datetime,))
        await self._all.update_one({"_id": subscription_id}, {"$set": plain})

    async def begin_failing(self, subscription_id: str, at: datetime) -> None:
        """It fails since then, unless it did before."""
        query = {"_id": subscription_id, "failing_since": None}
        await self._all.update_one(query, {"$set": {"failing_since": at}})

    async def place(self) -> datetime | None:
        """Up to when it was told what happened; None if never."""
        document = await self._progress.find_one({"_id": _PLACE})
        return document["at"] if document else None

    async def keep_place(self, at: datetime) -> None:
        """It was told up to then."""
        await self._progress.update_one({"_id": _PLACE}, {"$max": {"at": at}}, upsert=True)

    async def told(self, conversation_id: str) -> Told | None:
        """Up to where a conversation was told of."""
        document = await self._told.find_one({"_id": conversation_id})
        return to_value(document, Told) if document else None


class Deliveries(Register[Delivery]):
    """The collection `webhook_deliveries`."""

    def __init__(self, client: Any, database: Any) -> None:
        super().__init__(database.webhook_deliveries, Delivery)
        self._client = client
        self._told = database.webhook_told

    async def tell(self, deliveries: Sequence[Delivery], told: Told, before: Told | None) -> int:
        """Queue what happened in a conversation and note that it was told of: both or neither.

        What is there already stays as it is. How many are new: none, changing nothing, if another process has
        told of it since `before`.
        """
        document = to_document(told)

        async def work(session: Any) -> int:
            if before is None:
                await self._told.insert_one(document, session=session)
            else:
                seen = {"_id": document["_id"], "rev": before.rev}
                if not (await self._told.replace_one(seen, document, session=session)).matched_count:
                    return 0
            writes = [_unless_there(to_document(each)) for each in deliveries]
            return int((await self._all.bulk_write(writes, session=session)).upserted_count) if writes else 0

        async with await self._client.start_session() as session:
            try:
                done: int = await session.with_transaction(work, write_concern=DURABLE)
            except DuplicateKeyError:
                return 0
            return done

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Ids of what is to be tried now, the longest due first."""
        query = {"due": {"$lte": now, "$type": "date"}}
        found = self._all.find(query, {"_id": 1}).sort("due", 1).limit(limit)
        return [d["_id"] for d in await found.to_list(limit)]

    async def claim(self, key: str, owner: str, now: datetime, lease: timedelta) -> Delivery | None:
        """Take one that is due. None if it is not, or another process has it."""
        document = await self._all.find_one_and_update(
            {"_id": key, "due": {"$lte": now}},
            {"$set": {"owner": owner, "due": now + lease}},
            return_document=True,
        )
        return to_value(document, Delivery) if document else None

    async def settle(
        self, delivery: Delivery, tried: Try | None, state: State, due: datetime | None = None
    ) -> None:
        """Keep what came of it, unless another process has it by now."""
        failures = 0 if state is State.DELIVERED else delivery.failures + (tried is not None)
        change: Document = {"$set": {"state": state, "due": due, "owner": None, "failures": failures}}
        if tried:
            one = msgspec.to_builtins(tried, builtin_types=(datetime,))
            change["$push"] = {"tries": {"$each": [one], "$slice": -_TRIES}}
        await self._all.update_one({"_id": delivery.id, "owner": delivery.owner}, change)

    async def page(
        self, subscription_id: str, *, state: str | None, after: tuple[datetime, str] | None, limit: int
    ) -> list[Delivery]:
        """Those to one program, the newest first."""
        query: Document = {"subscription_id": subscription_id}
        if state:
            query["state"] = state
        if after:
            query["$or"] = [{"at": {"$lt": after[0]}}, {"at": after[0], "_id": {"$lt": after[1]}}]
        found = self._all.find(query).sort([("at", -1), ("_id", -1)]).limit(limit)
        return [to_value(d, Delivery) for d in await found.to_list(limit)]

    async def ask_again(
        self,
        subscription_id: str,
        now: datetime,
        *,
        only: Sequence[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        failed_only: bool = False,
    ) -> int:
        """Have them delivered anew from now on: some by their ids, or all of a time. How many."""
        query: Document = {"subscription_id": subscription_id}
        if only is not None:
            query["_id"] = {"$in": list(only)}
        if since or until:
            query["at"] = {**({"$gte": since} if since else {}), **({"$lt": until} if until else {})}
        if failed_only:
            query["state"] = State.FAILED.value
        again = {"state": State.WAITING.value, "due": now, "owner": None, "failures": 0}
        return int((await self._all.update_many(query, {"$set": again})).matched_count)

    async def give_up_all(self, subscription_id: str) -> None:
        """Try none of those that wait: they may be asked for again."""
        query = {"subscription_id": subscription_id, "state": State.WAITING.value}
        change = {"state": State.FAILED.value, "due": None, "owner": None}
        await self._all.update_many(query, {"$set": change})


def _unless_there(document: Document) -> UpdateOne:
    return UpdateOne({"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True)
