"""Lets a customer see that we have read and are writing, where the channel can show it.

Nothing depends on it: a provider that fails to show it is passed over.
"""

import asyncio
from collections.abc import Sequence

import structlog

from connectors.contract import ShowsTyping
from connectors.errors import ConnectorError
from connectors.events import Purpose
from inbox.bus import Bus
from inbox.lines import Lines
from inbox.model.commit import ConversationChange
from inbox.model.consent import refused
from inbox.model.conversation import Conversation
from inbox.store import StoreError

log = structlog.get_logger(__name__)

_AT_ONCE = 200
_LASTS = 10.0
"""Seconds for which one showing is enough; WhatsApp shows typing for 25."""

_REMEMBERED = 10_000

_AFTER = 0.4
"""Seconds that the bot has to answer before typing is shown: dots that stay after the answer are a lie, and
a quick answer need not wait for them."""


class Courtesy:
    """Shows on the customer's phone that an agent has read, and typing when the bot's turn is due or an
    agent types. Whoever refused everything from us is shown nothing.
    """

    def __init__(self, lines: Lines, bus: Bus) -> None:
        self._lines = lines
        self._tasks: set[asyncio.Task[None]] = set()
        self._shown: dict[str, float] = {}
        self._thinks: set[str] = set()
        """Conversations whose turn has fallen due a moment ago and is not over."""
        bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            if change.after.turn is None:
                self._thinks.discard(change.after.id)
            elif change.before is None or change.before.turn is None:
                self._begin(change.after, typing=True, after=_AFTER)

    def show_typing(self, conversation: Conversation) -> None:
        """Show that an answer is being written; not twice in a moment, nor when very many are under way."""
        self._begin(conversation, typing=True)

    def show_read(self, conversation: Conversation) -> None:
        """Show that the customer's last message has been read. Whoever saw us typing knows it already."""
        self._begin(conversation, typing=False)

    def _begin(self, conversation: Conversation, *, typing: bool, after: float = 0.0) -> None:
        external_id, now = conversation.last_inbound_external_id, asyncio.get_running_loop().time()
        if external_id is None or len(self._tasks) >= _AT_ONCE:
            return
        shown = self._shown.get(external_id)
        if shown is not None and (not typing or now - shown < _LASTS):
            return
        if refused(conversation.refusals, Purpose.CONVERSATION):
            return
        if len(self._shown) > _REMEMBERED:
            self._shown.clear()
        self._shown[external_id] = now if typing else -_LASTS
        task = asyncio.create_task(
            self._show_later(conversation, external_id, after)
            if after
            else self._show(conversation, external_id, typing)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show_later(self, conversation: Conversation, external_id: str, after: float) -> None:
        """Show that it was read, and typing if the bot has not answered by then."""
        self._thinks.add(conversation.id)
        await asyncio.sleep(after)
        typing = conversation.id in self._thinks
        self._thinks.discard(conversation.id)
        if not typing:
            self._shown[external_id] = -_LASTS
        await self._show(conversation, external_id, typing)

    async def _show(self, conversation: Conversation, external_id: str, typing: bool) -> None:
        try:
            line = await self._lines.get(conversation.channel_id)
            if line and isinstance(line.connector, ShowsTyping):
                await line.connector.mark_read(external_id, account=conversation.account, typing=typing)
        except (ConnectorError, StoreError) as error:
            log.debug("typing not shown", channel=conversation.channel_id, error=type(error).__name__)

    async def stop(self) -> None:
        """Drop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
