"""One spelling for what people type in several: accents left off, letters drawn out, Hindi in two scripts.

For comparing texts only; nothing here is ever shown to anybody.
"""

from __future__ import annotations

import re
import unicodedata

DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
"""No word of these languages has three of a letter in a row; `siiii` has."""
DIGIT = re.compile(r"\d")
DEVANAGARI = re.compile("[\u0900-\u0963\u0970-\u097f]+")
ACCENTS = dict.fromkeys(range(768, 880))

VOWEL_SOUNDS = "a a i i u u ri e ai e o au o"
SOUNDS = "k kh g gh n ch ch j jh n t th d dh n t th d dh n p ph b bh m y r l l v sh sh s h"
VOWELS = dict(zip("अआइईउऊऋएऐऍओऔऑ", VOWEL_SOUNDS.split(), strict=True))
SIGNS = dict(zip("ािीुूृेैॅोौॉ", VOWEL_SOUNDS.split()[1:], strict=True))
CONSONANTS = dict(zip("कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह", SOUNDS.split(), strict=True))
DOTTED = {"j": "z", "d": "r", "dh": "rh", "ph": "f"}
"""What a dot below makes of a consonant; of the others it makes nothing that Latin letters tell."""
SAME_SOUND = (("aa", "a"), ("w", "v"), ("ee", "i"))
"""Hindi is typed either way, and other languages keep their words apart without the difference."""
NASAL, BREATH, SILENT, DOT = "ंँ", "ः", "्", "़"


def spelt(text: str) -> str:
    """`text` in lower case, without accents, drawn out letters or Devanagari, every digit a zero."""
    text = DRAWN_OUT.sub(r"\1", DIGIT.sub("0", unicodedata.normalize("NFKC", text).lower()))
    if not text.isascii():
        text = DEVANAGARI.sub(_in_latin_letters, _without_accents(text))
    for sound, same in SAME_SOUND:
        text = text.replace(sound, same)
    return text


def _without_accents(text: str) -> str:
    """Latin, Greek and Cyrillic: other scripts' marks are no accents, and stay."""
    bare = unicodedata.normalize("NFD", text).translate(ACCENTS)
    return unicodedata.normalize("NFC", bare)


def _in_latin_letters(word: re.Match[str]) -> str:
    """A Hindi word as it is typed on a Latin keyboard, without the vowels that are not spoken."""
    sounds: list[list[str]] = []  # each consonant with its vowel, "?" for the one that is not written
    for letter in word[0]:
        if letter in CONSONANTS:
            sounds.append([CONSONANTS[letter], "?"])
        elif letter in VOWELS:
            sounds.append(["", VOWELS[letter]])
        elif sounds and letter in SIGNS:
            sounds[-1][1] = SIGNS[letter]
        elif sounds and letter == SILENT:
            sounds[-1][1] = ""
        elif sounds and letter == DOT:
            sounds[-1][0] = DOTTED.get(sounds[-1][0], sounds[-1][0])
        elif letter in NASAL:
            sounds.append(["n", ""])
        elif letter in BREATH:
            sounds.append(["h", ""])
    return "".join(consonant + vowel for consonant, vowel in _spoken(sounds))


def _spoken(sounds: list[list[str]]) -> list[list[str]]:
    """Where a vowel is not written it is `a`: silent at the end, and between two syllables that have one."""
    for place in range(len(sounds) - 1, -1, -1):
        if sounds[place][1] != "?":
            continue
        after = sounds[place + 1][1] if place + 1 < len(sounds) else ""
        is_last = place + 1 == len(sounds)
        is_between = place > 0 and sounds[place - 1][1] != "" and after != "" and not is_last
        sounds[place][1] = "" if place > 0 and (is_last or is_between) else "a"
    return sounds
