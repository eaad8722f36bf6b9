"""SMPP: PDUs, times and receipts. Nothing of ours reads them yet, so this says so."""

from tests.conformance.vectors import Vector
from tests.conformance.verdicts import CannotJudge


def is_mine(vector: Vector) -> bool:
    said = vector.said
    expected = said.get("expected")
    names = {"pdu_class", "pdu_hex", "smpp_time", "command", "command_id", "receipt", "short_message_hex"}
    has_octets = "hex" in said and isinstance(expected, dict)
    return bool(names & said.keys()) or (has_octets and "char" not in said)


def judge(vector: Vector) -> str:
    raise CannotJudge("no SMPP connector yet")
