"""What could not be done for a conversation because of an error that nobody had foreseen. Pure."""

import traceback
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

_WAITS = (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
"""How long it is left alone after the first failure, the second, and so on; then it is given up."""


class Setback(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was set aside, so that what comes behind it goes on."""

    id: str
    duty: str
    """What was to be done: ``rules``, ``routing``, ``sla``…"""
    conversation_id: str
    seq: int | None = None
    """The line of the conversation, where it was about one."""
    why: str
    """The error's kind and place in our code, never its text: that may quote a customer."""
    attempts: int = 1
    first_at: datetime
    last_at: datetime
    retry_at: datetime | None
    """When it is tried again by itself; None once it is given up: then a person decides."""


def setback_id(duty: str, conversation_id: str, seq: int | None = None) -> str:
    """One and the same for each failure of the same piece of work."""
    return f"{duty}:{conversation_id}:{seq or 0}"


def failed_again(
    before: Setback | None, duty: str, conversation_id: str, seq: int | None, error: Exception, now: datetime
) -> Setback:
    """What is kept of this failure; `before` is what was kept of the last one."""
    attempts = before.attempts + 1 if before else 1
    wait = _WAITS[attempts - 1] if attempts <= len(_WAITS) else None
    return Setback(
        id=setback_id(duty, conversation_id, seq),
        duty=duty,
        conversation_id=conversation_id,
        seq=seq,
        why=_named(error),
        attempts=attempts,
        first_at=before.first_at if before else now,
        last_at=now,
        retry_at=now + wait if wait else None,
    )


def _named(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or list(frames)
    where = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}"
