"""A slot's or a form's name changed everywhere: in the domain, in forms, answers, rules and stories.

The bot's own code (`bot/actions/`) is no part of the data: what it calls by name is changed there by hand.
"""

import re
from collections.abc import Callable
from typing import Any

from inbox.actions.errors import AlreadyThere, Invalid, NotFound
from inbox.studio.renaming import check_name, everywhere, in_sequences, keys, with_name
from inbox.studio.workspace import Workspace

_OWN = ("requested_slot", "session_started_metadata")
"""Slots of Rasa's own."""


def rename_slot(space: Workspace, old: str, new: str) -> None:
    """Rename a slot. Raises `NotFound`, `AlreadyThere`, `Invalid`."""
    check_name(new)
    if new in _OWN or old in _OWN:
        raise Invalid(f"{', '.join(_OWN)} are slots of Rasa's own.")
    _declared(space, "slots", old, new)
    everywhere(space, lambda key, value: _slot_in(key, value, old, new))
    placeholder = re.compile(rf"(?<!\{{)\{{{re.escape(old)}\}}(?!\}})")
    for responses in space.maps("responses"):
        for variants in responses.values():
            _texts(variants, lambda text: placeholder.sub(lambda _: f"{{{new}}}", text))
    forms = {name for each in space.maps("forms") for name in each}
    for ask in ("utter_ask_", "action_ask_"):
        _called(space, f"{ask}{old}", f"{ask}{new}")
        for form in sorted(forms):
            _called(space, f"{ask}{form}_{old}", f"{ask}{form}_{new}")


def rename_form(space: Workspace, old: str, new: str) -> None:
    """Rename a form, with the actions and answers that Rasa finds by its name. Raises as `rename_slot`."""
    check_name(new)
    if any(new in items for items in space.sequences("actions")):
        raise AlreadyThere(f"There is an action “{new}” already.")
    slots = {name for each in space.maps("slots") for name in each}
    _declared(space, "forms", old, new)
    everywhere(space, lambda key, value: new if key in ("active_loop", "action") and value == old else value)
    _called(space, f"validate_{old}", f"validate_{new}")
    for slot in sorted(slots):
        for ask in ("utter_ask_", "action_ask_"):
            _called(space, f"{ask}{old}_{slot}", f"{ask}{new}_{slot}")


def _declared(space: Workspace, section: str, old: str, new: str) -> None:
    maps = list(space.maps(section))
    if not any(old in each for each in maps):
        raise NotFound(f"There is no {section.removesuffix('s')} “{old}” any more.")
    if any(new in each for each in maps):
        raise AlreadyThere(f"There is a {section.removesuffix('s')} “{new}” already.")
    keys(space, section, old, new)


def _called(space: Workspace, old: str, new: str) -> None:
    """An action or answer that goes by a name made of others."""
    keys(space, "responses", old, new)
    in_sequences(space, "actions", old, new)
    everywhere(space, lambda key, value: new if key == "action" and value == old else value)


def _slot_in(key: str, value: Any, old: str, new: str) -> Any:
    if key == "requested_slot":
        return new if value == old else value
    if key == "slot_was_set":
        return [with_name(_asked(each, old, new), old, new) for each in _listed(value)]
    if key in ("required_slots", "ignored_slots"):
        return (
            [with_name(each, old, new) for each in value]
            if isinstance(value, list)
            else _key(value, old, new)
        )
    if key == "condition" and isinstance(value, list):
        return [_condition(each, old, new) for each in value]
    return value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _asked(item: Any, old: str, new: str) -> Any:
    """`requested_slot: old` within `slot_was_set`."""
    is_asked = isinstance(item, dict) and item.get("requested_slot") == old
    return {**item, "requested_slot": new} if is_asked else item


def _key(value: Any, old: str, new: str) -> Any:
    return with_name(value, old, new) if isinstance(value, dict) else value


def _condition(item: Any, old: str, new: str) -> Any:
    is_ours = isinstance(item, dict) and item.get("type") == "slot" and item.get("name") == old
    return {**item, "name": new} if is_ours else item


def _texts(value: Any, change: Callable[[str], str]) -> None:
    """Change every text within, but for conditions."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(inner):
        if isinstance(item, str):
            value[key] = change(item)
        elif key != "condition":
            _texts(item, change)
