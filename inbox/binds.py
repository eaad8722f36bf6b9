"""Lines that stay open: each is held by one process, by a lease in MongoDB. Another takes over when it dies.

The holder keeps the connection and sends; all others leave the channel's deliveries alone (`elsewhere`). A
lease that cannot be renewed is given up well before anybody else may take it, so that no two are bound.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from connectors.contract import Clock, Connector, Outbound
from connectors.events import DeliveryStatus, Event, Identity
from connectors.lines import HoldsALine, Shelf
from inbox.actions.receive import Arrival
from inbox.ingest import Ingest
from inbox.lines import Lines
from inbox.model.channel import Channel, Health
from inbox.model.ids import external_key, new_id
from inbox.objections import outbound_of
from inbox.store import Store, StoreError

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=12)
"""How long the line of a killed process waits for its successor."""

BEAT = 2.5
"""Seconds between two renewals."""

_SURE = 6.0
"""Seconds after the last renewal within which we hold on; what is left of the lease is for taking leave."""

_LOOK_EVERY = 1.0


class Host:
    """What a connector is given with its line: see `connectors.lines.LineHost`."""

    def __init__(
        self, channel: Channel, store: Store, ingest: Ingest, clock: Clock, left_at: datetime | None
    ) -> None:
        self.shelf: Shelf = store.shelf(channel.id, clock)
        self.left_at = left_at
        self.heard_since = clock()
        """Since when the line is as it is, up or down: what came before that, we could not hear."""
        self._channel = channel
        self._store = store
        self._ingest = ingest
        self._clock = clock
        self._told: bool | None = None

    async def take(self, events: list[Event]) -> None:
        """Store what happened. Returns after the commit; raises if the provider must keep it for now."""
        await self._ingest.submit([Arrival(self._channel.id, self._channel.kind, event) for event in events])

    async def taken(self, prefix: str, since: str) -> list[str]:
        """External ids of this channel's messages that begin with `prefix`, from `prefix + since` on."""
        first = external_key(self._channel.id, prefix)
        return await self._store.messages.ids_between(first + since, first + "~")

    async def in_doubt(self, to: Identity) -> list[Outbound]:
        """Messages to this person of which nobody knows whether the provider took them."""
        found = []
        for contact in await self._store.contacts.known_as([to.key]):
            for conversation in await self._store.conversations.of_contact(contact.id):
                if conversation.channel_id != self._channel.id:
                    continue
                waiting = await self._store.messages.to_send(conversation.id, 1)
                found += [
                    outbound_of(conversation, message)
                    for message in waiting
                    if message.status == DeliveryStatus.SENDING
                ]
        return found

    async def tell(self, is_up: bool, words: str) -> None:
        """The line came up, or is down for this reason. Raises nothing; a loss is logged once."""
        if is_up != self._told:
            say = log.info if is_up else log.warning
            say("line up" if is_up else "line down", channel=self._channel.id, reason=words)
            self.heard_since = self._clock()
        self._told = is_up
        with contextlib.suppress(StoreError):
            health = Health("good", None, self._clock()) if is_up else Health("bad", words, self._clock())
            await self._store.channels.note_health(self._channel.id, health)


