"""What customers refused, by address, and the ledger that proves it."""

import secrets
from collections.abc import Iterable
from typing import Any

import msgspec

from inbox.model.consent import ConsentEvent, Refusals, Standing, standing_id, united
from inbox.model.erasure import fingerprint
from inbox.store.codec import Document, to_document, to_value

_SEALED = "erased:"
"""Before the fingerprint of an address whose owner was erased, in the name of a standing."""


class Consents:
    """The collections `standings` and `consents`."""

    def __init__(self, database: Any) -> None:
        self._standings = database.standings
        self._events = database.consents
        self._meta = database.meta
        self._salt: bytes | None = None

    async def salt(self) -> bytes:
        """This installation's salt for fingerprints of addresses, made when it is first asked for."""
        if self._salt is None:
            new = {"$setOnInsert": {"value": secrets.token_bytes(32)}}
            kept = await self._meta.find_one_and_update(
                {"_id": "salt"}, new, upsert=True, return_document=True
            )
            self._salt = bytes(kept["value"])
        return self._salt

    async def seal(self, standings: Iterable[Standing], session: Any) -> None:
        """Keep what stands for addresses of somebody who is erased, but not the addresses.

        A refusal outlives the erasure: it is what the person asked of us. Their words do not.
        """
        salt = await self.salt()
        for standing in standings:
            await self._standings.delete_one({"_id": standing.id}, session=session)
            if not standing.refusals:
                continue
            key = standing.id.removeprefix(standing_id(standing.channel_id, ""))
            bare = [msgspec.structs.replace(r, words=None, message_id=None) for r in standing.refusals]
            sealed = msgspec.structs.replace(
                standing, id=_sealed(salt, standing.channel_id, key), contact_id="", refusals=tuple(bare)
            )
            document = to_document(sealed)
            await self._standings.replace_one({"_id": sealed.id}, document, upsert=True, session=session)

    async def standings(
        self,
        channel_ids: Iterable[str],
        addresses: Iterable[str],
        contact_ids: Iterable[str],
        session: Any = None,
    ) -> list[Standing]:
        """What stands on these channels for these addresses (keys of identities) and these contacts.

        Also what stands for an address since before its owner was erased, unless its present owner has said
        something since.
        """
        query = standings_query(channel_ids, addresses, contact_ids)
        found = await self._standings.find(query, session=session).to_list(None) if query else []
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


def _sealed(salt: bytes, channel_id: str, key: str) -> str:
    return standing_id(channel_id, _SEALED + fingerprint(salt, key))


def standings_query(
    channel_ids: Iterable[str], addresses: Iterable[str], contact_ids: Iterable[str]
) -> Document | None:
    """What `Consents.standings` asks; None if there is nothing to ask."""
    channels, keys, people = list(channel_ids), list(addresses), list(contact_ids)
    either: list[Document] = []
    if keys and channels:
        either.append({"_id": {"$in": [standing_id(c, key) for c in channels for key in keys]}})
    if people and channels:
        either.append({"contact_id": {"$in": people}, "channel_id": {"$in": channels}})
    return {"$or": either} if either else None
