"""Entities in an example, as Rasa writes them: `[48213](order_number)`, or
`[Rome]{"entity": "city", "role": "to"}`.

Source of the form: https://rasa.com/docs/rasa/training-data-format#entities
"""

import json
import re
from typing import Any

import msgspec

_MARK = re.compile(
    r"\[(?P<text>[^\]]+?)\]"
    r"(?:\((?P<entity>[^:)]+?)(?::(?P<value>[^)]+))?\)|\{(?P<one>[^}]+?)\}|\[(?P<many>[^\]]*?)\])"
)
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
    for match in _MARK.finditer(example):
        kinds = _kinds(match)
        if kinds is None:
            continue
        before = example[end : match.start()]
        parts += [before, match["text"]]
        start = length + len(before)
        length = start + len(match["text"])
        end = match.end()
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


def _kinds(match: re.Match[str]) -> list[dict[str, Any]] | None:
    if match["entity"]:
        return [{"entity": match["entity"], "value": match["value"]}]
    try:
        given = json.loads("{" + match["one"] + "}" if match["one"] else "[" + (match["many"] or "") + "]")
    except ValueError:
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
