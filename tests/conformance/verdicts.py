"""What the runner thinks of one vector."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "WRONG"
    UNJUDGED = "not judged"


@dataclass(frozen=True)
class Verdict:
    """`words` say what was made of the vector, or why nothing could be said."""

    outcome: Outcome
    words: str


class CannotJudge(Exception):
    """The vector asks for something that nothing here can tell. The text says what."""


class Disagrees(Exception):
    """Ours is another result than the vector's. The text says both."""


def made(make: Callable[[], Any]) -> Any:
    """What the product makes; an error that it should not raise is a disagreement."""
    try:
        return make()
    except (CannotJudge, Disagrees):
        raise
    except Exception as error:
        raise Disagrees(f"raised {type(error).__name__}: {error}") from error


def agree(what: str, ours: Any, wanted: Any) -> None:
    """Raise `Disagrees` unless both are equal."""
    if ours != wanted:
        raise Disagrees(f"{what}: ours {shown(ours)}, the vector has {shown(wanted)}")


def shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("unicode_escape").decode() if not text.isprintable() else text
    return text if len(text) <= 110 else f"{text[:80]}…{text[-20:]}"
