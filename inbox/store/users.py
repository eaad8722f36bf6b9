"""Those who sign in, and the roles that admins make."""

from typing import Any

from inbox.model.people import KeptRole, User
from inbox.store.codec import Document
from inbox.store.registers import Register


class Users(Register[User]):
    """The collection `users`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.users, User)
        self._meta = database.meta

    async def change_one(self, user_id: str, fields: Document, *, admins: list[str], session: Any) -> bool:
        """Change some fields of a user, in a transaction that is to be given up if this says False.

        That is so if nobody of the roles `admins` would be left who may sign in. Two who do so at once have
        their turns one after the other.
        """
        await self._meta.update_one({"_id": "users"}, {"$inc": {"rev": 1}}, upsert=True, session=session)
        await self._all.update_one({"_id": user_id}, {"$set": fields}, session=session)
        others = {"role": {"$in": admins}, "disabled": False}
        return await self._all.find_one(others, session=session) is not None

    async def change_role(self, user_id: str, before: str, after: str, *, session: Any) -> bool:
        """Give a user another role, unless they have another one than `before` by now: then False."""
        found = await self._all.update_one(
            {"_id": user_id, "role": before}, {"$set": {"role": after}}, session=session
        )
        return bool(found.matched_count)

    async def set_language(self, user_id: str, language: str | None) -> None:
        """Write down the language of somebody's pages, beside whatever else changes of them."""
        await self._all.update_one({"_id": user_id}, {"$set": {"language": language}})


def roles(database: Any) -> Register[KeptRole]:
    """The collection `roles`."""
    return Register(database.roles, KeptRole)
