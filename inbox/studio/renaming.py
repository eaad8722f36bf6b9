"""A name changed everywhere it is used: in examples, in the domain, in rules, stories and buttons."""

import re
from collections.abc import Callable
from typing import Any

from inbox.actions.errors import AlreadyThere, Invalid, NotFound
from inbox.studio import markup
from inbox.studio.workspace import Workspace

NAME = re.compile(r"[^\W\d][\w./-]{0,119}")
_INTENT_KEYS = ("intent", "not_intent", "ignored_intents", "use_entities_of")


def check_name(name: str) -> None:
    """Raise `Invalid` unless Rasa and its files take this as a name."""
    if not NAME.fullmatch(name):
        raise Invalid("A name begins with a letter and has letters, digits, _, -, . and / only.")


def rename(space: Workspace, kind: str, old: str, new: str) -> None:
    """Rename an intent, entity, response or list. Raises `NotFound`, `AlreadyThere`, `Invalid`."""
    (_KINDS.get(kind) or _list)(space, kind, old, new)


def _list(space: Workspace, kind: str, old: str, new: str) -> None:
    space.the_list(kind, old)
    if not new.strip() or "\n" in new or len(new) > 200:
        raise Invalid("A name has up to 200 characters on one line.")
    if next(space.lists(kind, new), None):
        raise AlreadyThere(f"There is a {kind} “{new}” already.")
    for item in space.lists(kind, old):
        item[kind] = new


def _intent(space: Workspace, kind: str, old: str, new: str) -> None:
    check_name(new)
    if new in names_in(space, "intents") or next(space.lists("intent", new), None):
        raise AlreadyThere(f"There is an intent “{new}” already.")
    if old not in names_in(space, "intents") and not next(space.lists("intent", old), None):
        raise NotFound(f"There is no intent “{old}” any more.")
    for item in space.lists("intent", old):
        item["intent"] = new
    in_sequences(space, "intents", old, new)
    payload = re.compile(rf"/{re.escape(old)}(?=$|[{{\s])")

    def renamed(key: str, value: Any) -> Any:
        if key in _INTENT_KEYS:
            return (
                [new if v == old else v for v in value]
                if isinstance(value, list)
                else new
                if value == old
                else value
            )
        if key in ("payload", "user") and isinstance(value, str):
            return payload.sub(lambda _: f"/{new}", value, count=1) if value.startswith("/") else value
        return value

    everywhere(space, renamed)
    keys(space, "responses", f"utter_title_{old}", f"utter_title_{new}")


def _entity(space: Workspace, kind: str, old: str, new: str) -> None:
    check_name(new)
    if new in names_in(space, "entities"):
        raise AlreadyThere(f"There is an entity “{new}” already.")
    if old not in names_in(space, "entities"):
        raise NotFound(f"There is no entity “{old}” any more.")
    for item in space.lists("intent"):
        examples = item.get("examples")
        if isinstance(examples, str):
            item["examples"] = "\n".join(markup.renamed(line, old, new) for line in examples.split("\n"))
        elif isinstance(examples, list):
            for each in examples:
                if isinstance(each, dict) and isinstance(each.get("text"), str):
                    each["text"] = markup.renamed(each["text"], old, new)
    for listed in ("regex", "lookup"):
        for item in space.lists(listed, old):
            item[listed] = new
    in_sequences(space, "entities", old, new)

    def renamed(key: str, value: Any) -> Any:
        if key == "entity":
            return new if value == old else value
        if key in ("entities", "use_entities", "ignore_entities") and isinstance(value, list):
            return [with_name(each, old, new) for each in value]
        return value

    everywhere(space, renamed)


def _response(space: Workspace, kind: str, old: str, new: str) -> None:
    if not new.startswith("utter_"):
        raise Invalid("The name of a response begins with utter_.")
    check_name(new)
    keys(space, "responses", old, new, must=True)
    in_sequences(space, "actions", old, new)
    everywhere(space, lambda key, value: new if key == "action" and value == old else value)


def in_sequences(space: Workspace, key: str, old: str, new: str) -> None:
    """Rename in the lists under a top-level key."""
    for items in space.sequences(key):
        items[:] = [with_name(each, old, new) for each in items]


def with_name(item: Any, old: str, new: str) -> Any:
    """An item that is the name, or a map that has it as a key, with the other name."""
    if isinstance(item, dict):
        return {new if k == old else k: v for k, v in item.items()}
    return new if item == old else item


def names_in(space: Workspace, key: str) -> set[str]:
    """The names that a list of the domain declares."""
    return {
        str(n) for items in space.sequences(key) for i in items for n in (i if isinstance(i, dict) else [i])
    }


def keys(space: Workspace, section: str, old: str, new: str, *, must: bool = False) -> None:
    """Rename in the maps under a top-level key. Raises `NotFound` if it must be there, `AlreadyThere`."""
    maps = list(space.maps(section))
    if must and not any(old in each for each in maps):
        raise NotFound(f"There is no “{old}” any more.")
    if any(new in each for each in maps) and any(old in each for each in maps):
        raise AlreadyThere(f"There is a “{new}” already.")
    for each in maps:
        if old in each:
            entries = [(new if k == old else k, v) for k, v in each.items()]
            each.clear()
            each.update(entries)


def everywhere(space: Workspace, change: Callable[[str, Any], Any]) -> None:
    """Give every value of every map, however deep, to `change` with its key; the examples are left out."""

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(key, str):
                    value[key] = inner = change(key, inner)
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for document in space.data.values():
        if isinstance(document, dict):
            for key, value in document.items():
                if key not in ("nlu", "intents", "entities", "version"):
                    walk(value)


_KINDS: dict[str, Callable[[Workspace, str, str, str], None]] = {
    "intent": _intent,
    "entity": _entity,
    "response": _response,
}
