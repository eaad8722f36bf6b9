"""What is worth showing for a moment and kept nowhere: that a customer types.

Never in anybody's way: looked up beside the webhook's answer, not more than once in a while for a customer,
and dropped when very much is under way.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable

import structlog

from connectors.events import CustomerTyped
from inbox.model.conversation import Conversation
from inbox.store import Store, StoreError

log = structlog.get_logger(__name__)

Listener = Callable[[Conversation], None]

_AT_ONCE = 20
_LASTS = 3.0
"""Seconds for which one hint is enough; pages show it for six."""

_REMEMBERED = 10_000


class Hints:
    """Finds the conversation in which a customer types, and tells whoever listens."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: list[Listener] = []
        self._told: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self, listener: Listener) -> None:
        """Call `listener` with the conversation of each customer who types. It must not block."""
        self._listeners.append(listener)

    def typed(self, channel_id: str, event: CustomerTyped) -> None:
        """A customer types on this channel. Returns at once."""
        now, who = asyncio.get_running_loop().time(), (channel_id, event.identities[0].key)
        if len(self._tasks) >= _AT_ONCE or now - self._told.get(who, -_LASTS) < _LASTS:
            return
        self._told[who] = now
        self._told.move_to_end(who)
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        task = asyncio.create_task(self._tell(channel_id, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, channel_id: str, event: CustomerTyped) -> None:
        try:
            contacts = await self._store.contacts.known_as(i.key for i in event.identities)
            found = await self._store.conversations.involved([], [contact.id for contact in contacts])
        except StoreError as error:
            log.debug("typing not told", error=type(error).__name__)
            return
        for conversation in found:
            if conversation.channel_id == channel_id:
                for listener in self._listeners:
                    listener(conversation)

    async def stop(self) -> None:
        """Drop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
