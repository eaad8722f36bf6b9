"""Operations on the domain and on dialogues: responses, slots, forms, entities; rules, stories and tests."""

from typing import Any, Literal

from inbox.actions.errors import AlreadyThere, Invalid, NotFound
from inbox.studio.characters import check_words
from inbox.studio.equality import same
from inbox.studio.operation import Operation
from inbox.studio.renaming import check_name
from inbox.studio.workspace import Differs, Workspace, is_named, restored


class PutNamed(Operation, frozen=True, tag="put"):
    """Add (`old` null), change or delete (`new` null) a response, a slot or a form."""

    kind: Literal["response", "slot", "form"]
    name: str
    old: Any
    new: Any
    file: str | None = None

    def apply(self, space: Workspace) -> None:
        key, old, new = f"{self.kind}s", restored(self.old), restored(self.new)
        holders = [each for each in space.maps(key) if self.name in each]
        first = holders[0] if holders else None
        holder = next((each for each in holders if same(each[self.name], old)), first)
        present = holder[self.name] if holder is not None else None
        if old is None and present is not None:
            raise AlreadyThere(f"There is a {self.kind} “{self.name}” already.")
        if not same(present, old):
            words = f"“{self.name}” was {'changed' if holder is not None else 'deleted'} meanwhile."
            raise Differs(words, theirs=present, mine=self.new)
        if new is None and holder is not None:
            del holder[self.name]
        elif new is not None:
            check_value(self.kind, self.name, new, old)
            (holder if holder is not None else space.section(key, self.file, "domain"))[self.name] = new

    def words(self) -> str:
        return f"{_deed(self.old, self.new)} {self.kind} {self.name}"


class PutEntity(Operation, frozen=True, tag="put_entity"):
    """Declare an entity, with its roles and groups if it has any, or (`new` null) declare it no more."""

    name: str
    new: dict[str, list[str]] | None

    def apply(self, space: Workspace) -> None:
        check_name(self.name)
        entry: Any = {self.name: self.new} if self.new else self.name
        for items in space.sequences("entities"):
            for at, item in enumerate(items):
                if item == self.name or (isinstance(item, dict) and self.name in item):
                    items[at : at + 1] = [] if self.new is None else [entry]
                    return
        if self.new is None:
            raise NotFound(f"There is no entity “{self.name}” any more.")
        space.section("entities", None, "domain").append(entry)

    def words(self) -> str:
        return f"{'Deleted' if self.new is None else 'Declared'} entity {self.name}"


class PutDialogue(Operation, frozen=True, tag="put_dialogue"):
    """Add (`old` null), change, rename or delete (`new` null) a rule, story or test."""

    kind: Literal["rule", "story", "test"]
    name: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    file: str | None = None

    def apply(self, space: Workspace) -> None:
        word, old, new = "rule" if self.kind == "rule" else "story", restored(self.old), restored(self.new)
        if new is not None:
            _check_dialogue(new, word)
        found = [each for each in space.dialogues(self.kind) if is_named(each[1][word], self.name)]
        if old is None:
            if found:
                raise AlreadyThere(f"There is a {self.kind} “{self.name}” already.")
            space.section("rules" if word == "rule" else "stories", self.file, self.kind).append(new)
            return
        exact = next((each for each in found if same(each[1], old)), None)
        if exact is None:
            theirs = found[0][1] if found else None
            raise Differs(f"“{self.name}” was changed meanwhile.", theirs=theirs, mine=self.new)
        items, item = exact
        at = next(i for i, each in enumerate(items) if each is item)
        items[at : at + 1] = [] if new is None else [new]

    def words(self) -> str:
        return f"{_deed(self.old, self.new)} {self.kind} “{self.name}”"


class MoveDialogue(Operation, frozen=True, tag="move_dialogue"):
    """Let a rule, story or test stand `by` places further down in its file, or up."""

    kind: Literal["rule", "story", "test"]
    name: str
    old: dict[str, Any]
    by: int

    def apply(self, space: Workspace) -> None:
        word, old = "rule" if self.kind == "rule" else "story", restored(self.old)
        found = [each for each in space.dialogues(self.kind) if is_named(each[1][word], self.name)]
        exact = next((each for each in found if same(each[1], old)), None)
        if exact is None:
            theirs = found[0][1] if found else None
            raise Differs(f"“{self.name}” was changed meanwhile.", theirs=theirs, mine=self.old)
        items, item = exact
        at = next(i for i, each in enumerate(items) if each is item)
        if not self.by or not 0 <= at + self.by < len(items):
            raise Invalid(
                f"“{self.name}” cannot stand further {'up' if self.by < 0 else 'down'} in its file."
            )
        items.insert(at + self.by, items.pop(at))

    def words(self) -> str:
        return f"Moved {self.kind} “{self.name}” {'up' if self.by < 0 else 'down'}"


def check_value(kind: str, name: str, value: Any, before: Any = None) -> None:
    """Raise `Invalid` unless Rasa takes this as a response, slot or form.

    A slot that is of a class of Python `before` may stay so.
    """
    check_name(name)
    check_words(value)
    if kind == "response":
        good = isinstance(value, list) and value and all(isinstance(v, dict) and v for v in value)
        if not good or not name.startswith("utter_"):
            raise Invalid("A response is named utter_… and has one or more variants.")
    elif not isinstance(value, dict) or (kind == "slot" and not isinstance(value.get("type"), str)):
        raise Invalid("A slot has a type." if kind == "slot" else "A form has required_slots.")
    was = before.get("type") if isinstance(before, dict) else None
    if kind == "slot" and "." in value["type"] and value["type"] != was:
        raise Invalid("A slot's type is one of Rasa's own; a class of Python is not set from here.")


def _check_dialogue(value: dict[str, Any], word: str) -> None:
    check_words(value)
    name = value.get(word)
    if isinstance(name, int | float):
        raise Invalid(f"The name {name} is no text for Rasa. Give it another one, or put it in quotes.")
    if not isinstance(name, str) or not name.strip():
        raise Invalid(f"A {word} needs a name.")
    steps = value.get("steps")
    if not isinstance(steps, list) or not steps or not all(isinstance(s, dict) and s for s in steps):
        raise Invalid(f"A {word} needs steps.")


def _deed(old: Any, new: Any) -> str:
    return "Added" if old is None else "Deleted" if new is None else "Changed"
