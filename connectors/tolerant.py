"""JSON from outside, read with tolerance: what is absent or of the wrong type is None.

The readers cost next to nothing on a sound body. A body that the fast decoder refuses (lone surrogates,
numbers beyond 64 bits, broken UTF-8) is read once more, slowly, so that one odd character in a batch does
not take the messages beside it along.
"""

import json
import math
from typing import Any

import msgspec

Json = dict[str, Any]

DEEPEST = 32
"""How many levels of a raw value are kept as they are; MongoDB takes 100 for a whole document."""

_LONGEST_ID = 512


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
        value = json.loads(
            body.decode("utf-8-sig", "replace"), parse_int=_whole, parse_float=_real, parse_constant=str
        )
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


def needed(of: Json, key: str) -> str:
    """The string under `key`, of any length. Raises `Malformed` if there is none."""
    value = text(of, key)
    if value is None:
        raise Malformed(f"“{key}” is missing or no text")
    return value


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


def part(of: Json, key: str) -> Json:
    """The object under `key`. Raises `Malformed` if there is none."""
    value = of.get(key)
    if type(value) is not dict:
        raise Malformed(f"“{key}” is missing or no object")
    return value


def sections(of: Json, key: str) -> list[Json]:
    """The objects of the array under `key`; whatever else is in it is left out."""
    value = of.get(key)
    return [each for each in value if type(each) is dict] if type(value) is list else []


def keepable(value: Any, depth: int = DEEPEST) -> Any:
    """`value` in a form that any store takes.

    What is nested too deeply becomes JSON text, a number beyond 64 bits its digits, and a key loses its
    NULs. Never raises.
    """
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
