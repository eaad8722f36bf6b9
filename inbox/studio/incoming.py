"""Examples in from other programs: Rasa's NLU JSON, and CSV. What is new is taken, nothing is taken away."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, cast

from inbox.actions.errors import Invalid
from inbox.model.contact_file import FORMULA
from inbox.studio.markup import BadMarkup, Entity, marked
from inbox.studio.project import Project
from inbox.studio.teaching import AddExamples, Kind

_WRONG = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading something of another shape than expected raises."""
_ROOT = "rasa_nlu_data"

Found = tuple[str, str, str]
"""Kind, name and example as it is written in a file of Rasa's."""


def from_json(content: bytes, project: Project) -> list[AddExamples]:
    """What is new in a file of Rasa's NLU JSON. Raises `Invalid`, with the entry that is wrong."""
    try:
        given = json.loads(content)[_ROOT]
        entries = [(kind, list(given.get(kind) or ())) for kind in _READERS]
    except _WRONG as error:
        raise Invalid("This is no NLU data of Rasa's in JSON (`rasa_nlu_data`).") from error
    found: set[Found] = set()
    for kind, each in entries:
        for number, entry in enumerate(each, 1):
            try:
                found |= set(_READERS[kind](entry))
            except _WRONG as error:
                raise Invalid(f"Entry {number} of {kind} is not as Rasa writes it.") from error
    return _new(found, project)


def from_csv(content: bytes, project: Project) -> list[AddExamples]:
    """What is new in a CSV with the columns text, intent and entities. Raises `Invalid` with the line."""
    try:
        lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        if not {"text", "intent"} <= set(lines.fieldnames or ()):
            raise Invalid("The first line must name the columns: text,intent,entities.")
        found = set()
        for line in lines:
            text, intent = _cell(line["text"]), _cell(line["intent"])
            if not text or not intent:
                raise Invalid(f"Line {lines.line_num} lacks its text or its intent.")
            try:
                found.add(("intent", intent, _marked(text, json.loads(line.get("entities") or "[]"))))
            except _WRONG as error:
                raise Invalid(f"Line {lines.line_num}: its entities cannot be read.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid("This is no CSV in UTF-8.") from error
    return _new(found, project)


def _cell(value: str | None) -> str:
    text = (value or "").strip()
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(FORMULA) else text


def _example(entry: Any) -> Iterator[Found]:
    yield "intent", _word(entry["intent"]), _marked(_word(entry["text"]), entry.get("entities") or [])


def _regex(entry: Any) -> Iterator[Found]:
    yield "regex", _word(entry["name"]), _word(entry["pattern"])


def _lookup(entry: Any) -> Iterator[Found]:
    if isinstance(entry.get("elements"), list):  # else the name of a file on their disk
        for word in entry["elements"]:
            yield "lookup", _word(entry["name"]), _word(word)


def _synonym(entry: Any) -> Iterator[Found]:
    if not isinstance(entry["synonyms"], list):
        raise TypeError("a list is expected")
    for word in entry["synonyms"]:
        yield "synonym", _word(entry["value"]), _word(word)


_READERS = {
    "common_examples": _example,
    "regex_features": _regex,
    "lookup_tables": _lookup,
    "entity_synonyms": _synonym,
}


def _word(value: Any) -> str:
    """A word, or a number as it was taken down: `5` is a synonym that people write."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError("a text is expected")
    return str(value)


def _marked(text: str, entities: Any) -> str:
    if not isinstance(entities, list):
        raise TypeError("a list is expected")
    text = " ".join(text.split()) if not entities else text
    try:
        return marked(text, [_entity(text, each) for each in entities])
    except BadMarkup as error:
        raise Invalid(f"“{text[:80]}”: {error}") from error


def _entity(text: str, given: Any) -> Entity:
    start, end = int(given["start"]), int(given["end"])
    value = given.get("value")
    shown = None if value in (None, "") or str(value) == text[start:end] else _word(value)
    role, group = (None if given.get(key) in (None, "") else _word(given[key]) for key in ("role", "group"))
    return Entity(start, end, _word(given["entity"]), role, group, shown)


def _new(found: set[Found], project: Project) -> list[AddExamples]:
    """Operations for what is not there yet, in a settled order."""
    present = {(x.kind, x.name, e.written) for x in project.lists for e in x.examples}
    present |= {(x.kind, x.name, " ".join(e.text.split())) for x in project.lists for e in x.examples}
    lists: dict[tuple[str, str], list[str]] = {}
    for kind, name, example in sorted(found - present):
        lists.setdefault((kind, name), []).append(example)
    return [AddExamples(cast(Kind, kind), name, each) for (kind, name), each in lists.items()]
