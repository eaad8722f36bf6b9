"""Carries campaigns out: takes the audience down, then says it to one customer after the other.

Each piece of work has a lease and may be done again: who dies over it is succeeded, and nobody gets it twice.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from inbox.actions import segments
from inbox.actions.campaigning import say
from inbox.actions.desk import Desk
from inbox.actions.errors import Invalid
from inbox.model.campaign import Campaign, Problem, Reason, Recipient, State, recipient_id
from inbox.store import Conflict, StoreError

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=30)
_LOOK, _IDLE = 1.0, 5.0
"""Seconds between two looks, and how many at most while there is nothing to do."""

_SLICE = 500
_BEATS = 12
"""So many times a minute some are written to, if the pace allows as many."""

_RENEW_EVERY = 10


class Campaigning:
    """Looks for campaigns that are due."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="campaigns")

    async def stop(self) -> None:
        """Leave them to others: what is half done, they take up when its lease has run out."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        pause = _LOOK
        while True:
            pause = min(2 * pause, _IDLE)
            try:
                while await self.step():
                    pause = _LOOK
            except (StoreError, Conflict) as error:
                log.warning("campaign put off", error=type(error).__name__)
            except Exception:  # the next look may find another one
                log.exception("campaign failed")
            await asyncio.sleep(pause)

    async def step(self) -> bool:
        """Do a piece of what is due. Whether there was any."""
        campaign = await self._desk.store.campaigns.claim(self._desk.clock(), _LEASE)
        if campaign is None:
            return False
        if campaign.state is State.SCHEDULED:
            await self._desk.store.campaigns.go_on(campaign.id, state=State.RUNNING)
        await (self._say_some(campaign) if campaign.is_gathered else self._gather(campaign))
        self._desk.bus.campaign_moved(campaign.id)
        return True

    async def _gather(self, campaign: Campaign) -> None:
        """Take the next ones of the audience down. The same ones again change nothing."""
        store, now = self._desk.store, self._desk.clock()
        try:
            ids = await self._next_of(campaign)
        except Invalid:
            await self._pause(campaign, Problem.SEGMENT_GONE)
            return
        await store.recipients.add(
            Recipient(id=recipient_id(campaign.id, at), campaign_id=campaign.id, contact_id=at, due=now)
            for at in ids
        )
        upto = ids[-1] if ids else campaign.upto
        await store.campaigns.go_on(campaign.id, upto=upto, is_gathered=len(ids) < _SLICE, due=now)

    async def _next_of(self, campaign: Campaign) -> list[str]:
        if campaign.segment_id is None:
            upto = campaign.upto or ""
            return sorted(each for each in campaign.contact_ids if each > upto)[:_SLICE]
        query = await segments.query(self._desk, campaign.segment_id)
        found = await self._desk.store.contacts.after(query, campaign.upto, _SLICE)
        return [contact.id for contact in found]

    async def _say_some(self, campaign: Campaign) -> None:
        """Say it to as many as the pace allows for a while; then it is due again, or over."""
        store = self._desk.store
        channel = await store.channels.get(campaign.channel_id)
        carries = await self._desk.carries(campaign.channel_id)
        if channel is None or not channel.enabled or carries is None:
            await self._pause(campaign, Problem.CHANNEL_SILENT)
            return
        size = max(1, campaign.per_minute // _BEATS)
        ids = await store.recipients.waiting(campaign.id, self._desk.clock(), size)
        began = self._desk.clock()
        for done, key in enumerate(ids):
            if done and not done % _RENEW_EVERY:
                is_ours = await store.campaigns.go_on(campaign.id, due=self._desk.clock() + _LEASE)
                if not is_ours:  # it was paused, or cancelled
                    return
            recipient = await store.recipients.get(key)
            if recipient is None:
                continue
            try:
                await say(self._desk, campaign, recipient, channel, carries)
            except (StoreError, Conflict):
                raise
            except Exception:  # of one customer: the others get it
                log.exception("campaign not said", campaign=campaign.id)
                skipped = replace(
                    recipient, state="skipped", reason=Reason.INTERNAL, due=None, at=self._desk.clock()
                )
                await store.recipients.put(skipped)
        await self._go_on(campaign, began + timedelta(minutes=len(ids) / campaign.per_minute))

    async def _go_on(self, campaign: Campaign, at: datetime) -> None:
        """Have it looked at then, or when the next one wakes; if nobody waits, it is over."""
        due = await self._desk.store.recipients.next_due(campaign.id)
        if due is not None:
            await self._desk.store.campaigns.go_on(campaign.id, due=max(due, at))
            return
        ended = self._desk.clock()
        await self._desk.store.campaigns.go_on(campaign.id, state=State.FINISHED, ended_at=ended, due=None)

    async def _pause(self, campaign: Campaign, problem: Problem) -> None:
        log.warning("campaign paused", campaign=campaign.id, problem=problem.value)
        await self._desk.store.campaigns.go_on(campaign.id, state=State.PAUSED, problem=problem, due=None)
