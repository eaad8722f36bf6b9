"""What a customer meant who answered a numbered text by writing."""

import re
import unicodedata
from collections.abc import Sequence

from connectors.content import Choice
from connectors.fitting.values import Answer

_NUMBER = re.compile(r"[#(\[]?\s*(\d{1,3})\s*[.)\]:!]?")
_LONGEST = 200
_AROUND = " \t\n\"'`´‘’“”„«».,;:!?…。！？،؟·()[]"


def meant(text: str, answers: Sequence[Answer]) -> Choice | None:
    """The choice that a text stands for: an answer's number in any script's digits, or its words.

    None if it is neither, or if two different answers have those words. A longer text that only holds a
    number is no answer to us.
    """
    if not answers or len(text) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text)
    digits = _NUMBER.fullmatch("".join(c for c in plain if unicodedata.category(c)[0] not in "MC").strip())
    if digits:
        found = [answer for answer in answers if answer.number == int(digits[1])]
    else:
        said = _words(plain)
        found = [answer for answer in answers if said and _words(answer.title) == said]
    if not found or len({answer.payload for answer in found}) > 1:
        return None
    return Choice(title=found[0].title, payload=found[0].payload, source="text", typed=text)


def _words(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.split()).strip(_AROUND)
