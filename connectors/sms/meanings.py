"""What a provider's refusal means: one shape of table for all of them, and what their statuses say alone."""

from collections.abc import Mapping
from typing import NamedTuple

from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OptedOut,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
)
from connectors.events import Fault
from connectors.http import Answer

_LONGEST = 200


class Meaning(NamedTuple):
    """What a code means: the error to raise, the words that go with it, and whom a throttle is about."""

    error: type[SendFailed]
    words: str
    scope: str = "channel"


def refusal(
    answer: Answer,
    *,
    provider: str,
    code: str | None,
    table: Mapping[str, Meaning],
    words: str | None = None,
) -> SendFailed:
    """The error for an answer that is not a success.

    `code` is the provider's own and looked up in the `table`; without it the status tells. The provider's own
    `words` are told only for a code that we do not know.
    """
    meaning = table.get(code or "") or by_status(answer.status, provider, words)
    label = code or f"http_{answer.status}"
    return error_of(meaning, label, retry_after=answer.retry_after())


def error_of(meaning: Meaning, code: str, *, retry_after: float | None = None) -> SendFailed:
    """The error that a meaning stands for."""
    if issubclass(meaning.error, Throttled):
        return meaning.error(meaning.words, code=code, retry_after=retry_after, scope=meaning.scope)
    return meaning.error(meaning.words, code=code, retry_after=retry_after)


def by_status(status: int, provider: str, words: str | None = None) -> Meaning:
    """What an HTTP status means where no code says more."""
    if status in (401, 403):
        return Meaning(CredentialsRefused, f"{provider} does not accept this channel's credentials.")
    if status == 402:
        return Meaning(SendFailed, f"The {provider} account has no credit left.")
    if status == 404:
        return Meaning(CredentialsRefused, f"{provider} does not know the channel's account.")
    if status == 429:
        return Meaning(Throttled, f"{provider} asks us to slow down.")
    if status in (408, 504):
        return Meaning(OutcomeUnknown, f"{provider} took too long; it may have sent the message.")
    if status >= 500:
        return Meaning(ProviderDown, f"{provider} is down for a moment.")
    if status in (413, 414):
        return Meaning(ContentRefused, f"The message is too large for {provider}.")
    said = shown(words)
    return Meaning(
        SendFailed, f"{provider} refused the message: {said}" if said else f"{provider} refused the message."
    )


def fault(code: str | None, table: Mapping[str, Meaning], words: str | None, provider: str) -> Fault:
    """Why a message failed that the provider had taken."""
    known = table.get(code or "")
    if known:
        refused = known.error.purpose if issubclass(known.error, OptedOut) else None
        return Fault(
            code=code or "",
            message=known.words,
            elsewhere=issubclass(known.error, RecipientRefused) and refused is None,
            refused=refused,
        )
    said = shown(words) or f"{provider} could not deliver the message and gave no reason."
    return Fault(code=code or "unknown", message=said)


def shown(words: str | None) -> str:
    """A provider's words on one line, not too long; empty if they are no words."""
    line = " ".join((words or "").split())
    if not line or "<html" in line.lower():
        return ""
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
