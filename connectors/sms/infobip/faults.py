"""Infobip's statuses and errors: what each means for the message, in words that an agent can act upon.

https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes
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

_CREDENTIALS = Meaning(CredentialsRefused, "Infobip does not accept this channel's API key.")
_CREDIT = Meaning(SendFailed, "The Infobip account has no credit left.")
_NUMBER = Meaning(RecipientRefused, "The number is no number that can get messages.")
_ROUTE = Meaning(RecipientRefused, "Infobip has no route to the customer's carrier.")
_AWAY = Meaning(RecipientRefused, "The customer's phone is off or out of reach.")
_BARRED = Meaning(RecipientRefused, "The customer's carrier does not let messages through.")
_SENDER = Meaning(SendFailed, "Infobip does not let this channel's sender send.")
_TROUBLE = Meaning(ProviderDown, "Infobip had a problem of its own.")
_CARRIER = Meaning(ProviderDown, "The carrier's network had a problem.")
_VALUE = Meaning(ContentRefused, "Infobip does not accept a value in the message.")
_OUT = Meaning(OptedOut, "The customer has asked not to get such messages.")
_FLOOD = Meaning(Throttled, "Infobip holds back so many or such equal messages to one customer.", "recipient")

DUPLICATE = "REJECTED_DUPLICATE_MESSAGE_ID"
"""What a message gets that Infobip has taken already."""

BY_STATUS = {
    "REJECTED_NETWORK": _ROUTE,
    "REJECTED_PREFIX_MISSING": _NUMBER,
    "REJECTED_DND": _OUT,
    "REJECTED_SOURCE": _SENDER,
    "REJECTED_NOT_ENOUGH_CREDITS": _CREDIT,
    "REJECTED_SENDER": _SENDER,
    "REJECTED_DESTINATION": Meaning(RecipientRefused, "Infobip does not send to this number: it is blocked."),
    "REJECTED_PREPAID_PACKAGE_EXPIRED": _CREDIT,
    "REJECTED_DESTINATION_NOT_REGISTERED": Meaning(
        RecipientRefused, "The number is not on the test account's list of recipients."
    ),
    "REJECTED_ROUTE_NOT_AVAILABLE": _ROUTE,
    "REJECTED_FLOODING_FILTER": _FLOOD,
    "REJECTED_SYSTEM_ERROR": _TROUBLE,
    "REJECTED_INVALID_UDH": _VALUE,
    "REJECTED_MESSAGE_TOO_LONG": Meaning(ContentRefused, "The text is too long for Infobip."),
    "MISSING_TO": _NUMBER,
    "REJECTED_INVALID_DESTINATION": _NUMBER,
    "REJECTED_VALIDATION_FAILED": _VALUE,
    "UNDELIVERABLE_REJECTED_OPERATOR": Meaning(RecipientRefused, "The carrier refused the message."),
    "UNDELIVERABLE_NOT_DELIVERED": _AWAY,
    "EXPIRED_EXPIRED": Meaning(RecipientRefused, "The customer's phone was out of reach for too long."),
    "EXPIRED_DLR_UNKNOWN": Meaning(RecipientRefused, "The carrier did not say what became of the message."),
}
"""By the name of a status, in answers and in delivery reports."""

BY_ERROR = {
    "EC_UNKNOWN_SUBSCRIBER": _NUMBER,
    "EC_UNIDENTIFIED_SUBSCRIBER": _NUMBER,
    "EC_ABSENT_SUBSCRIBER": _AWAY,
    "EC_ABSENT_SUBSCRIBER_SM": _AWAY,
    "EC_UNKNOWN_EQUIPMENT": _NUMBER,
    "EC_ROAMING_NOT_ALLOWED": _BARRED,
    "EC_ILLEGAL_SUBSCRIBER": _BARRED,
    "EC_BEARER_SERVICE_NOT_PROVISIONED": _BARRED,
    "EC_TELESERVICE_NOT_PROVISIONED": _BARRED,
    "EC_ILLEGAL_EQUIPMENT": _BARRED,
    "EC_CALL_BARRED": _BARRED,
    "EC_FACILITY_NOT_SUPPORTED": _BARRED,
    "EC_SUBSCRIBER_BUSY_FOR_MT_SMS": _AWAY,
    "EC_SM_DELIVERY_FAILURE": _AWAY,
    "EC_SM_DF_MEMORYCAPACITYEXCEEDED": Meaning(RecipientRefused, "The customer's phone is full."),
    "EC_SYSTEM_FAILURE": _CARRIER,
    "EC_DATA_MISSING": _CARRIER,
    "EC_IMSI_BLACKLISTED": _BARRED,
    "EC_DEST_ADDRESS_BLACKLISTED": _OUT,
    "EC_SOURCE_ADDRESS_BLACKLISTED": _SENDER,
    "EC_TEXT_BLACKLISTED": Meaning(
        ContentRefused, "The text holds words that the carrier does not let through."
    ),
    "EC_CONTENT_ERROR": _VALUE,
    "EC_INVALID_DESTINATION_ADDRESS": _NUMBER,
    "EC_INVALID_SOURCE_ADDRESS": _SENDER,
    "EC_BLACKLISTED_DRND": _OUT,
    "EC_MESSAGE_EXPIRED": Meaning(RecipientRefused, "The customer's phone was out of reach for too long."),
    "EC_PROVIDER_GENERAL_ERROR": _CARRIER,
    "EC_NO_RESPONSE": _CARRIER,
    "EC_SERVICE_COMPLETION_FAILURE": _CARRIER,
    "EC_TEMPORARY_SENDING_ERROR": _CARRIER,
}
"""By the name of an error in a delivery report."""

BY_REQUEST = {
    "UNAUTHORIZED": _CREDENTIALS,
    "FORBIDDEN": _CREDENTIALS,
    "E401": _CREDENTIALS,
    "E403": _CREDENTIALS,
    "BAD_REQUEST": _VALUE,
    "E400": _VALUE,
    "TOO_MANY_REQUESTS": Meaning(Throttled, "Infobip asks us to slow down."),
    "E429": Meaning(Throttled, "Infobip asks us to slow down."),
    "NOT_ENOUGH_CREDITS": _CREDIT,
    "GENERAL_ERROR": _TROUBLE,
    "E500": _TROUBLE,
}
"""By the code of an answer that refuses the whole request."""
