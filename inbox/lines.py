"""The channels with their connectors, made when first needed and again when a channel changes."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import aiohttp
import structlog

from connectors.contract import (
    AnswersChallenge,
    AnswersWebhooks,
    Capabilities,
    Clock,
    Connector,
    Webhook,
)
from connectors.errors import BadSettings
from connectors.pieces import GathersParts
from connectors.registry import complete, kind_of
from inbox.model.channel import Channel
from inbox.model.secrets import Unsealable, Vault
from inbox.pace import Pace, shared_pace
from inbox.pairs import Pairs
from inbox.store import Store, StoreError, StoreUnavailable

log = structlog.get_logger(__name__)

_FRESH = 2.0
"""Seconds for which a channel is used without asking the store whether it has changed."""

_ACCOUNTS = 1000
"""Accounts of which it is remembered, for as long, which channel serves them, or that none does."""

_PATIENCE = 1.0
"""Seconds that the store has to tell of a channel: a provider's webhook waits for it."""

_IN_LINE = 1.0
"""Seconds for which a message waits in line for its channel's rate."""


class Line(NamedTuple):
    """A channel that works: what the outbox and the hooks are given."""

    channel: Channel
    connector: Connector
    rate: Pace
    challenge: Callable[[Webhook], str | None] | None = None
    """How the connector answers a handshake, if its provider has one."""

    window: timedelta | None = None
    """How long after the customer's last message we may write freely; None: always."""
    pairs: Pairs | None = None
    """How often one customer may be written to, if the provider limits that."""
    answers: AnswersWebhooks | None = None
    gathers: GathersParts | None = None
    """The connector, if it has these powers. Asked once: it costs as much as to read a webhook."""

    def hold(self, conversation_id: str) -> timedelta | None:
        """How long to stay away if the wait for one's turn is too long to stand in line; else None.

        Whoever stands in line holds a place in the outbox that another channel or conversation could use.
        """
        pair = self.pairs.due_in(conversation_id, asyncio.get_running_loop().time()) if self.pairs else 0.0
        if pair:
            return timedelta(seconds=pair)
        wait = self.rate.due_in()
        return timedelta(seconds=wait * random.uniform(1, 1.5)) if wait > _IN_LINE else None  # noqa: S311

    async def pace(self, conversation_id: str) -> None:
        """Wait until the channel's rate lets one more message through, to this conversation's customer."""
        if self.pairs:
            self.pairs.take(conversation_id, asyncio.get_running_loop().time())
        await self.rate.wait()

    def slow_down(self, seconds: float | None) -> None:
        """The provider throttles the whole channel."""
        self.rate.hold(seconds or 1.0)


class Lines:
    """Looks channels up. One connector for each, with one HTTP session for all."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        http: aiohttp.ClientSession,
        clock: Clock,
        *,
        rehearsal_url: str | None = None,
    ) -> None:
        """`rehearsal_url` is where the stand-ins for the providers of channels in rehearsal answer."""
        self._rehearsal_url = rehearsal_url
        self._store = store
        self._vault = vault
        self._http = http
        self._clock = clock
        self._known: dict[str, Line] = {}
        self._checked: dict[str, float] = {}
        self._serving: OrderedDict[tuple[str, str], tuple[str | None, float]] = OrderedDict()

    @property
    def rehearsal_url(self) -> str | None:
        """Where the stand-ins answer, if there are any."""
        return self._rehearsal_url

    async def get(self, channel_id: str) -> Line | None:
        """The line of that channel; None if there is none, it is switched off or its settings are wrong.

        While the store does not answer, what is known of the channel stands. Raises `StoreError` if that is
        nothing.
        """
        now = asyncio.get_running_loop().time()
        line = self._known.get(channel_id)
        if line and now - self._checked[channel_id] < _FRESH:
            return line
        if line:
            self._checked[channel_id] = now  # meanwhile the others go by what is known
        try:
            async with asyncio.timeout(_PATIENCE):
                channel = await self._store.channels.get(channel_id)
        except (StoreError, TimeoutError) as error:
            if line:
                return line
            raise StoreUnavailable("MongoDB does not tell of the channel.") from error
        if channel is None or not channel.enabled:
            self._known.pop(channel_id, None)
            return None
        self._checked[channel_id] = now
        line = self._known.get(channel_id)  # another may have connected it while we read: one pace for all
        if line and (line.channel.settings, line.channel.kind) == (channel.settings, channel.kind):
            self._known[channel_id] = line._replace(channel=channel)
            return self._known[channel_id]
        return self._connect(channel)

    async def carries(self, channel_id: str) -> Capabilities | None:
        """What that channel carries, None if it does not work."""
        line = await self.get(channel_id)
        return line.connector.capabilities if line else None

    async def for_account(self, kind: str, account: str) -> Line | None:
        """The line of a kind that serves this account of the provider."""
        now = asyncio.get_running_loop().time()
        channel_id, until = self._serving.get((kind, account), (None, 0.0))
        if now >= until:
            wanted = {"kind": kind, "account": account, "enabled": True}
            found = await self._store.channels.list(wanted, limit=1)
            channel_id = found[0].id if found else None
            self._serving[kind, account] = channel_id, now + _FRESH
            if len(self._serving) > _ACCOUNTS:
                self._serving.popitem(last=False)
        return await self.get(channel_id) if channel_id else None

    def _connect(self, channel: Channel) -> Line | None:
        try:
            kind = kind_of(channel.kind)
            settings = complete(kind, self._vault.open_all(channel.settings))
            if channel.rehearsal and self._rehearsal_url and "api_base" in settings:
                settings["api_base"] = f"{self._rehearsal_url}/{channel.kind}"
            connector = kind.connect(settings, http=self._http, clock=self._clock)
        except (BadSettings, Unsealable) as error:
            log.error("channel unusable", channel=channel.id, error=str(error))
            self._known.pop(channel.id, None)
            return None
        challenge = connector.challenge if isinstance(connector, AnswersChallenge) else None
        rate = connector.capabilities.rate_per_second
        pace = shared_pace(channel.id, rate, self._store, self._clock)
        carries = connector.capabilities
        pairs = Pairs(carries.pair_burst, carries.pair_gap) if carries.pair_burst else None
        window = timedelta(hours=carries.window_hours) if carries.window_hours else None
        answers = connector if isinstance(connector, AnswersWebhooks) else None
        gathers = connector if isinstance(connector, GathersParts) else None
        line = Line(channel, connector, pace, challenge, window, pairs, answers, gathers)
        self._known[channel.id] = line
        return line
