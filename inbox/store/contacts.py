"""Contacts, found by any of their identities."""

from collections.abc import Iterable
from typing import Any

from inbox.model.contact import Contact
from inbox.store.codec import to_value


class Contacts:
    """The collection `contacts`."""

    def __init__(self, database: Any) -> None:
        self._all = database.contacts

    async def get(self, contact_id: str, session: Any = None) -> Contact | None:
        """The contact, or None."""
        document = await self._all.find_one({"_id": contact_id}, session=session)
        return to_value(document, Contact) if document else None

    async def known_as(self, identity_keys: Iterable[str], session: Any = None) -> list[Contact]:
        """The contacts that have any of these identities."""
        keys = list(identity_keys)
        if not keys:
            return []
        found = await self._all.find({"identity_keys": {"$in": keys}}, session=session).to_list(None)
        return [to_value(d, Contact) for d in found]
