"""What is within a value: under a name, at a place, in each of a list. And the source of a function."""

import ast
import inspect
import textwrap
import typing
from collections.abc import Hashable
from functools import cache
from typing import Any, get_args, get_origin

from inbox.http.openapi.values import (
    ANYTHING,
    Bound,
    Either,
    Fields,
    Many,
    Real,
    Row,
    Typed,
    Value,
    either,
    unfolded,
    with_names,
)

LISTS = (list, tuple, set, frozenset, sorted)
_PLAIN = {len: int, sum: float, round: float, abs: float, int: int, float: float, str: str, bool: bool}


def attribute(value: Value, name: str) -> Value:
    """What is under a name of a value."""
    if isinstance(value, Real):
        found = getattr(value.thing, name, ANYTHING)
        if found is ANYTHING:
            return ANYTHING
        return Real(found)
    if isinstance(value, Fields) and name in ("items", "values", "get"):
        return Bound(name, value)
    if not isinstance(value, Typed):
        return ANYTHING
    kind = unfolded(value.type)
    origin = get_origin(kind) or kind
    if not isinstance(origin, type):
        return ANYTHING
    names = dict(zip(variables_of(origin), get_args(kind), strict=False))
    hints = hints_of(origin)
    if name in hints:
        return Typed(with_names(hints[name], names))
    names |= _names_of_bases(origin)
    there = inspect.getattr_static(origin, name, None)
    match there:
        case property(fget=getter) if getter is not None:
            return Typed(with_names(hints_of(getter).get("return", Any), names))
        case classmethod() | staticmethod():
            return Real(getattr(origin, name))
        case None:
            return ANYTHING
    return Bound(there if inspect.isfunction(there) else name, value, names)


def item_of(value: Value) -> Value:
    """What one of these is."""
    match value:
        case Many(item=item):
            return item
        case Row(items=items):
            return either(items)
        case Real(thing=list() | tuple() | set() | frozenset() as things):
            return either(Real(each) for each in things)
        case Typed(type=kind):
            kind = unfolded(kind)
            arguments = [each for each in get_args(kind) if each is not Ellipsis]
            if isinstance(get_origin(kind), type) and len(arguments) == 1:
                return Typed(arguments[0])
            if get_origin(kind) is tuple:
                return either(Typed(each) for each in arguments)
        case Either(options=options):
            return either(item_of(each) for each in options)
    return ANYTHING


def at_place(value: Value, place: int) -> Value:
    """What stands at a place of a tuple or list."""
    match value:
        case Row(items=items) if -len(items) <= place < len(items):
            return items[place]
        case Typed(type=kind):
            kind = unfolded(kind)
            if get_origin(kind) is tuple and Ellipsis not in get_args(kind) and place < len(get_args(kind)):
                return Typed(get_args(kind)[place])
            hints = (
                list(hints_of(kind).values()) if isinstance(kind, type) and issubclass(kind, tuple) else []
            )
            return Typed(hints[place]) if place < len(hints) else item_of(value)
        case Either(options=options):
            return either(at_place(each, place) for each in options)
    return item_of(value)


def set_at_birth(kind: Any, name: str) -> tuple[ast.expr | None, dict[str, Any]]:
    """The expression that `__init__` of a class puts under a name, and what its names stand for."""
    init: Any = getattr(kind, "__dict__", {}).get("__init__")
    node = source_of(init) if inspect.isfunction(init) else None
    for statement in ast.walk(node) if node else ():
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=there)], value=value):
                if there == name:
                    return value, init.__globals__
    return None, {}


def longer(there: Value, item: Value) -> Value:
    if there is ANYTHING or isinstance(there, Typed):
        return there
    return Many(either((item_of(there), item)))


def either_way(one: dict[str, Value], other: dict[str, Value]) -> dict[str, Value]:
    return {name: either(each[name] for each in (one, other) if name in each) for name in {**one, **other}}


def made(thing: Any, arguments: list[Value]) -> Value:
    """What a class, or a function that Python brings, gives for these arguments."""
    if isinstance(thing, Hashable) and thing in _PLAIN:
        return Typed(_PLAIN[thing])
    if isinstance(thing, Hashable) and thing in LISTS:
        return Many(item_of(arguments[0])) if arguments else Many(Either(()))
    if thing is dict and len(arguments) == 1:
        return arguments[0]
    is_ours = isinstance(thing, type) and thing.__module__.startswith(("inbox", "connectors"))
    return Typed(thing) if is_ours else ANYTHING


def of_builtin(called: Bound, arguments: list[Value]) -> Value:
    """What the methods of dicts and texts give."""
    kind = unfolded(called.of.type) if isinstance(called.of, Typed) else None
    within: Value = ANYTHING
    if get_origin(kind) is dict:
        within = Typed(get_args(kind)[1])
    elif isinstance(called.of, Fields):
        within = either([v for v, _ in called.of.of.values()] + ([called.of.more] if called.of.more else []))
    match called.function:
        case "items":
            return Many(Row((Typed(str), within)))
        case "values":
            return Many(within)
        case "get":
            return either((within, arguments[1] if len(arguments) > 1 else Real(None)))
        case "isoformat" | "strip" | "lower" | "upper" | "hex" | "decode" | "strftime" | "total_seconds":
            return Typed(float if called.function == "total_seconds" else str)
    return ANYTHING


@cache
def source_of(function: Any) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    found = tree.body[0]
    return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None


@cache
def hints_of(thing: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(thing, include_extras=True)
    except (NameError, TypeError, AttributeError):
        return {}


def variables_of(kind: Any) -> tuple[Any, ...]:
    """The variables of a generic type."""
    found = getattr(kind, "__parameters__", ())
    return found if isinstance(found, tuple) else ()


def _names_of_bases(kind: type) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for base in (b for each in kind.__mro__ for b in getattr(each, "__orig_bases__", ())):
        origin = get_origin(base)
        found |= dict(zip(variables_of(origin), get_args(base), strict=False))
    return found
