"""JavaScript as a list of tokens: enough to tell words of ours from code, nested templates included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_WORD = re.compile(r"#?[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?)n?")
_STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"", re.DOTALL)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_PUNCTUATION = re.compile(
    r">>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--"
    r"|\+=|-=|\*=|/=|%=|&=|\|=|\^=|<<|>>|\*\*|."
)
_BEFORE_REGEX = {
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "throw",
    "new",
    "else",
    "await",
    "yield",
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}


@dataclass
class Part:
    """A stretch of a template literal: text, or the code of a `${…}` (without its braces)."""

    start: int
    end: int
    tokens: list["Token"] | None = None


@dataclass
class Token:
    """`kind` is word, number, string, template, regex or mark; `text` the source's own letters."""

    kind: str
    text: str
    start: int
    end: int
    parts: list[Part] = field(default_factory=list)

    @property
    def value(self) -> str:
        """What a string says, escapes undone."""
        return unescaped(self.text[1:-1])


def unescaped(text: str) -> str:
    """The letters that an escaped string stands for."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] == "u":
            return chr(int(code.strip("u{}"), 16))
        return chr(int(code[1:], 16)) if code[0] == "x" else _ESCAPES.get(code, code)

    return re.sub(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", one, text, flags=re.DOTALL)


def tokens_of(source: str) -> list[Token]:
    """The tokens of a module, comments left out. Raises `SyntaxError` for a template that does not end."""
    return _read(source, 0, len(source), until=None)[0]


def walk(tokens: list[Token]) -> Iterator[tuple[list[Token], int]]:
    """Each token of the module and of the code within its templates, as its list and its place there."""
    for at, token in enumerate(tokens):
        yield tokens, at
        for part in token.parts:
            if part.tokens is not None:
                yield from walk(part.tokens)


def _read(source: str, at: int, end: int, until: str | None) -> tuple[list[Token], int]:
    found: list[Token] = []
    depth = 0
    while at < end:
        if space := _SPACE.match(source, at):
            at = space.end()
            continue
        letter = source[at]
        if until and depth == 0 and letter == until:
            return found, at
        if letter == "`":
            token, at = _template(source, at)
        else:
            token = _plain(source, at, found[-1] if found else None)
            at = token.end
            depth += (token.text == "{") - (token.text == "}")
        found.append(token)
    if until:
        raise SyntaxError("a template does not end")
    return found, at


def _plain(source: str, at: int, before: Token | None) -> Token:
    letter = source[at]
    if letter in "'\"" and (match := _STRING.match(source, at)):
        return Token("string", match[0], at, match.end())
    if letter == "/" and _may_begin(before) and (match := _REGEX.match(source, at)):
        return Token("regex", match[0], at, match.end())
    for kind, pattern in (("word", _WORD), ("number", _NUMBER)):
        if match := pattern.match(source, at):
            return Token(kind, match[0], at, match.end())
    match = _PUNCTUATION.match(source, at)
    assert match
    return Token("mark", match[0], at, match.end())


def _may_begin(before: Token | None) -> bool:
    """Whether a slash after this token begins a regular expression."""
    if before is None or before.kind == "mark":
        return before is None or before.text not in (")", "]", "}")
    return before.kind == "word" and before.text in _BEFORE_REGEX


def _template(source: str, start: int) -> tuple[Token, int]:
    parts: list[Part] = []
    at = text_from = start + 1
    while at < len(source):
        if source[at] == "\\":
            at += 2
        elif source[at] == "`":
            parts.append(Part(text_from, at))
            return Token("template", source[start : at + 1], start, at + 1, parts), at + 1
        elif source.startswith("${", at):
            parts.append(Part(text_from, at))
            tokens, close = _read(source, at + 2, len(source), until="}")
            parts.append(Part(at + 2, close, tokens))
            at = text_from = close + 1
        else:
            at += 1
    raise SyntaxError("a template does not end")