class _Held:
    """A line that this process holds."""

    def __init__(self, connector: HoldsALine, host: Host, since: float) -> None:
        self.connector = connector
        self.host = host
        self.sure_until = since + _SURE
        self.task = asyncio.create_task(connector.hold(host))

    @property
    def is_open(self) -> bool:
        """Whether one can send, and the lease surely is ours."""
        return self.connector.is_open and asyncio.get_running_loop().time() < self.sure_until

    async def end(self) -> None:
        """Take leave of the provider."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


class Binds:
    """Holds the lines that fall to this process."""

    def __init__(self, store: Store, ingest: Ingest, lines: Lines, clock: Clock) -> None:
        self._store = store
        self._ingest = ingest
        self._lines = lines
        self._clock = clock
        self._owner = new_id()
        self._kinds: dict[str, bool] = {}
        """Which kinds of connectors hold lines, as far as we have met them."""
        self._all: set[str] = set()
        self._held: dict[str, _Held] = {}
        self._leaving: set[str] = set()
        self._unusable: dict[str, Channel] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look for lines that nobody holds."""
        self._tasks = [asyncio.create_task(_forever(each)) for each in (self._look, self._beat)]

    async def stop(self) -> None:
        """Take leave everywhere, and let another process go on at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(self._let_go(channel_id) for channel_id in list(self._held)))

    def elsewhere(self) -> list[str]:
        """Channels that we cannot send for now: another process holds the line, or it is down."""
        return [
            channel_id
            for channel_id in self._all
            if channel_id not in self._held or not self._held[channel_id].is_open
        ]

    def at_line(self, channel_id: str) -> Connector | None:
        """The connector of a channel whose line we hold and can send by."""
        held = self._held.get(channel_id)
        return held.connector if held and held.is_open else None  # type: ignore[return-value]

    def heard_since(self, channel_id: str) -> datetime | None:
        """Since when we hear the reports of a channel whose line we hold; None of any other channel."""
        held = self._held.get(channel_id)
        return held.host.heard_since if held else None

    async def _look(self) -> None:
        """Take what is free, and begin anew where an admin has changed the settings."""
        present: set[str] = set()
        for channel in await self._store.channels.list({"enabled": True}):
            if self._kinds.get(channel.kind, True) and not self._is_unusable(channel):
                connector = await self._connector(channel)
                if connector is not None:
                    present.add(channel.id)
                    self._all.add(channel.id)
                    await self._hold(channel, connector)
        for gone in self._held.keys() - present:
            await self._let_go(gone)
        self._all &= present
        await asyncio.sleep(_LOOK_EVERY)

    async def _connector(self, channel: Channel) -> HoldsALine | None:
        line = await self._lines.get(channel.id)
        if line is None:
            self._unusable[channel.id] = channel
            return None
        if line.channel.kind != channel.kind:  # another channel had this id a moment ago
            return None
        connector: Connector = line.connector
        self._kinds[channel.kind] = isinstance(connector, HoldsALine)
        return connector if isinstance(connector, HoldsALine) else None

    def _is_unusable(self, channel: Channel) -> bool:
        """Whether it could not be used with the settings that it still has."""
        known = self._unusable.get(channel.id)
        return known is not None and known.settings == channel.settings

    async def _hold(self, channel: Channel, connector: HoldsALine) -> None:
        held = self._held.get(channel.id)
        if channel.id in self._leaving or (held and held.connector is connector and not held.task.done()):
            return
        if held:
            await self._let_go(channel.id)
        since = asyncio.get_running_loop().time()
        claim = await self._store.holders.claim(channel.id, self._owner, self._clock(), LEASE)
        if claim:
            log.info("line taken", channel=channel.id, left_at=str(claim.left_at))
            host = Host(channel, self._store, self._ingest, self._clock, claim.left_at)
            self._held[channel.id] = _Held(connector, host, since)

    async def _let_go(self, channel_id: str) -> None:
        held = self._held.pop(channel_id, None)
        if held is None:
            return
        self._leaving.add(channel_id)
        try:
            await held.end()
        finally:
            self._leaving.discard(channel_id)
        with contextlib.suppress(StoreError):
            await self._store.holders.release(channel_id, self._owner, self._clock())

    async def _beat(self) -> None:
        """Renew all leases; drop the lines whose lease is lost, or soon may be."""
        await asyncio.sleep(BEAT)
        if not self._held:
            return
        since = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(BEAT):
                kept = await self._store.holders.renew(self._held, self._owner, self._clock(), LEASE)
            lost = self._held.keys() - kept
        except (StoreError, TimeoutError) as error:
            log.warning("lines not renewed", error=type(error).__name__)
            kept, lost = set(), set()
        for channel_id in kept & self._held.keys():
            self._held[channel_id].sure_until = since + _SURE
        now = asyncio.get_running_loop().time()
        lost |= {channel_id for channel_id, held in self._held.items() if held.sure_until < now}
        for channel_id in lost:
            log.warning("line lost", channel=channel_id)
            await self._let_go(channel_id)


async def _forever(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except StoreError as error:
            log.warning("lines put off", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)
        except Exception:
            log.exception("lines failed")
            await asyncio.sleep(_LOOK_EVERY)
