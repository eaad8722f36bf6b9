"""Messages: read as a thread, found again by a provider's id."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from inbox.model.commit import EarlyStatus
from inbox.model.message import Message
from inbox.store.codec import Document, to_value

_TO_SEND = ["queued", "sending"]


class Messages:
    """The collections `messages` and `early_statuses`."""

    def __init__(self, database: Any) -> None:
        self._all = database.messages
        self._early = database.early_statuses

    async def get(self, message_id: str, session: Any = None) -> Message | None:
        """The message, or None."""
        document = await self._all.find_one({"_id": message_id}, session=session)
        return to_value(document, Message) if document else None

    async def named(
        self, external_keys: Iterable[str], ids: Iterable[str], session: Any = None
    ) -> list[Message]:
        """The messages of these provider's ids or of these ids of ours."""
        either: list[Document] = []
        if keys := list(external_keys):
            either.append({"external_key": {"$in": keys}})
        if own := list(ids):
            either.append({"_id": {"$in": own}})
        if not either:
            return []
        query = either[0] if len(either) == 1 else {"$or": either}
        return [to_value(d, Message) for d in await self._all.find(query, session=session).to_list(None)]

    async def ids_between(self, first_key: str, last_key: str, limit: int = 50) -> list[str]:
        """The provider's ids of messages whose `external_key` lies between these, in their order."""
        query = {"external_key": {"$gte": first_key, "$lt": last_key}}
        found = self._all.find(query, {"external_id": 1}).sort("external_key", 1).limit(limit)
        return [d["external_id"] for d in await found.to_list(limit)]

    async def by_client_id(
        self, conversation_id: str, author_id: str | None, client_id: str, session: Any = None
    ) -> Message | None:
        """The message that this author has already sent under this id."""
        query = {"conversation_id": conversation_id, "author.id": author_id, "client_id": client_id}
        document = await self._all.find_one(query, session=session)
        return to_value(document, Message) if document else None

    async def page(
        self, conversation_id: str, *, before_seq: int | None, limit: int, session: Any = None
    ) -> tuple[list[Message], bool]:
        """The newest `limit` messages before `before_seq`, oldest first, and whether there are older ones."""
        query: Document = {"conversation_id": conversation_id}
        if before_seq is not None:
            query["seq"] = {"$lt": before_seq}
        newest = self._all.find(query, session=session).sort("seq", -1).limit(limit + 1)
        found = await newest.to_list(limit + 1)
        return [to_value(d, Message) for d in reversed(found[:limit])], len(found) > limit

    async def since_seq(self, conversation_id: str, after: int, limit: int) -> list[Message]:
        """The oldest `limit` messages that come after the one of this number, in their order."""
        query = {"conversation_id": conversation_id, "seq": {"$gt": after}}
        found = await self._all.find(query).sort("seq", 1).limit(limit).to_list(limit)
        return [to_value(d, Message) for d in found]

    async def first_after(self, conversation_id: str, moment: datetime) -> Message | None:
        """The first message of a conversation at this moment or after it, None if there is none.

        Messages are as old as their `seq` says, so it is looked for by halves: no index by time is needed.
        """
        newest, _ = await self.page(conversation_id, before_seq=None, limit=1)
        if not newest or newest[0].created_at < moment:
            return None
        low, found = 1, newest[0]
        while low < found.seq:  # it is not before `low`, and `found` is late enough
            query = {"conversation_id": conversation_id, "seq": {"$gte": (low + found.seq) // 2}}
            document = (await self._all.find(query).sort("seq", 1).limit(1).to_list(1))[0]
            message = to_value(document, Message)
            if message.created_at < moment:
                low = message.seq + 1
            elif message.seq < found.seq:
                found = message
            else:
                break
        return found

    async def changed_since(self, conversation_id: str, rev: int) -> list[Message]:
        """Every message that is new or changed since `rev`, in their order."""
        query = {"conversation_id": conversation_id, "rev": {"$gt": rev}}
        found = await self._all.find(query).sort("rev", 1).to_list(None)
        return sorted((to_value(d, Message) for d in found), key=lambda m: m.seq)

    async def heard(
        self, conversation_id: str, after_seq: int, up_to_seq: int, session: Any = None
    ) -> list[Message]:
        """What the customer wrote after `after_seq`, in its order."""
        query = {
            "conversation_id": conversation_id,
            "seq": {"$gt": after_seq, "$lte": up_to_seq},
            "direction": "in",
        }
        found = await self._all.find(query, session=session).sort("seq", 1).to_list(None)
        return [to_value(d, Message) for d in found]

    async def to_send(self, conversation_id: str, limit: int, session: Any = None) -> list[Message]:
        """What must still go out, in its order."""
        query = {"conversation_id": conversation_id, "status": {"$in": _TO_SEND}}
        found = await self._all.find(query, session=session).sort("seq", 1).to_list(limit)
        return [to_value(d, Message) for d in found]

    async def to_send_in(self, conversation_ids: list[str], limit: int) -> dict[str, list[Message]]:
        """By conversation what must still go out, in its order, at most `limit` of each.

        One question for all of them, unless they have very much queued.
        """
        found: dict[str, list[Message]] = {each: [] for each in conversation_ids}
        most = limit * len(conversation_ids)
        query = {"conversation_id": {"$in": conversation_ids}, "status": {"$in": _TO_SEND}}
        order = [("conversation_id", 1), ("seq", 1)]
        documents = await self._all.find(query).sort(order).limit(most).to_list(most)
        if len(documents) == most:  # one that has more than its share may hide another
            return {each: await self.to_send(each, limit) for each in conversation_ids}
        for document in documents:
            found[document["conversation_id"]].append(to_value(document, Message))
        return {each: messages[:limit] for each, messages in found.items()}

    async def dead(self, limit: int) -> list[Message]:
        """Messages that could not be delivered, the newest first."""
        found = await self._all.find({"status": "failed"}).sort("_id", -1).to_list(limit)
        return [to_value(d, Message) for d in found]

    async def last_failed(self, channel_id: str) -> Message | None:
        """The newest message of a channel that could not be delivered, or None."""
        query = {"status": "failed", "channel_id": channel_id}
        found = await self._all.find(query).sort("_id", -1).limit(1).to_list(1)
        return to_value(found[0], Message) if found else None

    async def early(self, external_keys: Iterable[str], session: Any = None) -> list[EarlyStatus]:
        """Reports that came before the receipt of their message was written."""
        query = {"_id": {"$in": list(external_keys)}}
        return [
            to_value(d, EarlyStatus) for d in await self._early.find(query, session=session).to_list(None)
        ]

    async def early_keys(self, since: datetime | None, chunk: int = 500) -> AsyncIterator[list[str]]:
        """Ids of the reports that came without their message, since then if given, some at a time."""
        query: Document = {"at": {"$gte": since}} if since else {}
        keys: list[str] = []
        async for document in self._early.find(query, {"_id": 1}).batch_size(chunk):
            keys.append(document["_id"])
            if len(keys) == chunk:
                yield keys
                keys = []
        if keys:
            yield keys

    async def forget_early(self, external_keys: Iterable[str], session: Any = None) -> None:
        """Drop reports that have been applied."""
        await self._early.delete_many({"_id": {"$in": list(external_keys)}}, session=session)
