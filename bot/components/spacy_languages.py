"""spaCy's tokenizers, loaded when first needed and without TensorFlow."""

from __future__ import annotations

import logging
import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# Signs by which a text is of a language that its own tokenizer splits better. In this order: kana
# tell Japanese from Chinese.
MARKS = {
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u3400-\u9fff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "it": re.compile(
        r"\b(?:l|un|d|dell|nell|all|dall|sull|quell|c|dov|cos|com|quant|m|t|s)['’]\w", re.IGNORECASE
    ),
}
SETTINGS: dict[str, dict[str, Any]] = {"zh": {"nlp": {"tokenizer": {"segmenter": "jieba"}}}}


def language_of(text: str, known: list[str]) -> str:
    """Which of `known` languages' tokenizers suits `text`; the first when no sign tells."""
    return next((name for name, mark in MARKS.items() if name in known and mark.search(text)), known[0])


@lru_cache(maxsize=None)
def tokenizer(name: str) -> Language:
    """spaCy's blank pipeline of a language. Raises `ImportError`, naming the package it lacks."""
    # spaCy's thinc imports TensorFlow if it can, for layers that a tokenizer has none of: seconds.
    hidden = [] if "thinc" in sys.modules else [one for one in ("tensorflow",) if one not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        import spacy
    finally:
        for one in hidden:
            del sys.modules[one]
    made = spacy.blank(name, config=SETTINGS.get(name, {}))
    logging.getLogger("jieba").setLevel(logging.WARNING)  # which its import has set to DEBUG
    return made


@lru_cache(maxsize=64)
def split(text: str, language: str) -> Doc:
    """A text's words by that tokenizer. Not to be changed: several parts of a pipeline look at the same."""
    return tokenizer(language).make_doc(text)
