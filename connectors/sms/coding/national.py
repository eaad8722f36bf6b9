"""The national language tables: 3GPP TS 23.038, 6.2.1.2 and annex A, by national language identifier.

A locking shift table takes the place of the default alphabet, a single shift table that of its extension,
for one part of a message each. Spanish has no locking table (A.3.2 is void).
"""

from connectors.sms.coding.indic import INDIC, indic_locking, indic_single
from connectors.sms.coding.tables import DEFAULT, EXTENSION, Table, read_rows

LANGUAGES: dict[int, str] = {
    1: "turkish",
    2: "spanish",
    3: "portuguese",
    4: "bengali",
    5: "gujarati",
    6: "hindi",
    7: "kannada",
    8: "malayalam",
    9: "oriya",
    10: "punjabi",
    11: "tamil",
    12: "telugu",
    13: "urdu",
}
"""National language identifiers and the names of the languages."""


def _at(places: str) -> dict[int, str]:
    """``"41Á 49Í"`` as a table: two hexadecimal digits of the place, then its character."""
    return {int(each[:2], 16): each[2] for each in places.split()}


_URDU_LOCKING = read_rows(
    "\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\n\u0679\u067d\r\u067a\u067c",
    "\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f\x1b\u068c\u0688\u0689\u068a",
    " !\u068f\u068d\u0630\u0631\u0691\u0693)(\u0699\u0632,\u0696.\u0698",
    "0123456789:;\u069a\u0633\u0634?",
    "\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646",
    "\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657",
    "\u0654abcdefghijklmno",
    "pqrstuvwxyz\u0655\u0651\u0653\u0656\u0670",
)
_URDU_SINGLE = indic_single(
    0x0660,
    digits=range(0x06F0, 0x06FA),
    stops=(0x0600, 0x0601),
    places={
        **dict(enumerate((0x060C, 0x060D), 0x26)),
        **dict(enumerate((0x060E, 0x060F, 0x0610, 0x0611, 0x0612), 0x2A)),
        **dict(enumerate((0x0613, 0x0614, 0x061B, 0x061F, 0x0640, 0x0652, 0x0658, 0x066B, 0x066C), 0x30)),
        **dict(enumerate((0x0672, 0x0673, 0x06CD), 0x39)),
        0x3F: 0x06D4,
    },
)

LOCKING: dict[int, Table] = {
    0: DEFAULT,
    1: {**DEFAULT, **_at("04€ 07ı 0BĞ 0Cğ 1CŞ 1Dş 40İ 60ç")},
    3: {
        **DEFAULT,
        **_at("04ê 06ú 07í 08ó 09ç 0BÔ 0Cô 0EÁ 0Fá 12ª 13Ç 14À 15∞ 16^ 17\\ 18€ 19Ó 1A|"),
        **_at("1CÂ 1Dâ 1EÊ 24º 40Í 5BÃ 5CÕ 5DÚ 60~ 7Bã 7Cõ 7D`"),
    },
    **{identifier: indic_locking(script) for identifier, script in INDIC.items()},
    13: _URDU_LOCKING,
}
"""Locking shift tables; 0 is the default alphabet."""

SINGLE: dict[int, Table] = {
    0: EXTENSION,
    1: {**EXTENSION, **_at("47Ğ 49İ 53Ş 63ç 67ğ 69ı 73ş")},
    2: {**EXTENSION, **_at("09ç 41Á 49Í 4FÓ 55Ú 61á 69í 6Fó 75ú")},
    3: {
        **EXTENSION,
        **_at("05ê 09ç 0BÔ 0Cô 0EÁ 0Fá 12Φ 13Γ 15Ω 16Π 17Ψ 18Σ 19Θ 1FÊ"),
        **_at("41À 49Í 4FÓ 55Ú 5BÃ 5CÕ 61Â 69í 6Fó 75ú 7Bã 7Cõ 7Fâ"),
    },
    **{
        identifier: indic_single(script.block, stops=script.stops, digits=script.digits, places=script.places)
        for identifier, script in INDIC.items()
    },
    13: _URDU_SINGLE,
}
"""Single shift tables; 0 is the extension of the default alphabet."""
