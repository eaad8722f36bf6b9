"""The only room that knows MongoDB. `Store` is what the rest is given."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Self, TypeVar

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import PyMongoError

from inbox.model.commit import Commit
from inbox.store import registers
from inbox.store.codec import Document
from inbox.store.commits import DURABLE, Conflict, StoreUnavailable, Unwritable, transact, write
from inbox.store.contacts import Contacts
from inbox.store.conversations import Conversations
from inbox.store.indexes import create_indexes
from inbox.store.messages import Messages
from inbox.store.migrations import migrate
from inbox.store.presence import Presence

__all__ = ["Conflict", "Store", "StoreError", "StoreUnavailable", "Unwritable"]

StoreError = PyMongoError
"""Whatever MongoDB or the way to it may raise; `StoreUnavailable` is one of them."""

T = TypeVar("T")
_TIMES: Any = CodecOptions(tz_aware=True)


class Store:
    """One database: a part for each collection, and commits over all of them."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._database = client.get_database(name, codec_options=_TIMES, write_concern=DURABLE)
        self.contacts = Contacts(self._database)
        self.conversations = Conversations(self._database)
        self.messages = Messages(self._database)
        self.presence = Presence(self._database)
        self.channels = registers.Channels(self._database)
        self.users = registers.users(self._database)
        self.sessions = registers.sessions(self._database)
        self.tokens = registers.tokens(self._database)
        self.quarantine = registers.Quarantine(self._database)

    @classmethod
    async def open(cls, uri: str, name: str, *, wait: timedelta = timedelta(seconds=30)) -> Self:
        """Connect, bring the schema up to date and create the indexes.

        Raises `StoreUnavailable` if no primary answers within `wait`, `StoreTooNew` for a newer schema.
        """
        client: Any = AsyncIOMotorClient(
            uri, serverSelectionTimeoutMS=int(wait.total_seconds() * 1000), appname="parley"
        )
        store = cls(client, name)
        try:
            await migrate(store._database)
            await create_indexes(store._database)
        except PyMongoError as error:
            client.close()
            raise StoreUnavailable(f"MongoDB does not answer: {str(error)[:200]}") from error
        return store

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    async def is_alive(self) -> bool:
        """Whether a primary answers now."""
        try:
            await self._database.command("ping", maxTimeMS=2000)
        except PyMongoError:
            return False
        return True

    async def change(self, work: Callable[[Any], Awaitable[tuple[Commit, T]]]) -> tuple[Commit, T]:
        """Run `work(session)`, which reads and answers a commit and a result, and write that commit.

        Both happen in one transaction, so nothing that `work` read can have changed; it may be run several
        times. Raises `Conflict`, `Unwritable`, `StoreUnavailable`.
        """

        async def reading_and_writing(session: Any) -> tuple[Commit, T]:
            commit, result = await work(session)
            await write(self._database, commit, session)
            return commit, result

        return await transact(self._client, reading_and_writing)

    async def order(self, number: str) -> Document | None:
        """A sample order by its number, as `/api/v1/orders` shows it, or None."""
        document = await self._database.orders.find_one({"_id": number})
        if document is None:
            return None
        return {"number": document.pop("_id"), **document}

    async def add_orders(self, orders: list[Document]) -> None:
        """Put sample orders there, each under its `number`; those that exist are left alone."""
        for order in orders:
            fields = {k: v for k, v in order.items() if k != "number"}
            await self._database.orders.update_one(
                {"_id": order["number"]}, {"$setOnInsert": fields}, upsert=True
            )
