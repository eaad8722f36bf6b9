"""The user data header in front of a part's text: 3GPP TS 23.040, 9.2.3.24.

Written: concatenation with 8 or 16 bit references and national language tables. Read: all of these, and any
other element is kept as it came.
"""

from functools import cached_property

import msgspec

CONCATENATED_8, CONCATENATED_16, SINGLE_SHIFT, LOCKING_SHIFT = 0x00, 0x08, 0x24, 0x25


class MalformedHeader(ValueError):
    """The octets say that they begin with a user data header, but they are too few for it."""


class Concatenation(msgspec.Struct, frozen=True):
    """Which part of which message this is. `number` counts from 1; `wide` marks a 16 bit reference."""

    reference: int
    total: int
    number: int
    wide: bool = False

    def element(self) -> bytes:
        """The information element; the reference keeps only the bits it has room for."""
        if self.wide:
            reference = (self.reference & 0xFFFF).to_bytes(2, "big")
            return bytes((CONCATENATED_16, 4)) + reference + bytes((self.total, self.number))
        return bytes((CONCATENATED_8, 3, self.reference & 0xFF, self.total, self.number))


def header_of(concatenation: Concatenation | None, *, locking: int = 0, single: int = 0) -> bytes:
    """The header with its length in front; empty if there is nothing to say."""
    elements = concatenation.element() if concatenation else b""
    if single:
        elements += bytes((SINGLE_SHIFT, 1, single))
    if locking:
        elements += bytes((LOCKING_SHIFT, 1, locking))
    return bytes((len(elements),)) + elements if elements else b""


class Header(msgspec.Struct, frozen=True, dict=True):
    """A header as it came: pairs of element identifier and octets, in their order."""

    elements: tuple[tuple[int, bytes], ...] = ()

    @cached_property
    def concatenation(self) -> Concatenation | None:
        """Which part this is, None if it is whole. The last sound element counts, as the standard wants."""
        found = [_concatenation(identifier, octets) for identifier, octets in self.elements]
        return next((each for each in reversed(found) if each), None)

    @property
    def locking(self) -> int:
        """The national language of the locking shift table, 0 for none."""
        return self._language(LOCKING_SHIFT)

    @property
    def single(self) -> int:
        """The national language of the single shift table, 0 for none."""
        return self._language(SINGLE_SHIFT)

    def _language(self, wanted: int) -> int:
        found = [octets[0] for identifier, octets in self.elements if identifier == wanted and octets]
        return found[-1] if found else 0


def parse_header(octets: bytes) -> tuple[Header, bytes]:
    """The header at the beginning of `octets`, and what follows it. Raises `MalformedHeader`.

    An element that runs over the header's end is left out, with all that would follow it.
    """
    if not octets or octets[0] + 1 > len(octets):
        raise MalformedHeader("The user data header is longer than the part that holds it.")
    end, at, elements = octets[0] + 1, 1, []
    while at + 2 <= end and at + 2 + octets[at + 1] <= end:
        length = octets[at + 1]
        elements.append((octets[at], octets[at + 2 : at + 2 + length]))
        at += 2 + length
    return Header(tuple(elements)), octets[end:]


def _concatenation(identifier: int, octets: bytes) -> Concatenation | None:
    """None also for what the standard tells us to ignore: part 0, no parts, or a part past the last."""
    width = {CONCATENATED_8: 3, CONCATENATED_16: 4}.get(identifier)
    if width is None or len(octets) != width:
        return None
    total, number = octets[-2:]
    if not 0 < number <= total:
        return None
    reference = int.from_bytes(octets[:-2], "big")
    return Concatenation(reference, total, number, wide=identifier == CONCATENATED_16)
