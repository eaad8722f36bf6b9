"""What customers refused, by address, and the ledger that proves it."""

import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from connectors.events import Purpose
from inbox.model.consent import ConsentEvent, Refusals, Standing, standing_id, united
from inbox.model.erasure import fingerprint
from inbox.store.codec import Document, to_document, to_value

_SEALED = "erased:"
"""Before the fingerprint of an address whose owner was erased, in the name of a standing."""


class Asked(NamedTuple):
    """A question about standings, and how its answer is read."""

    query: Document
    sealed: dict[str, str]
    """By the name under which an erased owner's refusal is kept: the name that it has while it stands."""

    def read(self, found: Iterable[Document]) -> list[Standing]:
        """What stands. What an address's present owner said goes before what its erased one did."""
        standings: dict[str, Standing] = {}
        for document in found:
            former = self.sealed.get(document["_id"])
            standing = to_value({**document, "_id": former or document["_id"]}, Standing)
            if former:
                standings.setdefault(standing.id, standing)
            else:
                standings[standing.id] = standing
        return list(standings.values())


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
        asked = await self.asking(channel_ids, addresses, contact_ids)
        if asked is None:
            return []
        return asked.read(await self._standings.find(asked.query, session=session).to_list(None))

    async def asking(
        self, channel_ids: Iterable[str], addresses: Iterable[str], contact_ids: Iterable[str]
    ) -> "Asked | None":
        """The question of `standings`, to be put by whoever has a transaction; None if there is none."""
        channels, keys, people = list(channel_ids), list(addresses), list(contact_ids)
        either: list[Document] = []
        sealed: dict[str, str] = {}
        if keys and channels:
            salt = await self.salt()
            sealed = {_sealed(salt, c, key): standing_id(c, key) for c in channels for key in keys}
            either.append({"_id": {"$in": [*sealed, *sealed.values()]}})
        if people and channels:
            either.append({"contact_id": {"$in": people}, "channel_id": {"$in": channels}})
        return Asked({"$or": either}, sealed) if either else None

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

    async def consented(
        self, contact_ids: list[str], channel_id: str, purpose: Purpose, session: Any = None
    ) -> set[str]:
        """Which of these contacts said yes to this purpose on this channel, and not no since."""
        query = {"contact_id": {"$in": contact_ids}, "channel_id": channel_id, "purpose": purpose.value}
        last: dict[str, bool] = {}
        async for each in self._events.find(query, {"contact_id": 1, "granted": 1}, session=session).sort(
            [("contact_id", 1), ("_id", 1)]
        ):
            last[each["contact_id"]] = each["granted"]
        return {contact_id for contact_id, granted in last.items() if granted}

    async def ledger(self, contact_id: str, limit: int = 1000, session: Any = None) -> list[ConsentEvent]:
        """The evidence, the newest first."""
        found = self._events.find({"contact_id": contact_id}, session=session).sort("_id", -1).limit(limit)
        return [to_value(d, ConsentEvent) for d in await found.to_list(limit)]


def _sealed(salt: bytes, channel_id: str, key: str) -> str:
    return standing_id(channel_id, _SEALED + fingerprint(salt, key))
