"""What must be looked after every hour for each channel: are its credentials good, which templates has it?

By whichever process comes first: a channel is claimed for five minutes, and then left alone for an hour.
"""

import asyncio
from datetime import timedelta

import structlog

from connectors.contract import ChecksItself, Clock, HasTemplates
from connectors.errors import CredentialsRefused, SendFailed
from connectors.lines import HoldsALine
from inbox.lines import Lines
from inbox.model.channel import Channel, Health
from inbox.model.template import kept
from inbox.store import Store, StoreError

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
_LEASE = timedelta(minutes=5)
_LOOK_EVERY = 15.0


class Upkeep:
    """Checks channels and fetches their templates."""

    def __init__(self, store: Store, lines: Lines, clock: Clock) -> None:
        self._store = store
        self._lines = lines
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """Stop; what was begun is begun again by another when its lease is over."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """See to all channels that are due, and say how many."""
        number = 0
        while channel := await self._store.channels.claim_upkeep(self._clock(), _LEASE):
            try:
                await self._see_to(channel)
            except Exception as error:  # one channel's trouble is not the others'
                log.warning("upkeep failed", channel=channel.id, error=type(error).__name__)
            await self._store.channels.note(channel.id, upkeep_at=self._clock() + EVERY)
            number += 1
        return number

    async def _see_to(self, channel: Channel) -> None:
        line = await self._lines.get(channel.id)
        if line is None:
            return
        if isinstance(line.connector, ChecksItself) and not isinstance(line.connector, HoldsALine):
            try:
                await line.connector.check()
            except CredentialsRefused as error:
                await self._store.channels.note_health(channel.id, Health("bad", str(error), self._clock()))
                return
            except SendFailed as error:  # the provider's trouble, or ours with the network
                log.info("channel not checked", channel=channel.id, code=error.code)
                return
            if channel.health.state != "good":
                await self._store.channels.note_health(channel.id, Health("good", None, self._clock()))
        if isinstance(line.connector, HasTemplates) and channel.settings.get("waba_id"):
            await sync_templates(channel.id, line.connector, self._store, self._clock)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)  # at the start too: stand-ins of the rehearsal come up first
            try:
                await self.look()
            except StoreError as error:
                log.warning("upkeep put off", error=type(error).__name__)
            except Exception:  # the next round goes on
                log.exception("upkeep failed as a whole")


async def sync_templates(channel_id: str, connector: HasTemplates, store: Store, clock: Clock) -> int:
    """Ask the provider for a channel's templates, keep them, and say how many. Raises `SendFailed`."""
    forms = await connector.templates()
    now = clock()
    await store.templates.replace_all(channel_id, [kept(channel_id, form, now) for form in forms], now)
    return len(forms)
