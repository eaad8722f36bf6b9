"""Values for tests, each with sensible defaults: a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.content import Content, Text
from connectors.events import (
    DeliveryStatus,
    Identity,
    IdentityChanged,
    IdentityKind,
    MessageReceived,
    Profile,
    StatusChanged,
)
from inbox.actions.receive import Arrival
from inbox.model.contact import Contact
from inbox.model.conversation import ContactCard, Conversation
from inbox.model.ids import new_id
from inbox.model.message import Author, AuthorKind, Direction, Message
from inbox.model.people import PERMISSIONS, Principal, Role

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        """Let time pass, for example `seconds=31`."""
        self.at += timedelta(**span)


def phone(number: str = "+15550001111") -> Identity:
    return Identity(IdentityKind.PHONE, number)


def bsuid(value: str) -> Identity:
    return Identity(IdentityKind.BSUID, value)


def a_contact(*identities: Identity, **fields: Any) -> Contact:
    known = identities or (phone(),)
    return Contact(
        **{
            "id": new_id(),
            "identities": known,
            "identity_keys": tuple(i.key for i in known),
            "created_at": NOON,
            "updated_at": NOON,
            **fields,
        }
    )


def a_conversation(**fields: Any) -> Conversation:
    return Conversation(
        **{
            "id": new_id(),
            "channel_id": "whatsapp",
            "channel_kind": "whatsapp",
            "contact_id": new_id(),
            "contact": ContactCard("Ada"),
            "created_at": NOON,
            "updated_at": NOON,
            **fields,
        }
    )


def a_message(conversation: Conversation | None = None, **fields: Any) -> Message:
    at = conversation or a_conversation()
    return Message(
        **{
            "id": new_id(),
            "conversation_id": at.id,
            "channel_id": at.channel_id,
            "contact_id": at.contact_id,
            "seq": 1,
            "rev": 1,
            "direction": Direction.IN,
            "author": Author(AuthorKind.CONTACT, at.contact_id, "Ada"),
            "content": Text("Hello"),
            "created_at": NOON,
            **fields,
        }
    )


def heard(content: Content | str = "Hello", *who: Identity, **fields: Any) -> Arrival:
    """A customer's message as a connector reports it. `id` is the provider's."""
    event = MessageReceived(
        external_id=fields.pop("id", None) or new_id(),
        identities=who or (phone(),),
        content=Text(content) if isinstance(content, str) else content,
        sent_at=NOON,
        profile=Profile(name=fields.pop("name", "Ada")),
        **fields,
    )
    return Arrival("whatsapp", "whatsapp", event)


def told(external_id: str, status: DeliveryStatus | str, **fields: Any) -> Arrival:
    """A provider's report on a message of ours."""
    event = StatusChanged(external_id=external_id, status=DeliveryStatus(status), at=NOON, **fields)
    return Arrival("whatsapp", "whatsapp", event)


def moved(previous: tuple[Identity, ...], current: tuple[Identity, ...], content: Content) -> Arrival:
    """A provider's word that a customer changed names."""
    event = IdentityChanged(
        external_id=new_id(), previous=previous, current=current, at=NOON, content=content
    )
    return Arrival("whatsapp", "whatsapp", event)


def an_agent(name: str = "Marco Rossi", role: Role = Role.AGENT) -> Principal:
    return Principal(id=new_id(), name=name, permissions=PERMISSIONS[role])
