"""What rules look at, and how far they have looked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from inbox.model.message import Message
from inbox.model.rules import Macro, Rule
from inbox.store.codec import to_value
from inbox.store.registers import Register

_PLACE = "rules"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Automation:
    """Questions to `messages`, and the place of the rules in `progress`."""

    def __init__(self, database: Any) -> None:
        self._messages = database.messages
        self._progress = database.progress

    async def place(self) -> datetime | None:
        """Up to when rules have followed; None if they never did."""
        document = await self._progress.find_one({"_id": _PLACE})
        return document["at"] if document else None

    async def keep_place(self, at: datetime) -> None:
        """Rules have followed up to then."""
        await self._progress.update_one({"_id": _PLACE}, {"$max": {"at": at}}, upsert=True)

    async def lines_after(self, conversation_id: str, seq: int, limit: int) -> list[Message]:
        """The next lines of a conversation, the oldest first."""
        query = {"conversation_id": conversation_id, "seq": {"$gt": seq}}
        found = await self._messages.find(query).sort("seq", 1).limit(limit).to_list(limit)
        return [to_value(d, Message) for d in found]

    async def lines_between(self, since: datetime, until: datetime, limit: int) -> list[Message]:
        """Lines of all conversations between the moments, the newest first."""
        query = {"_id": {"$gte": _first_id(since), "$lt": _first_id(until)}}
        found = await self._messages.find(query).sort("_id", -1).limit(limit).to_list(limit)
        return [to_value(d, Message) for d in found]


def _first_id(at: datetime) -> str:
    """No id of that moment or later is smaller."""
    return f"{(at - _EPOCH) // timedelta(milliseconds=1):012x}"


class Rules(Register[Rule]):
    """The collection `rules`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.rules, Rule)

    async def note(self, rule_id: str, **fields: Any) -> None:
        """Change some fields of a rule, if there still is one."""
        await self._all.update_one(
            {"_id": rule_id}, {"$set": msgspec.to_builtins(fields, builtin_types=(datetime,))}
        )


def macros(database: Any) -> Register[Macro]:
    """The collection `macros`."""
    return Register(database.macros, Macro)
