"""Assistants, and their editions: an assistant in one language, with data and models of its own."""

import re
from typing import NamedTuple

import msgspec

DEFAULT = "default"
"""The assistant that is there without being made, and answers where a channel chooses no other."""

ID = re.compile(r"[a-z][a-z0-9-]{0,30}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")


class Assistant(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers on some channels, in some languages."""

    id: str
    name: str
    languages: tuple[str, ...]
    """Those with an edition. The first one's answers in every language that has none."""
    rev: int = 0
    """Grows with each change, so that two people notice each other."""

    @property
    def editions(self) -> "tuple[Edition, ...]":
        """In the order of its languages."""
        return tuple(Edition(self.id, language, place == 0) for place, language in enumerate(self.languages))

    @property
    def base(self) -> "Edition":
        """The edition that answers where no other does."""
        return Edition(self.id, self.languages[0], True)


class Edition(NamedTuple):
    """An assistant in one language."""

    assistant: str
    language: str
    is_base: bool

    @property
    def key(self) -> str | None:
        """By which it is known; None for what there was before there were several."""
        is_old = self.is_base and self.assistant == DEFAULT
        return None if is_old else f"{self.assistant}.{self.language}"


def the_default() -> Assistant:
    """The default assistant as long as nobody has changed it."""
    return Assistant(id=DEFAULT, name="Assistant", languages=("en",))


def language_of(tag: str | None) -> str:
    """A tag as editions are named: ``pt`` for ``pt-BR`` where there is no such edition."""
    return (tag or "").casefold()
