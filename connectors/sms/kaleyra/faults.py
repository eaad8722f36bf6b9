"""Kaleyra's trace codes and refusals: what each means, in words that an agent can act upon.

https://developers.kaleyra.io/docs/sms-status-and-status-trace-codes
"""

import re

from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OptedOut,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
)
from connectors.http import Answer
from connectors.sms.meanings import Meaning, refusal
from connectors.tolerant import Json, section, text

_OUT = Meaning(OptedOut, "The customer has opted out of such messages.")
_NUMBER = Meaning(RecipientRefused, "The number is no number that can get messages.")
_AWAY = Meaning(RecipientRefused, "The customer's phone is off or out of reach.")
_COUNTRY = Meaning(RecipientRefused, "The account may not write to customers in this country.")
_TEMPLATE = Meaning(ContentRefused, "The text fits no template that is registered for this sender (DLT).")
_CREDIT = Meaning(SendFailed, "The Kaleyra account has no credit left.")
_SENDER = Meaning(SendFailed, "Kaleyra does not let this channel's sender send.")
_CARRIER = Meaning(ProviderDown, "The carrier's network had a problem.")
_BARRED = Meaning(RecipientRefused, "The carrier does not let messages through to this number.")
_SPAM = Meaning(ContentRefused, "The message was held back as unwanted by Kaleyra or by the carrier.")

_CODE = re.compile(r"[\w.-]{1,64}")

BY_TRACE = {
    "OPT-OUT": _OUT,
    "CON-DND": _OUT,
    "DND": _OUT,
    "DND-NUMB": _OUT,
    "NDNC": _OUT,
    "BLACKLIST": Meaning(RecipientRefused, "The number is on the account's list of blocked numbers."),
    "INVALID-SUB": _NUMBER,
    "INV-NUMBER": _NUMBER,
    "INV-NUM": _NUMBER,
    "ABSENT-SUB": _AWAY,
    "MOB-OFF": _AWAY,
    "HANDSET-BUSY": _AWAY,
    "HANDSET-ERR": _AWAY,
    "MEMEXEC": Meaning(RecipientRefused, "The customer's phone is full."),
    "SERIES-BLOCK": _BARRED,
    "BARRED": _BARRED,
    "NOTALLOWED": _COUNTRY,
    "BLOCKED-COUNTRY": _COUNTRY,
    "TEMPLATE-NOT-FOUND": _TEMPLATE,
    "INV-TEMPLATE-MATCH": _TEMPLATE,
    "TEMPLATE-MISMATCH": _TEMPLATE,
    "NO-DLT-OPTIN": _OUT,
    "SENDERID-NOT-FOUND": _SENDER,
    "INVALID-SENDER": _SENDER,
    "HEADER-NOT-FOUND": _SENDER,
    "NO-CREDITS": _CREDIT,
    "NO-CREDIT": _CREDIT,
    "KYC-NOT-APPROVED": Meaning(SendFailed, "Kaleyra has not approved the account yet (KYC)."),
    "SPAM": _SPAM,
    "PROMO-BLOCKED": _SPAM,
    "NETWORK-ERR": _CARRIER,
    "OPERATOR-ERR": _CARRIER,
    "SERVER-ERR": _CARRIER,
    "TIMEOUT": _CARRIER,
    "EXPIRED": Meaning(RecipientRefused, "The customer's phone was out of reach for too long."),
    "UNDELIVERED": _AWAY,
    "NOT-SENT": Meaning(SendFailed, "Kaleyra did not send the message."),
}
"""By the trace code, or by the status where there is none."""

BY_FIELD = {
    "to": _NUMBER,
    "recipient": _NUMBER,
    "sender": _SENDER,
    "from": _SENDER,
    "template_id": _TEMPLATE,
    "body": Meaning(ContentRefused, "Kaleyra does not accept the text."),
    "api-key": Meaning(CredentialsRefused, "Kaleyra does not accept this channel's API key."),
    "api_key": Meaning(CredentialsRefused, "Kaleyra does not accept this channel's API key."),
    "credits": _CREDIT,
    "limit": Meaning(Throttled, "Kaleyra asks us to slow down."),
    "media_url": Meaning(ContentRefused, "Kaleyra does not accept the file."),
    "template_name": Meaning(ContentRefused, "Kaleyra does not know the template."),
}
"""By the field that an answer complains of."""


def refused(answer: Answer, said: Json) -> SendFailed:
    """The error of an answer that is not a success: ``{"error": {field: message}}`` or code and message."""
    errors = section(said, "error")
    field = next(iter(errors), None)
    code = next(
        (each for each in (text(said, "code", "error"), field) if each and _CODE.fullmatch(each)), None
    )
    words = text(errors, field) if field else text(said, "message", "error")
    if answer.status in (401, 403, 429) or answer.status >= 500:
        field = None
    found = refusal(
        answer, provider="Kaleyra", code=field or code, table=BY_FIELD if field else {}, words=words
    )
    found.code = code or found.code
    return found
