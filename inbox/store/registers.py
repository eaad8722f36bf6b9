"""The small collections: channels, users with their sessions and tokens, and the quarantine."""

from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from connectors.contract import Webhook
from inbox.model.channel import Channel, Health
from inbox.model.commit import KeptRequest, Quarantined
from inbox.model.draft import KeptDraft
from inbox.model.people import Session, Token
from inbox.model.profile import Attribute, ContactNote
from inbox.model.push import PushKeys, Subscription, Wishes
from inbox.model.replies import SavedReply
from inbox.model.silence import Silence
from inbox.model.sla import Policy
from inbox.model.survey import Survey
from inbox.model.teaching import Edit
from inbox.model.team import Team
from inbox.model.view import View
from inbox.store.codec import Document, to_document, to_value

T = TypeVar("T", bound=msgspec.Struct)


class Register(Generic[T]):
    """A collection of values of one kind, each under its id."""

    def __init__(self, collection: Any, kind: type[T]) -> None:
        self._all = collection
        self._kind = kind

    async def get(self, key: str) -> T | None:
        """The value of that id, or None."""
        return await self.first({"_id": key})

    async def first(self, query: Document) -> T | None:
        """Any value that matches, or None."""
        document = await self._all.find_one(query)
        return to_value(document, self._kind) if document else None

    async def list(self, query: Document | None = None, *, sort: str = "_id", limit: int = 1000) -> list[T]:
        """The values that match; `sort` names a field, with a minus for downwards."""
        way = -1 if sort.startswith("-") else 1
        found = self._all.find(query or {}).sort(sort.lstrip("-"), way).limit(limit)
        return [to_value(d, self._kind) for d in await found.to_list(limit)]

    async def add(self, value: T) -> bool:
        """Keep a new value. False, changing nothing, if its id or another unique field is taken."""
        try:
            await self._all.insert_one(to_document(value))
        except DuplicateKeyError:
            return False
        return True

    async def put(self, value: T) -> None:
        """Keep the value in place of the one with its id."""
        document = to_document(value)
        await self._all.replace_one({"_id": document["_id"]}, document, upsert=True)

    async def swap(self, value: T) -> bool:
        """Keep the value in place of the one with its id. False if another unique field is taken."""
        document = to_document(value)
        try:
            await self._all.replace_one({"_id": document["_id"]}, document)
        except DuplicateKeyError:
            return False
        return True

    async def change(self, key: str, **fields: Any) -> bool:
        """Change some fields of the value of that id. False if there is none."""
        values = {name: msgspec.to_builtins(v, builtin_types=(datetime,)) for name, v in fields.items()}
        return bool((await self._all.update_one({"_id": key}, {"$set": values})).matched_count)

    async def change_all(self, query: Document, **fields: Any) -> None:
        """Change some fields of all that match."""
        await self._all.update_many(query, {"$set": fields})

    async def count(self) -> int:
        """How many there are, about."""
        return int(await self._all.estimated_document_count())

    async def remove(self, key: str) -> bool:
        """Drop the value of that id. False if there was none."""
        return bool((await self._all.delete_one({"_id": key})).deleted_count)

    async def remove_all(self, query: Document) -> int:
        """Drop all that match and say how many."""
        return int((await self._all.delete_many(query)).deleted_count)


