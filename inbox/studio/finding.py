"""Where in the data a word stands, and where a name is used: whatever a designer would open to change it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from inbox.studio.project import Dialogue, Named, Place, Project

MOST_SHOWN = 120
"""Characters of a text around what was looked for."""
_KEYS: dict[str, frozenset[str]] = {
    "intent": frozenset({"intent", "not_intent", "ignored_intents", "use_entities_of", "payload", "user"}),
    "entity": frozenset({"entity", "entities", "use_entities", "ignore_entities"}),
    "response": frozenset({"action"}),
    "action": frozenset({"action"}),
    "form": frozenset({"action", "active_loop", "name"}),
    "slot": frozenset({"slot_was_set", "required_slots", "ignored_slots", "requested_slot", "name"}),
}
"""Under which keys a name of each kind is meant; see `inbox.studio.renaming` for the same places."""
SOUGHT = tuple(_KEYS)
_NAMING = {"entity": frozenset({"entities"}), "slot": frozenset({"slot_was_set", "required_slots"})}
"""Under which keys it may be a key itself: `slot_was_set: [{city: Rome}]`."""


class Hit(NamedTuple):
    """A part of the data: what of it holds the words, or how it uses the name."""

    kind: str
    name: str
    text: str
    place: Place


def everywhere(project: Project, words: str, limit: int) -> list[Hit]:
    """What has these words in its name or within, names first, in the order of the files."""
    wanted = words.casefold()
    found = [hit for hit in _all(project) if wanted in hit.text.casefold()]
    found.sort(key=lambda hit: hit.text != hit.name)
    return [hit._replace(text=_around(hit.text, wanted)) for hit in _once(found)[:limit]]


def uses(project: Project, kind: str, name: str) -> list[Hit]:
    """Where a part of the domain, of a kind in `SOUGHT`, is used: dialogues, answers,
    slots, forms, marked examples."""
    parts: list[Named | Dialogue] = [*project.dialogues, *project.domain]
    found = [hit for part in parts for hit in _uses(part, kind, name)]
    if kind == "entity":
        found += [
            Hit(listed.kind, listed.name, example.text, example.place)
            for listed in project.of("intent")
            for example in listed.examples
            if any(entity.entity == name for entity in example.entities)
        ]
    return _once(found)


def _uses(part: Named | Dialogue, kind: str, name: str) -> Iterator[Hit]:
    for path, value in _within(part.value, ()):
        keys = [key for key in path if isinstance(key, str)]
        is_meant = value == name and any(key in _KEYS[kind] for key in keys)
        is_meant |= name in keys and bool(_NAMING.get(kind, frozenset()) & {*keys})
        is_meant |= kind == "slot" and isinstance(value, str) and f"{{{name}}}" in value
        is_meant |= kind == "intent" and isinstance(value, str) and _is_payload(value, name)
        if is_meant and not (part.kind == kind and part.name == name):
            yield Hit(part.kind, part.name, f"{'.'.join(keys[-2:])}: {value}"[:MOST_SHOWN], part.place)


def _is_payload(value: str, intent: str) -> bool:
    return value.startswith(f"/{intent}") and value[len(intent) + 1 :][:1] in ("", "{", " ", "@")


def _all(project: Project) -> Iterator[Hit]:
    for listed in project.lists:
        yield Hit(listed.kind, listed.name, listed.name, listed.place)
        for example in listed.examples:
            yield Hit(listed.kind, listed.name, example.text, example.place)
    parts: list[Named | Dialogue] = [*project.domain, *project.dialogues]
    for part in parts:
        yield Hit(part.kind, part.name, part.name, part.place)
        for path, value in _within(part.value, ()):
            for text in (path[-1] if path else None, value):
                if isinstance(text, str) and text != part.name:
                    yield Hit(part.kind, part.name, text, part.place)


def _within(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value that is no map or list, with the keys that lead to it."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inner is None:
        yield path, value
        return
    for key, each in inner:
        yield from _within(each, (*path, key))


def _once(found: list[Hit]) -> list[Hit]:
    """A part at one place is told once, however often it has the words."""
    first: dict[tuple[str, str, Place], Hit] = {}
    for hit in found:
        first.setdefault((hit.kind, hit.name, hit.place), hit)
    return list(first.values())


def _around(text: str, wanted: str) -> str:
    """The piece of a long text in which the words are."""
    at = text.casefold().find(wanted)
    begin = max(0, min(at - MOST_SHOWN // 3, len(text) - MOST_SHOWN))
    end = begin + MOST_SHOWN
    return ("…" if begin else "") + text[begin:end].strip() + ("…" if end < len(text) else "")
