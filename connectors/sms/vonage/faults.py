"""Vonage's error codes: what each means for the message, in words that an agent can act upon.

https://developer.vonage.com/en/messaging/sms/guides/troubleshooting-sms
https://developer.vonage.com/en/api-errors/messages
"""

from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OptedOut,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
    WindowClosed,
)
from connectors.sms.meanings import Meaning

_CREDENTIALS = Meaning(CredentialsRefused, "Vonage does not accept this channel's credentials.")
_SLOWER = Meaning(Throttled, "Vonage asks us to slow down.")
_VALUE = Meaning(ContentRefused, "Vonage does not accept a value in the message.")
_NUMBER = Meaning(RecipientRefused, "The number is no number that can get messages.")
_BLOCKED = Meaning(RecipientRefused, "The carrier does not let messages through to this number.")
_AWAY = Meaning(RecipientRefused, "The customer's phone is off or out of reach.")
_SENDER = Meaning(SendFailed, "Vonage does not let this channel's sender send.")
_CREDIT = Meaning(SendFailed, "The Vonage account has no credit left or is barred.")
_TROUBLE = Meaning(ProviderDown, "Vonage had a problem of its own.")
_SPAM = Meaning(ContentRefused, "The message was held back as unwanted by Vonage or by the carrier.")

BY_SEND_STATUS = {
    "1": _SLOWER,
    "2": _VALUE,
    "3": _VALUE,
    "4": _CREDENTIALS,
    "5": _TROUBLE,
    "6": _VALUE,
    "7": Meaning(RecipientRefused, "Vonage does not send to this number: it is barred."),
    "8": _CREDIT,
    "9": _CREDIT,
    "10": _SLOWER,
    "11": _CREDENTIALS,
    "12": Meaning(ContentRefused, "The text is too long for Vonage."),
    "13": _TROUBLE,
    "14": _CREDENTIALS,
    "15": _SENDER,
    "16": _VALUE,
    "19": _SPAM,
    "20": _VALUE,
    "22": _VALUE,
    "23": Meaning(SendFailed, "Vonage does not accept the channel's callback_url."),
    "29": Meaning(RecipientRefused, "The number is not on the test account's list of recipients."),
    "32": _CREDENTIALS,
    "33": _NUMBER,
    "34": _SPAM,
}
"""By the `status` of a message in the answer of the SMS API."""

BY_RECEIPT_CODE = {
    "expired": Meaning(RecipientRefused, "The customer's phone was out of reach for too long."),
    "rejected": Meaning(RecipientRefused, "The carrier refused the message."),
    "failed": Meaning(RecipientRefused, "The carrier could not deliver the message."),
    "undeliverable": Meaning(RecipientRefused, "The carrier could not deliver the message."),
    "1": Meaning(RecipientRefused, "The carrier did not say why the message was not delivered."),
    "2": _AWAY,
    "3": _NUMBER,
    "4": Meaning(OptedOut, "The customer's phone or carrier bars messages."),
    "5": Meaning(RecipientRefused, "The number has moved to another carrier, which cannot be reached."),
    "6": _SPAM,
    "7": _AWAY,
    "8": Meaning(ProviderDown, "The carrier's network had a problem."),
    "9": Meaning(OptedOut, "The customer has asked not to get messages from this sender."),
    "10": _VALUE,
    "11": Meaning(RecipientRefused, "Vonage has no route to the customer's carrier."),
    "12": _AWAY,
    "13": Meaning(RecipientRefused, "The carrier keeps such messages from customers of this age."),
    "14": _BLOCKED,
    "15": Meaning(RecipientRefused, "The customer's prepaid account does not cover the message."),
    "16": _SLOWER,
    "17": _SPAM,
    "39": Meaning(RecipientRefused, "The sender is not allowed to write to this number."),
    "41": _SPAM,
    "50": _SENDER,
    "51": _SENDER,
    "52": _SPAM,
    "53": Meaning(OptedOut, "The customer has not agreed to get such messages."),
    "54": Meaning(SendFailed, "A rule of the customer's country stands against the message."),
    "99": _TROUBLE,
}
"""By the `err-code` of a delivery receipt, or by its status where that is 0."""

BY_MESSAGES_CODE = {
    "1000": _SLOWER,
    "1010": _VALUE,
    "1020": _VALUE,
    "1021": _VALUE,
    "1022": _VALUE,
    "1030": _TROUBLE,
    "1040": _VALUE,
    "1050": _VALUE,
    "1060": _BLOCKED,
    "1070": _CREDIT,
    "1080": _NUMBER,
    "1090": _NUMBER,
    "1100": _SPAM,
    "1110": _SPAM,
    "1120": _CREDENTIALS,
    "1130": _CREDENTIALS,
    "1131": _CREDENTIALS,
    "1140": _SENDER,
    "1150": _VALUE,
    "1160": _VALUE,
    "1170": _NUMBER,
    "1180": _BLOCKED,
    "1190": _BLOCKED,
    "1200": _TROUBLE,
    "1210": _SPAM,
    "1220": Meaning(ContentRefused, "The message is too large for Vonage."),
    "1230": _VALUE,
    "1240": Meaning(OptedOut, "The customer has opted out of messages from this sender."),
    "1241": Meaning(OptedOut, "The customer has opted out of messages from this sender."),
    "1250": _BLOCKED,
    "1260": _NUMBER,
    "1270": _SENDER,
    "1280": _CREDENTIALS,
    "1290": _VALUE,
    "1300": _VALUE,
    "1310": _VALUE,
    "1320": _VALUE,
    "1330": _BLOCKED,
    "1340": Meaning(WindowClosed, "The customer has not written for too long."),
    "1350": _VALUE,
    "1360": _BLOCKED,
    "1370": _BLOCKED,
    "1380": _BLOCKED,
    "1420": _SENDER,
    "1430": _SENDER,
    "1450": _SENDER,
    "1460": _SLOWER,
    "1470": _SPAM,
    "1480": _SPAM,
    "low-balance": _CREDIT,
    "rate-limit": _SLOWER,
    "unauthorized": _CREDENTIALS,
    "unprovisioned": _CREDENTIALS,
    "account-suspended": _CREDIT,
}
"""By the code of the Messages API, in answers and in status webhooks."""
