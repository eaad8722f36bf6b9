"""Which of the configured languages a customer writes, by lingua; asked on their first words.

A word or two may be of several languages. Then nothing is said, and what they write next decides.
"""

import asyncio
from functools import cached_property
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
            self._languages = [IsoCode639_1.from_str(code) for code in dict.fromkeys(codes)]
        except ValueError as error:
            raise WrongSettings(f"PARLEY_LANGUAGES: {languages} are no codes of languages.") from error
        self._making = Lock()

    async def of(self, text: str) -> str | None:
        """The language's code; None where the words do not say."""
        if len(self._languages) < 2 or sum(letter.isalpha() for letter in text) < _LETTERS:
            return None
        return await asyncio.to_thread(self._of, text[:_LOOKED_AT])

    def _of(self, text: str) -> str | None:
        found = self._detector.compute_language_confidence_values(text)
        best = found[0] if found else None
        return best.language.iso_code_639_1.name.lower() if best and best.value >= SURE else None

    @cached_property
    def _detector(self) -> Any:
        with self._making:
            return LanguageDetectorBuilder.from_iso_codes_639_1(*self._languages).build()
