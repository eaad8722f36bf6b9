"""How agents are given work, and which conversations there are to give."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from inbox.model.seat import KeptSeat, Queued
from inbox.store.codec import to_value
from inbox.store.registers import Register

_LOOKED_AT = dict.fromkeys(Queued.__struct_fields__[1:], 1)


class Seats(Register[KeptSeat]):
    """The collection `seats`, and routing's questions to `conversations`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.seats, KeptSeat)
        self._conversations = database.conversations

    async def by_agent(self) -> dict[str, KeptSeat]:
        """Every seat that is kept, by the agent's id."""
        return {seat.id: seat for seat in await self.list(limit=10_000)}

    async def note(self, agent_id: str, **fields: Any) -> None:
        """Change some fields of an agent's seat."""
        await self._all.update_one({"_id": agent_id}, {"$set": fields}, upsert=True)

    async def note_seen(self, agent_ids: Iterable[str], now: datetime) -> None:
        """These agents are here."""
        seen = [UpdateOne({"_id": id}, {"$set": {"seen_at": now}}, upsert=True) for id in agent_ids]
        if seen:
            await self._all.bulk_write(seen, ordered=False)

    async def queue(self, team_ids: Collection[str], limit: int) -> list[Queued]:
        """Conversations of these teams that nobody has, in no order."""
        query = {"speaker.kind": "nobody", "status": "open", "assignee_id": None, **_of(team_ids)}
        found = await self._conversations.find(query, _LOOKED_AT).limit(limit).to_list(limit)
        return [to_value(document, Queued) for document in found]

    async def held(self, agent_ids: Collection[str], team_ids: Collection[str], limit: int) -> list[Queued]:
        """Conversations of these teams in which a customer waits for one of these agents."""
        query = {
            "assignee_id": {"$in": list(agent_ids), "$gt": ""},
            "status": "open",
            "speaker.kind": {"$in": ["agent", "nobody"]},
            "waiting_since": {"$type": "date"},
            **_of(team_ids),
        }
        found = await self._conversations.find(query, _LOOKED_AT).limit(limit).to_list(limit)
        return [to_value(document, Queued) for document in found]

    async def held_by_others(self, team_id: str, members: Collection[str], limit: int) -> list[str]:
        """Ids of a team's conversations, but resolved ones, that somebody not among its members has."""
        query = {
            "team_id": team_id,
            "status": {"$in": ["open", "snoozed"]},
            "assignee_id": {"$nin": list(members), "$gt": ""},
        }
        found = await self._conversations.find(query, {"_id": 1}).limit(limit).to_list(limit)
        return [document["_id"] for document in found]


def _of(team_ids: Collection[str]) -> dict[str, Any]:
    return {"team_id": {"$in": list(team_ids), "$gt": ""}}
