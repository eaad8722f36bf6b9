"""Writing a text with the characters of GSM-7, for those who would rather pay less than keep every accent."""

import unicodedata

from connectors.sms.coding.scheme import GSM7

_ALIKE = {
    "'": "‘’‚‛′ʹʻʼʽˈ`´‹›＇",
    '"': "“”„‟″«»〝〞＂",
    "-": "‐‑‒–—―−⁃﹘﹣－·•‧",
    "...": "…",
    " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "\n": "\u0085\u2028\u2029\v",
    "": "\u00ad\u200b\u2060\ufeff\u200e\u200f",
    "AE": "Ǽ",
    "OE": "Œ",
    "oe": "œ",
    "L": "Ł",
    "l": "ł",
    "D": "ĐÐ",
    "d": "đð",
    "H": "Ħ",
    "h": "ħ",
    "T": "Ŧ",
    "t": "ŧ",
    "Th": "Þ",
    "th": "þ",
    "i": "ı",
    "N": "Ŋ",
    "n": "ŋ",
    "SS": "ẞ",
    "fi": "ﬁ",
    "fl": "ﬂ",
    "(c)": "©",
    "(r)": "®",
    "TM": "™",
    "x": "×",
    "/": "÷⁄∕",
    "*": "∗",
    "~": "∼˜",
    "<=": "≤",
    ">=": "≥",
    "!=": "≠",
}
"""What a reader takes for the same, by what is written instead."""

_INSTEAD = {character: instead for instead, alike in _ALIKE.items() for character in alike}


def transliterated(text: str) -> str:
    """The text in characters of GSM-7 if accents, quotes, dashes and spaces are all that keeps it from them.

    Otherwise the text as it is: to lose an accent is worth it only if UCS-2 is avoided. Signs whose loss
    would change the meaning (fractions, powers) are never touched.
    """
    if not GSM7.missing(text):
        return text
    simple = _simplified(unicodedata.normalize("NFC", text))
    return text if GSM7.missing(simple) else simple


def _simplified(text: str) -> str:
    return text.translate({ord(each): _nearest(each) for each in GSM7.missing(text)})


def _nearest(character: str) -> str:
    """What to write for a character that GSM-7 lacks; the character itself if nothing comes near."""
    if character in _INSTEAD:
        return _INSTEAD[character]
    letters = [each for each in unicodedata.normalize("NFD", character) if not unicodedata.combining(each)]
    bare = "".join(letters)
    if bare != character and len(bare) <= 1:
        return _INSTEAD.get(bare, bare)
    return character
