"""Money, dates and phone numbers, by spaCy's rule matcher."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.entity_overlap import without_overlaps
from components.spacy_languages import split, tokenizer

if TYPE_CHECKING:
    from spacy.matcher import Matcher

WORDS = {
    "month": """january february march april may june july august september october november december
        jan feb mar apr jun jul aug sep sept oct nov dec
        gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
        जनवरी फ़रवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर नवंबर नवम्बर दिसंबर दिसम्बर""",
    "weekday": """monday tuesday wednesday thursday friday saturday sunday weekend
        mondays tuesdays wednesdays thursdays fridays saturdays sundays weekends
        lunedì martedì mercoledì giovedì venerdì sabato domenica
        सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार""",
    "day": """today tomorrow tmrw tomorow yesterday tonight oggi domani ieri dopodomani stasera stamattina
        आज कल परसों aaj kal parso parson""",
    "which": "next last this prossimo prossima scorso scorsa questo questa अगले पिछले इस agle pichle",
    "which_after": "prossimo prossima scorso scorsa",
    # "Next day delivery" is no date; "in two days" is one.
    "period": """week month year morning afternoon evening settimana mese anno mattina sera
        हफ्ते हफ़्ते महीने साल hafte mahine saal""",
    "span": """day days week weeks month months year years giorno giorni settimana settimane mese mesi anno
        anni दिन दिनों हफ्ते हफ़्ते हफ्तों महीने महीनों साल din hafte mahine""",
    "number": """a couple few one two three four five six seven eight nine ten eleven twelve un una
        due tre quattro cinque sei sette otto nove dieci
        एक दो तीन चार पाँच पांच छह सात ek do teen""",
    "before": "in within tra fra entro",
    "after": "ago fa पहले बाद",
    "currency": """euro euros eur pound pounds quid gbp dollar dollars usd cent cents pence rupee rupees inr
        sterline dollari centesimi yen yuan baht रुपये रुपए रुपया ₹ rs""",
}
ORDINAL = {"TEXT": {"REGEX": r"^\d{1,2}(?:st|nd|rd|th|º|°)?$"}}
YEAR = {"TEXT": {"REGEX": r"^(?:19|20)\d\d$"}, "OP": "?"}
MOST_DIGITS, FEWEST_DIGITS = 15, 8  # of a phone number, by E.164 and by common sense
FIGURES = re.compile(r"(?<![\w.,/-])(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)|\d{4}-\d\d-\d\d)(?![\w/-])")
PHONE = re.compile(r"(?:\+|00|\()?\d[\d\s().\-/]{6,22}\d")
# Without a prefix, digits are a phone number only when they are grouped like one, or begin with 0.
LIKE_PHONE = re.compile(r"^(?:\+|0|\(\d)|^\d{3}[-. ]\d{3}[-. ]\d{4}$")


def _one_of(name: str, **more: Any) -> dict[str, Any]:
    return {"LOWER": {"IN": WORDS[name].split()}, **more}


def patterns() -> dict[str, list[list[dict[str, Any]]]]:
    """For spaCy's `Matcher`: https://spacy.io/api/matcher#patterns"""
    number = {"LIKE_NUM": True}
    some = {"LOWER": {"REGEX": rf"^(?:\d+|{'|'.join(WORDS['number'].split())})$"}}
    of = {"LOWER": {"IN": ["of", "di"]}, "OP": "?"}
    return {
        "money": [
            [{"IS_CURRENCY": True}, number],
            [number, {"IS_CURRENCY": True}],
            [number, _one_of("currency")],
        ],
        "date": [
            [ORDINAL, of, _one_of("month"), YEAR],
            [_one_of("month"), ORDINAL, {"ORTH": ",", "OP": "?"}, YEAR],
            [_one_of("day")],
            [_one_of("which", OP="?"), _one_of("weekday"), _one_of("which_after", OP="?")],
            [_one_of("which"), _one_of("period")],
            [_one_of("period"), _one_of("which_after")],
            [_one_of("before"), some, _one_of("span")],
            [some, _one_of("span"), _one_of("after")],
        ],
    }


@lru_cache(maxsize=1)
def _matcher() -> Matcher:
    vocabulary = tokenizer("en").vocab
    from spacy.matcher import Matcher

    matcher = Matcher(vocabulary)
    for name, ways in patterns().items():
        matcher.add(name, ways, greedy="LONGEST")
    return matcher


def found_in(text: str) -> list[dict[str, Any]]:
    """`money`, `date` and `phone` entities; those that overlap are still among them."""
    document = split(text, "en")
    spans = [
        (document.vocab.strings[name], document[begin:end].start_char, document[begin:end].end_char)
        for name, begin, end in _matcher()(document)
    ]
    spans += [("date", match.start(), match.end()) for match in FIGURES.finditer(text)]
    for match in PHONE.finditer(text):
        digits = sum(character.isdigit() for character in match.group())
        if FEWEST_DIGITS <= digits <= MOST_DIGITS and LIKE_PHONE.search(match.group()):
            spans.append(("phone", match.start(), match.end()))
    return [
        {"entity": name, "start": start, "end": end, "value": text[start:end], "extractor": "SpacyMatchers"}
        for name, start, end in spans
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpacyMatchers(GraphComponent):
    """Adds `money`, `date` and `phone` entities, in English, Italian, Hindi and plain figures."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyMatchers:
        """A component that has no state. Loads spaCy, so that the first message need not wait."""
        _matcher()
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with what was found added."""
        for message in messages:
            if text := message.get(TEXT):
                found = without_overlaps(found_in(text))
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages
