"""Every text of a page's module that a person may read: what is wrapped for translation, and what is not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.words.javascript import Part, Token, tokens_of, unescaped, walk
from tests.words.markup import Element, Text, elements, tree

WRAPPERS = {"t": 1, "n": 2, "p": 2, "mix": 1}
"""The functions of `language.js`, and how many of their arguments are texts."""

SHOWN = {
    "title",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "placeholder",
    "alt",
}
SHOWN |= {
    "label",
    "hint",
    "legend",
    "lead",
    "verb",
    "summary",
    "heading",
    "nothing",
    "about",
    "question",
    "newLabel",
}
"""Attributes and properties of components that people read."""

_LETTERS = re.compile(r"[A-Za-z]{2}")
_SENTENCE = re.compile(
    r"[“(]?[A-Z][a-z’]+(?![\w-]*[A-Z(.=/_])|A [a-z]|.*[A-Za-z’]{2} .*[A-Za-z]{2}|.*[a-z][.?!…]$", re.DOTALL
)
_AMONG_GAPS = re.compile(r"(?:.*\s)?[“(]?[A-Za-z’]{2,}[”).:,;?!…]*(?:\s.*)?", re.DOTALL)
_UNREAD = re.compile(r"[a-z]+(?:[A-Z]\w*|[-_:][\w-]+)+|[./#?&@\[].*|https?:.*|\w+/[\w.+*-]+")


@dataclass(frozen=True)
class Found:
    """A text at its place. `how` is the wrapper's name, or `bare` and what it is: text, attribute, string."""

    line: int
    start: int
    end: int
    how: str
    texts: tuple[str, ...]


class Module:
    """A page's module, read once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens_of(source)
        self._seen: set[int] = set()
        self._shown: set[int] = set()

    def found(self) -> list[Found]:
        """All its texts, in the order of their places."""
        return sorted((*self._wrapped(), *self._markup(), *self._strings()), key=lambda one: one.start)

    def _at(self, start: int, end: int, how: str, *texts: str) -> Found:
        return Found(self.source.count("\n", 0, start) + 1, start, end, how, texts)

    def _wrapped(self) -> Iterator[Found]:
        for tokens, at in walk(self.tokens):
            token = tokens[at]
            before = tokens[at - 1].text if at else ""
            if token.text not in WRAPPERS or before in (".", "function", "?.") or at + 1 >= len(tokens):
                continue
            if tokens[at + 1].text != "(":
                continue
            given = tokens[at + 2 : at + 2 + 2 * WRAPPERS[token.text] : 2]
            for one in given:
                self._seen.add(one.start)
            if all(one.kind == "string" for one in given):
                yield self._at(token.start, given[-1].end, token.text, *(one.value for one in given))
            elif not (token.text == "p" and given[-1].kind != "string"):
                yield self._at(token.start, token.end, f"odd {token.text}", given[0].text)

    def _markup(self) -> Iterator[Found]:
        for tokens, at in walk(self.tokens):
            token = tokens[at]
            if token.kind != "template" or not at or tokens[at - 1].text != "html":
                continue
            self._seen.add(token.start)
            for element in elements(tree(self.source, token)):
                yield from self._element(element)

    def _element(self, element: Element) -> Iterator[Found]:
        for child in element.children:
            if isinstance(child, Part):
                self._note_shown(child)
            elif isinstance(child, Text) and element.name not in ("kbd", "code") and self._says(child):
                yield self._at(child.start, child.end, "bare text", self.source[child.start : child.end])
        for attribute in element.attributes:
            value = attribute.value
            if isinstance(value, Text) and attribute.name in SHOWN and self._says(value):
                if (said := self.source[value.start : value.end]) not in NO_WORDS:
                    yield self._at(value.start, value.end, "bare attribute", said)
            elif isinstance(value, Part) and attribute.name in SHOWN:
                self._note_shown(value)
            elif isinstance(value, Part) and attribute.name in (
                "class",
                "className",
                "cls",
                "key",
                "id",
                "href",
            ):
                self._pass(value)

    def _note_shown(self, code: Part) -> None:
        """The strings that such code may come to are read, however short."""
        depth = 0
        for before, token in pairwise([Token("mark", "?", 0, 0), *(code.tokens or [])]):
            depth += (token.text in "([{") - (token.text in ")]}")
            if token.kind == "string" and depth == 0 and before.text in ("?", ":", "??", "||", "&&"):
                self._shown.add(token.start)

    def _pass(self, code: Part) -> None:
        """What stands in such code is no text."""
        for tokens, at in walk(code.tokens or []):
            self._seen.add(tokens[at].start)

    def _says(self, text: Text) -> bool:
        said = re.sub(r"&#?\w+;", "", self.source[text.start : text.end])
        return bool(_LETTERS.search(said))

    def _strings(self) -> Iterator[Found]:
        for tokens, at in walk(self.tokens):
            token = tokens[at]
            if token.start in self._seen or token.kind not in ("string", "template"):
                continue
            before = [one.text for one in tokens[max(0, at - 2) : at]] or [""]
            after = tokens[at + 1].text if at + 1 < len(tokens) else ""
            if before[-1] in ("import", "from", "===", "!==", "case", "in") or after in ("===", "!=="):
                continue
            if after == ":" and before[-1] in ("{", ","):
                continue
            if before[-1] == "(" and before[0] in UNSEEN:
                continue
            is_shown = token.start in self._shown or (before[-1] == ":" and before[0] in SHOWN)
            if self._is_read(token, is_shown):
                said = token.value if token.kind == "string" else self._spoken(token)
                if said in NO_WORDS or said.startswith("😀"):
                    continue
                yield self._at(token.start, token.end, f"bare {token.kind}", said)

    def _is_read(self, token: Token, is_shown: bool) -> bool:
        if token.kind == "template":
            said = self._spoken(token).replace("{}", " ")
            return bool(_AMONG_GAPS.fullmatch(said) and " " in said.strip("\n") and not _UNREAD.match(said))
        if is_shown:
            return bool(_LETTERS.search(token.value))
        return bool(_SENTENCE.match(token.value) and not _UNREAD.fullmatch(token.value))

    def _spoken(self, token: Token) -> str:
        """A template's text, its code left out."""
        return "{}".join(unescaped(self.source[p.start : p.end]) for p in token.parts if p.tokens is None)


NO_WORDS = {
    "Parley",
    "Ctrl",
    "Ctrl ↵",
    "Esc",
    "Notification",
    "{}px",
    "{}draft:",
    "button:{}",
    "noreferrer noopener",
    "wrong w{}",
    "{} SMS · {}/{}",
}
NO_WORDS |= {
    "Europe/Rome",
    "IT",
    "refund",
    "order_status",
    "it, en",
    "Mo-Fr 09:00-18:00; PH off",
    "erase for good",
}
"""What looks like words and is read by nobody, or is the same in every language."""

UNSEEN = {
    "querySelector",
    "querySelectorAll",
    "closest",
    "matches",
    "getElementById",
    "names",
    "Error",
    "addEventListener",
}
UNSEEN |= {
    "removeEventListener",
    "startsWith",
    "endsWith",
    "includes",
    "DateTimeFormat",
    "split",
    "join",
    "getAttribute",
    "setAttribute",
    "warn",
    "error",
}
"""Functions whose text nobody reads."""


def read(file: Path) -> list[Found]:
    """All texts of a module."""
    return Module(file.read_text()).found()
