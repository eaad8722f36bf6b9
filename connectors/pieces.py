"""A power that only some connectors have: the provider brings the parts of a long message one by one.

Part of the contract, in a module of its own.
"""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from connectors.contract import Webhook
from connectors.events import Event
from connectors.lines import Shelf


@runtime_checkable
class GathersParts(Protocol):
    """Puts long messages together. What it waits for is on the shelf, so any process may go on."""

    async def gather(self, webhook: Webhook, events: list[Event], shelf: Shelf) -> list[Event]:
        """What `parse` made of the webhook, with a part replaced by its whole message or held back.

        A part that comes again gives the whole again, with the same `external_id`.
        """

    async def overdue(self, shelf: Shelf) -> dict[str, Event]:
        """Messages that have waited too long, as far as they have come, by a name for `settle`."""

    async def settle(self, names: Iterable[str], shelf: Shelf) -> None:
        """These are stored now: they wait no longer."""
