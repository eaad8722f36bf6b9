"""What people sign in with, and what stands between two halves of signing in."""

from datetime import datetime
from typing import Any

from inbox.model.entry import (
    Ceremony,
    Factors,
    Passkey,
    SamlSignOn,
    SignInLink,
    SignInPolicy,
    SingleSignOn,
    Spent,
)
from inbox.store.codec import to_value
from inbox.store.registers import Register


class FactorStore(Register[Factors]):
    """The collection `factors`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.factors, Factors)

    async def propose(self, user_id: str, pending: str) -> None:
        """Keep a sealed secret that is to be confirmed, in place of one that was not."""
        await self._all.update_one({"_id": user_id}, {"$set": {"pending": pending}}, upsert=True)

    async def confirm(self, user_id: str, pending: str, step: int, recovery: tuple[str, ...]) -> bool:
        """Make this pending secret the one that counts. False if it is pending no longer."""
        fields = {"totp": pending, "pending": None, "step": step, "recovery": list(recovery)}
        found = await self._all.update_one({"_id": user_id, "pending": pending}, {"$set": fields})
        return bool(found.modified_count)

    async def take_step(self, user_id: str, step: int) -> bool:
        """Use up the code of these 30 seconds, and all before. False if it was used."""
        query = {"_id": user_id, "step": {"$lt": step}}
        return bool((await self._all.update_one(query, {"$set": {"step": step}})).modified_count)

    async def take_recovery(self, user_id: str, digest: str) -> bool:
        """Use up a recovery code. False if there is no such one."""
        query = {"_id": user_id, "recovery": digest}
        return bool((await self._all.update_one(query, {"$pull": {"recovery": digest}})).modified_count)


class Passkeys(Register[Passkey]):
    """The collection `passkeys`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.passkeys, Passkey)

    async def of(self, user_id: str) -> list[Passkey]:
        """A user's passkeys, the oldest first."""
        return await self.list({"user_id": user_id}, sort="created_at")

    async def note_use(self, passkey: Passkey, sign_count: int, now: datetime) -> bool:
        """It was used. False if it was used meanwhile, or is gone."""
        query = {"_id": passkey.id, "sign_count": passkey.sign_count, "used_at": passkey.used_at}
        fields = {"sign_count": sign_count, "used_at": now}
        return bool((await self._all.update_one(query, {"$set": fields})).modified_count)


class Ceremonies(Register[Ceremony]):
    """The collection `ceremonies`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.ceremonies, Ceremony)

    async def take(self, key: str) -> Ceremony | None:
        """The ceremony of that id, which nobody can take again; None if there is none."""
        document = await self._all.find_one_and_delete({"_id": key})
        return to_value(document, Ceremony) if document else None


def policies_of_entry(database: Any) -> Register[SignInPolicy]:
    """The collection `sign_in`, which has one entry."""
    return Register(database.sign_in, SignInPolicy)


def single_sign_on(database: Any) -> Register[SingleSignOn]:
    """The collection `single_sign_on`, which has one entry."""
    return Register(database.single_sign_on, SingleSignOn)


def sign_in_links(database: Any) -> Register[SignInLink]:
    """The collection `sign_in_links`."""
    return Register(database.sign_in_links, SignInLink)


def saml_sign_on(database: Any) -> Register[SamlSignOn]:
    """The collection `saml_sign_on`, which has one entry."""
    return Register(database.saml_sign_on, SamlSignOn)


def spent(database: Any) -> Register[Spent]:
    """The collection `spent`."""
    return Register(database.spent, Spent)
