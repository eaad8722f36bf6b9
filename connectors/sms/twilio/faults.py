"""Twilio's error codes: what each means for the message, in words that an agent can act upon.

https://www.twilio.com/docs/api/errors
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

_CREDENTIALS = "Twilio does not accept this channel's account SID and auth token."
_SENDER = "Twilio does not let this channel's sender send."
_UNREACHED = "The customer's phone cannot be reached with this message."
_BLOCKED = "The message was held back as unwanted, by Twilio or by the carrier."
_TEMPLATE = "Twilio does not accept the template or its values."
_FILE = "Twilio does not accept the file."
_WHATSAPP = "WhatsApp did not accept the message."

_BY_MEANING: dict[Meaning, tuple[int, ...]] = {
    # Slow down, or come back later.
    Meaning(Throttled, "Twilio asks us to slow down."): (14107, 20429, 30022, 30026, 63018, 63038),
    Meaning(Throttled, "Too many messages wait at Twilio for this sender."): (21611, 30001),
    Meaning(Throttled, "Too many messages to this customer in a short time.", "recipient"): (63017, 63030),
    Meaning(ProviderDown, "Twilio had a problem of its own."): (
        *(20500, 20503, 30017, 30410, 63009, 63010, 63012),
    ),
    # This customer, on this channel.
    Meaning(OptedOut, "The customer has opted out of messages from this sender."): (21610, 63033, 63050),
    Meaning(WindowClosed, "The customer has not written for 24 hours; only a template may be sent."): (
        *(63016, 470),
    ),
    Meaning(RecipientRefused, "The number is no number that can get messages."): (
        *(21211, 21217, 21401, 21407, 21421, 21604, 21614, 30005, 30006, 63003, 63024),
    ),
    Meaning(RecipientRefused, _UNREACHED): (
        *(21214, 21612, 30003, 30008, 30009, 30011, 30012, 30018, 30036, 63005, 63007, 63015),
        *(63032, 63049),
    ),
    Meaning(RecipientRefused, "Twilio may not write to customers in this country."): (
        *(21408, 30044, 63041, 21635),
    ),
    Meaning(RecipientRefused, "The number is not verified for this trial account."): (21608,),
    Meaning(RecipientRefused, "The message was addressed to the sending number itself."): (21266, 63031),
    # What the message holds.
    Meaning(ContentRefused, "There is no text in the message."): (21602, 21619, 92003),
    Meaning(ContentRefused, "The text is too long for Twilio."): (21605, 21617, 30015),
    Meaning(ContentRefused, _FILE): (
        *(11200, 12300, 21620, 21621, 21622, 21623, 21705, 30019, 63019, 63025, 63020, 63052),
    ),
    Meaning(ContentRefused, _TEMPLATE): (
        *(21654, 21655, 21656, 21657, 21658, 63021, 63022, 63023, 63027, 63028, 63040, 63042),
    ),
    Meaning(ContentRefused, _BLOCKED): (21618, 30004, 30007, 30010, 30037, 30038, 30039, 30450, 63013),
    Meaning(ContentRefused, _WHATSAPP): (63006, 63014, 63026, 63029, 63035, 63036),
    Meaning(ContentRefused, "Twilio does not accept a value in the message."): (
        *(20001, 21201, 21205, 21609, 21626, 21628),
    ),
    # The account and its sender.
    Meaning(SendFailed, "The Twilio account is suspended or has no credit left."): (
        *(10001, 10002, 20005, 30002, 63051, 63055),
    ),
    Meaning(SendFailed, _SENDER): (
        *(21212, 21213, 21601, 21603, 21606, 21607, 21612, 21616, 21659, 21660, 21661, 21701, 21702),
        *(21703, 21704, 21710, 21711, 21712, 30023, 30024, 30027, 30032, 30033, 30034, 30035, 63002),
        *(63008, 63011, 63037),
    ),
    # The channel's settings: it is disabled until an admin mends it.
    Meaning(CredentialsRefused, _CREDENTIALS): (
        20002,
        20003,
        20004,
        20006,
        20008,
        20101,
        20403,
        20404,
        63001,
    ),
}

MEANINGS = {str(code): meaning for meaning, codes in _BY_MEANING.items() for code in codes}
"""By Twilio's code, as text."""
