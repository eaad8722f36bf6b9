"""Who is here, over all processes: one document for each connected page, which vanishes if not renewed."""

from datetime import datetime, timedelta
from typing import Any

from pymongo.write_concern import WriteConcern

from inbox.store.codec import Document

LIFE = timedelta(seconds=60)
_BRIEFLY = WriteConcern(w=1)


class Presence:
    """The collections `presence`, `throttles` and `paces`: what need not outlive a minute, nor a fall."""

    def __init__(self, database: Any) -> None:
        self._pages = database.presence
        self._throttles = database.throttles
        self._paces = database.get_collection("paces", write_concern=_BRIEFLY)

    async def arrive(self, page: str, agent_id: str, name: str, now: datetime) -> None:
        """A page of an agent connected."""
        fields = {"agent_id": agent_id, "name": name, "until": now + LIFE}
        await self._pages.update_one({"_id": page}, {"$set": fields}, upsert=True)

    async def renew(self, pages: list[str], now: datetime) -> None:
        """These pages are still connected."""
        await self._pages.update_many({"_id": {"$in": pages}}, {"$set": {"until": now + LIFE}})

    async def view(self, page: str, conversation_id: str | None) -> str | None:
        """A page shows this conversation from now on. The one it showed before, or None."""
        before = await self._pages.find_one_and_update(
            {"_id": page}, {"$set": {"conversation_id": conversation_id, "typing": None}}
        )
        return before.get("conversation_id") if before else None

    async def type(self, page: str, until: datetime | None) -> None:
        """Someone types on a page, until then if nothing more is heard."""
        await self._pages.update_one({"_id": page}, {"$set": {"typing": until}})

    async def leave(self, page: str) -> str | None:
        """A page is gone. The conversation that it showed, or None."""
        before = await self._pages.find_one_and_delete({"_id": page})
        return before.get("conversation_id") if before else None

    async def online(self, now: datetime) -> set[str]:
        """Ids of the agents with a page open."""
        return set(await self._pages.distinct("agent_id", {"until": {"$gt": now}}))

    async def viewers(self, conversation_id: str, now: datetime) -> list[Document]:
        """The agents who have the conversation open: `{"id", "name", "typing"}`, each once."""
        found = await self._pages.find({"conversation_id": conversation_id, "until": {"$gt": now}}).to_list(
            200
        )
        agents: dict[str, Document] = {}
        for page in found:
            typing = bool(page.get("typing") and page["typing"] > now)
            seen = agents.setdefault(
                page["agent_id"], {"id": page["agent_id"], "name": page["name"], "typing": False}
            )
            seen["typing"] = seen["typing"] or typing
        return list(agents.values())

    async def strike(self, key: str, now: datetime, memory: timedelta) -> int:
        """Note an attempt by `key` and say how many there are, within `memory` of the first of them."""
        lasts = {"$gt": ["$until", now]}
        document = await self._throttles.find_one_and_update(
            {"_id": key},
            [
                {
                    "$set": {
                        "count": {"$cond": [lasts, {"$add": ["$count", 1]}, 1]},
                        "until": {"$cond": [lasts, "$until", now + memory]},
                    }
                }
            ],
            upsert=True,
            return_document=True,
        )
        return int(document["count"])

    async def rest(self, key: str, until: datetime) -> None:
        """Remember the attempts by `key` until then."""
        await self._throttles.update_one({"_id": key}, {"$set": {"until": until}})

    async def reserve(self, line: str, count: int, gap: float, earliest: float) -> float:
        """Take the next `count` places of a line, `gap` seconds apart, and say when the first of them is.

        Moments are seconds since 1970. No two who ask get the same place; none is before `earliest`.
        """
        first = {"$max": ["$next", earliest]}
        document = await self._paces.find_one_and_update(
            {"_id": line},
            [{"$set": {"first": first, "next": {"$add": [first, count * gap]}}}],
            upsert=True,
            return_document=True,
        )
        return float(document["first"])

    async def pardon(self, key: str, strikes: int | None = None) -> None:
        """Take back so many attempts by `key`, or all."""
        if strikes is None:
            await self._throttles.delete_one({"_id": key})
        else:
            await self._throttles.update_one({"_id": key}, {"$inc": {"count": -strikes}})
