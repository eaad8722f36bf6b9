"""Which characters a text may have, and which are written as they are rather than escaped."""

import re
from typing import Any

from inbox.actions.errors import Invalid

_JOINERS = str.maketrans("", "", "\u200c\u200d\u200e\u200f")
"""Format characters that words of Persian and Hindi, and joined emoji, are written with."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def is_printable(text: str) -> bool:
    """Whether a person can read it as it is in a file of YAML."""
    return text.isprintable() or text.translate(_JOINERS).isprintable()


def check_words(value: Any) -> None:
    """Raise `Invalid` if a word anywhere in it has a control character or half of one: nobody types these."""
    if isinstance(value, str) and (found := _CONTROL.search(value)):
        shown = value[max(0, found.start() - 20) : found.start()]
        place = f" after “{shown}”" if shown else ""
        raise Invalid(f"A text has a control character (U+{ord(found[0]):04X}){place}. Take it out.")
    if isinstance(value, dict):
        for key, inner in value.items():
            check_words(key)
            check_words(inner)
    elif isinstance(value, list):
        for inner in value:
            check_words(inner)
