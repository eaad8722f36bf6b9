"""Delivers outgoing webhooks: each at least once, tried again for a day, then given up.

A delivery is claimed by a lease, so one whose process dies is delivered by another. Deliveries to one program
do not wait for each other: `order` in what is posted says which came first.
"""

import random
import time
from datetime import datetime, timedelta

import structlog

from connectors.contract import Clock
from connectors.outside import NotCalled, Outside
from inbox.actions import audit
from inbox.model.ids import new_id
from inbox.model.secrets import Vault
from inbox.model.webhook import BACK_OFF, LONG, Delivery, State, Subscription, Try, signed
from inbox.store import Store
from inbox.worker import Worker

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=60)
_AT_ONCE = 8
_GONE = 410
_AGENT = "Parley-Webhooks/1"


class Dispatching:
    """Takes what is queued, and posts it."""

    def __init__(self, store: Store, clock: Clock, vault: Vault, outside: Outside) -> None:
        self._store = store
        self._clock = clock
        self._vault = vault
        self._outside = outside
        self._owner = new_id()
        self.worker = Worker(
            "webhooks out", store, clock, self.deliver, at_once=_AT_ONCE, due=store.deliveries.due
        )

    async def deliver(self, delivery_id: str) -> None:
        """Try a delivery that is due, and keep what came of it."""
        delivery = await self._store.deliveries.claim(delivery_id, self._owner, self._clock(), _LEASE)
        if delivery is None:
            return
        to = await self._store.webhooks.get(delivery.subscription_id)
        if to is None or not to.is_on:
            await self._store.deliveries.settle(delivery, None, State.FAILED)
            return
        tried = await self._post(delivery, to)
        if tried.status is not None and 200 <= tried.status < 300:
            await self._store.deliveries.settle(delivery, tried, State.DELIVERED)
            await self._store.webhooks.note(to.id, delivered_at=tried.at, failing_since=None)
            return
        await self._failed(delivery, to, tried)

    async def _post(self, delivery: Delivery, to: Subscription) -> Try:
        now, began = self._clock(), time.perf_counter()
        body = self._vault.open(delivery.body).encode()
        headers = {
            **signed(delivery.event_id, now, body, self._secrets(to, now)),
            "Content-Type": "application/json",
            "User-Agent": _AGENT,
        }
        status, error = None, None
        try:
            answer = await self._outside.call("POST", to.url, headers=headers, body=body, limit=1 << 16)
            status = answer.status
            error = None if answer.is_success else f"It answered {status}."
        except NotCalled as refused:
            error = str(refused)
        return Try(at=now, ms=round((time.perf_counter() - began) * 1000), status=status, error=error)

    def _secrets(self, to: Subscription, now: datetime) -> list[str]:
        sealed = [to.secret]
        if to.old_secret and to.old_until and now < to.old_until:
            sealed.append(to.old_secret)
        return [self._vault.open(each) for each in sealed]

    async def _failed(self, delivery: Delivery, to: Subscription, tried: Try) -> None:
        await self._store.webhooks.begin_failing(to.id, tried.at)
        if tried.status == _GONE:
            await self._store.deliveries.settle(delivery, tried, State.FAILED)
            await self._stop(to, "It answered 410: it is gone.")
            return
        if delivery.failures < len(BACK_OFF):
            pause = BACK_OFF[delivery.failures] * random.uniform(1, 1.2)  # noqa: S311
            await self._store.deliveries.settle(delivery, tried, State.WAITING, tried.at + pause)
            return
        await self._store.deliveries.settle(delivery, tried, State.FAILED)
        since = to.failing_since or tried.at
        if tried.at - since >= LONG:
            await self._stop(to, f"It has failed since {since:%d %B %Y, %H:%M} UTC. {tried.error}")

    async def _stop(self, to: Subscription, why: str) -> None:
        """Tell it nothing any more, and admins why: in the log, the audit log and its settings."""
        now = self._clock()
        log.error("webhook switched off", webhook=to.id, why=why)
        await self._store.webhooks.note(to.id, is_on=False, stopped_at=now, stopped_why=why)
        await self._store.deliveries.give_up_all(to.id)
        target = f"webhook:{to.id}"
        after = {"is_on": False, "why": why}
        await audit.note(
            audit.SYSTEM, "webhook.stopped", target, store=self._store, clock=self._clock, after=after
        )
