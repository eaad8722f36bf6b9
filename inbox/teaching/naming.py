"""Where in a text somebody is named: by how people introduce themselves, sign, and are addressed.

In English, Italian, Spanish, French and Hindi, by patterns over spaCy's tokens. A lead finds where a name
begins; how far it goes is told by capitals, or where the lead leaves no doubt ("my name is ada"), by words
that are no names.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import spacy
from spacy.matcher import Matcher

STAND_IN = "Alex"
"""What takes a name's place."""

_STREETS = ["street", "st", "road", "rd", "avenue", "ave", "lane", "drive", "square", "way"]
_SURE_STREETS = ["street", "road", "avenue", "lane"]
_VIAS = ["via", "viale", "piazza", "corso", "rue", "calle", "avenida", "plaza"]
_LINKS = ["de", "del", "della", "dei", "di", "la", "las", "los", "du", "des"]
_SMALL_WORDS = (
    "a about alex's am an and are as at back be because been but by can cannot could did do does don't "
    "for from had has have he hello help here hi how i i'd i'll i'm i’m i've if in is it its it's just "
    "like me misspelled my need no not of on or order our please she since so spelled still that the "
    "their there they this to was we what when where which who why will with wrong would written yes "
    "you your al alla c'è che chi ciao come con da del della di dove e è ed ho il io la le lo ma mi mio "
    "nel non per perché quando quale questo se si sì sono un una vorrei voglio scritto sbagliato errato "
    "como cuando de desde donde dónde el ella en es esta está hola las los mis o para pero por porque "
    "puede que qué quiero sí soy su tengo y yo necesito mal et est je les mon ne pas aur hai hain hoon "
    "hu hun ka kahan ke ki ko mera mere meri nahi nahin via viale piazza corso rue calle avenida plaza "
    "street road avenue lane है हैं हूँ हूं और का की के को मेरा मेरी मेरे से में नहीं कहाँ कहां गलत "
    "क्या कृपया यह वह "
)
_LONGEST_NAME = 12
"""Words. Whoever writes “Dr Dr Dr” without end is not read again from each of them to the end."""
_NO_NAMES = frozenset(_SMALL_WORDS.split())
"""Words after which, or at which, a name in small letters ends."""


def names_in(text: str) -> Iterator[tuple[int, int]]:
    """Where names begin and end; those that contain each other, too."""
    doc, leads, _ = _read(text)
    last_word = max((token.i for token in doc if token.is_alpha), default=-1)
    for kind, _, end in leads:
        until = _end_of_name(doc, end, is_sure=kind == "sure")
        is_last = until > last_word
        if until > end and (kind != "signed" or (is_last and until - end <= 4)):
            yield doc[end].idx, doc[until - 1].idx + len(doc[until - 1].text)


def streets_in(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where streets with their number stand, and whether the number comes first."""
    doc, _, streets = _read(text)
    for kind, start, end in streets:
        yield doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text), kind == "street"


def _end_of_name(doc: Any, start: int, *, is_sure: bool) -> int:
    at, words = start, 0
    is_stand_in = start < len(doc) and doc[start].text == STAND_IN
    while at < len(doc) and words < _LONGEST_NAME:
        token = doc[at]
        if words and token.text in ("-", "’", "'") and at + 1 < len(doc) and _touches(doc, at):
            at += 1
            continue
        is_capital = token.text[0].isupper() and (is_sure or len(token) == 1 or not token.is_upper)
        is_word = token.text[0].isalpha() and token.lower_ not in _NO_NAMES
        may_be_small = is_sure and words < 2 and not is_stand_in
        if not is_word or not (is_capital or may_be_small):
            break
        at, words = at + 1, words + 1
    while at > start and not doc[at - 1].text[0].isalpha():
        at -= 1
    return at


def _touches(doc: Any, at: int) -> bool:
    """Whether a hyphen or an apostrophe stands within a word."""
    return not doc[at - 1].whitespace_ and not doc[at].whitespace_ and doc[at + 1].text[0].isalpha()


def _read(text: str) -> tuple[Any, list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    nlp, matcher = _matcher()
    doc = nlp(text)
    found = [(nlp.vocab.strings[key], start, end) for key, start, end in matcher(doc)]
    is_street = [each[0] in ("street", "via") for each in found]
    leads = [each for each, is_one in zip(found, is_street, strict=True) if not is_one]
    return doc, leads, [each for each, is_one in zip(found, is_street, strict=True) if is_one]


def _any(*words: str, **more: Any) -> dict[str, Any]:
    return {"LOWER": {"IN": list(words)}, **more}


@cache
def _matcher() -> tuple[Any, Matcher]:
    """Patterns over spaCy's tokens, of no language in particular.

    What repeats is counted: “Via Via Via” without end would be tried in all its parts.
    """
    nlp = spacy.blank("xx")
    matcher = Matcher(nlp.vocab)
    name = ("name", "names", "surname", "nome", "cognome", "nombre", "apellido", "naam", "नाम")
    verb = ("is", "'s", "’s", ":", "è", "e'", "é", "es")
    matcher.add(
        "sure",
        [
            [_any("my", "mio", "mi", "mera", "मेरा"), _any(*name), _any(*verb)],
            [_any("mera", "मेरा"), _any(*name)],
            [_any("name's")],
            [_any("mi", "me", "je"), _any("chiamo", "llamo", "m'appelle", "m’appelle")],
            [_any("called"), _any("me", OP="?"), {"TEXT": ":"}],
        ],
    )
    matcher.add(
        "maybe",
        [
            [_any(*name), _any(*verb)],
            [_any("nome", "nombre", "name"), _any("di", "de", "of")],
            [_any("mr", "mrs", "ms", "dr", "sig", "sr", "sra", "dott"), {"TEXT": ".", "OP": "?"}],
            [_any("mr.", "mrs.", "ms.", "dr.", "sig.", "sig.ra", "sr.", "sra.", "dott.", "श्री", "श्रीमती")],
            [_any("signor", "signora", "señor", "señora")],
            [_any("i"), _any("am", "'m", "’m")],
            [_any("this", "it"), _any("is", "'s", "’s")],
            [_any("i'm", "i’m", "it's", "it’s", "sono", "soy")],
        ],
    )
    thanks = ("regards", "thanks", "cheers", "sincerely", "saluti", "grazie", "gracias", "saludos", "धन्यवाद")
    matcher.add("signed", [[_any(*thanks), {"IS_PUNCT": True, "OP": "?"}, {"IS_SPACE": True, "OP": "*"}]])
    number, word = {"TEXT": {"REGEX": r"^\d+[A-Za-z]?$"}}, {"IS_TITLE": True, "IS_ALPHA": True, "OP": "{1,6}"}
    small = {"IS_ALPHA": True, "LOWER": {"NOT_IN": sorted(_NO_NAMES)}}
    matcher.add("street", [[number, word, _any(*_STREETS, OP="{1,3}")]], greedy="LONGEST")
    matcher.add("street", [[number, small, _any(*_SURE_STREETS, OP="{1,3}")]], greedy="LONGEST")
    link = _any(*_LINKS, OP="{0,3}")
    matcher.add(
        "via", [[_any(*_VIAS, OP="{1,3}"), link, word, {"TEXT": ",", "OP": "?"}, number]], greedy="LONGEST"
    )
    return nlp, matcher
