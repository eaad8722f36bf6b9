"""Entities in an example, as Rasa writes them: `[48213](order_number)`, or
`[Rome]{"entity": "city", "role": "to"}`.

Source of the form: https://rasa.com/docs/rasa/training-data-format#entities
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

_NAME = re.compile(r"[^:()\[\]{}\"\n]+")
_FIELDS = ("entity", "role", "group", "value")


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """A marked part of an example; `start` and `end` are positions in the text without marks."""

    start: int
    end: int
    entity: str
    role: str | None = None
    group: str | None = None
    value: str | None = None


class BadMarkup(ValueError):
    """These entities cannot be marked in this text."""


def unmarked(example: str) -> tuple[str, list[Entity]]:
    """The text of an example without its marks, and what they mark. What is no proper mark is text."""
    parts: list[str] = []
    found: list[Entity] = []
    end = length = 0
    for mark in _marks(example):
        kinds = _kinds(mark)
        if kinds is None:
            continue
        before = example[end : mark.start]
        parts += [before, mark.text]
        start = length + len(before)
        length = start + len(mark.text)
        end = mark.end
        found += [Entity(start, length, **kind) for kind in kinds]
    return "".join([*parts, example[end:]]), found


def marked(text: str, entities: list[Entity]) -> str:
    """The example with its marks. Raises `BadMarkup` if they overlap, or if this cannot be written."""
    parts: list[str] = []
    end = 0
    for (start, stop), kinds in _by_place(entities):
        if not 0 <= start < stop <= len(text) or start < end:
            raise BadMarkup("Marks may not overlap, and lie within the text.")
        inner = text[start:stop]
        if any(c in inner for c in "[]\n"):
            raise BadMarkup("A marked text may have no square brackets.")
        parts += [text[end:start], f"[{inner}]", _written(kinds)]
        end = stop
    example = "".join([*parts, text[end:]])
    if unmarked(example) != (text, sorted(entities, key=lambda e: (e.start, e.end))):
        raise BadMarkup("This text has brackets that would be read as marks.")
    return example


def renamed(example: str, old: str, new: str) -> str:
    """The example with an entity under another name; unchanged to the letter if it is not marked in it."""
    text, entities = unmarked(example)
    if not any(e.entity == old for e in entities):
        return example
    return marked(text, [msgspec.structs.replace(e, entity=new) if e.entity == old else e for e in entities])


def _by_place(entities: list[Entity]) -> list[tuple[tuple[int, int], list[Entity]]]:
    places: dict[tuple[int, int], list[Entity]] = {}
    for entity in sorted(entities, key=lambda e: (e.start, e.end)):
        places.setdefault((entity.start, entity.end), []).append(entity)
    return list(places.items())


class _Mark(NamedTuple):
    """What looks like a mark: `kind` opens its second pair of brackets, which holds `inside`."""

    start: int
    end: int
    text: str
    kind: str
    inside: str


class _Ahead:
    """Where a sign comes next, for places that only grow: the text is gone through once for each sign."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}

    def of(self, sign: str, start: int) -> int:
        """Its place at or after `start`; the text's length if there is none."""
        known = self._next.get(sign, -1)
        if known < start:
            found = self._text.find(sign, start)
            known = self._next[sign] = len(self._text) if found < 0 else found
        return known


def _marks(example: str) -> Iterator[_Mark]:
    """What looks like a mark, in the time that reading takes, whatever the example holds."""
    ahead = _Ahead(example)
    at = example.find("[")
    while at >= 0 and (close := ahead.of("]", at + 1)) < len(example):
        end = _end(example, ahead, close + 1) if close > at + 1 else None
        if end is not None:
            kind, inside = example[close + 1], example[close + 2 : end]
            yield _Mark(at, end + 1, example[at + 1 : close], kind, inside)
        # What follows is the same for every bracket before this closing one: none of them opens a mark.
        at = example.find("[", close + 1 if end is None else end + 1)


def _end(example: str, ahead: _Ahead, at: int) -> int | None:
    """Where the second pair of brackets of a mark ends, which begins at `at`; None if it is none."""
    sign = {"(": ")", "{": "}", "[": "]"}.get(example[at : at + 1])
    if sign is None:
        return None
    end = ahead.of(sign, at + 1)
    if end == len(example) or (end == at + 1 and sign != "]"):
        return None
    is_split_badly = sign == ")" and ahead.of(":", at + 1) in (at + 1, end - 1)
    return None if is_split_badly else end


def _kinds(mark: _Mark) -> list[dict[str, Any]] | None:
    if mark.kind == "(":
        entity, _, value = mark.inside.partition(":")
        return [{"entity": entity, "value": value or None}]
    try:
        given = json.loads("{" + mark.inside + "}" if mark.kind == "{" else "[" + mark.inside + "]")
    except (ValueError, RecursionError):
        return None
    kinds = given if isinstance(given, list) else [given]
    if not kinds or not all(isinstance(k, dict) and isinstance(k.get("entity"), str) for k in kinds):
        return None
    return [{f: str(k[f]) for f in _FIELDS if k.get(f) is not None} for k in kinds]


def _written(kinds: list[Entity]) -> str:
    first = kinds[0]
    if not all(_NAME.fullmatch(k.entity) for k in kinds):
        raise BadMarkup("An entity's name has no brackets, quotes or colons.")
    if len(kinds) == 1 and not (first.role or first.group or first.value):
        return f"({first.entity})"
    dicts = [{f: v for f in _FIELDS if (v := getattr(k, f)) is not None} for k in kinds]
    return json.dumps(dicts[0] if len(dicts) == 1 else dicts, ensure_ascii=False)
