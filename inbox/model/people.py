"""Those who work in the inbox, and programs that act for them."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Role(StrEnum):
    """The roles that there always are. Others are made of permissions, see `KeptRole`."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    DESIGNER = "designer"
    AUDITOR = "auditor"


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person who signs in."""

    id: str
    email: str
    name: str
    role: str
    """A `Role`, or the id of a `KeptRole`."""
    password_hash: str
    created_at: datetime
    disabled: bool = False
    language: str | None = None
    """In which the pages speak to them; None leaves it to the browser."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in browser. `id` is the SHA-256 of the cookie, so that a stolen store opens nothing."""

    id: str
    user_id: str
    csrf: str
    created_at: datetime
    expires_at: datetime
    device: str = ""
    """The browser and the machine, as the browser calls them."""
    address: str = ""
    """The network address that it was last seen at."""
    seen_at: datetime | None = None
    proved_at: datetime | None = None
    """When its holder last showed who they are."""
    is_strong: bool = False
    """Whether it was opened with more than a password."""
    is_provided: bool = False
    """Whether their organisation's provider let them in: it is left, too, when they sign out."""
    provider_session: str = ""
    """A digest of what the provider calls its own session, so that it can end ours."""
    is_limited: bool = False
    """Whether more is asked for than it was opened with: it is good for setting that up, and nothing else."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A program's key. `id` is the SHA-256 of the token."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    """When its program last asked for something, to a few minutes."""


class KeptRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role that an admin made out of permissions."""

    id: str
    name: str
    permissions: tuple[str, ...]
    updated_at: datetime


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: what every action is given to decide by."""

    id: str
    name: str
    permissions: frozenset[str]
    is_user: bool = True
    address: str = ""
    """The network address that they ask from, where there is one."""
    program: str = ""
    """Their browser or program, as it calls itself."""

    def may(self, permission: str) -> bool:
        """Whether the permission is among theirs."""
        return permission in self.permissions


READ = "conversations:read"
WRITE = "conversations:write"
ADMIN = "admin"
ORDERS = "orders:read"
STUDIO = "studio"
"""To read and change what the bot is taught. It opens no conversation by itself."""

AUDIT = "audit:read"
"""To read who did what. It opens no conversation."""

SUPERVISE = "supervise"
"""To see the conversations of every team, those of private teams too."""

URGENT = "conversations:urgent"
"""For a program: to have a message leave in its recipient's quiet hours. It is noted each time."""

CAMPAIGNS = "campaigns"
"""To write to many customers at once, within what they consented to."""

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.ADMIN: frozenset({READ, WRITE, ADMIN, ORDERS, STUDIO, AUDIT, SUPERVISE, URGENT, CAMPAIGNS}),
    Role.SUPERVISOR: frozenset({READ, WRITE, SUPERVISE, CAMPAIGNS}),
    Role.AGENT: frozenset({READ, WRITE}),
    Role.DESIGNER: frozenset({STUDIO}),
    Role.AUDITOR: frozenset({AUDIT}),
}

SCOPES = (READ, WRITE, ADMIN, ORDERS, STUDIO, AUDIT, SUPERVISE, URGENT, CAMPAIGNS)
"""What a token can be given."""

OPERATOR = Principal(
    id="operator", name="the operator", permissions=PERMISSIONS[Role.ADMIN], is_user=False, program="parley"
)
"""Who types commands on the machine itself."""
