"""The commands of SMPP 3.4 and what their bodies hold: sections 4 and 5.3.2."""

from enum import IntEnum

RESPONSE = 0x8000_0000
"""The bit that makes a command the response to it."""


class Command(IntEnum):
    """The commands by their `command_id`. A response is its request with the highest bit set."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    QUERY_SM = 0x03
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    REPLACE_SM = 0x07
    CANCEL_SM = 0x08
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    SUBMIT_MULTI = 0x21
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103
    GENERIC_NACK = RESPONSE


class Tag(IntEnum):
    """Optional parameters that we read or write; all others are kept as they come."""

    RECEIPTED_MESSAGE_ID = 0x001E
    USER_MESSAGE_REFERENCE = 0x0204
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    SC_INTERFACE_VERSION = 0x0210
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


OCTET, TEXT, MESSAGE, DESTINATIONS, FAILURES = "octet", "text", "message", "destinations", "failures"
"""Kinds of fields: a number of one octet; a text with its NUL; octets after their count; lists."""


def _layout(names: str) -> tuple[tuple[str, str], ...]:
    """``"source_addr_ton:octet source_addr"`` as pairs of name and kind; text where none is given."""
    pairs = (each.partition(":") for each in names.split())
    return tuple((name, kind or TEXT) for name, _, kind in pairs)


_SOURCE = "source_addr_ton:octet source_addr_npi:octet source_addr"
_DESTINATION = "dest_addr_ton:octet dest_addr_npi:octet destination_addr"
_HANDLING = "esm_class:octet protocol_id:octet priority_flag:octet schedule_delivery_time validity_period"
_CODED = "registered_delivery:octet replace_if_present_flag:octet data_coding:octet sm_default_msg_id:octet"
_BIND = "system_id password system_type interface_version:octet addr_ton:octet addr_npi:octet address_range"
_SM = _layout(f"service_type {_SOURCE} {_DESTINATION} {_HANDLING} {_CODED} short_message:message")

LAYOUTS: dict[int, tuple[tuple[str, str], ...]] = {
    Command.BIND_RECEIVER: _layout(_BIND),
    Command.BIND_TRANSMITTER: _layout(_BIND),
    Command.BIND_TRANSCEIVER: _layout(_BIND),
    Command.BIND_RECEIVER | RESPONSE: _layout("system_id"),
    Command.BIND_TRANSMITTER | RESPONSE: _layout("system_id"),
    Command.BIND_TRANSCEIVER | RESPONSE: _layout("system_id"),
    Command.OUTBIND: _layout("system_id password"),
    Command.UNBIND: (),
    Command.UNBIND | RESPONSE: (),
    Command.ENQUIRE_LINK: (),
    Command.ENQUIRE_LINK | RESPONSE: (),
    Command.GENERIC_NACK: (),
    Command.SUBMIT_SM: _SM,
    Command.SUBMIT_SM | RESPONSE: _layout("message_id"),
    Command.DELIVER_SM: _SM,
    Command.DELIVER_SM | RESPONSE: _layout("message_id"),
    Command.SUBMIT_MULTI: _layout(
        f"service_type {_SOURCE} dest_address:destinations {_HANDLING} {_CODED} short_message:message"
    ),
    Command.SUBMIT_MULTI | RESPONSE: _layout("message_id unsuccess_sme:failures"),
    Command.DATA_SM: _layout(
        f"service_type {_SOURCE} {_DESTINATION} esm_class:octet registered_delivery:octet data_coding:octet"
    ),
    Command.DATA_SM | RESPONSE: _layout("message_id"),
    Command.QUERY_SM: _layout(f"message_id {_SOURCE}"),
    Command.QUERY_SM | RESPONSE: _layout("message_id final_date message_state:octet error_code:octet"),
    Command.CANCEL_SM: _layout(f"service_type message_id {_SOURCE} {_DESTINATION}"),
    Command.CANCEL_SM | RESPONSE: (),
    Command.REPLACE_SM: _layout(
        f"message_id {_SOURCE} schedule_delivery_time validity_period registered_delivery:octet"
        " sm_default_msg_id:octet short_message:message"
    ),
    Command.REPLACE_SM | RESPONSE: (),
    Command.ALERT_NOTIFICATION: _layout(f"{_SOURCE} esme_addr_ton:octet esme_addr_npi:octet esme_addr"),
}
"""What the body of each command holds, in its order. The body of any other command is kept whole."""
