"""What is looked for now and then in the whole store, beside the way of a message."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from inbox.actions import figures, later, privacy, retention, triage
from inbox.closing import Closing
from inbox.gathering import take_overdue
from inbox.http.privacy_api import forgetting
from inbox.parts import Parts
from inbox.store import Conflict, StoreError
from inbox.teaching.traces import held

log = structlog.get_logger(__name__)

_SWEEP_EVERY = 5.0


async def sweep(parts: Parts) -> None:
    """Now and then, wake the snoozed, say what is due, apply what came early, count for the reports."""
    closing = Closing(parts.desk)
    jobs: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: triage.wake(parts.desk),
        lambda: later.say_due(parts.desk),
        closing.step,
        parts.outbox.early.sweep,
        lambda: take_overdue(parts),
        lambda: privacy.resume(parts.store, parts.clock, forgetting(parts), partial(held, parts.teaching)),
        lambda: figures.count(parts.store, parts.clock),  # before anything is deleted
        lambda: retention.sweep(parts.store, parts.clock, forgetting(parts)),
    )
    while True:
        await asyncio.sleep(_SWEEP_EVERY)
        for job in jobs:
            try:
                await job()
            except (StoreError, Conflict) as error:
                log.warning("sweep put off", error=type(error).__name__)
            except Exception:  # of one job: the others, and the next round, go on
                log.exception("sweep failed")
