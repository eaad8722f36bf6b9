"""Those who sign in, and the roles that admins make."""

from typing import Any

from inbox.model.people import KeptRole, User
from inbox.store.codec import Document
from inbox.store.commits import DURABLE
from inbox.store.registers import Register


class Users(Register[User]):
    """The collection `users`."""

    def __init__(self, client: Any, database: Any) -> None:
        super().__init__(database.users, User)
        self._client = client
        self._meta = database.meta

    async def change_one(self, user_id: str, fields: Document, *, admins: list[str]) -> bool:
        """Change some fields of a user, unless nobody of the roles `admins` would be left who may sign in.

        False if that is so. Two who do so at once have their turns one after the other.
        """

        async def work(session: Any) -> bool:
            await self._meta.update_one({"_id": "users"}, {"$inc": {"rev": 1}}, upsert=True, session=session)
            await self._all.update_one({"_id": user_id}, {"$set": fields}, session=session)
            others = {"role": {"$in": admins}, "disabled": False}
            if await self._all.find_one(others, session=session):
                return True
            await session.abort_transaction()
            return False

        async with await self._client.start_session() as session:
            done: bool = await session.with_transaction(work, write_concern=DURABLE)
            return done

    async def change_role(self, user_id: str, before: str, after: str) -> bool:
        """Give a user another role, unless they have another one than `before` by now: then False."""
        found = await self._all.update_one({"_id": user_id, "role": before}, {"$set": {"role": after}})
        return bool(found.matched_count)

    async def set_language(self, user_id: str, language: str | None) -> None:
        """Write down the language of somebody's pages, beside whatever else changes of them."""
        await self._all.update_one({"_id": user_id}, {"$set": {"language": language}})


def roles(database: Any) -> Register[KeptRole]:
    """The collection `roles`."""
    return Register(database.roles, KeptRole)
