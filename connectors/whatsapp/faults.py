"""Meta's error codes: what each means for the message, in words that an agent can act upon.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from typing import Any, NamedTuple

from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OptedOut,
    OptedOutOfMarketing,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
    WindowClosed,
)
from connectors.events import Fault
from connectors.http import Answer
from connectors.tolerant import Json, Malformed, decode, number, section, text


class Meaning(NamedTuple):
    """What a code means: the error to raise and the words that go with it."""

    error: type[SendFailed]
    words: str
    scope: str = "channel"


_CREDENTIALS = "WhatsApp does not accept this channel's access token, or the token lacks a permission."
_TEMPLATE = "The template"

MEANINGS: dict[int, Meaning] = {
    # Slow down, or come back later.
    4: Meaning(Throttled, "The WhatsApp app has made too many calls."),
    80007: Meaning(Throttled, "The WhatsApp account has reached its rate limit."),
    130429: Meaning(Throttled, "The number has reached its WhatsApp throughput."),
    131056: Meaning(Throttled, "Too many messages to this customer in a short time.", "recipient"),
    133016: Meaning(Throttled, "The number was registered too often; WhatsApp asks for patience."),
    1: Meaning(ProviderDown, "WhatsApp had an unknown problem."),
    2: Meaning(ProviderDown, "WhatsApp is down for a moment."),
    131000: Meaning(ProviderDown, "Something went wrong at WhatsApp."),
    131016: Meaning(ProviderDown, "WhatsApp's service is overloaded."),
    131057: Meaning(ProviderDown, "The WhatsApp account is in maintenance."),
    # This customer, on this channel.
    131021: Meaning(RecipientRefused, "The message was addressed to the sending number itself."),
    131026: Meaning(RecipientRefused, "The customer cannot receive this message on WhatsApp."),
    131030: Meaning(RecipientRefused, "The number is not on the test account's list of recipients."),
    131047: Meaning(
        WindowClosed, "More than 24 hours have passed since the customer wrote; only a template may be sent."
    ),
    131049: Meaning(RecipientRefused, "WhatsApp held the message back for now; try again after a day."),
    131050: Meaning(OptedOutOfMarketing, "The customer has stopped marketing messages from you on WhatsApp."),
    130472: Meaning(RecipientRefused, "The customer is in a WhatsApp experiment and gets no such messages."),
    130497: Meaning(RecipientRefused, "The account may not write to customers in this country."),
    # What the message holds.
    100: Meaning(ContentRefused, "WhatsApp did not understand the message."),
    131008: Meaning(ContentRefused, "WhatsApp misses something in the message."),
    131009: Meaning(ContentRefused, "WhatsApp does not accept a value in the message."),
    131051: Meaning(ContentRefused, "WhatsApp does not know this kind of message."),
    131052: Meaning(ContentRefused, "WhatsApp could not download the customer's file."),
    131053: Meaning(ContentRefused, "WhatsApp could not take the file."),
    131062: Meaning(ContentRefused, "This template needs the customer's phone number."),
    132000: Meaning(ContentRefused, f"{_TEMPLATE} expects another number of values."),
    132001: Meaning(ContentRefused, f"{_TEMPLATE} does not exist in this language or is not approved."),
    132005: Meaning(ContentRefused, f"{_TEMPLATE} gets too long with these values."),
    132007: Meaning(ContentRefused, f"{_TEMPLATE} breaks WhatsApp's policy."),
    132012: Meaning(ContentRefused, f"{_TEMPLATE} expects values of another form."),
    132015: Meaning(ContentRefused, f"{_TEMPLATE} is paused because of its quality."),
    132016: Meaning(ContentRefused, f"{_TEMPLATE} was paused too often and is disabled."),
    132068: Meaning(ContentRefused, "The form behind the message is blocked."),
    132069: Meaning(ContentRefused, "The form behind the message is throttled."),
    135000: Meaning(ContentRefused, "WhatsApp did not accept what the message holds."),
    # The account.
    368: Meaning(SendFailed, "WhatsApp has blocked the account for breaking a policy."),
    131031: Meaning(SendFailed, "WhatsApp has locked the account."),
    131037: Meaning(SendFailed, "The number's display name is not approved yet."),
    131042: Meaning(SendFailed, "WhatsApp has a problem with the account's payment."),
    131048: Meaning(SendFailed, "WhatsApp limits the number because customers report it as spam."),
    # The channel's settings: it is disabled until an admin mends it.
    0: Meaning(CredentialsRefused, _CREDENTIALS),
    3: Meaning(CredentialsRefused, _CREDENTIALS),
    10: Meaning(CredentialsRefused, _CREDENTIALS),
    190: Meaning(CredentialsRefused, "The channel's WhatsApp access token is no longer valid."),
    **{code: Meaning(CredentialsRefused, _CREDENTIALS) for code in range(200, 300)},
    131005: Meaning(CredentialsRefused, _CREDENTIALS),
    131045: Meaning(CredentialsRefused, "The number is not registered with WhatsApp."),
    133010: Meaning(CredentialsRefused, "The number is not registered with WhatsApp."),
}

_NO_SUCH_OBJECT = 33
"""The subcode of error 100 that says: no such phone number id, or none that this token may use."""


def fault(said: Json) -> Fault:
    """An error in a webhook, as a code and plain words."""
    code = number(said, "code")
    meaning = MEANINGS.get(int(code)) if code is not None else None
    if meaning:
        refused = meaning.error.purpose if issubclass(meaning.error, OptedOut) else None
        return Fault(code=text(said, "code") or "", message=meaning.words, refused=refused)
    details = text(section(said, "error_data"), "details") or text(said, "details")
    words = details or text(said, "message") or text(said, "title") or "WhatsApp gave no reason."
    return Fault(code=text(said, "code") or "unknown", message=_short(words))


def refusal(answer: Answer, *, attempt: int = 1) -> SendFailed:
    """The error for an answer of Meta that is not a success; `attempt` counts from 1."""
    said = _error_of(answer)
    code = number(said, "code")
    meaning = _meaning(answer.status, None if code is None else int(code), said)
    words = _words(meaning, said)
    label = str(int(code)) if code is not None else f"http_{answer.status}"
    wait = answer.retry_after()
    if not issubclass(meaning.error, Throttled):
        return meaning.error(words, code=label, retry_after=wait)
    if meaning.scope == "recipient" and wait is None:
        wait = min(4.0**attempt, 3600.0)  # Meta's advice for 131056: 4^n seconds
    return meaning.error(words, code=label, retry_after=wait, scope=meaning.scope)


def _meaning(status: int, code: int | None, said: Json) -> Meaning:
    if code == 100 and number(said, "error_subcode") == _NO_SUCH_OBJECT:
        return Meaning(CredentialsRefused, "WhatsApp does not know the channel's phone number id.")
    if code in MEANINGS:
        return MEANINGS[code]
    if status in (408, 504):
        return Meaning(OutcomeUnknown, "WhatsApp took too long; it may have sent the message.")
    if status in (401, 403):
        return Meaning(CredentialsRefused, _CREDENTIALS)
    if status == 429:
        return Meaning(Throttled, "WhatsApp asks us to slow down.")
    if status >= 500:
        return Meaning(ProviderDown, "WhatsApp is down for a moment.")
    return Meaning(SendFailed, "WhatsApp refused the message.")


def _words(meaning: Meaning, said: Json) -> str:
    """Our words, with Meta's details where they help: those of a bad token may quote the token itself."""
    if issubclass(meaning.error, CredentialsRefused):
        return meaning.words
    details = text(section(said, "error_data"), "details")
    helps = issubclass(meaning.error, ContentRefused) or meaning.error is SendFailed
    details = details or (text(said, "message") if helps else None)
    return f"{meaning.words} ({_short(details)})" if details and helps else meaning.words


def _error_of(answer: Answer) -> Json:
    try:
        whole: Any = decode(answer.body)
    except Malformed:
        return {}
    return section(whole, "error") if isinstance(whole, dict) else {}


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 300 else line[:299] + "…"
