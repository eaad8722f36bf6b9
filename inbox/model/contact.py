"""People who write to us."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from connectors.events import Identity, IdentityKind

_LONGEST_NAME = 200
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""What controls terminals, and how the words around it are ordered."""
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{3,255}|\+\d{7,15}")


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person, known by one or more identities. No two contacts share an identity."""

    id: str
    name: str | None = None
    identities: tuple[Identity, ...] = ()
    identity_keys: tuple[str, ...] = ()
    """`Identity.key` of each identity: what the unique index is on."""
    attributes: dict[str, Any] = {}
    merged_into: str | None = None
    """Set when this contact turned out to be another one; it then has no identities."""
    last_conversation_id: str | None = None
    """The last one that began. Who merges the contact at that moment must know of it, and tries again."""
    last_campaign_id: str | None = None
    """The last one that spoke to them. Another one at that moment must know of it, and counts again."""
    blocked_at: datetime | None = None
    """Since when what they send is kept and wakes nobody; None: it is answered."""
    created_at: datetime
    updated_at: datetime

    @property
    def address(self) -> str | None:
        """What an agent calls this person's address: the phone number if there is one."""
        by_kind = {identity.kind: identity.value for identity in self.identities}
        return by_kind.get(IdentityKind.PHONE) or by_kind.get(IdentityKind.BSUID)

    def also_known_as(self, identities: tuple[Identity, ...], now: datetime) -> "Contact":
        """The contact with these identities added, itself if it has them all."""
        known = set(self.identity_keys)
        new = tuple(i for i in identities if i.key not in known)
        if not new:
            return self
        every = (*self.identities, *new)
        return msgspec.structs.replace(
            self, identities=every, identity_keys=tuple(i.key for i in every), updated_at=now
        )


def addresses_in(attributes: Mapping[str, Any]) -> set[str]:
    """Addresses of mail and numbers with their country among what is known of a contact."""
    texts = (value.strip() for value in attributes.values() if isinstance(value, str))
    return {text for text in texts if _ADDRESS.fullmatch(text)}


def name_said(said: str | None) -> str | None:
    """What somebody calls themselves: one line, with an end, and nothing that turns what is around it.

    What joins letters or pictures to one stays.
    """
    if not said or (len(said) <= _LONGEST_NAME and said.isprintable()):
        return said
    seen = _UNSEEN.sub("", said[: 10 * _LONGEST_NAME])
    return " ".join(seen.split())[:_LONGEST_NAME] or None


def display_name(contact: Contact) -> str:
    """How to call a contact in a list, whatever little is known."""
    if contact.name:
        return contact.name
    return contact.address or "Visitor"
