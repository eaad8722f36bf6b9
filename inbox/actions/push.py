"""The devices of an agent that take news, and how the agent wants it. One's own alone.

Raises `Invalid` or `NotFound`.
"""

import base64
import hashlib
from datetime import time
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.contract import Clock
from inbox.actions.access import seen
from inbox.actions.errors import Invalid, NotFound
from inbox.actions.people import principal_of
from inbox.model.people import User
from inbox.model.push import KEYS, PushKeys, Subscription, Wishes
from inbox.model.secrets import Vault
from inbox.store import Store

_MOST = 20
_LONGEST = 2_000
_MUTED = 500


async def keys(store: Store, vault: Vault) -> PushKeys:
    """Our keys; made at the first question, once, whoever asks at the same time."""
    found = await store.push_keys.get(KEYS)
    if found is None:
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        point = private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        made = PushKeys(private=vault.seal(pem.decode()), public=_encoded(point))
        found = made if await store.push_keys.add(made) else await store.push_keys.get(KEYS)
    assert found is not None
    return found


async def subscribe(
    user: User, *, endpoint: str, p256dh: str, auth: str, device: str, store: Store, clock: Clock
) -> Subscription:
    """Let this browser have one's news. The same browser again, or of somebody else before, is one device."""
    parts = urlsplit(endpoint)
    if parts.scheme != "https" or not parts.hostname or parts.username or len(endpoint) > _LONGEST:
        raise Invalid("A push service has an address that begins with https.")
    if len(_decoded(p256dh)) != 65 or len(_decoded(auth)) != 16:
        raise Invalid("The browser's keys cannot be read.")
    key = hashlib.sha256(endpoint.encode()).hexdigest()[:32]
    others = await store.subscriptions.list({"user_id": user.id}, limit=_MOST + 1)
    if len(others) >= _MOST and key not in {one.id for one in others}:
        raise Invalid(f"{_MOST} devices have your news already.")
    subscription = Subscription(
        id=key,
        user_id=user.id,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        device=" ".join(device.split())[:100] or "A browser",
        created_at=clock(),
    )
    await store.subscriptions.put(subscription)
    return subscription


async def revoke(user: User, key: str, *, store: Store) -> None:
    """Send this device nothing any more."""
    if not await store.subscriptions.remove_all({"_id": key, "user_id": user.id}):
        raise NotFound("That device has no news of yours.")


async def wish(
    user: User,
    *,
    quiet_from: str | None,
    quiet_until: str | None,
    zone: str,
    shows_words: bool,
    store: Store,
) -> Wishes:
    """Say how one wants news."""
    try:
        for moment in (quiet_from, quiet_until):
            if moment is not None and (len(moment) != 5 or time.fromisoformat(moment).tzinfo):
                raise ValueError
    except ValueError as error:
        raise Invalid("A time is written as 22:00.") from error
    if (quiet_from is None) != (quiet_until is None):
        raise Invalid("Quiet hours have a beginning and an end.")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid(f"{zone[:60]} is no time zone such as Europe/Rome.") from error
    await store.push_wishes.note(
        user.id, quiet_from=quiet_from, quiet_until=quiet_until, zone=zone, shows_words=shows_words
    )
    return await wishes_of(user, store=store)


async def mute(user: User, conversation_id: str, muted: bool, *, store: Store) -> Wishes:
    """Want no news of a conversation, or want it again. A mention of oneself is told all the same.

    Raises `NotFound` if there is none that one may see.
    """
    await seen(principal_of(user), conversation_id, store=store)
    present = await wishes_of(user, store=store)
    if muted and len(present.muted) >= _MUTED and conversation_id not in present.muted:
        raise Invalid(f"{_MUTED} conversations are muted already.")
    await store.push_wishes.mute(user.id, conversation_id, muted)
    return await wishes_of(user, store=store)


async def wishes_of(user: User, *, store: Store) -> Wishes:
    """How one wants news."""
    return await store.push_wishes.get(user.id) or Wishes(id=user.id)


def subscription_json(one: Subscription) -> dict[str, Any]:
    """A device as its owner's page sees it: not its keys."""
    return {"id": one.id, "device": one.device, "created_at": one.created_at.isoformat()}


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
