"""Campaigns, and what became of each customer of their audiences."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo import UpdateOne

from inbox.model.campaign import Campaign, Recipient, State, recipient_id
from inbox.store.codec import Document, to_document, to_value
from inbox.store.registers import Register

_MOVES = (State.SCHEDULED, State.RUNNING)


class Campaigns(Register[Campaign]):
    """The collection `campaigns`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.campaigns, Campaign)

    async def newest(self, limit: int) -> list[Campaign]:
        """The last ones made, the newest first."""
        return await self.list(sort="-_id", limit=limit)

    async def claim(self, now: datetime, lease: timedelta) -> Campaign | None:
        """Take one up that is due, until `now + lease`; None if none is."""
        due = {"due": {"$lte": now, "$type": "date"}}
        document = await self._all.find_one_and_update(
            due, {"$set": {"due": now + lease}}, sort=[("due", 1)], return_document=True
        )
        return to_value(document, Campaign) if document else None

    async def state_of(self, campaign_id: str, session: Any = None) -> str | None:
        """Its present state; None if it is gone."""
        document = await self._all.find_one({"_id": campaign_id}, {"state": 1}, session=session)
        return document["state"] if document else None

    async def go_on(self, campaign_id: str, **fields: Any) -> bool:
        """Note how far it has come, if it still goes on."""
        return await self.turn(campaign_id, _MOVES, **fields)

    async def turn(self, campaign_id: str, states: Iterable[State], **fields: Any) -> bool:
        """Change it if it is in one of these states. Whether it was."""
        query = {"_id": campaign_id, "state": {"$in": [s.value for s in states]}}
        values = {name: msgspec.to_builtins(v, builtin_types=(datetime,)) for name, v in fields.items()}
        return bool((await self._all.update_one(query, {"$set": values})).matched_count)

    async def revise(self, campaign: Campaign) -> bool:
        """Put it in place of the draft of its id. False if that is no draft any more."""
        document = to_document(campaign)
        query = {"_id": document["_id"], "state": State.DRAFT.value}
        return bool((await self._all.replace_one(query, document)).matched_count)

    async def drop(self, campaign_id: str) -> bool:
        """Delete a draft. False if it is none."""
        query = {"_id": campaign_id, "state": State.DRAFT.value}
        return bool((await self._all.delete_one(query)).deleted_count)


