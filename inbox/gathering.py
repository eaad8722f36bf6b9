"""Long messages whose parts come by webhooks of their own: held back until they are whole, or overdue."""

import structlog

from connectors.contract import Webhook
from connectors.events import Event
from inbox.actions.receive import Arrival
from inbox.lines import Line
from inbox.parts import Parts

log = structlog.get_logger(__name__)


async def whole(parts: Parts, line: Line, webhook: Webhook, events: list[Event]) -> list[Event]:
    """The events, with parts put together by a connector that knows of parts.

    A part is durable when this returns, so the provider may be answered. Raises when the store is down.
    """
    if line.gathers is None:
        return events
    return await line.gathers.gather(webhook, events, parts.store.shelf(line.channel.id, parts.clock))


async def take_overdue(parts: Parts) -> int:
    """Take what has waited too long for its other parts, on every channel; how many messages that were.

    Any process may do it at any time: a message that two of them take is kept once.
    """
    count = 0
    for channel in await parts.store.channels.list({"enabled": True}):
        line = await parts.lines.get(channel.id)
        if line is None or line.gathers is None:
            continue
        shelf = parts.store.shelf(channel.id, parts.clock)
        found = await line.gathers.overdue(shelf)
        if not found:
            continue
        arrivals = [Arrival(channel.id, channel.kind, event, window=line.window) for event in found.values()]
        await parts.ingest.submit(arrivals)
        await line.gathers.settle(found, shelf)
        log.info("took incomplete messages", channel=channel.id, count=len(found))
        count += len(found)
    return count