class Channels(Register[Channel]):
    """The collection `channels`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.channels, Channel)

    async def note_health(self, channel_id: str, health: Health, *, enabled: bool | None = None) -> None:
        """Write down how a channel fares; `enabled` switches it too."""
        changes: Document = {"health": msgspec.to_builtins(health, builtin_types=(datetime,))}
        if enabled is not None:
            changes["enabled"] = enabled
        await self._all.update_one({"_id": channel_id}, {"$set": changes})

    async def note(self, channel_id: str, **fields: Any) -> bool:
        """Change some fields of a channel. False if there is none."""
        return await self.change(channel_id, **fields)

    async def with_assistants(self) -> dict[str, str]:
        """The channels that chose an assistant, each with its id."""
        found = self._all.find({"assistant": {"$gt": ""}}, {"assistant": 1})
        return {document["_id"]: document["assistant"] async for document in found}

    async def claim_upkeep(self, now: datetime, lease: timedelta) -> Channel | None:
        """A channel that is due to be looked after, then left to the caller for `lease`; None if none is."""
        document = await self._all.find_one_and_update(
            {"enabled": True, "$or": [{"upkeep_at": None}, {"upkeep_at": {"$lte": now}}]},
            {"$set": {"upkeep_at": now + lease}},
        )
        return to_value(document, Channel) if document else None


def sessions(database: Any) -> Register[Session]:
    """The collection `sessions`."""
    return Register(database.sessions, Session)


def replies(database: Any) -> Register[SavedReply]:
    """The collection `saved_replies`."""
    return Register(database.saved_replies, SavedReply)


def policies(database: Any) -> Register[Policy]:
    """The collection `sla_policies`."""
    return Register(database.sla_policies, Policy)


def drafts(database: Any) -> Register[KeptDraft]:
    """The collection `drafts`."""
    return Register(database.drafts, KeptDraft)


def views(database: Any) -> Register[View]:
    """The collection `views`."""
    return Register(database.views, View)


def surveys(database: Any) -> Register[Survey]:
    """The collection `surveys`, which has one entry."""
    return Register(database.surveys, Survey)


def silences(database: Any) -> Register[Silence]:
    """The collection `silences`, which has one entry."""
    return Register(database.silences, Silence)


class Teams(Register[Team]):
    """The collection `teams`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.teams, Team)

    async def all(self, session: Any = None) -> list[Team]:
        """Every team, by name."""
        found = await self._all.find({}, session=session).sort("name", 1).to_list(None)
        return [to_value(document, Team) for document in found]

    async def hidden_from(self, user_id: str, session: Any = None) -> frozenset[str]:
        """Ids of the private teams that a user is not in."""
        query = {"is_private": True, "members": {"$ne": user_id}}
        found = await self._all.find(query, {"_id": 1}, session=session).to_list(None)
        return frozenset(document["_id"] for document in found)

    async def private(self) -> dict[str, frozenset[str]]:
        """The private teams and who is in each."""
        found = await self.list({"is_private": True})
        return {team.id: frozenset(team.members) for team in found}

    async def forget_default(self, but: str) -> None:
        """No team but this one is the default any more."""
        others = {"is_default": True, "_id": {"$ne": but}}
        await self._all.update_many(others, {"$set": {"is_default": False}})

    async def forget_overflow(self, to: str) -> None:
        """No team overflows to this one any more."""
        await self._all.update_many({"overflow_team_id": to}, {"$set": {"overflow_team_id": None}})


def attributes(database: Any) -> Register[Attribute]:
    """The collection `contact_attributes`."""
    return Register(database.contact_attributes, Attribute)


def notes(database: Any) -> Register[ContactNote]:
    """The collection `contact_notes`."""
    return Register(database.contact_notes, ContactNote)


def edits(database: Any) -> Register[Edit]:
    """The collection `studio_edits`."""
    return Register(database.studio_edits, Edit)


def push_keys(database: Any) -> Register[PushKeys]:
    """The collection `push_keys`, which has one entry."""
    return Register(database.push_keys, PushKeys)


class PushWishes(Register[Wishes]):
    """The collection `push_wishes`. Two pages of one agent may change different wishes at once."""

    async def note(self, user_id: str, **fields: Any) -> None:
        """Change some of an agent's wishes."""
        await self._all.update_one({"_id": user_id}, {"$set": fields}, upsert=True)

    async def mute(self, user_id: str, conversation_id: str, muted: bool) -> None:
        """Want no news of a conversation, or want it again."""
        change = {"$addToSet" if muted else "$pull": {"muted": conversation_id}}
        await self._all.update_one({"_id": user_id}, change, upsert=True)


def push_wishes(database: Any) -> PushWishes:
    """The collection `push_wishes`."""
    return PushWishes(database.push_wishes, Wishes)


def subscriptions(database: Any) -> Register[Subscription]:
    """The collection `push_subscriptions`."""
    return Register(database.push_subscriptions, Subscription)


def tokens(database: Any) -> Register[Token]:
    """The collection `tokens`."""
    return Register(database.tokens, Token)


class Quarantine(Register[Quarantined]):
    """The collections `quarantine` and `requests`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.quarantine, Quarantined)
        self._requests = Register(database.requests, KeptRequest)

    async def request_of(self, item: Quarantined) -> Webhook | None:
        """The whole request that it came in, None if there was none."""
        found = await self._requests.get(item.request_id) if item.request_id else None
        return found.webhook if found else None

    async def release(self, item: Quarantined) -> bool:
        """Drop it, and its request with the last part of it. False if it was not there."""
        was_there = await self.remove(item.id)
        if item.request_id and not await self.first({"request_id": item.request_id}):
            await self._requests.remove(item.request_id)
        return was_there
