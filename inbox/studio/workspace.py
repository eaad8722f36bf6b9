"""The files of a project as plain values that an operation changes; the splices are found afterwards."""

import copy
from collections.abc import Iterator
from typing import Any

from inbox.actions.errors import ActionRefused, AlreadyThere, Invalid, NotFound
from inbox.studio.characters import check_words
from inbox.studio.nodes import Reference, resolved
from inbox.studio.project import is_test, written

_HOMES = {
    "intent": "nlu/intents.yml",
    "synonym": "nlu/entities.yml",
    "regex": "nlu/entities.yml",
    "lookup": "nlu/entities.yml",
    "rule": "rules.yml",
    "story": "stories.yml",
    "test": "tests/test_stories.yml",
    "domain": "domain.yml",
}
"""Where the first of a kind goes, in a project that has none yet."""

Json = dict[str, Any]


class Differs(ActionRefused):
    """What is there is no longer what the change was made for."""

    status = 409
    code = "edit_conflict"

    def __init__(self, words: str, *, theirs: Any, mine: Any) -> None:
        super().__init__(words)
        self.theirs, self.mine = theirs, mine


class Workspace:
    """Plain values by file. `unreadable` files are left alone and cannot be changed."""

    def __init__(self, data: dict[str, Any], unreadable: frozenset[str] = frozenset()) -> None:
        self.data = {name: copy.deepcopy(value) for name, value in data.items()}
        self.unreadable = unreadable

    def lists(self, kind: str, name: str | None = None) -> Iterator[Json]:
        """Every list of examples of a kind, and of a name if one is given."""
        return (item for _, item in self.placed(kind, name))

    def placed(self, kind: str, name: str | None = None) -> Iterator[tuple[str, Json]]:
        """The same, each with the file that it stands in."""
        for file, document in self._files():
            for item in document["nlu"] if isinstance(document.get("nlu"), list) else ():
                if isinstance(item, dict) and kind in item and (name is None or is_named(item[kind], name)):
                    yield file, item

    def the_list(self, kind: str, name: str) -> Json:
        """The first list of that name. Raises `NotFound`."""
        found = next(self.lists(kind, name), None)
        if found is None:
            raise NotFound(f"There is no {kind} “{name}” any more.")
        return found

    def section(self, key: str, file: str | None, kind: str) -> Any:
        """The list or map under a top-level key, in the file given or where such things stand already."""
        name = file or next(
            (n for n, d in self._files() if d.get(key) and is_test(n) == (kind == "test")), None
        )
        name = name or _HOMES[kind]
        if name in self.unreadable:
            raise Invalid(f"{name} cannot be read, so nothing can be added to it.")
        if self.data.get(name) is None:
            self.data[name] = {"version": "3.1"}
        document = self.data[name]
        if not isinstance(document, dict):
            raise Invalid(f"{name} is no file of Rasa's.")
        empty: Any = {} if key in ("responses", "slots", "forms") else []
        if not document.get(key):
            document[key] = empty
        if not isinstance(document[key], type(empty)):
            raise Invalid(f"{name} has its {key} in a form that Rasa 3 does not read. Edit the file by hand.")
        return document[key]

    def maps(self, key: str) -> Iterator[Json]:
        """Every map under a top-level key: the responses, slots or forms of each file of the domain."""
        return (d[key] for _, d in self._files() if isinstance(d.get(key), dict))

    def sequences(self, key: str) -> Iterator[list[Any]]:
        """Every list under a top-level key."""
        return (d[key] for _, d in self._files() if isinstance(d.get(key), list))

    def dialogues(self, kind: str) -> Iterator[tuple[list[Any], Json]]:
        """Every rule, story or test with the list that it is in."""
        key, word = ("rules", "rule") if kind == "rule" else ("stories", "story")
        for name, document in self._files():
            if is_test(name) == (kind == "test") and isinstance(document.get(key), list):
                for item in document[key]:
                    if isinstance(item, dict) and word in item:
                        yield document[key], item

    def _files(self) -> Iterator[tuple[str, Json]]:
        return ((name, d) for name, d in self.data.items() if isinstance(d, dict))


def is_named(value: Any, name: str) -> bool:
    """Whether what is written for a name is this one; `404` without quotes is a number, and nothing is ""."""
    return (value or "") == name or (not isinstance(value, str) and bool(name) and resolved(name) == value)


def restored(value: Any) -> Any:
    """A value that came as JSON, with its references."""
    if isinstance(value, dict):
        if list(value) == ["*"] and isinstance(value["*"], str):
            return Reference(value["*"])
        return {key: restored(inner) for key, inner in value.items()}
    return [restored(inner) for inner in value] if isinstance(value, list) else value


def examples_of(item: Json) -> list[str]:
    """The examples of a list as they are written."""
    examples = item.get("examples") or ""
    if isinstance(examples, str):
        return [written(line) for line in examples.split("\n") if line.strip()]
    return [_text(each) for each in examples]


def put_example(item: Json, old: str | None, new: str | None) -> None:
    """Change an example, add one (`old` None) at the end, or take one out (`new` None)."""
    if new is not None:
        new = " ".join(new.split())
        if not new:
            raise Invalid("An example needs a text.")
        check_words(new)
        if new != old and new in examples_of(item):
            raise AlreadyThere(f"“{new}” is there already.")
    examples = item.get("examples") or ""
    if isinstance(examples, str):
        item["examples"] = _put_line(examples, old, new)
        return
    at = next((i for i, each in enumerate(examples) if _text(each) == old), None)
    if old is not None and at is None:
        raise Differs("This example was changed or deleted meanwhile.", theirs=None, mine=new)
    if new is None and at is not None:
        del examples[at]
    elif at is None:
        examples.append({"text": new} if examples and isinstance(examples[0], dict) else new)
    elif isinstance(examples[at], dict):
        examples[at]["text"] = f"{new}\n" if str(examples[at]["text"]).endswith("\n") else new
    else:
        examples[at] = new


def _put_line(block: str, old: str | None, new: str | None) -> str:
    lines = block.rstrip("\n").split("\n") if block.strip("\n") else []
    end = "\n" if not lines or block.endswith("\n") else ""  # as it was: in one manner it is a block of `|-`
    if old is None:
        lines.append(f"- {new}")
    else:
        at = next((i for i, line in enumerate(lines) if line.strip() and written(line) == old), None)
        if at is None:
            raise Differs("This example was changed or deleted meanwhile.", theirs=None, mine=new)
        if new is None:
            del lines[at]
        else:
            lines[at] = lines[at][: lines[at].index("-") + 1] + " " + new
    return "\n".join(lines) + end if lines else ""


def _text(example: Any) -> str:
    text = example.get("text", "") if isinstance(example, dict) else example
    return " ".join(str(text).split("\n")).strip().removeprefix("- ")
