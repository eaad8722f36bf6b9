"""A text as parts, ready to send, and parts as a text again: 3GPP TS 23.040, 9.2.3.24.1."""

from collections.abc import Iterable
from itertools import groupby, pairwise

import msgspec

from connectors.sms.coding.choosing import choose
from connectors.sms.coding.cuts import Ruler, cut
from connectors.sms.coding.header import Concatenation, header_of
from connectors.sms.coding.packing import fill_bits, pack
from connectors.sms.coding.scheme import Encoding, Scheme, repaired


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One short message. `octets` is its text as `Scheme.encode` gives it, `header` the user data header."""

    text: str
    octets: bytes
    scheme: Scheme
    header: bytes = b""
    concatenation: Concatenation | None = None

    @property
    def short_message(self) -> bytes:
        """Header and text as SMPP and the HTTP providers want them: one septet in an octet."""
        return self.header + self.octets

    @property
    def user_data(self) -> bytes:
        """Header and text as they go over the air, septets packed."""
        if self.scheme.encoding is not Encoding.GSM7:
            return self.short_message
        return self.header + pack(self.octets, fill=fill_bits(len(self.header)))


def split(text: str, scheme: Scheme | None = None, *, reference: int = 0, wide: bool = False) -> list[Part]:
    """The text as one part or several, in order; an empty text is one part.

    `scheme` is the best one by default. `reference` tells this message's parts from others to the same
    recipient and loses the bits there is no room for: 8, or 16 if `wide`. Raises `TooManyParts`, and
    `NotInAlphabet` if the scheme cannot hold the text. Half a surrogate pair is sent as U+FFFD.
    """
    text = repaired(text)
    reference &= 0xFFFF if wide else 0xFF
    scheme = choose(text) if scheme is None else scheme
    octets = scheme.encode(text)
    ruler = Ruler(scheme.doubles(text, len(octets) // scheme.unit_octets))
    ends = cut(text, ruler, scheme, wide=wide)
    if len(ends) == 1:
        header = header_of(None, locking=scheme.locking, single=scheme.single)
        return [Part(text=text, octets=octets, scheme=scheme, header=header)]
    parts, at = [], 0
    for number, (start, end) in enumerate(pairwise([0, *ends]), 1):
        which = Concatenation(reference, len(ends), number, wide=wide)
        upto = ruler.unit(end) * scheme.unit_octets
        header = header_of(which, locking=scheme.locking, single=scheme.single)
        parts.append(
            Part(
                text=text[start:end],
                octets=octets[at:upto],
                scheme=scheme,
                header=header,
                concatenation=which,
            )
        )
        at = upto
    return parts


def joined(pieces: Iterable[tuple[Scheme, bytes]]) -> str:
    """The text of a message whose parts, in order, are these. Raises nothing.

    Neighbours in one scheme are put together before they are read: some senders cut an escape or a surrogate
    pair in two.
    """
    runs = groupby(pieces, key=lambda piece: piece[0])
    return "".join(scheme.decode(b"".join(octets for _, octets in run)) for scheme, run in runs)
