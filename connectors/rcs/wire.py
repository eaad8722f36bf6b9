"""JSON from phones and carriers, read with tolerance: what is absent, null or of the wrong type is None.

A body that the fast decoder refuses (lone surrogates, numbers beyond 64 bits, broken UTF-8) is read once
more, slowly: an authentic message with one odd character must still reach an agent.
"""

import json
import math
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

Json = dict[str, Any]

DEEPEST = 32
"""How many levels of a raw value are kept as they are."""

_LONGEST_ID = 512
_BROKEN_TIME = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)[T\s]+(\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?\s*", re.IGNORECASE
)


class Malformed(Exception):
    """A part of a webhook lacks what makes it readable. The text says what, for an admin."""


def decode(body: bytes) -> Any:
    """The JSON value in `body`, free of lone surrogates. Raises `Malformed` if it is no JSON at all."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _decode_slowly(body)
    except RecursionError as error:
        raise Malformed("the JSON is nested too deeply") from error


def _decode_slowly(body: bytes) -> Any:
    try:
        text = body.decode("utf-8-sig", "replace")
        value = json.loads(text, parse_int=_whole, parse_float=_real, parse_constant=str)
        flat = json.dumps(value, ensure_ascii=False)
        return msgspec.json.decode(flat.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is no JSON") from error


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _real(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def text(of: Json, *keys: str) -> str | None:
    """The string under the first of the keys that has one, a whole number as its digits; else None."""
    for key in keys:
        value = of.get(key)
        if type(value) is str:
            return value
        if type(value) is int:
            return str(value)
    return None


def identifier(of: Json, *keys: str) -> str:
    """The provider's id under one of the keys: never empty or unreasonably long. Raises `Malformed`."""
    value = text(of, *keys)
    if value is None or not value.strip() or len(value) > _LONGEST_ID:
        raise Malformed(f"“{keys[0]}” is missing, empty or too long for an id")
    return value


def number(of: Json, key: str) -> float | None:
    """The finite number under `key`, also if it is written as a string; None for anything else."""
    value = of.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def section(of: Json, key: str) -> Json:
    """The object under `key`, empty if there is none."""
    value = of.get(key)
    return value if type(value) is dict else {}


def sections(of: Json, key: str) -> list[Json]:
    """The objects of the array under `key`; whatever else is in it is left out."""
    value = of.get(key)
    return [each for each in value if type(each) is dict] if type(value) is list else []


def part(of: Json, key: str) -> Json:
    """The object under `key`. Raises `Malformed` if there is none."""
    value = of.get(key)
    if type(value) is not dict:
        raise Malformed(f"“{key}” is missing or no object")
    return value


def moment(of: Json, *keys: str) -> datetime | None:
    """The point in time under one of the keys (RFC 3339, any number of fractional digits), None if it makes
    no sense. Carriers also write blanks in it, leave the zone out (UTC), or count milliseconds since 1970.
    """
    for key in keys:
        value = of.get(key)
        if type(value) is str and (at := _written(value)):
            return at
        if type(value) is int and (at := _counted(value)):
            return at
    return None


def _written(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        if value.isascii() and value.isdigit() and len(value) < 16:
            return _counted(int(value))
        found = _BROKEN_TIME.fullmatch(value) if len(value) < 64 else None
        if found is None:
            return None
        day, time, fraction, zone = found.groups()
        return _written(f"{day}T{time}{f'.{fraction}' if fraction else ''}{(zone or 'Z').upper()}")
    return _sensible(at if at.tzinfo else at.replace(tzinfo=UTC))


def _counted(value: int) -> datetime | None:
    seconds = value / 1000 if value > 10**11 else value
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 253_402_300_800 else None


def _sensible(at: datetime) -> datetime | None:
    return at.astimezone(UTC) if 1970 < at.year < 9999 else None


def keepable(value: Any, depth: int = DEEPEST) -> Any:
    """`value` in a form that any store takes: not too deep, numbers within 64 bits, no NUL in keys."""
    if type(value) is dict:
        if not depth:
            return _as_text(value)
        return {key.replace("\0", "\ufffd"): keepable(each, depth - 1) for key, each in value.items()}
    if type(value) is list:
        return [keepable(each, depth - 1) for each in value] if depth else _as_text(value)
    if type(value) is int and not -(2**63) <= value < 2**63:
        return str(value)
    return value


def _as_text(value: Any) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except RecursionError:
        return "(nested too deeply to be kept)"
