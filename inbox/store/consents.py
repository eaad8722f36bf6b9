"""What customers refused, by address, and the ledger that proves it."""

from collections.abc import Iterable
from typing import Any

from inbox.model.consent import ConsentEvent, Refusals, Standing, standing_id, united
from inbox.store.codec import Document, to_value


class Consents:
    """The collections `standings` and `consents`."""

    def __init__(self, database: Any) -> None:
        self._standings = database.standings
        self._events = database.consents

    async def standings(
        self,
        channel_ids: Iterable[str],
        addresses: Iterable[str],
        contact_ids: Iterable[str],
        session: Any = None,
    ) -> list[Standing]:
        """What stands on these channels for these addresses (keys of identities) and these contacts."""
        channels, keys, people = list(channel_ids), list(addresses), list(contact_ids)
        either: list[Document] = []
        if keys and channels:
            either.append({"_id": {"$in": [standing_id(c, key) for c in channels for key in keys]}})
        if people and channels:
            either.append({"contact_id": {"$in": people}, "channel_id": {"$in": channels}})
        if not either:
            return []
        found = await self._standings.find({"$or": either}, session=session).to_list(None)
        return [to_value(d, Standing) for d in found]

    async def refusals(
        self, channel_id: str, addresses: Iterable[str], contact_id: str, session: Any = None
    ) -> Refusals:
        """What must not be sent to a contact under these addresses on this channel."""
        found = await self.standings([channel_id], addresses, [contact_id], session)
        return united([standing.refusals for standing in found])

    async def standings_of(self, contact_id: str, session: Any = None) -> list[Standing]:
        """All that stands for a contact, on every channel."""
        found = await self._standings.find({"contact_id": contact_id}, session=session).to_list(None)
        return [to_value(d, Standing) for d in found]

    async def ledger(self, contact_id: str, limit: int = 1000, session: Any = None) -> list[ConsentEvent]:
        """The evidence, the newest first."""
        found = self._events.find({"contact_id": contact_id}, session=session).sort("_id", -1).limit(limit)
        return [to_value(d, ConsentEvent) for d in await found.to_list(limit)]
