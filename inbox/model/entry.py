"""What people sign in with besides a password, and what is asked of them."""

from datetime import datetime
from typing import Literal

import msgspec

from inbox.model.people import User


class Factors(msgspec.Struct, frozen=True, kw_only=True):
    """A user's second step; `id` is the user's."""

    id: str
    totp: str | None = None
    """The secret shared with an authenticator app, sealed; None until it was confirmed."""
    pending: str | None = None
    """One that was shown and not confirmed yet, sealed."""
    step: int = -1
    """The last 30 seconds whose code was taken: none is taken twice."""
    recovery: tuple[str, ...] = ()
    """Digests of the codes that are left. Each has 120 random bits, so that a plain digest hides it."""


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A key pair of a user's device; only the public half is here. `id` is the credential's, as base64url."""

    id: str
    user_id: str
    name: str
    public_key: str
    """COSE, as base64url."""
    sign_count: int
    created_at: datetime
    used_at: datetime | None = None


class Ceremony(msgspec.Struct, frozen=True, kw_only=True):
    """Half of something: what was asked of a browser, until it answers. `id` is the digest of its cookie."""

    id: str
    kind: Literal["second_step", "passkey", "new_passkey", "proof", "single_sign_on", "saml", "saml_answer"]
    expires_at: datetime
    user_id: str | None = None
    next: str = "/"
    challenge: str = ""


class GroupRole(msgspec.Struct, frozen=True):
    """Which role those have who are in a group of the provider's."""

    group: str
    """As the provider calls it, to the letter."""
    role: str


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider's groups make of people, at each sign-in; nothing where there are none."""

    groups: tuple[GroupRole, ...] = ()
    """The first one that somebody is in counts."""
    groups_from: str = ""
    """The claim or attribute that tells them; empty: the usual ones."""
    needs_group: bool = False
    """Whether only who is in one of them gets in."""


class SingleSignOn(Membership, frozen=True, kw_only=True):
    """How people sign in by their organisation's own provider. There is one."""

    id: str = "settings"
    issuer: str
    client_id: str
    client_secret: str
    """Sealed."""
    name: str
    """What the button on the page to sign in calls it."""
    domains: tuple[str, ...] = ()
    """Whose people may sign in; empty: only who is known already."""
    role: str = "agent"
    """Of who is new."""
    is_on: bool = True
    is_only: bool = False
    """Whether only admins may sign in otherwise."""


class SamlSignOn(Membership, frozen=True, kw_only=True):
    """How people sign in by their organisation's own provider that speaks SAML 2.0. There is one."""

    id: str = "settings"
    entity_id: str
    """The provider's."""
    address: str
    """Where browsers are sent, by HTTP-Redirect."""
    certificates: tuple[str, ...]
    """By which it may sign, DER as base64: more than one while it changes them."""
    name: str
    domains: tuple[str, ...]
    """Of whose addresses it may speak; never empty."""
    role: str = "agent"
    is_on: bool = True
    is_only: bool = False
    takes_unasked: bool = False
    """Whether an answer to nothing that was asked is taken, as a provider's own page of programs sends it."""


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """Something signed that a provider said, and that was taken: not twice. `id` is its digest."""

    id: str
    expires_at: datetime


class SignInLink(msgspec.Struct, frozen=True, kw_only=True):
    """Which user a provider's subject is. `id` is a digest of both."""

    id: str
    issuer: str
    user_id: str
    created_at: datetime


class SignInPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of those who sign in. There is one."""

    id: str = "policy"
    second_step_for: tuple[str, ...] = ()
    """Roles that sign in with a second step, or with a passkey."""

    def asks_second_step_of(self, user: User) -> bool:
        """Whether this user needs more than a password."""
        return user.role in self.second_step_for
