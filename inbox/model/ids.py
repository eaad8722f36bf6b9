"""Ids that sort by time."""

import os
import secrets
import time

_IDS, _DIGITS = 256, 16

_random: list[str] = []
"""Random parts not yet used: the kernel is asked for many at once, since each question lets go of the
interpreter's lock in the middle of a commit."""

os.register_at_fork(after_in_child=_random.clear)


def new_id() -> str:
    """28 hexadecimal digits: 48 bits of milliseconds since 1970, then 64 random bits."""
    while True:
        try:
            return f"{time.time_ns() // 1_000_000:012x}{_random.pop()}"
        except IndexError:  # empty, perhaps emptied by another thread meanwhile
            digits = secrets.token_hex(_IDS * _DIGITS // 2)
            _random.extend(digits[i : i + _DIGITS] for i in range(0, len(digits), _DIGITS))


def external_key(channel_id: str, external_id: str) -> str:
    """A provider's message id made unique over all channels; a redelivery has the same key."""
    return f"{channel_id}|{external_id}"
