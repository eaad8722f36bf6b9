"""Which scheme suits a text best."""

from collections.abc import Iterable

from connectors.sms.coding.cuts import Ruler, TooManyParts, cut
from connectors.sms.coding.header import header_of
from connectors.sms.coding.scheme import GSM7, Encoding, Scheme, schemes

_PREFERENCE = list(Encoding)


def choose(text: str, languages: Iterable[int] = (), *, latin1: bool = False) -> Scheme:
    """The scheme by which the text takes the fewest parts; of equals GSM-7 goes before UCS-2.

    Plain GSM-7 whenever it has all characters: a national table costs room in every part. `languages` are the
    national tables that the operator agrees to, `latin1` says that it takes that encoding.
    """
    characters = frozenset(text)
    if not GSM7.lacking(characters):
        return GSM7
    allowed = [each for each in schemes(languages, latin1=latin1) if not each.lacking(characters)]
    return allowed[0] if len(allowed) == 1 else min(allowed, key=lambda each: _cost(each, text))


def _cost(scheme: Scheme, text: str) -> tuple[int, int, int]:
    """How many parts; how far from being our favourite; how many octets, the header's among them."""
    octets = len(scheme.encode(text))
    header = len(header_of(None, locking=scheme.locking, single=scheme.single))
    ruler = Ruler(scheme.doubles(text, octets // scheme.unit_octets))
    try:
        parts = len(cut(text, ruler, scheme))
    except TooManyParts as error:
        parts = error.parts
    return parts, _PREFERENCE.index(scheme.encoding), header + octets
