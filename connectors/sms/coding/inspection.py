"""What a text will cost as SMS, before it is sent."""

from collections.abc import Iterable

import msgspec

from connectors.sms.coding.choosing import choose
from connectors.sms.coding.cuts import MOST_PARTS, Ruler, cut
from connectors.sms.coding.header import Concatenation
from connectors.sms.coding.scheme import Encoding, Scheme, repaired, schemes
from connectors.sms.coding.transliteration import transliterated


class Inspection(msgspec.Struct, frozen=True):
    """`units` are septets, octets or UTF-16 units in all; `per_segment` is how many a segment has room for.

    `costly_characters` are those that force UCS-2, each once, as they come.
    """

    encoding: Encoding
    segments: int
    units: int
    per_segment: int
    costly_characters: list[str]


def inspect(
    text: str,
    languages: Iterable[int] = (),
    *,
    latin1: bool = False,
    transliterate: bool = False,
    wide: bool = False,
    scheme: Scheme | None = None,
) -> Inspection:
    """What the text takes in the best scheme, or in `scheme`; characters that it lacks count as one each.

    `languages` are the national tables that the operator agrees to, `wide` asks for 16 bit references.
    `transliterate` counts the text that `transliterated` would send. Raises `TooManyParts`.
    """
    languages = list(languages)
    text = repaired(text)
    text = transliterated(text) if transliterate else text
    scheme = scheme or choose(text, languages, latin1=latin1)
    encoded = scheme.encode(text, errors="replace")
    units = len(encoded) // scheme.unit_octets
    segments = len(cut(text, Ruler(scheme.doubles(text, units)), scheme, wide=wide))
    which = Concatenation(0, MOST_PARTS, 1, wide=wide) if segments > 1 else None
    costly = _costly(text, schemes(languages)) if scheme.encoding is Encoding.UCS2 else []
    return Inspection(scheme.encoding, segments, units, scheme.room(which), costly)


def _costly(text: str, allowed: list[Scheme]) -> list[str]:
    """What stands in the way of the alphabet that comes nearest."""
    characters = frozenset(text)
    gsm = [each for each in allowed if each.encoding is Encoding.GSM7]
    return min(gsm, key=lambda each: len(each.lacking(characters))).missing(text)
