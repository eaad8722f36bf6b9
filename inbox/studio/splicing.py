"""A YAML text changed so that it says something else, by touching only the characters that must change.

What is wanted is compared with what is there, and every difference becomes a splice: a line of a block of
examples, an item of a list, an entry of a map, a word. Then the new text is read again: unless it says
exactly what was wanted, the change is refused and nothing is written.
"""

from difflib import SequenceMatcher
from typing import Any, NamedTuple

from inbox.studio.equality import same
from inbox.studio.nodes import Document, Node, Unreadable, parsed, plain
from inbox.studio.sequences import Place, order, reordered, steps
from inbox.studio.writing import (
    CannotChange,
    Manner,
    after_dash,
    after_key,
    as_list,
    as_map,
    flow,
    is_block,
    scalar,
    word,
)


class Splice(NamedTuple):
    """What stands between two positions gives way to a text."""

    start: int
    end: int
    text: str


def changed(text: str, wanted: Any, *, everywhere: bool = False) -> str:
    """The text that says `wanted`, and all else as it was. Raises `CannotChange`, or `Unreadable`.

    What is used in several places (`&`, `*`) is changed only if the change is meant `everywhere`.
    """
    document = parsed(text)
    splices = _Splices(document, everywhere).until(wanted)
    new = spliced(text, splices)
    try:
        is_as_wanted = same(parsed(new).data(), wanted)
    except Unreadable:
        is_as_wanted = False
    if not is_as_wanted:
        line = document.text.count("\n", 0, splices[0].start) + 1 if splices else 1
        raise CannotChange(
            f"Line {line} is written in a way that the studio cannot change. Edit the file by hand."
        )
    return new


def spliced(text: str, splices: list[Splice]) -> str:
    """The text with all splices made; none may overlap."""
    parts, end = [], 0
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        if splice.start < end:
            raise CannotChange("Two parts of this change touch each other. Make one after the other.")
        parts += [text[end : splice.start], splice.text]
        end = splice.end
    return "".join([*parts, text[end:]])


