"""Which sentences ask something: spaCy's rule-based sentence splitter, for any language, with no model."""

from functools import cache
from typing import Any

QUESTION_MARKS = ("?", "？", "؟", "\u037e", "՞", "፧")


@cache
def _splitter() -> Any:
    """The multilingual tokenizer with sentence bounds. Loads spaCy, which takes a second the first time."""
    import spacy

    language = spacy.blank("xx")
    language.add_pipe("sentencizer", config={"punct_chars": None})
    return language


def warm_up() -> None:
    """Load spaCy now; for a thread at start, so that no handoff has to wait for it."""
    _splitter()


def questions_in(texts: list[str]) -> list[str]:
    """The sentences that end with a question mark, in their order, each once."""
    asked: dict[str, None] = {}
    for document in _splitter().pipe(text for text in texts if any(m in text for m in QUESTION_MARKS)):
        for sentence in document.sents:
            words = sentence.text.strip()
            if words.endswith(QUESTION_MARKS):
                asked[words] = None
    return list(asked)
