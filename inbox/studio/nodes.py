"""A YAML file as nodes that know their place in the text, to the character.

Only ruamel's parser is used, not its writer: a round trip through that keeps comments, but not bytes. Aliases
stay aliases, so that no file can grow when it is read.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

DEEPEST = 60
"""Levels of nesting; Rasa's own files have a dozen."""

_HEADER = re.compile(r"[|>][-+0-9]*")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Unreadable(Exception):
    """The text is no YAML that we can work with. `line` counts from 1."""

    def __init__(self, words: str, line: int) -> None:
        super().__init__(words)
        self.line = line


class Reference(msgspec.Struct, frozen=True, rename={"name": "*"}):
    """`*name` in a file: stands for what is marked `&name` elsewhere in it. In JSON: `{"*": "name"}`."""

    name: str


class Node(msgspec.Struct, eq=False):
    """A value and where it stands. `start` and `end` are positions in the text, anchor and tag within."""

    kind: str
    """`map`, `seq`, `scalar` or `alias`."""
    start: int
    end: int
    line: int
    column: int
    value: str = ""
    style: str = ""
    """Of a scalar: empty (plain), `'`, `"`, or a block's header such as `|`; of others `flow` or empty."""
    mark: str = ""
    """Its tag, and its anchor if anything in the file refers to it: such a node is not written anew."""
    anchor: str = ""
    lead: int = 0
    """Characters of an anchor before the value itself, which stay when that is written anew."""
    keys: list["Node"] = []
    values: list["Node"] = []

    def pairs(self) -> Iterator[tuple["Node", "Node"]]:
        """Keys and values of a map; nothing of anything else."""
        return zip(self.keys, self.values, strict=True) if self.kind == "map" else iter(())

    def get(self, key: str) -> "Node | None":
        """The value under a key, or None."""
        return next((value for k, value in self.pairs() if k.value == key), None)

    def items(self) -> list["Node"]:
        """The items of a sequence; nothing of anything else."""
        return self.values if self.kind == "seq" else []

    def is_marked(self) -> bool:
        """Whether it, or anything within, has an anchor or a tag, or stands for something else."""
        return (
            bool(self.mark or self.anchor) or self.kind == "alias" or any(v.is_marked() for v in self.values)
        )

    def last(self) -> "Node":
        """The innermost node with which this one ends."""
        return self.values[-1].last() if self.values and self.style != "flow" else self


class Document(NamedTuple):
    """A text and its nodes. `root` is None for a text without content."""

    text: str
    root: Node | None

    def shared(self) -> dict[str, Any]:
        """What is marked `&name`, by name."""
        return _shared(self.root, {}) if self.root else {}

    def data(self) -> Any:
        """What the text says, as plain values."""
        return plain(self.root) if self.root else None


def parsed(text: str) -> Document:
    """The text as nodes. Raises `Unreadable` with the line."""
    yaml = YAML(pure=True)
    try:
        return Document(text, _Builder(text, iter(yaml.parse(text))).build())
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        words = getattr(error, "problem", None) or "a character that is not allowed"
        raise Unreadable(f"This is no valid YAML: {words}.", (mark.line + 1) if mark else 1) from error
    except (ValueError, RecursionError, IndexError, AttributeError, TypeError) as error:
        raise Unreadable("This is no valid YAML.", 1) from error


def _shared(node: Node, found: dict[str, Any]) -> dict[str, Any]:
    if node.anchor:
        found[node.anchor] = plain(node)
    for value in node.values:
        _shared(value, found)
    return found


def plain(node: Node) -> Any:
    """A node as plain values. A block of text ends in one line break, however it is written."""
    if node.kind == "map":
        return {plain(key): plain(value) for key, value in node.pairs()}
    if node.kind == "seq":
        return [plain(item) for item in node.values]
    if node.kind == "alias":
        return Reference(node.value)
    if node.style in ("|", ">"):  # neither strip nor keep: whether the file ends in a line break says nothing
        body = node.value.rstrip("\n")
        return body + "\n" if body else ""
    return node.value if node.style else resolved(node.value)


def resolved(word: str) -> Any:
    """What a plain scalar means, by YAML 1.2."""
    if word in _WORDS:
        return _WORDS[word]
    if _INT.fullmatch(word) and len(word) < 300:
        return int(word)
    return float(word) if _FLOAT.fullmatch(word) and len(word) < 300 else word


_BLOCKS = ("|", ">")
_KINDS = ((ScalarEvent, "scalar"), (MappingStartEvent, "map"), (SequenceStartEvent, "seq"))


class _Builder:
    """Makes nodes of events."""

    def __init__(self, text: str, events: Iterator[Any]) -> None:
        self._text = text
        self._events = events
        self._depth = 0
        self._anchors: set[str] = set()
        self._used: set[str] = set()

    def build(self) -> Node | None:
        root = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    raise Unreadable("A second document begins here; Rasa reads but one.", _line(event))
                root = self._node(next(self._events))
        if root is not None:
            self._forget_unused(root)
        return root

    def _forget_unused(self, node: Node) -> None:
        """What is marked `&name` and used nowhere else is edited as if it were not marked."""
        if node.anchor and node.anchor not in self._used:
            node.mark = node.mark.removeprefix(node.anchor)
            node.lead = len(node.anchor) + 2 if not node.mark else 0
        for inner in (*node.keys, *node.values):
            self._forget_unused(inner)

    def _node(self, event: Any) -> Node:
        kind = next((name for kinds, name in _KINDS if isinstance(event, kinds)), "alias")
        mark = event.start_mark
        node = Node(kind, mark.index, event.end_mark.index, mark.line + 1, mark.column)
        node.anchor = event.anchor or ""
        self._anchors.add("" if kind == "alias" else node.anchor)
        node.mark = node.anchor + str(getattr(event, "tag", None) or "")
        if kind == "scalar":
            node.style = event.style or ""
            # where a text is folded, ruamel leaves a mark for its own writer
            node.value = event.value.replace("\a", "") if node.style == ">" else event.value
            if node.style in _BLOCKS and (header := _HEADER.search(self._text, node.start)):
                node.style = header[0]
        elif kind == "alias":
            node.value, node.mark, node.anchor = event.anchor, "", ""
            self._used.add(node.value)
            if node.value not in self._anchors:
                raise Unreadable(
                    f"*{node.value} stands here, and nothing before it is &{node.value}.", node.line
                )
        else:
            node.style = "flow" if event.flow_style else ""
            self._fill(node)
        return node

    def _fill(self, node: Node) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable("This is nested too deeply.", node.line)
        node.keys, node.values = [], []
        seen: set[Any] = set()
        for event in self._events:
            if isinstance(event, MappingEndEvent | SequenceEndEvent):
                node.end = event.end_mark.index
                break
            if node.kind == "map":
                node.keys.append(self._key(event, seen))
                event = next(self._events)
            node.values.append(self._node(event))
            if node.kind == "map":
                self._place(node.keys[-1], node.values[-1])
        self._depth -= 1

    def _place(self, key: Node, value: Node) -> None:
        """Nothing at all stands right after the colon; the parser sees it where the next thing begins."""
        if value.start == value.end and not value.mark:
            colon = self._text.find(":", key.end)
            if colon >= 0:
                value.start = value.end = colon + 1

    def _key(self, event: Any, seen: set[Any]) -> Node:
        key = self._node(event)
        if key.kind != "scalar":
            raise Unreadable("A key must be a word.", key.line)
        if (word := plain(key)) in seen:
            raise Unreadable(f"“{key.value}” stands here for the second time.", key.line)
        seen.add(word)
        return key


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
