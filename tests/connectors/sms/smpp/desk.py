"""An inbox as far as a line goes: a real shelf in MongoDB, and a list of what came in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from connectors.content import Text
from connectors.contract import Outbound
from connectors.events import Event, Identity, IdentityKind, MessageReceived, StatusChanged
from connectors.lines import Shelf
from connectors.sms.smpp import KIND
from connectors.sms.smpp.connector import Smpp
from inbox.store import Store
from tests.connectors.test_every_kind import sample_settings
from tests.parley import until

ADA = Identity(IdentityKind.PHONE, "+15550001111")


def now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """What the connector is given as its host."""

    def __init__(self, store: Store, channel_id: str = "sms") -> None:
        self.shelf: Shelf = store.shelf(channel_id, now)
        self.left_at: datetime | None = None
        self.events: list[Event] = []
        self.told: list[tuple[bool, str]] = []
        self.doubts: list[Outbound] = []
        self.is_down = False
        self.pause = 0.0

    async def take(self, events: list[Event]) -> None:
        await asyncio.sleep(self.pause)
        if self.is_down:
            raise ConnectionError("the store is down")
        self.events += events

    async def taken(self, prefix: str, since: str) -> list[str]:
        return sorted(
            e.external_id
            for e in self.events
            if isinstance(e, MessageReceived) and prefix + since <= e.external_id < prefix + "~"
        )

    async def in_doubt(self, to: Identity) -> list[Outbound]:
        return [each for each in self.doubts if to in each.to]

    async def tell(self, is_up: bool, words: str) -> None:
        self.told.append((is_up, words))

    @property
    def texts(self) -> list[str]:
        """What customers have written, redeliveries once."""
        found = {e.external_id: e for e in self.events if isinstance(e, MessageReceived)}
        return [e.content.text if isinstance(e.content, Text) else repr(e.content) for e in found.values()]

    @property
    def reports(self) -> list[tuple[str | None, str]]:
        """Our id and the status of what was reported."""
        return [(e.message_id, e.status) for e in self.events if isinstance(e, StatusChanged)]

    async def hears(self, count: int) -> list[str]:
        """The texts, once there are so many."""
        await until(lambda: len(self.texts) >= count)
        return self.texts


def a_connector(port: int, **more: Any) -> Smpp:
    """One that knows its SMSC's password."""
    settings = sample_settings(KIND, host="127.0.0.1", port=str(port), system_id="parley", password="secret")
    connector = KIND.connect(settings | {"from": "+15550100"} | more, http=None, clock=now)  # type: ignore[arg-type]
    assert isinstance(connector, Smpp)
    return connector


@asynccontextmanager
async def held(connector: Smpp, desk: Desk, *, open: bool = True) -> AsyncIterator[Smpp]:
    """The connector with its line up."""
    task = asyncio.create_task(connector.hold(desk))
    try:
        if open:
            await until(lambda: connector.is_open)
        yield connector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def a_text(text: str = "Hello", message_id: str = "m1", attempt: int = 1, to: Identity = ADA) -> Outbound:
    return Outbound(message_id=message_id, to=(to,), content=Text(text), attempt=attempt)


Check = Callable[[], Any]
