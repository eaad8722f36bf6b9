"""A text as `submit_sm` requests: parts by user data header, by SAR parameters, or whole as payload."""

import hashlib
from enum import StrEnum

import msgspec

from connectors.content import Content, Text
from connectors.errors import ContentRefused
from connectors.sms.coding import LANGUAGES, Part, Scheme, TooManyParts, choose, split
from connectors.sms.coding.header import header_of
from connectors.sms.coding.scheme import LATIN1, UCS2, repaired
from connectors.sms.smpp.addresses import Address
from connectors.sms.smpp.commands import Command, Tag
from connectors.sms.smpp.pdus import Pdu
from connectors.sms.smpp.texts import UDHI, Alphabet


class Long(StrEnum):
    """How a text that one message cannot hold goes to the SMSC."""

    UDH = "udh"
    SAR = "sar"
    PAYLOAD = "payload"


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """How this SMSC wants its messages."""

    alphabet: Alphabet = Alphabet.GSM7
    long: Long = Long.UDH
    wide: bool = False
    """References of 16 bits instead of 8."""
    languages: tuple[int, ...] = ()
    """National tables that the operator agrees to."""
    latin1: bool = False
    """Whether `data_coding` 3 may be used."""
    service_type: str = ""
    validity_period: str = ""
    registered_delivery: int = 1
    protocol_id: int = 0
    priority_flag: int = 0


def scheme_for(text: str, writing: Writing) -> Scheme:
    """The scheme by which the text takes the fewest parts at this SMSC."""
    if writing.alphabet is Alphabet.GSM7:
        return choose(text, writing.languages, latin1=writing.latin1)
    highest = "\x7f" if writing.alphabet is Alphabet.ASCII else "\xff"
    return LATIN1 if all(character <= highest for character in text) else UCS2


def requests(
    content: Content, *, message_id: str, source: Address, destination: Address, writing: Writing
) -> list[Pdu]:
    """The requests that carry a text, in the order of its parts; their sequence numbers are still zero.

    The reference of the parts depends on `message_id` alone, so that a phone knows a part that is sent again
    as the same one. Raises `ContentRefused`.
    """
    scheme, parts = _parts(content, message_id, writing)
    common = _common(source, destination, _data_coding(scheme, writing), writing)
    if len(parts) > 1 and writing.long is Long.PAYLOAD:
        return [_payload(scheme, parts, common)]
    return [_request(part, common, writing.long) for part in parts]


def texts_of(content: Content, writing: Writing) -> list[str]:
    """What each of the requests says. Raises `ContentRefused`."""
    _, parts = _parts(content, "", writing)
    if writing.long is Long.PAYLOAD:
        return ["".join(part.text for part in parts)]
    return [part.text for part in parts]


def _parts(content: Content, message_id: str, writing: Writing) -> tuple[Scheme, list[Part]]:
    if not isinstance(content, Text):
        raise ContentRefused("An SMS carries only text.", code="content")
    text = repaired(content.text)
    scheme = scheme_for(text, writing)
    reference = int.from_bytes(hashlib.sha256(message_id.encode()).digest()[:2], "big")
    try:
        return scheme, split(text, scheme, reference=reference, wide=writing.wide)
    except TooManyParts as error:
        raise ContentRefused("The text takes more than the 255 parts of an SMS.", code="length") from error


def _data_coding(scheme: Scheme, writing: Writing) -> int:
    is_default = scheme == LATIN1 and writing.alphabet is not Alphabet.GSM7
    return 0 if is_default else scheme.data_coding


Common = dict[str, int | str]


def _common(
    source: Address, destination: Address, data_coding: int, writing: Writing
) -> dict[str, int | str]:
    return {
        "service_type": writing.service_type,
        "source_addr_ton": source.ton,
        "source_addr_npi": source.npi,
        "source_addr": source.value,
        "dest_addr_ton": destination.ton,
        "dest_addr_npi": destination.npi,
        "destination_addr": destination.value,
        "protocol_id": writing.protocol_id,
        "priority_flag": writing.priority_flag,
        "validity_period": writing.validity_period,
        "registered_delivery": writing.registered_delivery,
        "data_coding": data_coding,
    }


def _request(part: Part, common: Common, long: Long) -> Pdu:
    header = part.header
    parameters: tuple[tuple[int, bytes], ...] = ()
    if part.concatenation and long is Long.SAR:
        header = header_of(None, locking=part.scheme.locking, single=part.scheme.single)
        which = part.concatenation
        parameters = (
            (Tag.SAR_MSG_REF_NUM, which.reference.to_bytes(2, "big")),
            (Tag.SAR_TOTAL_SEGMENTS, bytes((which.total,))),
            (Tag.SAR_SEGMENT_SEQNUM, bytes((which.number,))),
        )
    esm_class = UDHI if header else 0
    fields = common | {"esm_class": esm_class, "short_message": header + part.octets}
    return Pdu(command=Command.SUBMIT_SM, fields=fields, parameters=parameters)


def _payload(scheme: Scheme, parts: list[Part], common: Common) -> Pdu:
    header = header_of(None, locking=scheme.locking, single=scheme.single)
    octets = header + b"".join(part.octets for part in parts)
    fields = common | {"esm_class": UDHI if header else 0}
    return Pdu(command=Command.SUBMIT_SM, fields=fields, parameters=((int(Tag.MESSAGE_PAYLOAD), octets),))


def languages_named(names: str) -> tuple[int, ...]:
    """``"turkish, hindi"`` or ``"1 6"`` as identifiers. Raises `ValueError` naming one that is none."""
    known = {name: identifier for identifier, name in LANGUAGES.items()}
    found = []
    for name in names.replace(",", " ").split():
        identifier = int(name) if name.isascii() and name.isdigit() else known.get(name.lower(), 0)
        if identifier not in LANGUAGES:
            raise ValueError(name)
        found.append(identifier)
    return tuple(found)
