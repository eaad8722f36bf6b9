"""Septets packed into octets and back: 3GPP TS 23.038, 6.1.2.1, and the fill bits of TS 23.040, 9.2.3.24.

SMPP and the HTTP providers want one septet in an octet; packing is for whoever talks to a modem.
"""


def pack(septets: bytes, *, fill: int = 0) -> bytes:
    """The septets side by side, the first in the lowest bits, after `fill` bits that stay empty (0 to 6)."""
    held, bits, packed = 0, fill, bytearray()
    for septet in septets:
        held |= (septet & 0x7F) << bits
        bits += 7
        if bits >= 8:
            packed.append(held & 0xFF)
            held >>= 8
            bits -= 8
    if bits and (held or bits > fill or packed or septets):
        packed.append(held)
    return bytes(packed)


def unpack(octets: bytes, count: int | None = None, *, fill: int = 0) -> bytes:
    """The septets in `octets`, `count` of them if it is known (TP-UDL says so).

    Without `count`, seven empty bits at the end are taken for padding: an ``@`` there cannot be told from it.
    """
    held, bits, septets = 0, -fill, bytearray()
    for octet in octets:
        held |= octet << max(bits, 0) if bits >= 0 else octet >> -bits
        bits += 8
        while bits >= 7:
            septets.append(held & 0x7F)
            held >>= 7
            bits -= 7
    if count is not None:
        return bytes(septets[:count])
    is_padded = septets and not septets[-1] and (len(septets) * 7 + fill) % 8 == 0
    return bytes(septets[:-1] if is_padded else septets)


def fill_bits(header_octets: int) -> int:
    """How many bits stay empty after a user data header, so that the text begins at a septet."""
    return -header_octets * 8 % 7
