"""Which of an assistant's and the configured languages a customer writes, by lingua, on their first words.

A word or two may be of several languages. Then nothing is said, and what they write next decides.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import Any

from lingua import IsoCode639_1, LanguageDetectorBuilder

from inbox.settings import WrongSettings

SURE = 0.8
"""Of one: the share of the best language among the configured ones."""
_LETTERS = 2
_LOOKED_AT = 400


class Spoken:
    """Tells two or more languages apart. The detector is made when it is first needed."""

    def __init__(self, languages: str) -> None:
        """`languages`: codes of two letters (ISO 639-1) by commas. Raises `WrongSettings`."""
        codes = [part.strip().lower() for part in languages.split(",") if part.strip()]
        try:
            self._configured = frozenset(IsoCode639_1.from_str(code) for code in codes)
        except ValueError as error:
            raise WrongSettings(f"PARLEY_LANGUAGES: {languages} are no codes of languages.") from error
        self._making = Lock()
        self._detectors: dict[frozenset[Any], Any] = {}

    async def of(self, text: str, more: Iterable[str] = ()) -> str | None:
        """The language's code, one of those configured or of `more`; None where the words do not say.

        Tags of `more` that lingua does not know are never found: agents choose them.
        """
        if sum(letter.isalpha() for letter in text) < _LETTERS:
            return None
        among = self._configured | _known(tuple(more))
        return await asyncio.to_thread(self._of, text[:_LOOKED_AT], among) if len(among) > 1 else None

    def _of(self, text: str, among: frozenset[Any]) -> str | None:
        found = self._detector(among).compute_language_confidence_values(text)
        best = found[0] if found else None
        return best.language.iso_code_639_1.name.lower() if best and best.value >= SURE else None

    def _detector(self, among: frozenset[Any]) -> Any:
        with self._making:
            if among not in self._detectors:
                self._detectors[among] = LanguageDetectorBuilder.from_iso_codes_639_1(*among).build()
            return self._detectors[among]


@lru_cache
def _known(tags: tuple[str, ...]) -> frozenset[Any]:
    codes = set()
    for tag in tags:
        with suppress(ValueError):
            codes.add(IsoCode639_1.from_str(tag.partition("-")[0]))
    return frozenset(codes)
