"""A PDU's values by every name that others give them, and the forms in which they write a value."""

import re
from typing import Any

import msgspec

from connectors.sms.coding import MalformedHeader
from connectors.sms.smpp.commands import Tag
from connectors.sms.smpp.pdus import Pdu
from connectors.sms.smpp.statuses import name_of
from connectors.sms.smpp.texts import Alphabet, content_of, read_piece
from tests.conformance.vectors import Json
from tests.conformance.verdicts import Disagrees

_OTHER_NAMES = {
    "source_addr": ("source", "sourceaddress", "sourceaddr", "from", "sender", "src"),
    "destination_addr": ("destination", "destaddress", "destaddr", "dest", "to", "recipient", "dst"),
    "source_addr_ton": ("sourceton", "sourceaddresston"),
    "source_addr_npi": ("sourcenpi", "sourceaddressnpi"),
    "dest_addr_ton": ("destton", "destaddresston", "destinationton", "destinationaddrton"),
    "dest_addr_npi": ("destnpi", "destaddressnpi", "destinationnpi", "destinationaddrnpi"),
    "priority_flag": ("priority",),
    "replace_if_present_flag": ("replaceifpresent",),
    "sm_default_msg_id": ("defaultmsgid", "smdefaultmsgid"),
    "message_id": ("id", "messageid"),
    "password": ("passwd",),
}
_TAGS = {
    Tag.RECEIPTED_MESSAGE_ID: "text",
    Tag.USER_MESSAGE_REFERENCE: "number",
    Tag.SAR_MSG_REF_NUM: "number",
    Tag.SAR_TOTAL_SEGMENTS: "number",
    Tag.SAR_SEGMENT_SEQNUM: "number",
    Tag.SC_INTERFACE_VERSION: "number",
    Tag.NETWORK_ERROR_CODE: "octets",
    Tag.MESSAGE_STATE: "number",
}


def values(pdu: Pdu) -> Json:
    """All that a PDU says, by plain names: small letters and digits alone."""
    found: Json = {
        **dict.fromkeys(("command", "commandname", "name", "type", "pdu", "pduclass"), pdu.name),
        "commandlength": len(pdu.encode()),
        "length": len(pdu.encode()),
        **dict.fromkeys(("commandid", "id"), Either([pdu.command, pdu.name])),
        **dict.fromkeys(("commandstatus", "status"), Either([pdu.status, _status(pdu.status)])),
        **dict.fromkeys(("sequencenumber", "sequence", "seq", "seqnum", "sequencenum"), pdu.sequence),
        **dict.fromkeys(("isresponse", "response"), pdu.is_response),
        **dict.fromkeys(("isrequest", "request"), not pdu.is_response),
        "optionalparametercount": len(pdu.parameters),
        "tlvcount": len(pdu.parameters),
    }
    for name, value in pdu.fields.items():
        for each in (name, *_OTHER_NAMES.get(name, ())):
            found[plain(each)] = value
    for tag, kind in _TAGS.items():
        octets = pdu.parameter(tag)
        if octets is not None:
            texts = {"number": int.from_bytes(octets, "big"), "text": octets.rstrip(b"\0").decode("latin-1")}
            found[plain(tag.name)] = texts.get(kind, octets)
    payload = pdu.parameter(Tag.MESSAGE_PAYLOAD)
    if payload is not None:
        found["messagepayload"] = payload
    if "esm_class" in pdu.fields:
        found |= _text(pdu)
    return found


def _text(pdu: Pdu) -> Json:
    octets = bytes(pdu.fields.get("short_message", b""))
    found: Json = {"smlength": len(octets), "shortmessagelength": len(octets)}
    try:
        piece = read_piece(pdu, Alphabet.GSM7)
    except MalformedHeader:
        return found
    content = content_of([piece])
    septets = msgspec.structs.replace(piece, coding="GSM-7")
    texts = [getattr(each, "text", None) for each in (content, content_of([septets]))]
    found["message"] = found["text"] = Either([*texts, piece.octets])
    header = octets[: len(octets) - len(piece.octets)] if int(pdu.fields["esm_class"]) & 0x40 else b""
    elements, at = [], 1
    while at + 1 < len(header):
        end = at + 2 + header[at + 1]
        elements.append(header[at:end].hex())
        at = end
    found |= {"udh": header, "udhhex": header, "udhies": elements, "udhieshex": elements}
    if piece.which:
        which = piece.which
        found |= {
            "reference": which.reference,
            "parts": which.total,
            "total": which.total,
            "part": which.number,
        }
    return found


def misread(pdu: Pdu) -> str | None:
    """The text as it is read by who takes a single shift table for a locking one; None if there is none."""
    try:
        piece = read_piece(pdu, Alphabet.GSM7)
    except (MalformedHeader, KeyError):
        return None
    if not piece.single or piece.locking:
        return None
    return getattr(content_of([msgspec.structs.replace(piece, locking=piece.single)]), "text", None)


def _status(status: int) -> str:
    return name_of(status) if status else "ESME_ROK"


def flat(wanted: Json) -> Json:
    """What a vector expects, addresses and lists of parameters taken apart."""
    found: Json = {}
    for name, value in wanted.items():
        short = re.sub(r"^(get|is)_?(?=[A-Z_])", "", name)
        if not isinstance(value, dict):
            found[short] = value
            continue
        for each, inner in value.items():
            end = {"address": "", "addr": "", "value": "", "number": ""}.get(each.lower(), each)
            outer = (
                "" if plain(short) in ("header", "body", "fields", "tlvs", "optional", "params") else short
            )
            found[f"{outer}{'_' if outer and end else ''}{end}"] = inner
    return found


class Either(list[Any]):
    """One of these: sources differ in what they read, say data_coding 1 as GSM."""


def agrees(name: str, wanted: Any, known: Json) -> bool:
    """Whether the name is known, and then whether the value is ours; raises `Disagrees` if it is another."""
    if plain(name) not in known:
        return False
    ours = known[plain(name)]
    if any(reading == each for reading in readings(wanted) for each in readings(ours)):
        return True
    raise Disagrees(f"{name}: ours {ours!r}, the vector has {wanted!r}")


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def readings(value: Any) -> list[Any]:
    """The forms in which a value may have been written: octets as hex or text, numbers as hex or digits."""
    if isinstance(value, Either):
        return [reading for each in value for reading in readings(each)]
    if isinstance(value, bool) or value is None:
        return [value, 0 if value is None else int(value), "" if value is None else value]
    if isinstance(value, int):
        return [value, str(value), f"0x{value:x}", f"0x{value:02x}", f"0x{value:08x}"]
    if isinstance(value, bytes):
        return [value, value.hex(), value.decode("latin-1"), value.decode("utf-8", "replace"), list(value)]
    if isinstance(value, str):
        return [value, value.lower(), value.lower().replace("_", ""), value.rstrip("\0")]
    return [value]


def octets_of(value: Any) -> bytes | None:
    """The octets of a PDU in hex: of several texts the one that says its own length, else None."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        found = [octets for each in value if (octets := octets_of(each))]
        whole = [octets for octets in found if int.from_bytes(octets[:4], "big") == len(octets)]
        return next(iter(whole), max(found, key=len, default=None))
    if isinstance(value, list) and value and all(isinstance(each, int) and 0 <= each < 256 for each in value):
        return bytes(value)
    if not isinstance(value, str):
        return None
    digits = re.sub(r"(0x|\\x|[\s,:|-])", "", value)
    if len(digits) < 32 or not re.fullmatch(r"(?:[0-9a-fA-F]{2})+", digits):
        return None
    return bytes.fromhex(digits)
