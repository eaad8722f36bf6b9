"""SMPP: octets both ways, times and receipts, through the codec of `connectors/sms/smpp`.

A vector with octets is read, and what was read must give the same octets again. What it expects is looked up
by the standard's names, however they are written: `destAddress`, `dest_addr`, `destination_addr`. A PDU that
a vector builds by setters is built by us from the same values.
"""

import re
from typing import Any

from connectors.sms.smpp import times
from connectors.sms.smpp.pdus import Malformed, Pdu, decode
from tests.conformance.judges import receipts
from tests.conformance.judges.pdu_asserts import KEYS, asserted, literal, named
from tests.conformance.judges.pdu_fields import agrees, flat, misread, octets_of, values
from tests.conformance.judges.pdu_setters import built
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, agree, made

_OCTETS = ("hex", "pdu_hex", "expected_hex", "pdu", "bytes", "octets", "buffer", "encoded", "encoded_hex")
_REFUSAL = ("error", "throws", "raises", "exception", "invalid")


def is_mine(vector: Vector) -> bool:
    said = vector.said
    names = {"pdu_class", "pdu_hex", "smpp_time", "command", "command_id", "receipt", "short_message_hex"}
    has_octets = _octets(said) is not None and "char" not in said and "text" not in said
    tells = {"expected", "setters", *KEYS}
    return bool(names & said.keys()) or (has_octets and bool(tells & said.keys()))


def judge(vector: Vector) -> str:
    said = vector.said
    if isinstance(said.get("smpp_time"), str):
        return _time(said)
    octets = _octets(said)
    if octets is None and (text := receipts.text_of(said)) is not None:
        return receipts.judge(text, vector.flat | _wanted(said.get("expected")) | asserted(said))
    if octets is None:
        raise CannotJudge("it holds no octets of a PDU")
    expected = said.get("expected")
    wanted = _wanted(expected) | asserted(said)
    if _is_refusal(said, wanted):
        return _refused(octets)
    if wanted.get("must_not_crash"):
        return _survived(octets)
    pdu = _read(octets, said)
    words = [pdu.name, _written_again(pdu, octets)]
    setters = said.get("setters")
    if isinstance(setters, list) and setters:
        ours = built(str(said.get("pdu_class", pdu.name)), setters, octets)
        agree("built from the setters", ours.encode().hex(), octets.hex())
        words.append("built from the same values")
    known = values(pdu) | dict.fromkeys(("commandlength", "length"), len(octets))
    if (wrong := misread(pdu)) is not None and wrong in wanted.values() and wrong not in known["message"]:
        raise CannotJudge(f"the vector reads a single shift table as a locking one ({wrong})")
    compared = [name for name, value in wanted.items() if agrees(name, value, known)]
    unknown = sorted(wanted.keys() - set(compared))
    if wanted and not compared:
        raise CannotJudge(f"read and written again, but nothing of ours is called {', '.join(unknown)}")
    if compared:
        words.append(f"{len(compared)} fields agree")
    return ", ".join(words + ([f"not compared: {', '.join(unknown)}"] if unknown else []))


def _wanted(expected: Any) -> Json:
    """What is expected, with names and values by the standard, whatever language they were written in."""
    if isinstance(expected, list):
        return asserted({"asserts": expected})
    if not isinstance(expected, dict):
        return {}
    return flat({named(name): literal(value) for name, value in expected.items()})


def _octets(said: Json) -> bytes | None:
    """The longest run of octets among the values that hold a PDU, which begins with its own length."""
    for key in _OCTETS:
        found = octets_of(said.get(key))
        if found is not None:
            return found
    return None


def _is_refusal(said: Json, wanted: Json) -> bool:
    flags = [each.get(key) for each in (said, wanted) for key in _REFUSAL]
    return any(flag not in (None, False, "", 0) for flag in flags) or said.get("valid") is False


def _refused(octets: bytes) -> str:
    try:
        pdu = made(lambda: decode(octets))
    except Disagrees as error:
        if Malformed.__name__ in str(error):
            return "refused as it should be"
        raise
    raise Disagrees(f"ours reads a {pdu.name}, the vector wants it refused")


def _survived(octets: bytes) -> str:
    try:
        return f"read as {decode(octets).name}"
    except Malformed as error:
        return f"refused: {error}"


def _read(octets: bytes, said: Json) -> Pdu:
    try:
        return decode(octets)
    except Malformed as error:
        length = int.from_bytes(octets[:4], "big")
        if len(octets) < length and len(octets) >= 16 and "setters" in said:
            raise CannotJudge(f"the vector holds {len(octets)} octets of {length}") from error
        raise Disagrees(f"cannot be read: {error}") from error


def _written_again(pdu: Pdu, octets: bytes) -> str:
    """How we write what we read. A field that was left out or not ended may be written in full."""
    again = pdu.encode()
    if again != octets and (len(again) <= len(octets) or _filled(decode(again)) != _filled(pdu)):
        raise Disagrees(f"written again: ours {again.hex()}, the vector has {octets.hex()}")
    return f"{len(octets)} octets both ways" + (", in full" if again != octets else "")


def _filled(pdu: Pdu) -> tuple[Any, ...]:
    """What a PDU says: a field that is empty or zero says no more than one that is not there."""
    fields = {name: value for name, value in pdu.fields.items() if value not in ("", 0, b"")}
    return pdu.command, pdu.sequence, pdu.status, fields, pdu.parameters


def _time(said: Json) -> str:
    found = times.parse(said["smpp_time"])
    expected = said.get("expected")
    flat = said | (expected if isinstance(expected, dict) else {})
    if "utc" in flat:
        ours = f"{found:%Y-%m-%dT%H:%M:%SZ}" if hasattr(found, "year") else str(found)
        wanted = str(flat["utc"]).replace("+00:00", "Z").replace(".000Z", "Z")
        agree("moment", ours, wanted)
        agree("written again", times.absolute(found)[:13], said["smpp_time"][:13])  # type: ignore[arg-type]
    elif "relative" in flat:
        parts = re.findall(r"(\d+)\s*([dhms])", str(flat["relative"]))
        seconds = sum(int(n) * {"d": 86400, "h": 3600, "m": 60, "s": 1}[unit] for n, unit in parts)
        agree("seconds from now", getattr(found, "total_seconds", lambda: None)(), float(seconds))
        agree("written again", times.relative(found), said["smpp_time"])  # type: ignore[arg-type]
    elif found is None:
        raise Disagrees("ours reads no time")
    return f"{said['smpp_time']} is {found}"
