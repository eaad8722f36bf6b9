"""What a Rasa project's files say, as values that know their place.

A file that cannot be read is told with its line, and the others are read all the same. A domain may lie in
one file or in several; what is where does not matter to Rasa, and neither to us.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from inbox.studio.folder import File
from inbox.studio.markup import Entity, unmarked
from inbox.studio.nodes import Document, Node, Unreadable, parsed, plain

LISTS = ("intent", "synonym", "regex", "lookup")
"""What `nlu:` holds, each with a list of examples."""


class Place(msgspec.Struct, frozen=True):
    """Where something stands; lines count from 1."""

    file: str
    line: int


class Problem(msgspec.Struct, frozen=True):
    """Why a part of the data cannot be used."""

    place: Place
    words: str


class Example(msgspec.Struct, frozen=True):
    """One example as it is written, without its dash; `text` is without marks."""

    written: str
    text: str
    entities: list[Entity]
    place: Place


class Listed(msgspec.Struct, frozen=True):
    """An intent, synonym, regex or lookup with its examples; one of a name may stand at several places."""

    kind: str
    name: str
    examples: list[Example]
    place: Place


class Named(msgspec.Struct, frozen=True):
    """A part of the domain: an intent, entity, slot, form, action or response, as it is written there."""

    kind: str
    name: str
    value: Any
    place: Place


class Dialogue(msgspec.Struct, frozen=True):
    """A rule, a story, or a test (a story of a file of tests): `value` is all that is written
    under its dash."""

    kind: str
    name: str
    value: dict[str, Any]
    place: Place


class Project(msgspec.Struct):
    """All of it."""

    files: dict[str, str]
    """The hash of every file by its name."""
    lists: list[Listed] = []
    domain: list[Named] = []
    dialogues: list[Dialogue] = []
    problems: list[Problem] = []
    shared: dict[str, Any] = {}
    """What is marked `&name` for use in several places of a file, by name."""

    def of(self, kind: str) -> list[Listed]:
        """All lists of one kind."""
        return [each for each in self.lists if each.kind == kind]

    def named(self, kind: str) -> list[Named]:
        """All parts of the domain of one kind."""
        return [each for each in self.domain if each.kind == kind]


class Part(msgspec.Struct):
    """What one file says."""

    lists: list[Listed] = []
    domain: list[Named] = []
    dialogues: list[Dialogue] = []
    problems: list[Problem] = []
    shared: dict[str, Any] = {}


def read(files: Iterable[File]) -> Project:
    """The project of these files."""
    project = Project({})
    for file in files:
        project.files[file.name] = file.hash
        part = _part(file.name, file.content)
        project.lists += part.lists
        project.domain += part.domain
        project.dialogues += part.dialogues
        project.problems += part.problems
        project.shared |= part.shared
    return project


def decoded(content: bytes) -> str:
    """A file's text. Raises `Unreadable`."""
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable("This is no UTF-8.", line) from error


@lru_cache(maxsize=512)
def _part(name: str, content: bytes) -> Part:
    part = Part()
    try:
        document = parsed(decoded(content))
    except Unreadable as error:
        part.problems.append(Problem(Place(name, error.line), str(error)))
        return part
    part.shared = document.shared()
    _Reader(name, document, part).read()
    return part


