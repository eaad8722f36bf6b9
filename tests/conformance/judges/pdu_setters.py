"""PDUs that a vector builds by calling setters, as Java libraries do: `setMessageId("12345")`."""

import re
from typing import Any

from connectors.sms.smpp.commands import LAYOUTS, RESPONSE, Command
from connectors.sms.smpp.pdus import Pdu, decode
from tests.conformance.verdicts import CannotJudge

_CALL = re.compile(r"(?:set|add)(\w+)\s*\((.*)\)\s*;?\s*$", re.DOTALL)
_BYTE = r"\(\s*byte\s*\)\s*(0x[0-9a-fA-F]+|\d+)"
_ADDRESS = re.compile(rf'{_BYTE}\s*,\s*{_BYTE}\s*,\s*"([^"]*)"')
_ENDS = {
    "sourceaddress": ("source_addr_ton", "source_addr_npi", "source_addr"),
    "destaddress": ("dest_addr_ton", "dest_addr_npi", "destination_addr"),
    "esmeaddress": ("esme_addr_ton", "esme_addr_npi", "esme_addr"),
}
_NAMES = {
    "priority": "priority_flag",
    "replaceifpresent": "replace_if_present_flag",
    "defaultmsgid": "sm_default_msg_id",
}
_IGNORED = {"commandlength", "shortmessage", "optionalparameter", "addressrange"}
"""Their values are expressions of the program: we take them from the octets."""


def command_of(name: str) -> int:
    """The command of a class such as `SubmitSmResp`. Raises `CannotJudge`."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    known = {each.name.lower().replace("_", ""): each.value for each in Command}
    if plain in known:
        return known[plain]
    if plain.endswith("resp") and plain.removesuffix("resp") in known:
        return known[plain.removesuffix("resp")] | RESPONSE
    raise CannotJudge(f"no command is called {name}")


def built(name: str, setters: list[Any], octets: bytes) -> Pdu:
    """The PDU of these setters. What they take from other objects comes from `octets`."""
    command, theirs = command_of(name), decode(octets)
    fields = {each: 0 if kind == "octet" else "" for each, kind in LAYOUTS.get(command, ())}
    taken = {"short_message", "addr_ton", "addr_npi", "address_range", "dest_address", "unsuccess_sme"}
    fields |= {each: theirs.fields[each] for each in taken & fields.keys() & theirs.fields.keys()}
    status = sequence = 0
    for setter in setters:
        found = _CALL.match(str(setter).strip())
        if not found:
            raise CannotJudge(f"cannot read the setter {setter}")
        what, value = found[1].lower(), found[2].strip()
        if what == "commandstatus":
            status = theirs.status if re.search(r"[A-Z]{3}", value) else _number(value)
        elif what == "sequencenumber":
            sequence = _number(value)
        elif what in _ENDS:
            fields |= dict(zip(_ENDS[what], _address(value), strict=True))
        elif what not in _IGNORED:
            fields[_field(what, fields)] = _value(value)
    is_bare = len(octets) == 16
    return (
        Pdu(
            command=command,
            sequence=sequence,
            status=status,
            fields={} if is_bare else fields,
            parameters=theirs.parameters,
        )
        if not is_bare or command & RESPONSE or not fields
        else theirs
    )


def _field(what: str, fields: dict[str, Any]) -> str:
    plain = {each.replace("_", ""): each for each in fields}
    found = _NAMES.get(what) or plain.get(what)
    if found is None:
        raise CannotJudge(f"none of our fields is called {what}")
    return found


def _address(value: str) -> tuple[int, int, str]:
    found = _ADDRESS.search(value)
    if not found:
        raise CannotJudge(f"cannot read the address {value}")
    return int(found[1], 0), int(found[2], 0), found[3]


def _value(value: str) -> int | str:
    if value == "null":
        return ""
    text = re.fullmatch(r'"([^"]*)"', value)
    return text[1] if text else _number(value)


def _number(value: str) -> int:
    found = re.search(r"(0x[0-9a-fA-F]+|\d+)\s*\)?$", value)
    if not found:
        raise CannotJudge(f"cannot read the number {value}")
    return int(found[1], 0)
