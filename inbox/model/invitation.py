"""Invitations: how somebody who has no account yet comes to one."""

from datetime import datetime
from typing import Literal

import msgspec

State = Literal["open", "used", "revoked", "expired"]


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A link that makes one account. `id` is the SHA-256 of its secret."""

    id: str
    email: str
    """Whose account it makes."""
    role: str
    team_ids: tuple[str, ...]
    inviter_id: str
    inviter_name: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> State:
        """What has become of it by now."""
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "open" if now < self.expires_at else "expired"
