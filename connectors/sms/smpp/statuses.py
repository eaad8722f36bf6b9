"""Every `command_status`: what it means for a message or a bind, in words that an agent can act upon.

SMPP 3.4, 5.1.3, and 5.0, 4.7.6. Codes from 0x400 on are each operator's own.
"""

from typing import NamedTuple

from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
)

OK = 0x00
INVALID_COMMAND = 0x03
ALREADY_BOUND = 0x05
TEMPORARY_FAULT = 0x64
"""ESME_RX_T_APPN: with this we ask the SMSC to send a message again."""


class Meaning(NamedTuple):
    """The standard's name, the error to raise and the words that go with it."""

    name: str
    error: type[SendFailed]
    words: str


_FORM = "The SMSC did not understand the message."
_SENDER = "The SMSC does not accept the sender's number or name."
_NUMBER = "The SMSC does not accept the customer's number."
_SUPPORT = "The SMSC does not offer what the message asks for."
_BIND = "The SMSC does not let this account send; ask the operator."
_OPTION = "The SMSC does not accept an optional parameter of the message."
_LOGIN = "The SMSC refuses the channel's system_id, password or system_type."

STATUSES: dict[int, Meaning] = {
    # Come back later.
    0x08: Meaning("ESME_RSYSERR", ProviderDown, "The SMSC has a problem of its own."),
    0x14: Meaning("ESME_RMSGQFUL", Throttled, "The SMSC's queue is full."),
    0x58: Meaning("ESME_RTHROTTLED", Throttled, "The SMSC asks us to slow down."),
    0x64: Meaning("ESME_RX_T_APPN", ProviderDown, "The SMSC cannot take messages for a moment."),
    0x100: Meaning("ESME_RSERTYPUNAUTH", SendFailed, "The account may not use this service."),
    0x101: Meaning("ESME_RPROHIBITED", SendFailed, "The account may not do this."),
    0x102: Meaning("ESME_RSERTYPUNAVAIL", ProviderDown, "The SMSC's service is not available for a moment."),
    # This customer.
    0x0B: Meaning("ESME_RINVDSTADR", RecipientRefused, _NUMBER),
    0x50: Meaning("ESME_RINVDSTTON", RecipientRefused, _NUMBER),
    0x51: Meaning("ESME_RINVDSTNPI", RecipientRefused, _NUMBER),
    0x33: Meaning("ESME_RINVNUMDESTS", RecipientRefused, _NUMBER),
    0x34: Meaning("ESME_RINVDLNAME", RecipientRefused, _NUMBER),
    0x40: Meaning("ESME_RINVDESTFLAG", RecipientRefused, _NUMBER),
    0xFE: Meaning("ESME_RDELIVERYFAILURE", RecipientRefused, "The message could not be delivered."),
    0x65: Meaning("ESME_RX_P_APPN", RecipientRefused, "The SMSC cannot deliver to this customer."),
    0x66: Meaning("ESME_RX_R_APPN", RecipientRefused, "The message was rejected for this customer."),
    # What the message holds or asks for.
    0x01: Meaning("ESME_RINVMSGLEN", ContentRefused, "The SMSC takes no message of this length."),
    0x02: Meaning("ESME_RINVCMDLEN", ContentRefused, _FORM),
    0x03: Meaning("ESME_RINVCMDID", ContentRefused, _FORM),
    0x06: Meaning("ESME_RINVPRTFLG", ContentRefused, _FORM),
    0x07: Meaning(
        "ESME_RINVREGDLVFLG", ContentRefused, "The SMSC gives no delivery receipts as we ask them."
    ),
    0x0C: Meaning("ESME_RINVMSGID", SendFailed, "The SMSC does not know the message's id."),
    0x11: Meaning("ESME_RCANCELFAIL", SendFailed, "The SMSC could not cancel the message."),
    0x13: Meaning("ESME_RREPLACEFAIL", SendFailed, "The SMSC could not replace the message."),
    0x42: Meaning("ESME_RINVSUBREP", ContentRefused, _SUPPORT),
    0x43: Meaning(
        "ESME_RINVESMCLASS", ContentRefused, "The SMSC takes no messages of several parts this way."
    ),
    0x44: Meaning("ESME_RCNTSUBDL", SendFailed, _FORM),
    0x45: Meaning("ESME_RSUBMITFAIL", SendFailed, "The SMSC could not take the message."),
    0x54: Meaning("ESME_RINVREPFLAG", ContentRefused, _SUPPORT),
    0x55: Meaning("ESME_RINVNUMMSGS", SendFailed, _FORM),
    0x61: Meaning("ESME_RINVSCHED", ContentRefused, "The SMSC does not accept the time of delivery."),
    0x62: Meaning("ESME_RINVEXPIRY", ContentRefused, "The SMSC does not accept the validity period."),
    0x63: Meaning("ESME_RINVDFTMSGID", ContentRefused, _FORM),
    0x67: Meaning("ESME_RQUERYFAIL", SendFailed, "The SMSC does not answer the question."),
    0xC0: Meaning("ESME_RINVOPTPARSTREAM", ContentRefused, _OPTION),
    0xC1: Meaning("ESME_ROPTPARNOTALLWD", ContentRefused, _OPTION),
    0xC2: Meaning("ESME_RINVPARLEN", ContentRefused, _OPTION),
    0xC3: Meaning("ESME_RMISSINGOPTPARAM", ContentRefused, _OPTION),
    0xC4: Meaning("ESME_RINVOPTPARAMVAL", ContentRefused, _OPTION),
    0xFF: Meaning("ESME_RUNKNOWNERR", SendFailed, "The SMSC refused the message and did not say why."),
    0x103: Meaning("ESME_RSERTYPDENIED", SendFailed, "The account may not use this service."),
    0x104: Meaning("ESME_RINVDCS", ContentRefused, "The SMSC does not take this text coding."),
    0x105: Meaning("ESME_RINVSRCADDRSUBUNIT", ContentRefused, _FORM),
    0x106: Meaning("ESME_RINVDSTADDRSUBUNIT", ContentRefused, _FORM),
    0x10B: Meaning("ESME_RINVBCASTCNTTYPE", ContentRefused, _FORM),
    # The channel's settings.
    0x0A: Meaning("ESME_RINVSRCADR", SendFailed, _SENDER),
    0x48: Meaning("ESME_RINVSRCTON", SendFailed, _SENDER),
    0x49: Meaning("ESME_RINVSRCNPI", SendFailed, _SENDER),
    0x15: Meaning("ESME_RINVSERTYP", SendFailed, "The SMSC does not know the channel's service type."),
    0x04: Meaning("ESME_RINVBNDSTS", CredentialsRefused, _BIND),
    0x05: Meaning("ESME_RALYBND", ProviderDown, "The SMSC still sees an earlier connection of this account."),
    0x0D: Meaning("ESME_RBINDFAIL", CredentialsRefused, "The SMSC refuses the connection; ask the operator."),
    0x0E: Meaning("ESME_RINVPASWD", CredentialsRefused, _LOGIN),
    0x0F: Meaning("ESME_RINVSYSID", CredentialsRefused, _LOGIN),
    0x53: Meaning("ESME_RINVSYSTYP", CredentialsRefused, _LOGIN),
}

_UNKNOWN = Meaning("", SendFailed, "The SMSC refused the message for a reason of its own.")


def meaning_of(status: int) -> Meaning:
    """What a status other than `OK` means; one that is not in the standard is a refusal for good."""
    return STATUSES.get(status, _UNKNOWN)


def name_of(status: int) -> str:
    """The standard's name, else the number as ``0x0400``: it goes into `SendFailed.code`."""
    return meaning_of(status).name or f"0x{status:04X}"


def refusal(status: int) -> SendFailed:
    """The error for a status other than `OK`."""
    meaning = meaning_of(status)
    words = meaning.words if meaning.name else f"{meaning.words} (status {name_of(status)})"
    return meaning.error(words, code=name_of(status))
