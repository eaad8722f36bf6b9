"""Reading what was said: numbers in a text, and what both sides said last."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rasa_sdk import Tracker

# Five digits that stand alone, as in `nlu_data/nlu/entities.yml`.
ORDER_NUMBER = re.compile(r"(?<!\d)(?<!\d[.,])\d{5}(?!\d|[.,]\d)")

CHOICES = {
    "refund": re.compile(
        r"refu?nd|money|cash|pa(?:y|id) (?:me )?back|rimbors|soldi|denaro|रिफंड|रिफ़ंड|पैसे|पैसा|paise|paisa",
        re.IGNORECASE,
    ),
    "exchange": re.compile(
        r"e?x?cha?nge|exchnage|swap|replace|new one|another|different"
        r"|cambi|sostitu|scambi|un altr|nuov[oa]|एक्सचेंज|बदल|दूसर|नया|नई|badal|dusra|naya",
        re.IGNORECASE,
    ),
}

SOON = r"^(?:(?:and|but|so|ok|okay|hi|hello|sorry|wait|e|ma|ok|allora|scusa|ciao)\b[\s,.!-]*)*"
WH = (
    r"(?:how|when|where|why|what|which|who|quant[oiae]|quando|dove|come|perch[eéè]|cosa|cos['’]|qual[ei]|chi"
    r"|in quanto|entro quando|da quando|tra quanto|fra quanto)"
)
# Hindi puts these words where the answer will stand; none of them joins two sentences.
WH_ANYWHERE = r"(?:कब|कितन[ाीे]|कैसे|क्यों|क्यूँ|कहाँ|कहां|कौन|kab|kitn[aei]|kaise|kyun|kyu|kyon|kaha+n?|kaun)"
ASKS = re.compile(
    rf"{SOON}{WH}(?!\w)|(?<![\w\u0900-\u0963]){WH_ANYWHERE}(?![\w\u0900-\u0963])", re.IGNORECASE
)
ASKS_LATER = re.compile(rf"\b{WH}(?!\w).*[?？]", re.IGNORECASE | re.DOTALL)
PROPOSES = re.compile(
    r"\b(?:how about|what about|what if|why not|why don['’]?t|what i\b|perch[eéè] non|come non|cosa ne)"
    r"|क्यों (?:न|ना|नहीं)|ky[ou]n? (?:na|nahi)",
    re.IGNORECASE,
)

WISHES = re.compile(
    r"\b(?:can|could|may) (?:i|we|you)\b|\b(?:i|we) (?:want|would|need|prefer)\b|\bi['’]d\b"
    r"|\b(?:posso|possiamo|potrei|potete|vorrei|voglio)\b|चाहिए|चाहता|चाहती|सकत|\bchah|\bsakt",
    re.IGNORECASE,
)
UNITS = {
    *("x", "of", "item", "items", "piece", "pieces", "pcs"),
    *("di", "articolo", "articoli", "pezzo", "pezzi"),
    *("सामान", "चीज़", "चीज़ें", "पीस", "नग", "saman"),
}


def order_number_in(text: str) -> str | None:
    """The order number in `text`, in the digits 0 to 9; the first, if there are several."""
    found = ORDER_NUMBER.search(text)
    return "".join(str(unicodedata.digit(one)) for one in found.group()) if found else None


def return_choice_in(text: str) -> str | None:
    """`refund` or `exchange`, if `text` names one and not the other."""
    named = [choice for choice, pattern in CHOICES.items() if pattern.search(text)]
    return named[0] if len(named) == 1 else None


def is_a_question(text: str) -> bool:
    """Whether it asks how long, when, where, why… in English, Italian or Hindi.

    "Can I have a refund?" is none, but a wish put politely, and so is "how about a refund?".
    """
    return bool(ASKS.search(text) or ASKS_LATER.search(text)) and not PROPOSES.search(text)


def asks_politely(text: str) -> bool:
    """Whether it ends in a question mark and wishes for nothing: "is it free?", not "can I have it?"."""
    return text.rstrip().endswith(("?", "？")) and not WISHES.search(text)


def letters_in(text: str) -> int:
    """How many letters it has, in any script. Between those of Hindi stand vowel signs, which are none."""
    return sum(unicodedata.category(sign)[0] == "L" for sign in text)


def values_said(entity: str, tracker: Tracker) -> list[Any]:
    """What the customer's last message says of that kind."""
    return [one["value"] for one in _entities(tracker) if one["entity"] == entity]


def words_beside(entity: str, tracker: Tracker) -> int:
    """How many words the last message has besides those of that kind."""
    return sum(letters_in(word) > 0 for word in _without(entity, tracker).split())


def is_a_quantity(tracker: Tracker) -> bool:
    """Whether the last message says how many, and no more: "2 items", "3 lamps"."""
    left = _without("product", tracker)
    words = (word.strip("0123456789.,!").lower() for word in left.split())
    return any(sign.isdecimal() for sign in left) and all(word in UNITS for word in words if word)


def _without(entity: str, tracker: Tracker) -> str:
    """The last message with blanks where something of that kind stands."""
    text = str(tracker.latest_message.get("text") or "")
    for one in _entities(tracker):
        if one["entity"] == entity and one.get("start") is not None:
            text = text[: one["start"]] + " " * (one["end"] - one["start"]) + text[one["end"] :]
    return text


def _entities(tracker: Tracker) -> list[dict[str, Any]]:
    return list(tracker.latest_message.get("entities") or [])


def said_before(tracker: Tracker) -> list[str]:
    """The responses that the bot said just before the customer's last message, oldest first."""
    names: list[str] = []
    customers = 0
    for event in reversed(tracker.events):
        customers += event.get("event") == "user"
        if customers > 1:
            break
        if customers == 1 and event.get("event") == "bot":
            metadata: dict[str, Any] = event.get("metadata") or {}
            names.insert(0, metadata.get("utter_action") or "")
    return names


def customers_words(tracker: Tracker) -> str:
    """What the customer last typed, rather than tapped."""
    for event in reversed(tracker.events):
        text = event.get("text") or ""
        if event.get("event") == "user" and text and not text.startswith("/"):
            return str(text)
    return ""
