"""Texts and the short messages they take."""

from connectors.sms.coding import Encoding, Part, Scheme, inspect, joined, split
from connectors.sms.coding.clusters import is_boundary
from tests.conformance.judges.alphabets import schemes_named
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, agree, made, shown

_COUNTS = ("segments", "segment_count", "parts_count", "expected_segments", "sms_count", "messages", "count")
_HEADER_BITS = 48


def is_mine(vector: Vector) -> bool:
    said = vector.flat
    return isinstance(said.get("text"), str) and (
        _count(said) is not None or "part_lengths" in said or isinstance(said.get("parts"), list)
    )


def judge(vector: Vector) -> str:
    said = vector.flat
    text = said["text"]
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise CannotJudge("half of a surrogate pair is no text")
    scheme = _forced(text, said)
    found = made(lambda: inspect(text, scheme=scheme))
    if scheme is not None:  # what the alphabet lacks is sent as a question mark
        text = scheme.decode(scheme.encode(text, "replace"))
    parts = made(lambda: split(text, scheme))
    agree("parts joined", joined((part.scheme, part.octets) for part in parts), text)
    agree("parts and inspection", len(parts), found.segments)
    if _count(said) is not None:
        agree("segments", found.segments, _count(said))
    _lengths(text, parts, said)
    _sizes(found.units, parts, said)
    forced = " as forced" if scheme is not None else ""
    return f"{found.encoding}{forced}, {found.units} units in {found.segments}"


def _forced(text: str, said: Json) -> Scheme | None:
    """The scheme that the vector wants although another one is best; None if it wants the best."""
    if "encoding" not in said:
        return None
    wanted = schemes_named(str(said["encoding"]))[0]
    best = inspect(text).encoding
    return None if wanted.encoding is best else wanted


def _count(said: Json) -> int | None:
    return next((said[key] for key in _COUNTS if isinstance(said.get(key), int)), None)


def _lengths(text: str, parts: list[Part], said: Json) -> None:
    """Lengths in characters. Ours may differ only where theirs cut inside of what a reader sees as one."""
    wanted = said.get("part_lengths") or [
        each["length"] for each in said.get("parts", ()) if isinstance(each, dict) and "length" in each
    ]
    ours = [len(part.text) for part in parts]
    if not wanted or ours == wanted:
        return
    cuts = {sum(wanted[:number]) for number in range(1, len(wanted))}
    if len(wanted) != len(ours) or all(is_boundary(text, at) for at in cuts):
        raise Disagrees(f"part lengths: ours {shown(ours)}, the vector has {shown(wanted)}")


def _sizes(units: int, parts: list[Part], said: Json) -> None:
    bits = 7 if parts[0].scheme.encoding is Encoding.GSM7 else 8 * parts[0].scheme.unit_octets
    if "message_bits" in said:
        agree("message bits", units * bits, said["message_bits"])
    if "total_bits" in said:
        headers = _HEADER_BITS * len(parts) if len(parts) > 1 else 0
        agree("total bits", units * bits + headers, said["total_bits"])
    if "last_segment_payload" in said:
        agree(
            "last part", len(parts[-1].octets) // parts[-1].scheme.unit_octets, said["last_segment_payload"]
        )
    sizes = [each["bytes"] for each in said.get("parts", ()) if isinstance(each, dict) and "bytes" in each]
    if sizes and len(sizes) == len(parts) and said.get("part_lengths", sizes) is not None:
        ours = [len(part.octets) for part in parts]
        if [len(part.text) for part in parts] == said.get("part_lengths", [len(part.text) for part in parts]):
            agree("octets of the parts", ours, sizes)
