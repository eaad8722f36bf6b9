"""What customers refused and allowed: per address, channel and purpose, with the evidence.

A `Standing` is the present state of an address on a channel, and what the outbox goes by. The ledger of
`ConsentEvent`s is the evidence and is only ever added to.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from connectors.events import Purpose

UNDECIDED = "consent"
"""The label of a conversation in which somebody may have asked, in their own words, for no more messages."""


class Source(StrEnum):
    """How we know."""

    WORDS = "words"
    """The customer wrote one of the words for it."""
    PROVIDER = "provider"
    """The provider said so: a switch of the customer's, or words that it reads itself."""
    REFUSAL = "refusal"
    """The provider refused a message of ours for it."""
    COLLEAGUE = "colleague"
    """Somebody of ours wrote it down, with the customer's words."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The customer wants nothing of this purpose any more."""

    purpose: Purpose = Purpose.CONVERSATION
    at: datetime
    source: Source
    words: str | None = None
    """The customer's own, or the provider's."""
    message_id: str | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What one address on one channel has refused; none if it takes everything again.

    It belongs to the contact who said it, wherever that one's number or user id moves, and to the address,
    whoever has it next.
    """

    id: str
    """`standing_id`: the channel and the address."""
    channel_id: str
    contact_id: str
    refusals: tuple[Refusal, ...] = ()
    at: datetime


class ConsentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger."""

    id: str
    at: datetime
    contact_id: str
    conversation_id: str
    channel_id: str
    channel_kind: str
    addresses: tuple[str, ...]
    """The keys of all identities by which the customer was known then."""
    purpose: Purpose
    granted: bool
    source: Source
    words: str | None = None
    message_id: str | None = None
    by: str | None = None
    """The colleague who wrote it down."""


Refusals = tuple[Refusal, ...]


def standing_id(channel_id: str, address: str) -> str:
    """The name of an address on a channel; `address` is an identity's key."""
    return f"{channel_id}|{address}"


def refused(refusals: Refusals, purpose: Purpose) -> Refusal | None:
    """What stands against a message of this purpose. A confirmation of the refusal itself may always go."""
    if purpose is Purpose.CONSENT:
        return None
    wanted = (Purpose.CONVERSATION, purpose)
    return next((each for each in refusals if each.purpose in wanted), None)


def with_refusal(refusals: Refusals, new: Refusal) -> Refusals:
    """The refusals and this one; the first of a purpose stays, with its evidence."""
    if any(each.purpose is new.purpose for each in refusals):
        return refusals
    return (*refusals, new)


def with_consent(refusals: Refusals, purpose: Purpose) -> Refusals:
    """The refusals that are left after a consent: that to a conversation is one to everything."""
    if purpose is Purpose.CONVERSATION:
        return ()
    return tuple(each for each in refusals if each.purpose is not purpose)


def united(many: list[Refusals]) -> Refusals:
    """Of several addresses' refusals the earliest of each purpose."""
    earliest: dict[Purpose, Refusal] = {}
    for each in sorted((one for some in many for one in some), key=lambda one: one.at):
        earliest.setdefault(each.purpose, each)
    return tuple(earliest.values())


def standing_against(
    standings: Iterable[Standing], channel_id: str, addresses: Iterable[str], contact_id: str
) -> Refusals:
    """What must not be sent to a contact under these addresses on this channel, of what stands for many."""
    names = {standing_id(channel_id, address) for address in addresses}
    return united(
        [
            each.refusals
            for each in standings
            if each.id in names or (each.channel_id == channel_id and each.contact_id == contact_id)
        ]
    )
