"""What comes out of fitting: contents, what was changed about them, and what the numbers stand for."""

import msgspec

from connectors.content import Content


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer that a customer may give by its number or its words, since there is nothing to tap."""

    number: int
    title: str
    payload: str


class Change(msgspec.Struct, frozen=True):
    """One thing that was changed: a name for programs, and words for an agent."""

    code: str
    words: str


class Fitted(msgspec.Struct, frozen=True):
    """What a channel is given for a content, in its order."""

    contents: tuple[Content, ...]
    changes: tuple[Change, ...] = ()
    answers: tuple[Answer, ...] = ()
    """What may come back for what is numbered in the text."""
