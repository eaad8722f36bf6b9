"""What a provider tells us, in one form for all of them. Frozen values without any reference to the inbox."""

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec

from connectors.content import Content


class IdentityKind(StrEnum):
    """How a provider knows a person. The strongest first: see `Identity.key`."""

    BSUID = "bsuid"
    """WhatsApp's business-scoped user id."""
    PHONE = "phone"
    """An E.164 number with its plus sign."""
    VISITOR = "visitor"
    """The id in a signed web chat token."""
    USER = "user"
    """Any other provider's id of a person, after the connector's name: ``telegram:991``."""


class Identity(msgspec.Struct, frozen=True):
    """One name by which a provider knows a person."""

    kind: IdentityKind
    value: str

    @property
    def key(self) -> str:
        """The identity as one string, unique over all channels: ``phone:+16505551234``."""
        return f"{self.kind}:{self.value}"


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the provider says about a person, all of it as the person chose it: never to be trusted."""

    name: str | None = None
    username: str | None = None
    attributes: dict[str, str] = {}
    """What else they say of themselves, to be kept with the contact in place of what was there."""


class Purpose(StrEnum):
    """What messages to a customer are for, and what a customer may refuse."""

    CONVERSATION = "conversation"
    """An answer, a notice. Who refuses this gets nothing at all."""
    MARKETING = "marketing"
    CONSENT = "consent"
    """The one confirmation of an opt-out or opt-in."""


class ConsentGiven(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The provider says that the customer consented or refused; it has read the words, or had a switch."""

    granted: bool
    purpose: Purpose = Purpose.CONVERSATION
    is_confirmed: bool = False
    """The provider has told the customer so already: one confirmation is enough."""


class MessageReceived(msgspec.Struct, frozen=True, kw_only=True):
    """A message was written by a customer, or by staff in the provider's own app (`echo`)."""

    external_id: str
    """The provider's id: unique within the channel, the key by which a redelivery is known."""
    identities: tuple[Identity, ...]
    """All names of the customer in this event, the strongest first; never empty."""
    content: Content
    sent_at: datetime
    """By the provider's clock, with a time zone."""
    profile: Profile = Profile()
    account: str | None = None
    """Which of our numbers or agents it was sent to, for providers that serve several by one webhook."""
    reply_to: str | None = None
    """The external id of the message it answers."""
    forwarded: bool = False
    referral: dict[str, Any] = {}
    """The advertisement or product that brought the customer, as the provider describes it."""
    echo: bool = False
    """Written by staff outside of Parley: kept as outbound, answered by nobody."""
    consent: ConsentGiven | None = None
    """What the provider itself made of it as to consent. Words that it did not judge are judged later."""
    is_answered: bool = False
    """The provider has answered it by itself, as some do with “HELP”: nobody needs to do so again."""
    group_id: str | None = None
    """The group it was written in, for providers that have groups."""


class DeliveryStatus(StrEnum):
    """Where an outbound message is. The order of the members is the order in which it may move."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a message failed: the provider's code and plain words for an agent."""

    code: str
    message: str
    elsewhere: bool = False
    """The customer surely does not have it and will not get it: another channel may be tried."""
    refused: Purpose | None = None
    """It failed because the customer opted out of this."""


class StatusChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The provider reports how far an outbound message has come."""

    external_id: str
    status: DeliveryStatus
    at: datetime
    account: str | None = None
    message_id: str | None = None
    """Our own id of the message, where the provider carries it back."""
    fault: Fault | None = None
    pricing: dict[str, Any] = {}
    identities: tuple[Identity, ...] = ()
    """All names of whom it was for, the strongest first, where the provider tells more than one."""


class IdentityChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A person's name at the provider changed: `previous` is now known as `current`."""

    external_id: str
    previous: tuple[Identity, ...]
    current: tuple[Identity, ...]
    at: datetime
    account: str | None = None
    content: Content


class CustomerTyped(msgspec.Struct, frozen=True, kw_only=True):
    """The customer is writing at this moment: worth showing for a few seconds, and keeping nowhere."""

    identities: tuple[Identity, ...]
    at: datetime
    account: str | None = None


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an authentic webhook that we could not read: kept raw in quarantine, never dropped."""

    reason: str
    raw: Any
    account: str | None = None


Event: TypeAlias = MessageReceived | StatusChanged | IdentityChanged | CustomerTyped | Unreadable
