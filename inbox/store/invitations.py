"""The collection `invitations`, and the account that one of them makes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from inbox.model.invitation import Invitation
from inbox.model.people import User
from inbox.store.codec import Document, to_document
from inbox.store.commits import DURABLE
from inbox.store.registers import Register

INVITATIONS_KEPT = 90 * 86_400
"""Seconds, how long after its end a link can still say what became of it."""


class Invitations(Register[Invitation]):
    """The collection `invitations`."""

    def __init__(self, client: Any, database: Any) -> None:
        super().__init__(database.invitations, Invitation)
        self._client = client
        self._users = database.users
        self._teams = database.teams

    async def of(self, email: str, now: datetime) -> Invitation | None:
        """The invitation of this address that is open, None if there is none."""
        return await self.first({"email": email} | _open(now))

    async def revoke(self, query: Document, now: datetime) -> list[Invitation]:
        """Make void what is open of those that match. Which these were."""
        found = await self.list(query | _open(now))
        revoked = []
        for one in found:
            change = {"$set": {"revoked_at": now}}
            if (await self._all.update_one({"_id": one.id} | _open(now), change)).modified_count:
                revoked.append(one)
        return revoked

    async def accept(self, key: str, user: User, teams: Iterable[str], now: datetime) -> bool | None:
        """Use an invitation up and make the user of it, a member of these teams, all in one transaction.

        False if it is not open any more, None if the address has an account; then nothing has changed. Of two
        who come at once, one is a moment later.
        """

        async def work(session: Any) -> bool:
            used = {"$set": {"used_at": now}}
            done = await self._all.update_one({"_id": key} | _open(now), used, session=session)
            if not done.modified_count:
                return False
            await self._users.insert_one(to_document(user), session=session)
            member = {"$addToSet": {"members": user.id}}
            await self._teams.update_many({"_id": {"$in": list(teams)}}, member, session=session)
            return True

        async with await self._client.start_session() as session:
            try:
                accepted: bool = await session.with_transaction(work, write_concern=DURABLE)
            except DuplicateKeyError:
                return None
            return accepted


def _open(now: datetime) -> Document:
    return {"used_at": None, "revoked_at": None, "expires_at": {"$gt": now}}
