"""What can go wrong at a provider, on demand."""

from typing import Annotated

import msgspec


class Trouble(msgspec.Struct, forbid_unknown_fields=True):
    """The switches of one channel. All off, the provider is at its best."""

    duplicate: bool = False
    """Every webhook comes twice."""
    reorder: bool = False
    """Webhooks of the same second come newest first."""
    batch: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    """So many webhooks are held, then come as one; 0: each comes alone."""
    delay: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0
    """Webhooks come so many seconds late."""
    drop_signature: bool = False
    """Webhooks come unsigned."""
    fail: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Every message fails with this code, as the provider would do it: in the answer or by a webhook."""
    broken: bool = False
    """Every call is answered with a 503."""
    hang: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0
    """Messages are taken, but the answer stays away; after so many seconds the line is dropped."""
    unread: bool = False
    """The customer does not look at the phone: nothing is read."""
