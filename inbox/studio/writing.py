"""Plain values as YAML text, in the manner of the file that they go into."""

import json
import re
from typing import Any, NamedTuple

from inbox.actions.errors import ActionRefused
from inbox.studio.characters import is_printable
from inbox.studio.nodes import Document, Node, Reference, resolved

_SAFE = re.compile(r"/?[^\W\d][^\n\r\t]*")
_UNSAFE = re.compile(r": |:$| #|\s$|[^\S ]")
_IN_FLOW = re.compile(r"[,\[\]{}]")
_OTHERS_READ_AS_TRUE = {"y", "n", "yes", "no", "on", "off"}
"""Words that YAML 1.1, which many tools still read, takes for true or false."""


class CannotChange(ActionRefused):
    """The file is written in a way that we cannot change without touching more than was asked."""

    status = 422
    code = "cannot_change"


class Manner(NamedTuple):
    """How a file is written: its line breaks, and by how much it indents."""

    newline: str = "\n"
    step: int = 2
    dash: int = 2
    """Columns from a key to the dashes of the list below it: none or some."""

    @classmethod
    def of(cls, document: Document) -> "Manner":
        """As the file does it where it first does it."""
        text = document.text
        if "\r" in text.replace("\r\n", ""):
            raise CannotChange("This file has line breaks of an old Macintosh. Save it with others first.")
        newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
        return cls(newline).beside(document.root) if document.root else cls(newline)

    def beside(self, node: Node) -> "Manner":
        """As it is done within a node, and else as here."""
        found = _indents(node, {})
        step = found.get("map", self.step)
        return self._replace(step=step, dash=found.get("seq", self.dash))


def _indents(node: Node, found: dict[str, int]) -> dict[str, int]:
    for key, value in node.pairs():
        if value.values and not value.style and not value.mark and value.line > key.line:
            found.setdefault(value.kind, value.column - key.column)
    for value in node.values:
        if len(found) < 2 and value.values:
            _indents(value, found)
    return found


def after_key(value: Any, column: int, how: Manner) -> str:
    """What follows `key:` when the key stands in that column."""
    if isinstance(value, dict) and value:
        inner = column + how.step
        return how.newline + " " * inner + as_map(value, inner, how)
    if isinstance(value, list) and value:
        inner = column + how.dash
        return how.newline + " " * inner + as_list(value, inner, how)
    return " " + scalar(value, column, how)


def after_dash(value: Any, column: int, how: Manner) -> str:
    """What follows `- ` when the dash stands in that column."""
    if isinstance(value, dict) and value:
        return as_map(value, column + 2, how)
    if isinstance(value, list) and value:
        return as_list(value, column + 2, how)
    return scalar(value, column, how)


def as_map(value: dict[Any, Any], column: int, how: Manner) -> str:
    """The entries of a map; the first one without its indentation."""
    lines = (f"{scalar(key, column, how)}:{after_key(item, column, how)}" for key, item in value.items())
    return (how.newline + " " * column).join(lines)


def as_list(value: list[Any], column: int, how: Manner) -> str:
    """The items of a list; the first one without its indentation."""
    return (how.newline + " " * column).join("- " + after_dash(item, column, how) for item in value)


def flow(value: Any) -> str:
    """The value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return word(value, in_flow=True)


def scalar(value: Any, column: int, how: Manner) -> str:
    """A single value, or an empty map or list; a text of several lines as a block below."""
    if isinstance(value, str) and "\n" in value and is_block(value):
        pad = how.newline + " " * (column + how.step)
        lines = value.removesuffix("\n").split("\n")
        return ("|" if value.endswith("\n") else "|-") + "".join(
            pad + line if line else how.newline for line in lines
        )
    return flow(value) if isinstance(value, dict | list) else word(value)


def is_block(text: str) -> bool:
    """Whether a text can stand as a block, line by line."""
    body = text.removesuffix("\n")
    first = body.split("\n")[0]
    return (
        bool(body.strip())
        and not body.endswith("\n")
        and bool(first)
        and not first.startswith((" ", "\t"))
        and is_printable(body.replace("\n", ""))
    )


def word(value: Any, style: str = "", *, in_flow: bool = False) -> str:
    """A single value on one line, quoted as it was if it was quoted, and if it must be."""
    if isinstance(value, Reference):
        return f"*{value.name} " if in_flow else f"*{value.name}"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if not isinstance(value, str):
        return str(value)
    if style == "'" and is_printable(value):
        return "'" + value.replace("'", "''") + "'"
    if style != '"' and _is_plain(value, in_flow=in_flow):
        return value
    return _quoted(value)


def _is_plain(text: str, *, in_flow: bool) -> bool:
    return (
        bool(_SAFE.fullmatch(text))
        and not _UNSAFE.search(text)
        and not (in_flow and _IN_FLOW.search(text))
        and is_printable(text)
        and resolved(text) == text
        and text.lower() not in _OTHERS_READ_AS_TRUE
    )


def _quoted(text: str) -> str:
    return "".join(c if is_printable(c) else _escaped(c) for c in json.dumps(text, ensure_ascii=False))


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
