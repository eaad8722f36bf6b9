"""What customers write, without what is theirs: names, numbers, addresses of mail, cards, accounts.

What takes their place keeps the shape, so that the sentence still teaches what it should: digits become
zeros, a name another name. Masking what is masked changes nothing.
"""

import re
from functools import cache
from typing import Any

import spacy
from spacy.matcher import Matcher

NAME, MAIL = "Alex", "name@example.com"
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{2,4}){3,8}\b")
_NUMBER = re.compile(r"\+?\d(?:[\d /().-]{2,}\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FEWEST_DIGITS = 4
_STREETS = ["street", "st", "road", "rd", "avenue", "ave", "lane", "drive", "square", "way"]
_VIAS = ["via", "viale", "piazza", "corso", "rue", "calle"]
_LEADS = {
    "my",
    "mr",
    "mrs",
    "ms",
    "dr",
    "i",
    "this",
    "mi",
    "sono",
    "signor",
    "signora",
    "i'm",
    "i’m",
    "is",
    "am",
}
_TOO_COMMON = {"i", "a", "is", "not", "here", "back", "the", "and", "order"}


def masked(text: str, names: tuple[str, ...] = ()) -> str:
    """The text without personal data. `names` are what the customer is known to be called."""
    text = _MAIL.sub(MAIL, text)
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
    return re.sub(r"\d", "0", found)


def _without_names(text: str, names: tuple[str, ...]) -> str:
    spans = _introduced(text)
    for word in {part for name in names for part in name.split() if len(part) > 2}:
        if word.lower() not in _TOO_COMMON:
            found = re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
            spans += [(match.start(), match.end(), NAME) for match in found]
    return _replaced(text, spans)


def _introduced(text: str) -> list[tuple[int, int, str]]:
    """Names that somebody gives as theirs, and streets with their number."""
    nlp, matcher = _matcher()
    doc = nlp(text)
    spans = []
    for key, start, end in matcher(doc):
        kind = nlp.vocab.strings[key]
        if kind == "name":
            start = _name_begins(doc, start, end)
        words = doc[start:end]
        if words:
            shown = NAME if kind == "name" else "1 Main Street" if kind == "street" else "Via Roma 1"
            spans.append((words.start_char, words.end_char, shown))
    return spans


def _name_begins(doc: Any, start: int, end: int) -> int:
    """Where in a match the name itself begins: with the title-case words at its end, but for the lead."""
    first = end
    while first > start and doc[first - 1].is_title and doc[first - 1].lower_ not in _LEADS:
        first -= 1
    return first


def _replaced(text: str, spans: list[tuple[int, int, str]]) -> str:
    """The longest of what overlaps counts."""
    end_of_last = len(text)
    chosen: list[tuple[int, int, str]] = []
    for start, end, shown in sorted(spans, key=lambda s: (-(s[1] - s[0]), s[0])):
        if all(end <= other or start >= until for other, until, _ in chosen):
            chosen.append((start, end, shown))
    for start, end, shown in sorted(chosen, reverse=True):
        assert end <= end_of_last
        text, end_of_last = text[:start] + shown + text[end:], start
    return text


@cache
def _matcher() -> tuple[Any, Matcher]:
    """Patterns over spaCy's tokens, of no language in particular."""
    nlp = spacy.blank("xx")
    matcher = Matcher(nlp.vocab)
    title: list[dict[str, Any]] = [{"IS_TITLE": True, "IS_ALPHA": True, "OP": "+"}]
    starts: list[list[dict[str, Any]]] = [
        [{"LOWER": "my"}, {"LOWER": {"IN": ["name", "names"]}}, {"LOWER": {"IN": ["is", "’s", "'s"]}}],
        [{"LOWER": "name's"}],
        [{"LOWER": {"IN": ["mr", "mrs", "ms", "dr", "signor", "signora"]}}, {"TEXT": ".", "OP": "?"}],
        [{"LOWER": {"IN": ["mi", "je"]}}, {"LOWER": {"IN": ["chiamo", "m'appelle"]}}],
        [{"LOWER": {"IN": ["i", "this"]}}, {"LOWER": {"IN": ["am", "is"]}}],
        [{"LOWER": {"IN": ["i'm", "i’m", "sono"]}}],
    ]
    matcher.add("name", [start + title for start in starts], greedy="LONGEST")
    streets = [[{"LIKE_NUM": True}, *title, {"LOWER": {"IN": _STREETS}}]]
    vias = [[{"LOWER": {"IN": _VIAS}}, *title, {"TEXT": ",", "OP": "?"}, {"LIKE_NUM": True}]]
    matcher.add("street", streets, greedy="LONGEST")
    matcher.add("via", vias, greedy="LONGEST")
    return nlp, matcher
