"""What a test of another project says of a PDU, in that test's own language: `assertEquals(35, pdu.getX())`.

Names and values are brought to the form of an `expected` object: `getSourceAddress().getTon()` becomes
`SourceAddress_Ton`, `(byte)0x34` a number, `SmppConstants.STATUS_THROTTLED` the standard's `ESME_RTHROTTLED`.
"""

import re
from typing import Any

from tests.conformance.vectors import Json

KEYS = ("asserts", "assertions", "checks", "getters")
_ASSERT = re.compile(r"assert(\w*)\s*\((.*)\)\s*;?\s*$", re.DOTALL | re.IGNORECASE)
_IS = re.compile(r"\s*(.+?)\s*(?:===?|\bis\b|:)\s*(.+?)\s*$", re.DOTALL)
_GETTER = re.compile(r"\b(?:get|is)[A-Z_]\w*\s*\(?")
_NUMBER = re.compile(r"(?:\(\s*(?:byte|short|int|long)\s*\)\s*)?(-?\d+|0[xX][0-9a-fA-F]+)[lL]?")
_CONSTANT = re.compile(r"(?:\w+\.)+([A-Z][A-Z0-9_]+)(?:\.\w+\(\))*")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "None": None, "nil": None}
_ENDS = frozenset({"address", "addr", "value", "number"})


def asserted(said: Json) -> Json:
    """All that the vector asserts, by plain names; empty if it asserts nothing in this way."""
    found: Json = {}
    for key in KEYS:
        given = said.get(key)
        if isinstance(given, dict):
            found |= {named(name): literal(value) for name, value in given.items()}
        for each in given if isinstance(given, list) else ():
            if isinstance(each, str) and (pair := _pair(each)):
                found[named(pair[0])] = literal(pair[1])
    return found


def named(name: str) -> str:
    """`pdu0.getSourceAddress().getTon()` as `SourceAddress_Ton`; a plain name stays as it is."""
    if not _GETTER.search(name):
        return name
    getters = [each for each in re.split(r"\.|\(\s*\)", name) if re.match(r"(?:get|is)[A-Z_]", each)]
    steps = [re.sub(r"^(?:get|is)_?", "", each) for each in getters]
    if len(steps) > 1 and steps[-1].lower() in _ENDS:
        steps.pop()
    return "_".join(steps) if steps else name


def literal(value: Any) -> Any:
    """The value that a literal of Java's or Python's stands for; anything else as it is."""
    if not isinstance(value, str):
        return value
    written = value.strip()
    if written in _WORDS:
        return _WORDS[written]
    if quoted := re.fullmatch(r"""(["'])(.*)\1""", written, re.DOTALL):
        return quoted[2]
    if number := _NUMBER.fullmatch(written):
        whole = int(number[1], 0) if not number[1].lstrip("-0").isdigit() else int(number[1])
        return whole + 2**32 if whole < 0 else whole
    if constant := _CONSTANT.fullmatch(written):
        return _standard(constant[1])
    return value


def _standard(name: str) -> str:
    """A library's constant by the standard's name."""
    for prefix, standard in (("CMD_ID_", ""), ("STATUS_", "ESME_R")):
        if name.startswith(prefix):
            rest = name.removeprefix(prefix)
            return f"{standard}{rest}" if standard else rest.lower()
    return name


def _pair(line: str) -> tuple[str, str] | None:
    """The name and the value of one assertion, whichever stands first."""
    call = _ASSERT.search(line)
    if call:
        said = _arguments(call[2])
        if len(said) == 1:
            return said[0], {"null": "null", "false": "false"}.get(call[1].lower(), "true")
    else:
        found = _IS.match(line)
        said = list(found.groups()) if found else []
    if len(said) < 2:
        return None
    first, second = said[0], said[1]
    return (first, second) if _GETTER.search(first) or not _GETTER.search(second) else (second, first)


def _arguments(written: str) -> list[str]:
    """The arguments of a call, which may hold commas in brackets and in quotes."""
    pieces = re.findall(r"""(?:"(?:[^"\\]|\\.)*"|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^,"(])+""", written)
    return [each.strip() for each in pieces]
