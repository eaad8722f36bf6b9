"""The collection `tallies`: what the reports tell, counted once for each half hour.

A document is a half hour, with a row for each kind of thing that was counted in it. A report adds rows up: it
never reads the messages, and tells of them still where they are deleted after a time.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from inbox.model.tally import AGENTS, BOT, EVENTS, LABELLED, RECEIVED, SLOT, STARTED, STEP, slot_of
from inbox.store.codec import Document

_LATEST = timedelta(minutes=2)
"""How long after its end a half hour is counted for good: what was begun in it is written by then."""

_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_PERIOD_LIMIT_MS = 20_000


class Row(msgspec.Struct, frozen=True):
    """How often something happened between two moments. What does not apply is None."""

    of: str | None
    """The day, channel, team, agent, reason or label that the report is about."""
    what: str
    """One of those of `inbox.model.tally`."""
    step: int | None
    """How long the customer had waited for it, if they had."""
    number: int


class Tallies:
    """Counts the half hours, and adds them up."""

    def __init__(self, database: Any) -> None:
        self._tallies = database.tallies
        self._messages = database.messages
        self._conversations = database.conversations

    async def go_on(self, now: datetime, most: int) -> int:
        """Count what is not counted for good, at most so many half hours, and say how many those were.

        May be done by several at once, and again.
        """
        since = await self._uncounted()
        for done in range(most):
            first = await self._first(since)
            if first is None or first > now:
                return done
            await self._count(first, now)
            since = first + SLOT
        return most

    async def counted_at(self) -> datetime | None:
        """Up to when everything is counted: when the last half hour was looked at."""
        last = await self._tallies.find({}, {"at": 1}).sort("_id", -1).limit(1).to_list(1)
        return last[0]["at"] if last else None

    async def added_up(self, since: datetime, until: datetime, by: str, zone: str) -> list[Row]:
        """What happened in the half hours that begin between the moments, by day or by a field of the rows.

        `by` is `day`, `channel_id`, `team_id`, `agent_id`, `reason` or `label`; days are those of that zone.
        """
        day = {"$dateToString": {"date": "$_id", "format": "%Y-%m-%d", "timezone": zone}}
        of: Any = day if by == "day" else f"$rows.{by}"
        key = {"of": of, "what": "$rows.what", "step": "$rows.step"}
        pipeline: list[Document] = [
            {"$match": {"_id": {"$gte": since, "$lt": until}}},
            {"$unwind": "$rows"},
            {"$group": {"_id": key, "number": {"$sum": "$rows.number"}}},
        ]
        found = self._tallies.aggregate(pipeline, maxTimeMS=_PERIOD_LIMIT_MS)
        return [_row(document) async for document in found]

    async def _uncounted(self) -> datetime:
        """From where on a half hour may not be counted for good yet."""
        last = self._tallies.find({"is_whole": True}, {"_id": 1}).sort("_id", -1).limit(1)
        return next((d["_id"] + SLOT for d in await last.to_list(1)), _FIRST)

    async def _first(self, since: datetime) -> datetime | None:
        """The first half hour from then on in which anything was said."""
        found = self._messages.find({"_id": {"$gte": _id_at(since)}}, {"_id": 1}).sort("_id", 1).limit(1)
        ids = await found.to_list(1)
        return slot_of(_moment_of(ids[0]["_id"])) if ids else None

    async def _count(self, slot: datetime, now: datetime) -> None:
        within = {"_id": {"$gte": _id_at(slot), "$lt": _id_at(slot + SLOT)}}
        rows = [r async for d in self._messages.aggregate([{"$match": within}, *_SAID]) for r in _kept(d)]
        begun = self._conversations.aggregate([{"$match": within}, *_BEGUN])
        rows += [r async for d in begun for r in _kept(d)]
        is_whole = now >= slot + SLOT + _LATEST
        fresh = {"at": min(now, slot + SLOT), "is_whole": is_whole, "rows": rows}
        with suppress(DuplicateKeyError):  # counted for good by another, and messages may be deleted since
            await self._tallies.update_one({"_id": slot, "is_whole": False}, {"$set": fresh}, upsert=True)


def _what() -> Document:
    """What a message counts as, None for what does not count."""
    kind, event, author = "$content.type", "$content.event", "$author.kind"
    branches = [
        (
            {"$eq": [kind, "activity"]},
            {"$cond": [{"$in": [event, list(EVENTS)]}, event, None]},
        ),
        ({"$or": [{"$eq": [kind, "note"]}, {"$eq": ["$status", "cancelled"]}]}, None),
        ({"$eq": ["$direction", "in"]}, RECEIVED),
        ({"$eq": [author, "bot"]}, BOT),
        ({"$eq": [author, "agent"]}, AGENTS),
    ]
    return {"$switch": {"branches": [{"case": c, "then": t} for c, t in branches], "default": None}}


def _step() -> Document:
    """As `inbox.model.tally.step_of`."""
    waited = "$answered.waited"
    step = {"$toInt": {"$floor": {"$divide": [{"$ln": {"$max": [waited, 1]}}, STEP]}}}
    return {"$cond": [{"$gt": [waited, None]}, step, None]}


_SAID: list[Document] = [
    # One message that became several on its way is one.
    {"$match": {"part_of": None}},
    {
        "$group": {
            "_id": {
                "what": _what(),
                "channel_id": "$channel_id",
                "agent_id": {
                    "$cond": [{"$eq": ["$author.kind", "agent"]}, "$author.id", "$content.details.by_id"]
                },
                "team_id": {"$ifNull": ["$answered.team_id", "$content.details.team_id"]},
                "reason": "$content.details.reason",
                "labels": {"$cond": [{"$eq": ["$content.event", LABELLED]}, "$content.details.added", None]},
                "step": _step(),
            },
            "number": {"$sum": 1},
        }
    },
    {"$match": {"_id.what": {"$ne": None}}},
]

_BEGUN: list[Document] = [
    {"$group": {"_id": {"what": STARTED, "channel_id": "$channel_id"}, "number": {"$sum": 1}}},
]


def _kept(document: Document) -> list[Document]:
    """The row; where labels were given, one for each of them, and none where they were only taken away."""
    key = {k: v for k, v in document["_id"].items() if v is not None}
    labels, number = key.pop("labels", []), {"number": document["number"]}
    if key["what"] == LABELLED:
        return [key | {"label": label} | number for label in labels]
    return [key | number]


def _row(document: Document) -> Row:
    key = document["_id"]
    return Row(key.get("of"), key["what"], key.get("step"), document["number"])


def _id_at(moment: datetime) -> str:
    """What sorts before every id of that moment and later, after all others: see `inbox.model.ids`."""
    return f"{int(moment.timestamp() * 1000):012x}"


def _moment_of(made: str) -> datetime:
    return datetime.fromtimestamp(int(made[:12], 16) / 1000, UTC)
