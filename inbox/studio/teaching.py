"""Operations on what `nlu:` holds: intents, synonyms, regexes and lookups with their examples, and names."""

from typing import Any, ClassVar, Literal

from inbox.actions.errors import Invalid, NotFound
from inbox.studio.operation import Operation
from inbox.studio.renaming import check_name, names_in, rename
from inbox.studio.renaming_forms import rename_form, rename_slot
from inbox.studio.workspace import Differs, Workspace, examples_of, put_example

Kind = Literal["intent", "synonym", "regex", "lookup"]
MOST = 5_000
"""Examples of one operation."""


class AddExamples(Operation, frozen=True, tag="add_examples"):
    """Add examples to a list; a list that is not there yet is made, and an intent declared."""

    kind: Kind
    name: str
    examples: list[str]
    file: str | None = None

    def apply(self, space: Workspace) -> None:
        if len(self.examples) > MOST:
            raise Invalid(f"At most {MOST:,} examples at once.")
        item = _home(space, self.kind, self.name, self.file)
        if item is None:
            file = self.file or _most_like(space, self.kind, self.examples)
            item = _new_list(space, self.kind, self.name, file)
        for example in self.examples:
            put_example(item, None, example)

    def words(self) -> str:
        return f"Added {_some(self.examples)} to {self.kind} {self.name}"


class ChangeExample(Operation, frozen=True, tag="change_example"):
    """Write an example differently, or mark entities in it."""

    kind: Kind
    name: str
    old: str
    new: str

    def apply(self, space: Workspace) -> None:
        put_example(_holding(space, self.kind, self.name, self.old, self.new), self.old, self.new)

    def words(self) -> str:
        return f"Changed “{self.old}” to “{self.new}” in {self.kind} {self.name}"


class DeleteExamples(Operation, frozen=True, tag="delete_examples"):
    """Delete examples."""

    kind: Kind
    name: str
    examples: list[str]

    def apply(self, space: Workspace) -> None:
        for example in self.examples:
            put_example(_holding(space, self.kind, self.name, example, None), example, None)

    def words(self) -> str:
        return f"Deleted {_some(self.examples)} from {self.kind} {self.name}"


class MoveExamples(Operation, frozen=True, tag="move_examples"):
    """Move examples to another list of the same kind; in the same file if it has that list."""

    kind: Kind
    name: str
    examples: list[str]
    to: str

    def apply(self, space: Workspace) -> None:
        origins = {e: file for file, i in space.placed(self.kind, self.name) for e in examples_of(i)}
        DeleteExamples(self.kind, self.name, self.examples).apply(space)
        present = {e for item in space.lists(self.kind, self.to) for e in examples_of(item)}
        homes = {file for file, _ in space.placed(self.kind, self.to)}
        for example in self.examples:
            if example not in present:
                origin = origins[example] if origins[example] in homes else None
                AddExamples(self.kind, self.to, [example], origin).apply(space)

    def words(self) -> str:
        return f"Moved {_some(self.examples)} from {self.name} to {self.to}"


class DeleteList(Operation, frozen=True, tag="delete_list"):
    """Delete a whole list; an intent only if no rule, story, slot or form needs it."""

    kind: Kind
    name: str

    def apply(self, space: Workspace) -> None:
        if self.kind == "intent" and (user := _user_of(space, self.name)):
            raise Invalid(f"“{self.name}” is still used: {user}.")
        found = False
        for items in space.sequences("nlu"):
            kept = [i for i in items if not (isinstance(i, dict) and i.get(self.kind) == self.name)]
            found, items[:] = found or len(kept) < len(items), kept
        for items in space.sequences("intents") if self.kind == "intent" else ():
            kept = [i for i in items if i != self.name and not (isinstance(i, dict) and self.name in i)]
            found, items[:] = found or len(kept) < len(items), kept
        if not found:
            raise NotFound(f"There is no {self.kind} “{self.name}” any more.")

    def words(self) -> str:
        return f"Deleted {self.kind} {self.name}"


class Rename(Operation, frozen=True, tag="rename"):
    """Rename something everywhere it is used."""

    kind: Literal["intent", "entity", "response", "synonym", "regex", "lookup", "slot", "form"]
    old: str
    new: str
    everywhere: ClassVar[bool] = True

    def apply(self, space: Workspace) -> None:
        if self.kind in ("slot", "form"):
            (rename_slot if self.kind == "slot" else rename_form)(space, self.old, self.new)
        else:
            rename(space, self.kind, self.old, self.new)

    def words(self) -> str:
        return f"Renamed {self.kind} {self.old} to {self.new}"


def _home(space: Workspace, kind: str, name: str, file: str | None) -> dict[str, Any] | None:
    """The list to add to: the one in that file, or the longest, as a language's few examples are none."""
    found = list(space.placed(kind, name))
    if file is not None:
        return next((item for at, item in found if at == file), None)
    return max((item for _, item in found), key=lambda item: len(examples_of(item)), default=None)


def _most_like(space: Workspace, kind: str, examples: list[str]) -> str | None:
    """The file whose lists of that kind have most of these words: such as that of the same language."""
    wanted, known = _words_of(examples), dict[str, set[str]]()
    for file, item in space.placed(kind):
        known.setdefault(file, set()).update(_words_of(examples_of(item)))
    return max(known, key=lambda file: len(wanted & known[file]), default=None)


def _words_of(examples: list[str]) -> set[str]:
    return {word for example in examples for word in example.casefold().split()}


def _new_list(space: Workspace, kind: str, name: str, file: str | None) -> dict[str, Any]:
    if kind == "intent":
        check_name(name)
        declared = name.partition("/")[0]
        if declared not in names_in(space, "intents"):
            space.section("intents", None, "domain").append(declared)
    elif not name.strip() or "\n" in name or len(name) > 200:
        raise Invalid("A name has up to 200 characters on one line.")
    item: dict[str, Any] = {kind: name, "examples": ""}
    space.section("nlu", file, kind).append(item)
    return item


def _holding(space: Workspace, kind: str, name: str, example: str, mine: Any) -> dict[str, Any]:
    space.the_list(kind, name)
    for item in space.lists(kind, name):
        if example in examples_of(item):
            return item
    raise Differs(f"“{example}” was changed or deleted meanwhile.", theirs=None, mine=mine)


def _user_of(space: Workspace, intent: str) -> str | None:
    for kind in ("rule", "story"):
        for _, item in space.dialogues(kind):
            if f"'intent': {intent!r}" in repr(item):
                return f"{kind} “{item[kind]}”"
    for key in ("slots", "forms"):
        for each in space.maps(key):
            for name, value in each.items():
                if f"'intent': {intent!r}" in repr(value):
                    return f"{key.removesuffix('s')} {name}"
    return None


def _some(examples: list[str]) -> str:
    return f"“{examples[0]}”" if len(examples) == 1 else f"{len(examples)} examples"
