"""What every connector promises. The inbox knows connectors by these names alone.

A connector is a value made from one channel's settings. It is given one HTTP session and one clock, it keeps
no state that matters, and it knows nothing of inboxes or bots. Powers that only some providers have are
small protocols of their own, asked for with `isinstance`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

import aiohttp
import msgspec

from connectors.content import Content
from connectors.events import Event, Identity

Clock = Callable[[], datetime]
"""Gives the present with its time zone."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request from a provider, untouched. `headers` are looked up by lower-case name."""

    method: str
    url: str
    """The public address as the provider called it, with its query string."""
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


class Outbound(msgspec.Struct, frozen=True, kw_only=True):
    """One message to deliver, already fitted to what the channel can carry."""

    message_id: str
    """Ours. Goes with the message where the provider can carry it back; the idempotency key where it can."""
    to: tuple[Identity, ...]
    """All identities by which this channel may know the recipient, the strongest first."""
    content: Content
    account: str | None = None
    """Which of our numbers the customer wrote to, if the channel has several."""
    reply_to: str | None = None
    """The external id of the message that this one answers."""
    attempt: int = 1


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The provider took the message."""

    external_id: str
    recipient: Identity | None = None
    """The identity that the provider resolved the recipient to, if it says."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel can carry and what it keeps to. Lengths are in characters."""

    contents: frozenset[str]
    """Tags of the contents that `send` takes."""
    text_length: int
    options: int = 0
    """How many answers a message may offer as buttons; 0: none, they become numbered text."""
    list_rows: int = 0
    """How many answers a list may hold; 0: no lists."""
    option_title_length: int = 20
    window_hours: float | None = None
    """How long after the customer's last message free text is allowed; None: always."""
    rate_per_second: float | None = None
    """How many messages a second one channel may send."""
    has_receipts: bool = True
    idempotent_send: bool = False
    """Whether sending the same `message_id` again is harmless."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an admin fills in to add a channel."""

    name: str
    meaning: str
    secret: bool = False
    default: str | None = None
    """None: the setting is required."""


@runtime_checkable
class Connector(Protocol):
    """One provider, both ways. Knows nothing of inboxes or bots."""

    capabilities: Capabilities

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless the provider sent this. Never optional, constant in time."""

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first; empty when nothing concerns us. Pure: fetches nothing.

        A part that cannot be read becomes one `Unreadable` and never harms the parts beside it; a body
        that cannot be read at all becomes one `Unreadable` of the whole. Raises nothing.
        """

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`."""


@runtime_checkable
class AnswersChallenge(Protocol):
    """The provider tries the webhook address with a handshake before it uses it."""

    def challenge(self, webhook: Webhook) -> str | None:
        """The body to answer, None if this is no handshake. Raises `ChallengeRejected` on a wrong token."""


@runtime_checkable
class AnswersWebhooks(Protocol):
    """The provider acts upon the body of our 200. Twilio, for one, sends plain text on to the customer."""

    def answer(self) -> tuple[str, str]:
        """The body and the content type that say: taken, and nothing else to do."""


@runtime_checkable
class ShowsTyping(Protocol):
    """The provider can show the customer that we have read and are writing."""

    async def mark_read(self, external_id: str, *, account: str | None, typing: bool) -> None:
        """Show the message as read, and typing dots if `typing`. Raises `SendFailed`."""


class Kind(Protocol):
    """A kind of connector as the registry knows it: the module-level `KIND` of each connector's folder."""

    name: ClassVar[str]
    title: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]]

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is missing or wrong."""

    def account(self, settings: Mapping[str, str]) -> str | None:
        """Which of the provider's accounts these settings are for, by the name that its webhooks use."""


Json = dict[str, Any]
