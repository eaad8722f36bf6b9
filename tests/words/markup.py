"""The markup in htm templates, as a tree that knows where in the module everything stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.words.javascript import Part, Token

_NAME = re.compile(r"[^\s=/>]+")


@dataclass
class Text:
    """Letters between tags."""

    start: int
    end: int


@dataclass
class Attribute:
    """`name=…`: `value` is what stands there as text (quotes left off), or the code of a `${…}`, or None."""

    name: str
    value: Text | Part | None
    quoted: bool = False


@dataclass
class Element:
    """A tag with what is in it; `name` is None for a component, whose code `component` is."""

    name: str | None
    component: Part | None = None
    start: int = 0
    end: int = 0
    attributes: list[Attribute] = field(default_factory=list)
    children: list["Text | Part | Element"] = field(default_factory=list)


def elements(root: Element) -> Iterator[Element]:
    """The element and all within it."""
    yield root
    for child in root.children:
        if isinstance(child, Element):
            yield from elements(child)


class _Reader:
    """Reads a template's parts letter by letter; the code of a `${…}` is one letter to it."""

    def __init__(self, source: str, parts: list[Part]) -> None:
        self._source = source
        self._parts = parts
        self._part, self._at = 0, parts[0].start
        self.open = [Element(None)]

    def peek(self) -> str | Part | None:
        while self._part < len(self._parts):
            part = self._parts[self._part]
            if part.tokens is not None:
                return part
            if self._at < part.end:
                return self._source[self._at]
            self._next_part()
        return None

    def _next_part(self) -> None:
        self._part += 1
        if self._part < len(self._parts):
            self._at = self._parts[self._part].start

    def take(self) -> str | Part | None:
        found = self.peek()
        if isinstance(found, str):
            self._at += 1
        elif found is not None:
            self._next_part()
        return found

    def is_next(self, text: str) -> bool:
        """Whether this text comes next, without code between."""
        if not isinstance(self.peek(), str):
            return False
        return self._source.startswith(text, self._at, self._parts[self._part].end)

    def take_while(self, stop: str) -> Text:
        """All text up to one of these letters or to code."""
        self.peek()
        start = self._at
        while isinstance(letter := self.peek(), str) and letter not in stop and self._at >= start:
            self._at += 1
            if self._at >= self._parts[self._part].end:
                break
        return Text(start, self._at)

    def skip_space(self) -> None:
        while isinstance(letter := self.peek(), str) and letter.isspace():
            self.take()

    def content(self) -> Element:
        while (letter := self.peek()) is not None:
            if isinstance(letter, Part):
                self.open[-1].children.append(letter)
                self.take()
            elif self.is_next("</"):
                self._close()
            elif letter == "<":
                self._tag()
            else:
                self.open[-1].children.append(self.take_while("<"))
        return self.open[0]

    def _close(self) -> None:
        while self.take() != ">":
            pass
        if len(self.open) > 1:
            self.open.pop().end = self._at

    def _tag(self) -> None:
        element = Element(None, start=self._at)
        self.take()
        if isinstance(component := self.peek(), Part):
            element.component = component
            self.take()
        else:
            text = self.take_while(" \n\t/>")
            element.name = self._source[text.start : text.end]
        self.open[-1].children.append(element)
        self.open.append(element)
        while True:
            self.skip_space()
            letter = self.peek()
            if letter is None or letter == ">":
                self.take()
                return
            if letter == "/":
                self.take()
                if self.peek() == ">":
                    self.take()
                    self.open.pop().end = self._at
                    return
            elif self.is_next("..."):
                for _ in range(4):
                    self.take()
            else:
                element.attributes.append(self._attribute())

    def _attribute(self) -> Attribute:
        text = self.take_while(" \n\t=/>")
        name = self._source[text.start : text.end]
        if self.peek() != "=":
            return Attribute(name, None)
        self.take()
        if isinstance(value := self.peek(), Part):
            self.take()
            return Attribute(name, value)
        if value in ('"', "'"):
            assert isinstance(value, str)
            self.take()
            held = self.take_while(value)
            while self.take() != value:
                pass
            return Attribute(name, held, quoted=True)
        return Attribute(name, self.take_while(" \n\t>"))


def tree(source: str, token: Token) -> Element:
    """The template's markup; the root is no element of its own."""
    return _Reader(source, token.parts).content()
