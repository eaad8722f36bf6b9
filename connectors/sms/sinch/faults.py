"""Sinch's codes: what each means for the message, in words that an agent can act upon.

https://developers.sinch.com/docs/sms/api-reference/sms/delivery-reports (delivery report error codes) and
https://developers.sinch.com/docs/sms/api-reference/status-codes
"""

from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OptedOut,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
)
from connectors.sms.meanings import Meaning

_VALUE = Meaning(ContentRefused, "Sinch does not accept a value in the message.")
_AWAY = Meaning(RecipientRefused, "The customer's phone is off or out of reach.")
_NUMBER = Meaning(RecipientRefused, "The number is no number that can get messages.")
_CARRIER = Meaning(ProviderDown, "The carrier's network had a problem.")
_TROUBLE = Meaning(ProviderDown, "Sinch had a problem of its own.")
_SENDER = Meaning(SendFailed, "Sinch does not let this channel's sender send.")
_EXPIRED = Meaning(RecipientRefused, "The customer's phone was out of reach for too long.")
_SPAM = Meaning(ContentRefused, "The message was held back as unwanted by Sinch or by the carrier.")
_FILE = Meaning(ContentRefused, "Sinch does not accept the file.")

BY_REPORT_CODE = {
    "2": _EXPIRED,
    "3": Meaning(RecipientRefused, "The carrier deleted the message."),
    "5": _AWAY,
    "8": Meaning(RecipientRefused, "The carrier refused the message."),
    "34": _CARRIER,
    "402": Meaning(RecipientRefused, "Sinch has no route to the customer's carrier."),
    "403": _TROUBLE,
    "404": Meaning(ProviderDown, "The message could not be delivered for a passing reason."),
    "405": _VALUE,
    "406": _EXPIRED,
    "407": Meaning(SendFailed, "The message was cancelled before it left Sinch."),
    "408": Meaning(OptedOut, "Sinch holds back messages to this number: it has opted out or is blocked."),
    "410": _SENDER,
    "411": Meaning(ContentRefused, "The text has more parts than Sinch may send."),
    "412": Meaning(RecipientRefused, "The account may not write to customers in this country."),
    "413": Meaning(SendFailed, "The Sinch account is blocked because of its reputation."),
    "414": _FILE,
    "415": Meaning(RecipientRefused, "The customer's carrier or phone takes no such message."),
    "416": Meaning(RecipientRefused, "The customer's phone takes no such message."),
    "417": Meaning(RecipientRefused, "The number cannot be reached with this message."),
    "418": _SPAM,
}
"""By the `code` of a delivery report."""

BY_REQUEST = {
    "syntax_constraint_violation": _VALUE,
    "syntax_invalid_json": _VALUE,
    "syntax_invalid_parameter_format": _VALUE,
    "unknown_group": _NUMBER,
    "unknown_campaign": _VALUE,
    "missing_parameter": _VALUE,
    "missing_callback_url": Meaning(SendFailed, "Sinch was told no address for delivery reports."),
    "invalid_originator": _SENDER,
    "unauthorized_from": _SENDER,
    "unprovisioned_region": Meaning(
        RecipientRefused, "The account may not write to customers in this country."
    ),
    "insufficient_balance": Meaning(SendFailed, "The Sinch account has no credit left."),
    "unauthorized": Meaning(CredentialsRefused, "Sinch does not accept this channel's API token."),
    "forbidden": Meaning(CredentialsRefused, "Sinch does not accept this channel's API token."),
    "too_many_requests": Meaning(Throttled, "Sinch asks us to slow down."),
    "internal_error": _TROUBLE,
}
"""By the `code` of an answer that refuses a batch."""
