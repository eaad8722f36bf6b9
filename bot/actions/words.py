"""Reading what was said: numbers in a text, and the bot's own last question."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker

# Five digits that stand alone, as in `nlu_data/nlu/entities.yml`.
ORDER_NUMBER = re.compile(r"(?<![\d.,])\d{5}(?!\d|[.,]\d)")

CHOICES = {
    "refund": re.compile(r"refund|money|cash|pa(?:y|id) (?:me )?back", re.IGNORECASE),
    "exchange": re.compile(r"e?x?change|swap|replace|new one|another|different", re.IGNORECASE),
}


def order_number_in(text: str) -> str | None:
    """The order number in `text`; the first, if there are several."""
    found = ORDER_NUMBER.search(text)
    return found.group() if found else None


def return_choice_in(text: str) -> str | None:
    """`refund` or `exchange`, if `text` names one and not the other."""
    named = [choice for choice, pattern in CHOICES.items() if pattern.search(text)]
    return named[0] if len(named) == 1 else None


def last_asked(tracker: Tracker) -> str | None:
    """The response that the bot said last, such as `utter_out_of_scope`."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            metadata: dict[str, Any] = event.get("metadata") or {}
            return metadata.get("utter_action")
    return None