class Recipients:
    """The collection `campaign_recipients`."""

    def __init__(self, database: Any) -> None:
        self._all = database.campaign_recipients

    async def add(self, recipients: Iterable[Recipient]) -> None:
        """Take down those that are not there yet."""
        documents = [to_document(each) for each in recipients]
        writes = [UpdateOne({"_id": d.pop("_id")}, {"$setOnInsert": d}, upsert=True) for d in documents]
        if writes:
            await self._all.bulk_write(writes, ordered=False)

    async def get(self, key: str, session: Any = None) -> Recipient | None:
        """The one of that id, or None."""
        document = await self._all.find_one({"_id": key}, session=session)
        return to_value(document, Recipient) if document else None

    async def put(self, recipient: Recipient, session: Any = None) -> None:
        """Write down what became of one that is still there."""
        document = to_document(recipient)
        await self._all.replace_one({"_id": document["_id"]}, document, session=session)

    async def follow(self, recipient: Recipient, contact_id: str, session: Any) -> None:
        """Put the contact that this one became in its place, if it is not in the audience already."""
        key = recipient_id(recipient.campaign_id, contact_id)
        document = to_document(msgspec.structs.replace(recipient, id=key, contact_id=contact_id))
        del document["_id"]
        await self._all.update_one({"_id": key}, {"$setOnInsert": document}, upsert=True, session=session)
        await self._all.delete_one({"_id": recipient.id}, session=session)

    async def waiting(self, campaign_id: str, now: datetime, limit: int) -> list[str]:
        """Ids of those to whom it may be said now, the longest due first."""
        query = {"campaign_id": campaign_id, "state": "waiting", "due": {"$lte": now}}
        found = self._all.find(query, {"_id": 1}).sort("due", 1).limit(limit)
        return [d["_id"] for d in await found.to_list(limit)]

    async def next_due(self, campaign_id: str) -> datetime | None:
        """When the next one that waits may be written to; None if nobody waits."""
        query = {"campaign_id": campaign_id, "state": "waiting"}
        document = await self._all.find_one(query, {"due": 1}, sort=[("due", 1)])
        return document["due"] if document else None

    async def lately(
        self, contact_ids: list[str], since: datetime, but: str, session: Any = None
    ) -> dict[str, int]:
        """In how many campaigns, but that one, each of these contacts was since then."""
        query = {"contact_id": {"$in": contact_ids}, "at": {"$gt": since}, "state": "said"}
        found: dict[str, int] = {}
        async for each in self._all.find(query, {"contact_id": 1, "campaign_id": 1}, session=session):
            if each["campaign_id"] != but:
                found[each["contact_id"]] = found.get(each["contact_id"], 0) + 1
        return found

    async def counts(self, campaign_id: str) -> dict[str, dict[str, int]]:
        """How many there are: by state, and of the skipped by reason."""
        group = {"_id": {"state": "$state", "reason": "$reason"}, "n": {"$sum": 1}}
        found = self._all.aggregate([{"$match": {"campaign_id": campaign_id}}, {"$group": group}])
        states: dict[str, int] = {}
        reasons: dict[str, int] = {}
        async for each in found:
            state, reason = each["_id"]["state"], each["_id"].get("reason")
            states[state] = states.get(state, 0) + each["n"]
            if reason:
                reasons[reason] = reasons.get(reason, 0) + each["n"]
        return {"states": states, "skipped": reasons}

    async def became(self, campaign_id: str) -> Document:
        """What became of what was said: by status, why it failed, who answered, who opted out since."""
        of = [{"$match": {"campaign_id": campaign_id, "state": "said"}}, *_LOOK_UP]
        group: Document = {"_id": {"status": "$message.status", "fault": "$message.error.code"}}
        group |= {"n": {"$sum": 1}, "replied": {"$sum": _HAS_REPLIED}, "opted_out": {"$sum": _HAS_OPTED_OUT}}
        statuses: dict[str, int] = {}
        faults: dict[str, int] = {}
        found: Document = {"statuses": statuses, "faults": faults, "replied": 0, "opted_out": 0}
        async for each in self._all.aggregate([*of, {"$group": group}]):
            status, fault = each["_id"].get("status") or "erased", each["_id"].get("fault")
            statuses[status] = statuses.get(status, 0) + each["n"]
            if fault:
                faults[fault] = faults.get(fault, 0) + each["n"]
            found["replied"] += each["replied"]
            found["opted_out"] += each["opted_out"]
        return found

    async def every(self, campaign_id: str) -> AsyncIterator[Document]:
        """Each one with what became of it, for a file."""
        fields = {"contact_id": 1, "state": 1, "reason": 1, "at": 1, "conversation_id": 1}
        more: Document = {"status": "$message.status", "error": "$message.error.message"}
        more |= {
            "replied": _HAS_REPLIED,
            "opted_out": _HAS_OPTED_OUT,
            "address": "$conversation.contact.address",
        }
        of = {"$match": {"campaign_id": campaign_id}}
        async for each in self._all.aggregate([of, *_LOOK_UP, {"$project": {**fields, **more}}]):
            yield each


def _one(collection: str, field: str, name: str) -> list[Document]:
    joined: Document = {"from": collection, "localField": field, "foreignField": "_id", "as": name}
    first: Document = {name: {"$first": f"${name}"}}
    return [{"$lookup": joined}, {"$set": first}]


_LOOK_UP: list[Document] = [
    *_one("messages", "message_id", "message"),
    *_one("conversations", "conversation_id", "conversation"),
]
_HAS_REPLIED = {"$cond": [{"$gt": ["$conversation.last_inbound_at", "$at"]}, 1, 0]}
_REFUSED_SINCE = {
    "$filter": {
        "input": {"$ifNull": ["$conversation.refusals", []]},
        "cond": {"$and": [{"$ne": ["$at", None]}, {"$gt": ["$$this.at", "$at"]}]},
    }
}
_HAS_OPTED_OUT = {"$cond": [{"$gt": [{"$size": _REFUSED_SINCE}, 0]}, 1, 0]}
