"""How many short messages a text takes, as a phone's bill would count them: 3GPP TS 23.038 and 23.040."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


def segments(text: str) -> int:
    """The number of messages; a character of two units is never cut in two."""
    is_gsm = all(each in _BASIC or each in _EXTENDED for each in text)
    sizes = [_units(each, is_gsm) for each in text]
    whole, part = (160, 153) if is_gsm else (70, 67)
    if sum(sizes) <= whole:
        return 1
    count, room = 1, part
    for size in sizes:
        if size > room:
            count, room = count + 1, part
        room -= size
    return count


def _units(character: str, is_gsm: bool) -> int:
    return (2 if character in _EXTENDED else 1) if is_gsm else (2 if ord(character) > 0xFFFF else 1)
