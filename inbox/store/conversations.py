"""Conversations: found for the list, claimed for their work."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inbox.model.conversation import Conversation
from inbox.store.codec import Document, to_value

Field = str
"""``turn`` or ``delivery``: the work to be done for a conversation."""


class Quiet(NamedTuple):
    """An open conversation in which nothing was said for a while."""

    id: str
    at: datetime
    """By which it stands in the list."""
    is_settled: bool
    """Whether its customer does not wait for us."""


class Conversations:
    """The collection `conversations`."""

    def __init__(self, database: Any) -> None:
        self._all = database.conversations
        self._changes = database.changes

    async def get(self, conversation_id: str, session: Any = None) -> Conversation | None:
        """The conversation, or None."""
        document = await self._all.find_one({"_id": conversation_id}, session=session)
        return to_value(document, Conversation) if document else None

    async def involved(
        self, ids: Iterable[str], contact_ids: Iterable[str], session: Any = None
    ) -> list[Conversation]:
        """The conversations of these ids, and the current ones of these contacts."""
        wanted: list[Document] = []
        if own := list(ids):
            wanted.append({"_id": {"$in": own}})
        if people := list(contact_ids):
            wanted.append({"contact_id": {"$in": people}, "current": True})
        if not wanted:
            return []
        found = await self._all.find({"$or": wanted}, session=session).to_list(None)
        return [to_value(d, Conversation) for d in found]

    async def snoozed_until(self, now: datetime, limit: int) -> list[str]:
        """Ids of snoozed conversations whose time has come, the longest due first."""
        query = {"snoozed_until": {"$lte": now, "$type": "date"}, "status": "snoozed"}
        found = self._all.find(query, {"_id": 1}).sort("snoozed_until", 1).limit(limit)
        return [d["_id"] for d in await found.to_list(limit)]

    async def quiet_since(
        self, speaker: str, before: datetime, after: tuple[datetime, str] | None, limit: int
    ) -> list[Quiet]:
        """Open conversations with this speaker in which nothing was said since `before`, to the minute.

        The longest quiet first, those beyond the last one seen.
        """
        query: Document = {"speaker.kind": speaker, "status": "open"}
        query["listed_at"] = {"$lte": before, "$type": "date"}
        if after:
            query["$or"] = [
                {"listed_at": {"$gt": after[0]}},
                {"listed_at": after[0], "_id": {"$gt": after[1]}},
            ]
        fields = {"listed_at": 1, "waiting_since": 1}
        found = self._all.find(query, fields).sort([("listed_at", 1), ("_id", 1)]).limit(limit)
        return [
            Quiet(d["_id"], d["listed_at"], d.get("waiting_since") is None)
            for d in await found.to_list(limit)
        ]

    async def labels(self) -> list[str]:
        """Every label in use, by the alphabet.

        Each is the next in the index after the one before: to read all that have one takes the longer the
        more there are.
        """
        found: list[str] = []
        while True:
            after = {"labels": {"$gt": found[-1] if found else ""}}
            key = await self._all.find_one(after, hint="labelled", return_key=True)
            if key is None:
                return found
            found.append(key["labels"])

    async def in_language(self, language: str, limit: int) -> list[str]:
        """Ids of conversations in a language, whatever became of them."""
        found = self._all.find({"language": language}, {"_id": 1}, hint="alone").limit(limit)
        return [d["_id"] for d in await found.to_list(limit)]

    async def labelled(self, label: str, limit: int) -> list[str]:
        """Ids of conversations with a label."""
        found = self._all.find({"labels": label}, {"_id": 1}).limit(limit)
        return [d["_id"] for d in await found.to_list(limit)]

    async def revs(self, ids: list[str], session: Any = None) -> dict[str, int]:
        """The present revision of each of these conversations that exist."""
        found = self._all.find({"_id": {"$in": ids}}, {"rev": 1}, session=session).batch_size(len(ids) + 1)
        return {d["_id"]: d["rev"] for d in await found.to_list(None)}

    async def of_contact(self, contact_id: str, limit: int = 20) -> list[Conversation]:
        """A contact's conversations on all channels, the last changed first."""
        found = await self._all.find({"contact_id": contact_id}).to_list(None)
        conversations = [to_value(d, Conversation) for d in found]
        return sorted(conversations, key=lambda c: c.updated_at, reverse=True)[:limit]

    async def all_of_contact(self, contact_id: str, session: Any) -> list[Conversation]:
        """Every conversation of a contact, for a merge."""
        found = self._all.find({"contact_id": contact_id}, session=session)
        return [to_value(d, Conversation) for d in await found.to_list(None)]

    async def page(
        self,
        query: Document,
        *,
        waiting: bool = False,
        due: bool = False,
        after: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Conversation]:
        """At most `limit` conversations matching `query`: the newest first, the longest waiting first, or
        those whose promise is due first.

        The newest are known to the minute. `after` is the sort key of the last row of the page before:
        `waiting_since`, `level.breach_at` or `listed_at`, and the id.
        """
        field, way = ("listed_at", -1)
        if waiting or due:
            field, way = ("level.breach_at" if due else "waiting_since", 1)
        clauses = [query] + ([{field: {"$type": "date"}}] if way == 1 else [])
        if after:
            beyond = "$gt" if way == 1 else "$lt"
            at, key = after
            clauses.append({field: {f"{beyond}e": at}})  # from there on is read, not from the beginning
            clauses.append({"$or": [{field: {beyond: at}}, {field: at, "_id": {beyond: key}}]})
        found = self._all.find({"$and": clauses}).sort([(field, way), ("_id", way)]).limit(limit)
        return [to_value(d, Conversation) for d in await found.to_list(limit)]

    async def changed_since(
        self, moment: datetime, key: str, limit: int
    ) -> tuple[list[Conversation], tuple[datetime, str] | None]:
        """Conversations of the commits after (`moment`, `key`), and the last commit of theirs.

        At most about `limit` of them, and then there are more; with less, the last commit is None.
        """
        query = {"$or": [{"at": {"$gt": moment}}, {"at": moment, "_id": {"$gt": key}}]}
        ids: dict[str, None] = {}
        last: tuple[datetime, str] | None = None
        async for commit in self._changes.find(query).sort([("at", 1), ("_id", 1)]):
            ids.update(dict.fromkeys(commit["ids"]))
            if len(ids) >= limit:
                last = (commit["at"], commit["_id"])
                break
        found = await self._all.find({"_id": {"$in": list(ids)}}).to_list(None) if ids else []
        return [to_value(d, Conversation) for d in found], last

    async def count(self, query: Document, *, up_to: int | None = None) -> int:
        """How many match; with `up_to` no more than so many are looked for."""
        return int(await self._all.count_documents(query, **({"limit": up_to} if up_to else {})))

    async def count_by_assignee(self, agent_ids: Iterable[str]) -> dict[str, int]:
        """How many open conversations each of these agents has; those without any are left out."""
        which = {"assignee_id": {"$in": list(agent_ids)}, "status": "open"}
        counted = self._all.aggregate(
            [{"$match": which}, {"$group": {"_id": "$assignee_id", "n": {"$sum": 1}}}]
        )
        return {c["_id"]: c["n"] for c in await counted.to_list(None)}

    async def due(self, work: Field, now: datetime, limit: int, elsewhere: Collection[str] = ()) -> list[str]:
        """Ids of conversations whose work anyone may take now, the longest due first.

        `elsewhere` are channels whose work is another process's.
        """
        query: Document = {f"{work}.at": {"$lte": now, "$type": "date"}, **_not_in(elsewhere)}
        found = self._all.find(query, {"_id": 1}).sort(f"{work}.at", 1).limit(limit)
        return [d["_id"] for d in await found.to_list(limit)]

    async def claim(
        self,
        ids: Collection[str],
        work: Field,
        owner: str,
        now: datetime,
        lease: timedelta,
        elsewhere: Collection[str] = (),
    ) -> dict[str, tuple[Conversation, str]]:
        """Take the work of these until `now + lease`: by their ids those taken, each with its owner's name.

        Left out is what is not due, or what another has or must have. The names begin with `owner`. The first
        to take a turn also decides up to which message it goes.
        """
        taken: Document = {f"{work}.owner": {"$concat": [owner, ".", "$_id"]}, f"{work}.at": now + lease}
        taken[f"{work}.attempts"] = {"$add": [f"${work}.attempts", 1]}
        if work == "turn":
            taken["turn.upto"] = {"$ifNull": ["$turn.upto", "$inbound_seq"]}
        which = {"$in": list(ids)} if len(ids) > 1 else next(iter(ids))
        query: Document = {"_id": which, f"{work}.at": {"$lte": now}, **_not_in(elsewhere)}
        if len(ids) == 1:
            one = await self._all.find_one_and_update(query, [{"$set": taken}], return_document=True)
            found = [one] if one else []
        else:
            await self._all.update_many(query, [{"$set": taken}])
            owners = [f"{owner}.{conversation_id}" for conversation_id in ids]
            found = await self._all.find({"_id": which, f"{work}.owner": {"$in": owners}}).to_list(None)
        claimed = [to_value(d, Conversation) for d in found]
        return {c.id: (c, f"{owner}.{c.id}") for c in claimed}

    async def renew(self, work: Field, held: Mapping[str, str], until: datetime) -> set[str]:
        """Keep work for longer: `held` has conversations by owner. Those whose work it still is."""
        mine = {"_id": {"$in": list(held.values())}, f"{work}.owner": {"$in": list(held)}}
        await self._all.update_many(mine, {"$set": {f"{work}.at": until}})
        found = await self._all.find(mine, {f"{work}.owner": 1}).to_list(None)
        return {d[work]["owner"] for d in found}

    async def postpone(self, conversation_id: str, work: Field, owner: str, until: datetime) -> bool:
        """Give the work back, to be taken by anyone from `until` on."""
        answer = await self._all.update_one(
            {"_id": conversation_id, f"{work}.owner": owner},
            {"$set": {f"{work}.at": until, f"{work}.owner": None}},
        )
        return bool(answer.matched_count)

    async def put_off(self, conversation_id: str, work: Field, owners: str, until: datetime) -> None:
        """As `postpone`, whichever of those owners whose names begin so has it."""
        mine = {f"{work}.owner": {"$gte": owners, "$lt": owners + "\U0010ffff"}}
        changes = {f"{work}.at": until, f"{work}.owner": None}
        await self._all.update_one({"_id": conversation_id, **mine}, {"$set": changes})

    async def bring_forward(self, conversation_id: str, work: Field, now: datetime) -> None:
        """Let work that nobody is at be taken now."""
        waiting = {f"{work}.owner": None, f"{work}.at": {"$gt": now}}
        await self._all.update_one({"_id": conversation_id, **waiting}, {"$set": {f"{work}.at": now}})

    async def finish(self, conversation_id: str, work: Field, owner: str, rev: int, now: datetime) -> bool:
        """End the work, unless the conversation has changed since `rev`: then it is due now, and False.

        The end of a turn is a change: who remembers that one was due would not make the next one due. That of
        a delivery is none, since pages would miss a `rev` that nobody told them of.
        """
        again = {"at": now, "owner": None, "attempts": 0}
        ended = {"$cond": [{"$eq": ["$rev", rev]}, None, again]}
        changes = {"rev": {"$add": ["$rev", 1]}} if work == "turn" else {}
        document = await self._all.find_one_and_update(
            {"_id": conversation_id, f"{work}.owner": owner},
            [{"$set": {work: ended, **changes}}],
            projection={work: 1},
            return_document=True,
        )
        return document is not None and document[work] is None


def _not_in(channels: Collection[str]) -> Document:
    return {"channel_id": {"$nin": list(channels)}} if channels else {}