class _Splices:
    """Collects the splices that turn a document into what is wanted."""

    def __init__(self, document: Document, everywhere: bool) -> None:
        self._everywhere = everywhere
        self._text = document.text
        self._root = document.root
        self._how = Manner.of(document)
        self._made: list[Splice] = []

    def until(self, wanted: Any) -> list[Splice]:
        if self._root is not None:
            self._change(self._root, wanted, 0)
        elif wanted:
            text = as_map(wanted, 0, self._how) + self._how.newline
            gap = "" if not self._text or self._text.endswith("\n") else self._how.newline
            self._splice(len(self._text), len(self._text), gap + text)
        return self._made

    def _splice(self, start: int, end: int, text: str) -> None:
        self._made.append(Splice(start, end, text))

    def _change(self, node: Node, new: Any, column: int) -> None:
        """Make the node say `new`; its parent's entries begin in `column`."""
        if same(plain(node), new):
            return
        if (node.mark and not (self._everywhere and node.values)) or node.kind == "alias":
            raise CannotChange(f"Line {node.line} is used in more than one place (& and *). Edit it by hand.")
        if _is_inner(node, new):
            if node.style == "flow":
                self._change_flow(node, new)
            elif isinstance(new, dict):
                self._change_entries(node, new)
            else:
                self._change_items(node, new)
        elif node.style[:1] == "|" and node.value.strip() and _fits(new, node.style):
            self._change_lines(node, new)
        else:
            self._replace(node, new, column)

    def _change_flow(self, node: Node, new: Any) -> None:
        is_map = node.kind == "map"
        inner = list(new.values()) if is_map else new
        is_alike = len(inner) == len(node.values) and (
            not is_map or [plain(k) for k in node.keys] == list(new)
        )
        if is_alike:
            for value, item in zip(node.values, inner, strict=True):
                if value.kind == "scalar" and not isinstance(item, dict | list) and not value.mark:
                    if not same(plain(value), item):
                        gap = " " if value.start == value.end else ""
                        self._splice(
                            value.start + value.lead, value.end, gap + word(item, value.style, in_flow=True)
                        )
                elif not same(plain(value), item):
                    self._change_flow(value, item) if _is_inner(value, item) else self._flow(value, item)
        else:
            self._flow(node, new)

    def _flow(self, node: Node, new: Any) -> None:
        if "#" in self._text[node.start : node.end] or node.is_marked():
            raise CannotChange(f"Line {node.line} has comments or marks within brackets. Edit it by hand.")
        self._splice(node.start, node.end, flow(new))

    def _change_entries(self, node: Node, new: dict[Any, Any]) -> None:
        column, keys, wanted = node.keys[0].column, [plain(k) for k in node.keys], list(new)
        steps = SequenceMatcher(None, [repr(k) for k in keys], [repr(k) for k in wanted], autojunk=False)
        for tag, i1, i2, j1, j2 in steps.get_opcodes():
            paired = min(i2 - i1, j2 - j1)
            for i, j in zip(range(i1, i1 + paired), range(j1, j1 + paired), strict=True):
                if tag == "replace":
                    self._splice(node.keys[i].start, node.keys[i].end, word(wanted[j], node.keys[i].style))
                if node.values[i].values and not node.values[i].style and new[wanted[j]] in ({}, []):
                    self._empty(node.keys[i], node.values[i], flow(new[wanted[j]]))
                else:
                    self._change(node.values[i], new[wanted[j]], column)
            for i in range(i1 + paired, i2):
                self._drop(node, i, node.keys[i].start)
            if added := {key: new[key] for key in wanted[j1 + paired : j2]}:
                self._insert(node, i1 + paired, as_map(added, column, self._how.beside(node)), column)

    def _change_items(self, node: Node, new: list[Any]) -> None:
        column = self._column(self._dash(node.values[0]))
        old, wanted = [repr(plain(item)) for item in node.values], [repr(item) for item in new]
        if (moves := self._moves(node, order(old, wanted))) is not None:
            self._made += moves
            return
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, wanted, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            paired = min(i2 - i1, j2 - j1)
            for i, j in zip(range(i1, i1 + paired), range(j1, j1 + paired), strict=True):
                self._change(node.values[i], new[j], column)
            for i in range(i1 + paired, i2):
                self._drop(node, i, self._dash(node.values[i]))
            if added := new[j1 + paired : j2]:
                self._insert(node, i1 + paired, as_list(added, column, self._how.beside(node)), column)

    def _moves(self, node: Node, wanted: list[int] | None) -> list[Splice] | None:
        """The same items in another order, each as it is written; None where that is not what is wanted."""
        if wanted is None:
            return None
        places = [Place(self._dash(item), self._line_end(self._tight(item))) for item in node.values]
        found = reordered(self._text, places, wanted)
        return None if found is None else [Splice(*each) for each in found]

    def _insert(self, node: Node, index: int, text: str, column: int) -> None:
        """Put entries before the one of that index."""
        pad = self._how.newline + " " * column
        if index:
            end = self._line_end(self._tight(node.values[index - 1]))
            self._splice(end, end, pad + text)
        else:
            start = node.keys[0].start if node.kind == "map" else self._dash(node.values[0])
            self._splice(start, start, text + pad)

    def _drop(self, node: Node, index: int, start: int) -> None:
        """Take an entry out that begins at `start`: with its lines, if they are its own."""
        end = self._line_end(self._tight(node.values[index]))
        first = self._text.rfind("\n", 0, start) + 1
        if not self._text[first:start].strip():
            after = self._text.find("\n", end) + 1
            if after:
                self._splice(first, after, "")
            else:
                before = first - 1 if self._text[first - 2 : first] != "\r\n" else first - 2
                self._splice(max(before, 0), end, "")
            return
        if node.kind == "map" and index + 1 < len(node.values):
            next_start = node.keys[index + 1].start
            if "#" not in self._text[self._tight(node.values[index]) : next_start]:
                self._splice(start, next_start, "")
                return
        raise CannotChange(f"Line {node.line} cannot be taken out by the studio. Edit the file by hand.")

    def _empty(self, key: Node, node: Node, nothing: str) -> None:
        """Take all entries out; the comments above them stay."""
        if node.is_marked():
            raise CannotChange(f"Line {node.line} is used in more than one place (& and *). Edit it by hand.")
        colon = self._text.index(":", key.end) + 1
        self._splice(colon, colon, " " + nothing)
        first = node.keys[0].start if node.kind == "map" else self._dash(node.values[0])
        self._drop(node, len(node.values) - 1, first)

    def _replace(self, node: Node, new: Any, column: int) -> None:
        start, end = node.start + node.lead, self._tight(node)
        if node.kind == "scalar" and not isinstance(new, dict | list) and node.style[:1] not in ("|", ">"):
            becomes_block = _is_lines(new) and not (node.style == '"' and _is_lines(plain(node)))
            text = scalar(new, column, self._how) if becomes_block else word(new, node.style)
            self._splice(start, end, (" " if self._text[start - 1 : start] in (":", "-") else "") + text)
            return
        while start and self._text[start - 1] in " \r\n":
            start -= 1
        if self._text[start - 1 : start] == "-":
            self._splice(start, end, " " + after_dash(new, column, self._how))
        elif self._text[start - 1 : start] == ":":
            self._splice(start, end, after_key(new, column, self._how))
        else:
            raise CannotChange(f"Line {node.line} cannot be changed by the studio. Edit the file by hand.")

    def _change_lines(self, node: Node, new: str) -> None:
        """Only those lines of a block that differ."""
        lines = self._block(node)
        old, wanted = node.value.rstrip("\n").split("\n"), new.removesuffix("\n").split("\n")
        if len(lines) != len(old):
            raise CannotChange(f"The block in line {node.line} has odd line breaks. Edit the file by hand.")
        pad = " " * next(
            len(s) - len(o) for (s, o) in zip((self._text[a:b] for a, b in lines), old, strict=True) if o
        )
        written = [pad + line if line else "" for line in wanted]
        newline = self._how.newline
        for tag, i1, i2, j1, j2 in steps(old, wanted):
            text = newline.join(written[j1:j2])
            if tag == "replace":
                self._splice(lines[i1][0], lines[i2 - 1][1], text)
            elif tag == "insert":
                at = lines[i1 - 1][1] if i1 else lines[0][0]
                self._splice(at, at, newline + text if i1 else text + newline)
            elif tag == "delete" and i2 < len(lines):
                self._splice(lines[i1][0], lines[i2][0], "")
            elif tag == "delete":
                self._splice(lines[i1 - 1][1], lines[i2 - 1][1], "")

    def _block(self, node: Node) -> list[tuple[int, int]]:
        """Where the lines of a block of text begin and end, the blank ones after it left out."""
        at = self._text.index("\n", node.start) + 1
        end = self._line_end(node.start + len(self._text[node.start : node.end].rstrip()))
        found = []
        while at <= end:
            stop = self._line_end(at)
            found.append((at, stop))
            at = self._text.find("\n", stop) + 1 or end + 1
        return found

    def _tight(self, node: Node) -> int:
        """Where the node's text ends, without the comments and blank lines after it."""
        leaf = node.last()
        if leaf.kind == "scalar" and leaf.style[:1] in ("|", ">") and leaf.style:
            body = self._text[leaf.start : leaf.end]
            return leaf.start + len(body.rstrip() if "+" not in leaf.style else body.removesuffix("\n"))
        return leaf.end

    def _dash(self, item: Node) -> int:
        """Where the dash of an item stands."""
        first = self._text.rfind("\n", 0, item.start) + 1
        before = self._text[first : item.start].rstrip()
        if not before.endswith("-"):
            raise CannotChange(f"The list at line {item.line} is written oddly. Edit the file by hand.")
        return first + len(before) - 1

    def _column(self, at: int) -> int:
        return at - self._text.rfind("\n", 0, at) - 1

    def _line_end(self, at: int) -> int:
        """Where the line ends, before its line break."""
        end = self._text.find("\n", at)
        if end < 0:
            return len(self._text)
        return end - 1 if end > at and self._text[end - 1] == "\r" else end


def _fits(new: Any, header: str) -> bool:
    """Whether a block with this header can say it: all but `|-` end in a line break."""
    return isinstance(new, str) and bool(new.strip()) and new.endswith("\n") != ("-" in header)


def _is_inner(node: Node, new: Any) -> bool:
    return bool(node.values and new) and isinstance(new, {"map": dict, "seq": list}.get(node.kind, ()))


def _is_lines(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value and is_block(value)