class _Reader:
    """Reads one file into a part."""

    def __init__(self, name: str, document: Document, part: Part) -> None:
        self._name, self._document, self._part = name, document, part

    def read(self) -> None:
        root = self._document.root
        if root is None:
            return None
        if root.kind != "map":
            return self._wrong(root, "A file of Rasa's is a map: `nlu:`, `rules:`, `stories:` or a domain.")
        for key, value in root.pairs():
            if key.value == "nlu":
                self._each(value, self._listed)
            elif key.value in ("rules", "stories"):
                self._each(value, self._dialogue)
            elif key.value in ("intents", "entities", "actions", "e2e_actions"):
                self._each(value, lambda item, kind=key.value: self._in_list(item, kind))
            elif key.value in ("responses", "slots", "forms"):
                self._in_map(value, key.value.removesuffix("s"))
        return None

    def _place(self, node: Node) -> Place:
        return Place(self._name, node.line)

    def _wrong(self, node: Node, words: str) -> None:
        self._part.problems.append(Problem(self._place(node), words))

    def _each(self, node: Node, take: Any) -> None:
        if node.kind == "seq":
            for item in node.items():
                take(item)
        elif plain(node) is not None:
            self._wrong(node, "A list is expected here.")

    def _listed(self, item: Node) -> None:
        found = next(((k, v) for k, v in item.pairs() if k.value in LISTS), None)
        if found is None or found[1].kind != "scalar":
            return self._wrong(item, f"One of {', '.join(LISTS)} is expected here, with a name.")
        self._check_name(found[1])
        examples = item.get("examples")
        listed = list(self._examples(examples)) if examples else []
        kind, name = found[0].value, found[1].value
        self._part.lists.append(Listed(kind, name, listed, self._place(item)))
        return None

    def _check_name(self, node: Node) -> None:
        """Rasa takes `404` and `true` for what they are, and refuses them as names."""
        if isinstance(plain(node), int | float):
            self._wrong(node, "This name is no text for Rasa. Put it in quotes.")

    def _examples(self, node: Node) -> Iterator[Example]:
        if node.kind == "seq":
            for item in node.items():
                text = item.get("text") if item.kind == "map" else item
                if text is not None and text.kind == "scalar":
                    yield self._example(
                        " ".join(text.value.split("\n")).strip().removeprefix("- "), text.line
                    )
                else:
                    self._wrong(item, "An example has a text.")
        elif node.kind == "scalar":
            offset = 1 if node.style[:1] == "|" else 0
            for number, line in enumerate(node.value.split("\n")):
                if line.strip().startswith("-"):
                    yield self._example(written(line), node.line + number * offset + offset)
                elif line.strip():
                    place = Place(self._name, node.line + number * offset + offset)
                    self._part.problems.append(Problem(place, "An example begins with a dash."))
        else:
            self._wrong(node, "Examples are a text in which every line begins with a dash.")

    def _example(self, text: str, line: int) -> Example:
        bare, entities = unmarked(text)
        return Example(text, bare, entities, Place(self._name, line))

    def _dialogue(self, item: Node) -> None:
        found = next(((k, v) for k, v in item.pairs() if k.value in ("rule", "story")), None)
        if found is None or found[1].kind != "scalar":
            return self._wrong(item, "A rule or a story is expected here, with a name.")
        self._check_name(found[1])
        kind = "test" if is_test(self._name) else found[0].value
        self._part.dialogues.append(Dialogue(kind, found[1].value, plain(item), self._place(item)))
        return None

    def _in_list(self, item: Node, kind: str) -> None:
        kind = {"entities": "entity"}.get(kind, kind.removesuffix("s"))
        name = item if item.kind == "scalar" else item.keys[0] if item.keys else None
        if name is None:
            return self._wrong(item, "A name is expected here.")
        value = None if item.kind == "scalar" else plain(item.values[0])
        self._part.domain.append(Named(kind, name.value, value, self._place(item)))
        return None

    def _in_map(self, node: Node, kind: str) -> None:
        if node.kind != "map" and plain(node) is not None:
            return self._wrong(node, "A map of names is expected here.")
        for key, value in node.pairs():
            self._part.domain.append(Named(kind, key.value, plain(value), self._place(key)))
        return None


def is_test(file: str) -> bool:
    """Whether Rasa takes the stories of a file for tests rather than for training."""
    return file.startswith("tests/") or file.rpartition("/")[2].startswith("test_")


def written(line: str) -> str:
    """An example of a line of a block: without its dash."""
    return line.strip().removeprefix("-").strip()
