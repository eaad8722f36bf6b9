"""What customers write, without what is theirs: names, numbers, addresses of mail, cards, accounts.

What takes their place keeps the shape, so that the sentence still teaches what it should: digits become
zeros, a name another name. Masking what is masked changes nothing.
"""

import re

from inbox.teaching.calling import called_in
from inbox.teaching.naming import STAND_IN, names_in, streets_in

MAIL, HANDLE = "name@example.com", "@name"
_MAIL = re.compile(
    r"(?:(?<![\w.+%-])[\w.+%-]++|[\w.+%-]{1,64})"  # no long run is read again from each of its letters
    r"(?:@[\w-]+(?:\.[\w-]+)*|(?: ?@ ?| ?[\[(] ?at ?[\])] ?)[\w-]+(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@[\w.]{2,}\b")
_PERSON_CODE = re.compile(r"\b(?:[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]|[A-Z]{5}\d{4}[A-Z])\b", re.IGNORECASE)
"""Italy's codice fiscale, India's PAN."""
_SECURITY_CODE = re.compile(r"(?i)\b((?:cvv|cvc)2?\W{1,3})\d{3,4}\b")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{2,4}){3,8}\b")
_NUMBER = re.compile(r"\+?\d(?:[\d /().-]{2,}\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FEWEST_DIGITS = 4


def masked(text: str, names: tuple[str, ...] = ()) -> str:
    """The text without personal data. `names` are what the customer is known to be called."""
    text = _HANDLE.sub(HANDLE, _MAIL.sub(MAIL, text))
    text = _PERSON_CODE.sub(lambda match: re.sub(r"[A-Za-z]", "X", _zeros(match[0])), text)
    text = _SECURITY_CODE.sub(r"\g<1>000", text)
    text = _IBAN.sub(lambda match: _account(match[0]), text)
    text = _NUMBER.sub(lambda match: _number(match[0]), text)
    return _without_names(text, names)


def has_personal_data(text: str, names: tuple[str, ...] = ()) -> bool:
    """Whether masking would change it."""
    return masked(text, names) != text


def _account(found: str) -> str:
    bare = re.sub(r"[ -]", "", found).upper()
    if not 15 <= len(bare) <= 34 or not _is_iban(bare):
        return found
    return found[:2] + re.sub(r"[A-Za-z0-9]", "0", found[2:])


def _is_iban(bare: str) -> bool:
    """ISO 13616: the country and check digits moved to the end, letters as numbers, modulo 97 is one. An
    account of zeros alone is one that was masked."""
    if set(bare[2:]) == {"0"}:
        return True
    moved = bare[4:] + bare[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def _number(found: str) -> str:
    digits = re.sub(r"\D", "", found)
    if len(digits) < _FEWEST_DIGITS or _YEAR.fullmatch(found):
        return found
    return _zeros(found)


def _zeros(found: str) -> str:
    return re.sub(r"\d", "0", found)


def _without_names(text: str, names: tuple[str, ...]) -> str:
    spans = [(start, end, STAND_IN) for start, end in names_in(text)]
    spans += [(a, b, "1 Main Street" if is_first else "Via Roma 1") for a, b, is_first in streets_in(text)]
    spans += [(start, end, STAND_IN) for start, end in called_in(text, names)]
    return _replaced(text, spans)


def _replaced(text: str, spans: list[tuple[int, int, str]]) -> str:
    """The longest of what overlaps counts."""
    is_taken = bytearray(len(text))
    chosen: list[tuple[int, int, str]] = []
    for start, end, shown in sorted(spans, key=lambda s: (-(s[1] - s[0]), s[0])):
        if not any(is_taken[start:end]):
            chosen.append((start, end, shown))
            is_taken[start:end] = b"\1" * (end - start)
    parts, at = [], 0
    for start, end, shown in sorted(chosen):
        parts += [text[at:start], shown]
        at = end
    return "".join([*parts, text[at:]])
