"""Saved replies: texts that agents use often, with places that are filled in from the conversation.

The places are Jinja2's: ``Hello {{ contact.first_name }}, order {{ slots.order_number | default("?") }} …``.
Whoever writes a reply is not trusted with the server: of Jinja2's language only values, filters of a short
list and `if` are let through, so that nothing can be called, looped over or reached that was not given.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from jinja2 import TemplateError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 4000
FILTERS = frozenset({"default", "d", "upper", "lower", "title", "capitalize", "trim", "first", "last"})
NAMES = {
    "contact": ("name", "first_name", "address"),
    "agent": ("name", "first_name"),
    "conversation": ("id", "channel"),
    "slots": (),
}
"""What can be filled in; of `slots`, whatever the bot knows."""

_MOST_SIGNS, _MOST_CONDITIONS = 40, 60
"""Words and signs in a place, and parts of conditions in a text. What stands in one another, Jinja2 reads and
Python compiles by recursion: a thousand brackets would take seconds, and fail."""

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Filter,
    nodes.Keyword,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)


class BadReply(ValueError):
    """The text cannot be a saved reply. What is wrong is said in words fit for a person."""


class SavedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A text that can be used by its shortcut."""

    id: str
    shortcut: str
    """What is typed after the slash: lower case letters, digits, hyphens and underscores."""
    title: str
    text: str
    folder: str = ""
    language: str | None = None
    team_ids: tuple[str, ...] = ()
    """Whose conversations it is offered in; empty: everybody's."""
    author_id: str
    updated_at: datetime


class _Empty(Undefined):
    """What is not known is left out."""

    def __str__(self) -> str:
        return ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


_sandbox = ImmutableSandboxedEnvironment(undefined=_Empty, autoescape=False, keep_trailing_newline=True)


def check(text: str) -> None:
    """Raise `BadReply` unless the text can be filled in safely."""
    if not text.strip():
        raise BadReply("The reply has no text.")
    if len(text) > LONGEST:
        raise BadReply(f"The reply has {len(text):,} characters; {LONGEST:,} are allowed.")
    try:
        _check_length(text)
        tree = _sandbox.parse(text)
    except (TemplateError, RecursionError) as error:
        raise BadReply(f"The places to fill in cannot be read: {error}") from error
    for node in tree.find_all(nodes.Node):
        _check_node(node)


def _check_length(text: str) -> None:
    """Raise `BadReply` for what would take long to read. The words and signs are told without recursion."""
    signs = conditions = 0
    for _, kind, _ in _sandbox.lex(text):
        if kind in ("variable_begin", "block_begin"):
            signs = 0
            conditions += kind == "block_begin"
        signs += kind != "whitespace"
        if signs > _MOST_SIGNS or conditions > _MOST_CONDITIONS:
            raise BadReply("What is to be filled in is too long. Make several replies of it.")


def _check_node(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        raise BadReply("Only values such as {{ contact.name }}, filters and if can be used.")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise BadReply(f"There is no filter {node.name}; there are {', '.join(sorted(FILTERS))}.")
    if isinstance(node, nodes.Name) and node.name not in NAMES:
        raise BadReply(f"There is no {node.name}; there are {', '.join(NAMES)}.")
    if isinstance(node, nodes.Getattr):
        fields = NAMES.get(node.node.name, ()) if isinstance(node.node, nodes.Name) else ()
        if node.attr.startswith("_") or (fields and node.attr not in fields):
            raise BadReply(f"There is no {node.attr} here; there are {', '.join(fields)}.")


def fill_in(text: str, values: Mapping[str, Any]) -> str:
    """The reply with its places filled in; what is not known is left out. Raises `BadReply`."""
    check(text)
    try:
        return _sandbox.from_string(text).render(values)
    except (TemplateError, TypeError, ValueError, ArithmeticError, SyntaxError, RecursionError) as error:
        raise BadReply(f"The places cannot be filled in: {error}") from error
