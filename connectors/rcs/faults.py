"""What Google's refusals mean for the message, in words that an agent can act upon.

https://developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1/phones.agentMessages/create
"""

from typing import Any

from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
)
from connectors.events import Fault
from connectors.http import Answer
from connectors.tolerant import Json, Malformed, decode, section, sections, text

NOT_REACHABLE = "404"
"""The code of a customer whom RCS does not reach: it surely has nothing, so another channel may be tried."""

EXPIRED = "TTL_EXPIRATION_REVOKED"
"""The code of a message that Google took back in time: another channel may be tried."""

REVOKE_FAILED = "TTL_EXPIRATION_REVOKE_FAILED"
"""The code of a message that may still arrive: another channel may make it two."""

_WORDS: dict[int, tuple[type[SendFailed], str]] = {
    400: (ContentRefused, "Google did not accept the message."),
    401: (CredentialsRefused, "Google does not accept the channel's service account."),
    403: (
        RecipientRefused,
        "The agent may not write to this customer: their carrier has not launched it, or they are no tester.",
    ),
    404: (RecipientRefused, "The customer cannot be reached by RCS."),
    408: (OutcomeUnknown, "Google took too long; it may have sent the message."),
    429: (Throttled, "Google asks us to slow down."),
    504: (OutcomeUnknown, "Google took too long; it may have sent the message."),
}

_ACCOUNT = (CredentialsRefused, "The channel's service account may not use the RCS API or this agent.")
_ACCOUNT_REASONS = (
    "ACCESS_TOKEN",
    "ACCOUNT_STATE",
    "API_KEY",
    "BILLING",
    "CONSUMER",
    "CREDENTIALS",
    "IAM",
    "SERVICE_DISABLED",
    "USER_PROJECT",
)
"""How the reasons of Google's ErrorInfo begin that are about our account, not about the customer."""

_REPORTS = {
    EXPIRED: "Not delivered in time; Google took the message back.",
    REVOKE_FAILED: "Not delivered in time, and Google could not take it back: it may still arrive.",
}


def refusal(answer: Answer) -> SendFailed:
    """The error for an answer of Google's that is not a success."""
    said = _error_of(answer)
    error, words = _meaning(answer.status, said)
    details = text(said, "message")
    if error is ContentRefused and details:
        words = f"{words} It says: {_short(details)}"
    found = error(words, code=str(answer.status), retry_after=answer.retry_after())
    found.elsewhere = found.code == NOT_REACHABLE
    return found


def reported(kind: str, item: Json) -> Fault:
    """Why a report says that a message failed."""
    error = item.get("error")
    said = error if type(error) is dict else {}
    if words := _REPORTS.get(kind):
        return Fault(code=kind, message=words, elsewhere=kind == EXPIRED)
    reason = text(item, "reason", "description") or text(said, "message", "description", "reason")
    reason = reason or (error if type(error) is str else None)
    code = text(item, "code", "errorCode") or text(said, "code", "status")
    code = code or text(item, "carrierEvent")
    return Fault(code=(code or kind)[:60], message=_short(reason or "The carrier gave no reason."))


def _meaning(status: int, said: Json) -> tuple[type[SendFailed], str]:
    if status == 403 and _is_about_us(said):
        return _ACCOUNT
    if status in _WORDS:
        return _WORDS[status]
    if status >= 500:
        return ProviderDown, "Google is down for a moment."
    return SendFailed, "Google refused the message."


def _is_about_us(said: Json) -> bool:
    """Whether Google's reason for a 403 is our account; else it is this customer."""
    reasons = [text(each, "reason") or "" for each in sections(said, "details")]
    return any(reason.startswith(_ACCOUNT_REASONS) for reason in reasons)


def _error_of(answer: Answer) -> Json:
    try:
        whole: Any = decode(answer.body)
    except Malformed:
        return {}
    return section(whole, "error") if type(whole) is dict else {}


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 300 else line[:299] + "…"
