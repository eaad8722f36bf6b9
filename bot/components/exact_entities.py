"""Entities by patterns and word lists, in scripts whose words Rasa's own extractor cannot end."""

from __future__ import annotations

import logging
import re
import sys
import unicodedata
from functools import lru_cache
from typing import Any

import regex
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.extractors.regex_entity_extractor import RegexEntityExtractor
from rasa.nlu.utils.pattern_utils import extract_patterns, read_lookup_table_file
from rasa.shared.nlu.constants import (
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.spacy_languages import MARKS

LONGEST_SEARCH = 0.25
"""Seconds that one pattern has for one message: a designer's may be one that takes forever, `(a+)+b`."""

logger = logging.getLogger(__name__)

UNSPACED = [MARKS[language] for language in ("th", "ja", "zh")]


def _signs() -> str:
    """Vowel signs and the like, as ranges for a pattern: Python's \\w and \\b do not know that they belong to
    the letter before them."""
    codes = [code for code in range(sys.maxunicode) if unicodedata.category(chr(code))[0] == "M"]
    first = [code for code in codes if unicodedata.category(chr(code - 1))[0] != "M"]
    last = [code for code in codes if unicodedata.category(chr(code + 1))[0] != "M"]
    return "".join(f"{chr(begin)}-{chr(end)}" for begin, end in zip(first, last, strict=True))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ExactEntities(RegexEntityExtractor):
    """Rasa's `RegexEntityExtractor`, with the same settings, for words in every script.

    That one ends a word of a list at `\\b`, which is inside कुर्सी and not behind it, and nowhere in a
    sentence of Chinese. It also takes the first of several words that begin alike; here it is the longest.
    """

    @property
    def name(self) -> str:
        """As which its entities are known."""
        return RegexEntityExtractor.__name__

    def train(self, training_data: TrainingData) -> Resource:
        """Take the patterns and the lists of those entities that the examples know."""
        self.patterns = []
        if self._config["use_regexes"]:
            self.patterns += extract_patterns(training_data, use_lookup_tables=False, use_only_entities=True)
        if self._config["use_lookup_tables"]:
            self.patterns += lists_in(training_data, self._config["use_word_boundaries"])
        self.persist()
        return self._resource

    def _extract_entities(self, message: Message) -> list[dict[str, Any]]:
        """What the patterns find; one that takes too long finds nothing in this message."""
        text, found = message.get(TEXT), []
        for one in self.patterns:
            try:
                found += [as_entity(one["name"], match) for match in self._matches(one["pattern"], text)]
            except TimeoutError:
                logger.warning("The pattern of %r takes too long: %r.", one["name"], one["pattern"])
        return found

    def _matches(self, pattern: str, text: str) -> list[Any]:
        """All matches. Raises `TimeoutError`."""
        return list(compiled(pattern, self.case_sensitive).finditer(text, timeout=LONGEST_SEARCH))


@lru_cache(maxsize=512)
def compiled(pattern: str, case_sensitive: bool) -> Any:
    """The pattern at work. `regex` keeps it, too, but looks for it as long as two messages are searched."""
    case = 0 if case_sensitive else regex.IGNORECASE
    return regex.compile(pattern, case | regex.VERSION0)


def as_entity(name: str, match: Any) -> dict[str, Any]:
    """A match as Rasa writes entities."""
    return {
        ENTITY_ATTRIBUTE_TYPE: name,
        ENTITY_ATTRIBUTE_START: match.start(),
        ENTITY_ATTRIBUTE_END: match.end(),
        ENTITY_ATTRIBUTE_VALUE: match[0],
    }


def lists_in(training_data: TrainingData, whole_words: bool) -> list[dict[str, Any]]:
    """A pattern for each list of words whose name is an entity's."""
    patterns = []
    for table in training_data.lookup_tables:
        if table["name"] in training_data.entities:
            words = table["elements"]
            if isinstance(words, str):
                words = read_lookup_table_file(words)
            patterns += [{"name": table["name"], "pattern": one} for one in patterns_of(words, whole_words)]
    return patterns


def patterns_of(words: list[str], whole_words: bool) -> list[str]:
    """Patterns for any of the words, the longest that fits; whole ones, where spaces tell what is whole."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    apart = [re.escape(word) for word in longest_first if whole_words and not is_unspaced(word)]
    anywhere = [re.escape(word) for word in longest_first if not whole_words or is_unspaced(word)]
    letter = rf"[\w{_signs()}]"
    patterns = [rf"(?<!{letter})(?:{'|'.join(apart)})(?!{letter})"] if apart else []
    return [*patterns, "|".join(anywhere)] if anywhere else patterns


def is_unspaced(word: str) -> bool:
    """Whether it is of a script that puts no space between words."""
    return any(mark.search(word) for mark in UNSPACED)
