"""What was authentic but could not be taken in: kept so that it can be shown, and replayed after a fix."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec

from connectors.contract import Webhook
from connectors.events import Unreadable
from inbox.model.commit import KeptRequest, Quarantined

_SHOWN = 100_000
"""Characters of a part that are kept for an admin to read; the whole is in the request."""

_SECRETS = frozenset(
    {"authorization", "x-api-key", "api-key", "x-callback-secret", "secret", "token", "cookie"}
)
"""Headers and fields of an address by which providers that do not sign prove themselves: not kept."""

_LARGEST = 12 * 1024 * 1024
"""Bytes of a request that MongoDB can hold in one document with room to spare."""


def quarantined(
    channel_id: str, event: Unreadable, webhook: Webhook | None, now: datetime
) -> tuple[Quarantined, KeptRequest | None]:
    """The part for the quarantine, as JSON text, and the request that it came in.

    Both have ids made of what they hold: the same webhook again changes nothing.
    """
    text = event.raw if isinstance(event.raw, str) else msgspec.json.encode(event.raw).decode()
    request = kept(channel_id, webhook, now) if webhook else None
    item = Quarantined(
        id=_digest(channel_id, request.id if request else "", text),
        channel_id=channel_id,
        reason=event.reason,
        raw=text[:_SHOWN],
        at=now,
        request_id=request.id if request else None,
    )
    return item, request


def kept(channel_id: str, webhook: Webhook, now: datetime) -> KeptRequest | None:
    """The request as it is kept, None if it is too large."""
    if len(webhook.body) > _LARGEST:
        return None
    url = _without_secrets(_plain(webhook.url))
    said = webhook.body or url.encode()  # a GET says it all in its address
    body = hashlib.sha256(said).hexdigest()
    whole = msgspec.structs.replace(
        webhook, url=url, headers=_all_plain(webhook.headers), query=_all_plain(webhook.query)
    )
    return KeptRequest(id=_digest(channel_id, body), webhook=whole, at=now)


def _all_plain(texts: Mapping[str, str]) -> dict[str, str]:
    return {_plain(name): _plain(value) for name, value in texts.items() if name.lower() not in _SECRETS}


def _without_secrets(url: str) -> str:
    place, mark, query = url.partition("?")
    kept = [each for each in query.split("&") if each.partition("=")[0].lower() not in _SECRETS]
    return place + mark + "&".join(kept)


def _plain(text: str) -> str:
    """The text without what MongoDB refuses: NULs in names, and bytes that were no UTF-8."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
