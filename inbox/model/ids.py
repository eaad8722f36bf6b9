"""Ids that sort by time."""

import secrets
import time


def new_id() -> str:
    """28 hexadecimal digits: 48 bits of milliseconds since 1970, then 64 random bits."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(8)}"


def external_key(channel_id: str, external_id: str) -> str:
    """A provider's message id made unique over all channels; a redelivery has the same key."""
    return f"{channel_id}|{external_id}"
