"""How the characters of a text become units: GSM septets, Latin-1 octets or UTF-16 units."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property, lru_cache

import msgspec

from connectors.sms.coding.header import Concatenation, header_of
from connectors.sms.coding.national import LOCKING, SINGLE
from connectors.sms.coding.tables import ESCAPE

_OCTETS = 140
"""What one short message holds, header and text together."""


class Encoding(StrEnum):
    """The three ways to code a text, by the names that people use."""

    GSM7 = "GSM-7"
    LATIN1 = "Latin-1"
    UCS2 = "UCS-2"


class NotInAlphabet(ValueError):
    """The text holds a character that the encoding has not."""

    def __init__(self, character: str, encoding: Encoding) -> None:
        super().__init__(f"“{character}” (U+{ord(character):04X}) is not in {encoding}.")
        self.character = character


class Scheme(msgspec.Struct, frozen=True):
    """An encoding, for GSM-7 with its national tables: 0 is the default alphabet and its extension.

    Raises `ValueError` when a language is named that has no such table.
    """

    encoding: Encoding = Encoding.GSM7
    locking: int = 0
    single: int = 0

    def __post_init__(self) -> None:
        if self.locking not in LOCKING or self.single not in SINGLE:
            raise ValueError(
                f"There are no tables {self.locking} (locking) and {self.single} (single shift)."
            )

    @property
    def data_coding(self) -> int:
        """SMPP's `data_coding`."""
        return {Encoding.GSM7: 0, Encoding.LATIN1: 3, Encoding.UCS2: 8}[self.encoding]

    @property
    def unit_octets(self) -> int:
        """How many octets a unit takes in `encode`'s answer."""
        return 2 if self.encoding is Encoding.UCS2 else 1

    def missing(self, text: str) -> list[str]:
        """The characters that the encoding has not, each once, as they come."""
        lacking = self.lacking(frozenset(text))
        return [each for each in dict.fromkeys(text) if each in lacking] if lacking else []

    def lacking(self, characters: frozenset[str]) -> frozenset[str]:
        """Those of the characters that the encoding has not."""
        if self.encoding is Encoding.UCS2:
            return frozenset()
        if self.encoding is Encoding.LATIN1:
            return frozenset(each for each in characters if each > "\xff")
        return characters - _alphabet(self.locking, self.single).septets.keys()

    def encode(self, text: str, errors: str = "strict") -> bytes:
        """The text as octets: unpacked septets, Latin-1, or UTF-16 with the high octet first.

        `errors` is what to do about a character that the encoding has not: ``strict`` raises `NotInAlphabet`,
        ``replace`` writes a question mark, ``ignore`` leaves it out.
        """
        if self.encoding is Encoding.UCS2:
            return text.encode("utf-16-be", "surrogatepass")
        missing = self.missing(text)
        if missing and errors == "strict":
            raise NotInAlphabet(missing[0], self.encoding)
        if missing:
            text = text.translate(dict.fromkeys(map(ord, missing), "?" if errors == "replace" else ""))
        if self.encoding is Encoding.LATIN1:
            return text.encode("latin-1")
        return b"".join(map(_alphabet(self.locking, self.single).septets.__getitem__, text))

    def decode(self, octets: bytes) -> str:
        """The text in `octets`, the other way round. Raises nothing: what makes no sense becomes U+FFFD."""
        if self.encoding is Encoding.UCS2:
            return octets.decode("utf-16-be", "replace")
        if self.encoding is Encoding.LATIN1:
            return octets.decode("latin-1")
        return _alphabet(self.locking, self.single).read(octets)

    def doubles(self, text: str, units: int) -> list[int]:
        """Where in `text` the characters stand that take two units; `units` is how many it takes in all."""
        if units == len(text):
            return []
        if self.encoding is Encoding.UCS2:
            return [at for at, character in enumerate(text) if character > "\uffff"]
        escaped = _alphabet(self.locking, self.single).escaped
        return [at for at, character in enumerate(text) if character in escaped]

    def room(self, concatenation: Concatenation | None = None) -> int:
        """How many units a part holds beside its header."""
        octets = _OCTETS - len(header_of(concatenation, locking=self.locking, single=self.single))
        return octets * 8 // 7 if self.encoding is Encoding.GSM7 else octets // self.unit_octets


GSM7, LATIN1, UCS2 = Scheme(), Scheme(Encoding.LATIN1), Scheme(Encoding.UCS2)


def repaired(text: str) -> str:
    """The text without halves of surrogate pairs: two neighbours are joined, a single one becomes U+FFFD."""
    try:
        text.encode("utf-16-be")
    except UnicodeEncodeError:
        return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
    return text


def schemes(languages: Iterable[int] = (), *, latin1: bool = False) -> list[Scheme]:
    """What may be used, the most widely understood first of equals; UCS-2, which holds all, is the last.

    `languages` are those whose national tables the operator agrees to. Raises `ValueError` on any other.
    """
    found = [GSM7]
    for language in languages:
        if language not in SINGLE or not language:
            raise ValueError(f"There is no national language {language}; they are 1 to {max(SINGLE)}.")
        pairs = [(0, language), (language, 0), (language, language)]
        found += [Scheme(Encoding.GSM7, *pair) for pair in pairs if pair[0] in LOCKING]
    return [*found, *([LATIN1] if latin1 else []), UCS2]


class _Alphabet(msgspec.Struct, frozen=True, dict=True):
    """A locking and a single shift table, ready for both directions."""

    locking: dict[int, str]
    single: dict[int, str]

    @cached_property
    def septets(self) -> dict[str, bytes]:
        """Each character's septets: those of the locking table if it has it."""
        escaped = {character: bytes((ESCAPE, place)) for place, character in reversed(self.single.items())}
        return escaped | {character: bytes((place,)) for place, character in reversed(self.locking.items())}

    @cached_property
    def escaped(self) -> frozenset[str]:
        return frozenset(character for character, septets in self.septets.items() if len(septets) == 2)

    def read(self, octets: bytes) -> str:
        """What a phone shows: a place that the single shift table leaves blank falls back (6.2.1.1).

        A second escape announces a table that does not exist and is shown as a space, like one at the end.
        """
        if ESCAPE not in octets:
            return "".join([self.locking.get(octet, "\ufffd") for octet in octets])
        read, places = [], iter(octets)
        for place in places:
            if place != ESCAPE:
                read.append(self.locking.get(place, "\ufffd"))
                continue
            place = next(places, ESCAPE)
            read.append(
                self.single.get(place) or self.locking.get(place, "\ufffd" if place != ESCAPE else " ")
            )
        return "".join(read)


@lru_cache(maxsize=64)
def _alphabet(locking: int, single: int) -> _Alphabet:
    return _Alphabet(dict(LOCKING[locking]), dict(SINGLE[single]))
