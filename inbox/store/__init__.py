"""The only room that knows MongoDB. `Store` is what the rest is given."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any, Self, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import ConnectionFailure, PyMongoError, ServerSelectionTimeoutError

from connectors.contract import Clock
from inbox.model.commit import Commit
from inbox.model.consent import Standing
from inbox.store import entry, registers
from inbox.store.assistants import Assistants
from inbox.store.audit import Audit
from inbox.store.automation import Automation, Rules, macros
from inbox.store.campaigns import Campaigns, Recipients
from inbox.store.clock import StoreClock
from inbox.store.codec import PLAINLY, Document
from inbox.store.commits import ATTEMPTS, DURABLE, Conflict, StoreUnavailable, Unwritable, transact
from inbox.store.consents import Consents
from inbox.store.contacts import Contacts
from inbox.store.conversations import Conversations
from inbox.store.copies import Copies
from inbox.store.files import Files
from inbox.store.findings import Findings
from inbox.store.holders import Holders
from inbox.store.indexes import CHANGES_KEPT, create_indexes
from inbox.store.invitations import Invitations
from inbox.store.lockouts import Lockouts
from inbox.store.mentions import Mentions
from inbox.store.merges import Merges
from inbox.store.messages import Messages
from inbox.store.migrations import migrate
from inbox.store.once import Once
from inbox.store.one_go import Work, commit_in_one_go, transact_in_one_go
from inbox.store.persons import Persons
from inbox.store.presence import Presence
from inbox.store.promises import Promises
from inbox.store.prompt import Reading
from inbox.store.ratings import Ratings
from inbox.store.retention import Retentions
from inbox.store.reviews import Reviews
from inbox.store.scheduled import ScheduledMessages
from inbox.store.sealed import Sealed
from inbox.store.seats import Seats
from inbox.store.segments import Segments
from inbox.store.server import NO_TRANSACTIONS, plain
from inbox.store.setbacks import Setbacks
from inbox.store.shares import Shares
from inbox.store.shelves import ChannelShelf
from inbox.store.tallies import Tallies
from inbox.store.templates import Templates
from inbox.store.training import Jobs, Models, Publications
from inbox.store.understood import Understood
from inbox.store.users import Users, roles
from inbox.store.webhooks import Deliveries, Subscriptions

__all__ = ["CHANGES_KEPT", "Conflict", "Reading", "Store", "StoreError", "StoreUnavailable", "Unwritable"]

StoreError = PyMongoError
"""Whatever MongoDB or the way to it may raise; `StoreUnavailable` is one of them."""

T = TypeVar("T")
_PATIENCE = timedelta(seconds=5)
"""Who asks a store that is gone is told so after this, rather than left to wait."""

_SILENCE = 10_000
"""Milliseconds after which a connection that says nothing is given up, as of a frozen server. Without this
whoever had asked would wait for minutes, and keep a thread waiting."""


class Store:
    """One database: a part for each collection, and commits over all of them."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._database = client.get_database(name, codec_options=PLAINLY, write_concern=DURABLE)
        self._reading = Reading(self._database.delegate)
        self.clock = StoreClock(self._database)
        self.audit = Audit(client, self._database)
        self.contacts = Contacts(self._database)
        self.conversations = Conversations(self._database)
        self.messages = Messages(self._database)
        self.mentions = Mentions(self._database)
        self.once = Once(self._database)
        self.webhooks = Subscriptions(self._database)
        self.deliveries = Deliveries(client, self._database)
        self.views = registers.views(self._database)
        self.drafts = registers.drafts(self._database)
        self.scheduled = ScheduledMessages(self._database)
        self.files = Files(self._database)
        self.templates = Templates(self._database)
        self.consents = Consents(self._database)
        self.presence = Presence(self._database)
        self.channels = registers.Channels(self._database)
        self.users = Users(self._database)
        self.factors = entry.FactorStore(self._database)
        self.passkeys = entry.Passkeys(self._database)
        self.ceremonies = entry.Ceremonies(self._database)
        self.sign_in = entry.policies_of_entry(self._database)
        self.single_sign_on = entry.single_sign_on(self._database)
        self.saml_sign_on = entry.saml_sign_on(self._database)
        self.spent = entry.spent(self._database)
        self.sign_in_links = entry.sign_in_links(self._database)
        self.invitations = Invitations(client, self._database)
        self.lockouts = Lockouts(self._database)
        self.sessions = registers.sessions(self._database)
        self.sealed = Sealed(self._database)
        self.roles = roles(self._database)
        self.tokens = registers.tokens(self._database)
        self.assistants = Assistants(self._database)
        self.edits = registers.edits(self._database)
        self.shares = Shares(self._database)
        self.replies = registers.replies(self._database)
        self.attributes = registers.attributes(self._database)
        self.notes = registers.notes(self._database)
        self.merges = Merges(self._database)
        self.teams = registers.Teams(self._database)
        self.policies = registers.policies(self._database)
        self.automation = Automation(self._database)
        self.rules = Rules(self._database)
        self.macros = macros(self._database)
        self.push_keys = registers.push_keys(self._database)
        self.push_wishes = registers.push_wishes(self._database)
        self.subscriptions = registers.subscriptions(self._database)
        self.segments = Segments(self._database)
        self.setbacks = Setbacks(self._database)
        self.surveys = registers.surveys(self._database)
        self.silences = registers.silences(self._database)
        self.campaigns = Campaigns(self._database)
        self.recipients = Recipients(self._database)
        self.ratings = Ratings(self._database)
        self.promises = Promises(self._database)
        self.tallies = Tallies(self._database)
        self.seats = Seats(self._database)
        self.quarantine = registers.Quarantine(self._database)
        self.holders = Holders(self._database)
        self.findings = Findings(self._database)
        bot = client.get_database(f"{name}_bot", write_concern=DURABLE)
        self.copies = Copies(self._database, bot, self.audit.end_at)
        self.persons = Persons(client, self._database, self.files, self.consents)
        self.retention = Retentions(client, self._database, self.persons)
        self.jobs = Jobs(self._database)
        self.models = Models(self._database)
        self.publications = Publications(self._database)
        self.understood = Understood(self._database)
        self.reviews = Reviews(self._database)

    @classmethod
    async def open(cls, uri: str, name: str, *, wait: timedelta = timedelta(seconds=30)) -> Self:
        """Connect, bring the schema up to date and create the indexes.

        Raises `StoreUnavailable` if no primary answers within `wait` or it has no transactions, `StoreTooNew`
        for a newer schema.
        """
        limit = int(min(wait, _PATIENCE).total_seconds() * 1000)
        options: Any = {"serverSelectionTimeoutMS": limit, "connectTimeoutMS": limit, "appname": "parley"}
        client: Any = AsyncIOMotorClient(uri, **options)  # an index of a big collection takes its time
        store = cls(client, name)
        try:
            await store._wait(wait)
            await migrate(store._database)
            await create_indexes(store._database)
        except StoreUnavailable:
            raise
        except PyMongoError as error:
            how = "does not answer" if isinstance(error, ConnectionFailure) else "refuses"
            raise StoreUnavailable(f"MongoDB {how}: {plain(error)[:200]}") from error
        finally:
            client.close()
        return cls(AsyncIOMotorClient(uri, socketTimeoutMS=_SILENCE, **options), name)

    async def _wait(self, patience: timedelta) -> None:
        """Return as soon as a primary answers that has transactions. Raises `StoreUnavailable` without."""
        deadline = time.monotonic() + patience.total_seconds()
        while True:
            try:
                hello = await self._database.command("hello")
            except ServerSelectionTimeoutError:
                if time.monotonic() >= deadline:
                    raise
            else:
                if "setName" not in hello and hello.get("msg") != "isdbgrid":
                    raise StoreUnavailable(NO_TRANSACTIONS)
                return

    def shelf(self, channel_id: str, clock: Clock) -> ChannelShelf:
        """What a channel's connector remembers."""
        return ChannelShelf(self._database, channel_id, clock)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    async def is_alive(self) -> bool:
        """Whether a primary answers within two seconds."""
        try:
            async with asyncio.timeout(2):
                await self._database.command("ping")
        except (PyMongoError, TimeoutError):
            return False
        return True

    async def change(
        self, work: Callable[[Any], Awaitable[tuple[Commit, T]]], *, attempts: int | None = None
    ) -> tuple[Commit, T]:
        """Run `work(session)`, which reads and answers a commit and a result, and write that commit.

        Both happen in one transaction, so nothing that `work` read can have changed; it may be run several
        times, at most `attempts`. Raises `Conflict`, `Unwritable`, `StoreUnavailable`.
        """
        return await transact(self._client, self._database, work, attempts=attempts or ATTEMPTS)

    async def change_in_a_thread(self, work: Work[T], *, attempts: int | None = None) -> tuple[Commit, T]:
        """As `change`, but quicker: `work(reading, session)` runs in a thread and waits for nothing else."""
        tries = attempts or ATTEMPTS
        return await transact_in_one_go(self._client, self._database, self._reading, work, attempts=tries)

    async def change_in_one_go(
        self,
        draw: Callable[[list[Standing]], Commit],
        *,
        channel_ids: Collection[str] = (),
        addresses: Collection[str] = (),
        contact_ids: Collection[str] = (),
    ) -> Commit:
        """Write the commit that `draw` works out, from what stands for these on these channels, if anything.

        As `change`, but quicker, and tried once. `draw` is called in a thread.
        """
        asked = await self.consents.asking(channel_ids, addresses, contact_ids)
        return await commit_in_one_go(self._client, self._database, asked, draw)

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
