"""How promises ended, and which conversations are to be held against them anew."""

from datetime import datetime
from typing import Any

from inbox.store.codec import Document


class Promises:
    """The collection `promises`, and the marks of `conversations` that lead to it."""

    def __init__(self, database: Any) -> None:
        self._all = database.promises
        self._conversations = database.conversations

    async def look_anew(self, now: datetime) -> int:
        """Every conversation that people look after is due to be held against what is promised. How many."""
        theirs = {"speaker.kind": {"$in": ["agent", "nobody"]}, "status": {"$in": ["open", "snoozed"]}}
        answer = await self._conversations.update_many(
            theirs, {"$set": {"sla": {"at": now, "owner": None, "attempts": 0, "upto": None}}}
        )
        return int(answer.modified_count)

    async def counted(self, since: datetime, until: datetime, by: str) -> list[Document]:
        """How many promises ended well and badly between the moments: `{promise, by, kept, broken}`.

        `by` names a field of `Reckoned`: its values are counted apart.
        """
        pipeline: list[Document] = [
            {"$match": {"at": {"$gte": since, "$lt": until}}},
            {
                "$group": {
                    "_id": {"promise": "$promise", "by": f"${by}"},
                    "kept": {"$sum": {"$cond": ["$is_kept", 1, 0]}},
                    "broken": {"$sum": {"$cond": ["$is_kept", 0, 1]}},
                }
            },
        ]
        found = await self._all.aggregate(pipeline).to_list(10_000)
        rows: list[Document] = [{**d["_id"], "kept": d["kept"], "broken": d["broken"]} for d in found]
        return sorted(rows, key=lambda row: (row["promise"], row["by"] or ""))
