"""A power that only some connectors have: the provider is reached by a connection that stays open.

Part of the contract, in a module of its own. The inbox gives the line to one process at a time.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from connectors.contract import Outbound
from connectors.events import Event, Identity


class Shelf(Protocol):
    """A small durable memory of one channel, the same in every process. What is put on it lasts three days.

    Under a key are fields; field names are plain words, values are numbers, texts, octets, times, lists and
    dicts. Whatever is answered is durable by then.
    """

    async def keep(self, key: str, fields: Mapping[str, Any], names: Iterable[str] = ()) -> dict[str, Any]:
        """Put each field there unless there is one already, in one step. All that is under the key then."""

    async def put(
        self, key: str, fields: Mapping[str, Any], names: Iterable[str] = (), *, without: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Put fields in place of those there, add and take away names. All that is under the key then."""

    async def get(self, key: str) -> dict[str, Any]:
        """What is under the key; empty if nothing is."""

    async def find(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What has one of these names, by its key."""


class LineHost(Protocol):
    """What the inbox gives to a connector that holds a line. All of it may raise when the store is down."""

    shelf: Shelf
    left_at: datetime | None
    """When somebody was last seen to hold the line; None if nobody ever did."""

    async def take(self, events: list[Event]) -> None:
        """Store what happened. Returns after the commit; raises if the provider must keep it for now."""

    async def taken(self, prefix: str, since: str) -> list[str]:
        """External ids of this channel's messages that begin with `prefix`, from `prefix + since` on."""

    async def in_doubt(self, to: Identity) -> list[Outbound]:
        """Messages to this person of which nobody knows whether the provider took them."""

    async def tell(self, is_up: bool, words: str) -> None:
        """The line came up, or is down for this reason. For admins, and for whoever waits to send."""


@runtime_checkable
class HoldsALine(Protocol):
    """The provider is reached by a connection that stays open. One process at a time holds it, by a lease."""

    @property
    def is_open(self) -> bool:
        """Whether `send` can send at this moment."""

    async def hold(self, host: LineHost) -> None:
        """Keep the line up until cancelled, connecting again whenever it breaks; then take leave of it."""
