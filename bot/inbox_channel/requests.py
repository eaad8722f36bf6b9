"""Request bodies, checked field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inbox_channel.problems import Malformed, TooLong

MAX_TEXT = 8_000
MAX_EVENTS = 1_000


@dataclass(frozen=True)
class Turn:
    """What a customer wrote or tapped."""

    turn_id: str
    conversation_id: str
    text: str | None
    payload: str | None
    channel: dict[str, Any]
    language: str | None
    contact: dict[str, Any]
    metadata: dict[str, Any]
    lane: str | None = None
    """`canary` for the model that is tried on a share of the conversations, if there is one."""
    editions: tuple[str, ...] = ()
    """Which may answer, the best first; "" is the one that is always there, as is none at all."""
    place: int = 0
    """How far the conversation had come: of two turns the one with the higher place was asked later."""

    @classmethod
    def read(cls, body: Any) -> Turn:
        """The turn in `body`. Raises `Malformed` or `TooLong`, naming the field."""
        fields = Fields(body)
        turn = cls(
            turn_id=fields.word("turn_id"),
            conversation_id=fields.word("conversation_id"),
            text=fields.words("text"),
            payload=fields.words("payload"),
            channel=fields.mapping("channel", of=("id", "kind")),
            language=fields.words("language"),
            contact=fields.mapping("contact", of=("id",)),
            metadata=fields.mapping("metadata", default={}),
            lane=fields.words("lane", limit=20),
            editions=fields.names("editions"),
            place=fields.count("place"),
        )
        if not (turn.text or "").strip() and not turn.payload:
            raise Malformed("text: neither text nor payload says anything.")
        return turn


@dataclass(frozen=True)
class Happening:
    """Something that happened in the conversation while the bot was not the speaker."""

    type: str
    text: str | None = None
    agent: Any = None
    reason: str | None = None
    outcome: str | None = None
    note: str | None = None


REQUIRED = {
    "agent_said": ("text",),
    "customer_said": ("text",),
    "handed_over": ("reason",),
    "handed_back": ("outcome",),
}


@dataclass(frozen=True)
class Report:
    """Happenings of one conversation, in order, known by `event_id`."""

    event_id: str
    conversation_id: str
    events: list[Happening]
    editions: tuple[str, ...] = ()

    @classmethod
    def read(cls, body: Any) -> Report:
        """The report in `body`. Raises `Malformed` or `TooLong`, naming the field."""
        fields = Fields(body)
        events = fields.body.get("events")
        if not isinstance(events, list) or not events or len(events) > MAX_EVENTS:
            raise Malformed(f"events: a list of 1 to {MAX_EVENTS} events is needed.")
        return cls(
            event_id=fields.word("event_id"),
            conversation_id=fields.word("conversation_id"),
            events=[_happening(event, f"events[{i}].") for i, event in enumerate(events)],
            editions=fields.names("editions"),
        )


def _happening(body: Any, where: str) -> Happening:
    fields = Fields(body, where)
    kind = fields.word("type")
    if kind not in REQUIRED:
        raise Malformed(f"{where}type: one of {', '.join(REQUIRED)} is needed.")
    for name in REQUIRED[kind]:
        fields.word(name, limit=MAX_TEXT)
    words = {name: fields.words(name) for name in ("text", "reason", "outcome", "note")}
    return Happening(type=kind, agent=fields.body.get("agent"), **words)


class Fields:
    """A JSON object, read field by field."""

    def __init__(self, body: Any, where: str = "") -> None:
        """`where` prefixes field names in problems. Raises `Malformed` unless `body` is an object."""
        if not isinstance(body, dict):
            raise Malformed(f"{where or 'body'}: a JSON object is needed.")
        self.body = body
        self._where = where

    def word(self, name: str, *, limit: int = 256) -> str:
        """A string that is not empty."""
        value = self.words(name, limit=limit)
        if not value:
            raise Malformed(f"{self._where}{name}: a string is needed.")
        return value

    def words(self, name: str, *, limit: int = MAX_TEXT) -> str | None:
        """A string or nothing."""
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            raise Malformed(f"{self._where}{name}: a string or null is needed.")
        if value is not None and len(value) > limit:
            raise TooLong(f"{self._where}{name}: longer than {limit:,} characters.")
        # Half of a surrogate pair is valid JSON but cannot be stored.
        return value.encode("utf-8", "replace").decode() if value else value

    def count(self, name: str) -> int:
        """A whole number from 0 on; nothing is 0."""
        value = self.body.get(name) or 0
        if not isinstance(value, int) or value < 0:
            raise Malformed(f"{self._where}{name}: a whole number is needed.")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A few short strings, or nothing."""
        value = self.body.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and len(one) <= 80 for one in value):
            raise Malformed(f"{self._where}{name}: a list of names is needed.")
        return tuple(value[:10])

    def mapping(
        self, name: str, *, of: tuple[str, ...] = (), default: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """An object that has strings under every name in `of`."""
        value = self.body.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, dict):
            raise Malformed(f"{self._where}{name}: an object is needed.")
        inner = Fields(value, f"{self._where}{name}.")
        for key in of:
            inner.word(key)
        return value
