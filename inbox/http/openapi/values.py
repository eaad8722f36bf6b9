"""What an expression of our code may be worth, as far as a description of the API needs to know it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin


class Value:
    """Anything at all: what is not known."""


ANYTHING = Value()


@dataclass(frozen=True)
class Typed(Value):
    """A value of this type."""

    type: Any


@dataclass(frozen=True)
class Real(Value):
    """This very thing: a module, a function, a class, a constant."""

    thing: Any


@dataclass(frozen=True)
class Bound(Value):
    """A method of a type, with what the type's variables stand for."""

    function: Any
    of: Value
    names: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fields(Value):
    """A dict with these keys; of each whether it is always there."""

    of: dict[str, tuple[Value, bool]]
    name: str | None = None
    """What it is called in the description, where it is a thing of its own."""
    more: Value | None = None
    """What is under keys that are not known."""


@dataclass(frozen=True)
class Many(Value):
    """A list of these."""

    item: Value


@dataclass(frozen=True)
class Row(Value):
    """A tuple of just these."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class Either(Value):
    """One of these."""

    options: tuple[Value, ...]


@dataclass(frozen=True)
class Reply(Value):
    """An HTTP answer. `body` is None where it has none."""

    status: int
    kind: str = "application/json"
    body: Value | None = None


def either(options: Iterable[Value]) -> Value:
    """One of these; the one, if they are the same."""
    found: list[Value] = []
    for option in options:
        for each in option.options if isinstance(option, Either) else (option,):
            if each not in found:
                found.append(each)
    if not found:
        return ANYTHING
    return found[0] if len(found) == 1 else Either(tuple(found))


def options_of(value: Value) -> tuple[Value, ...]:
    """What it may be, one by one; of a union of types each type."""
    if isinstance(value, Either):
        return value.options
    if isinstance(value, Typed):
        plain = unfolded(value.type)
        if get_origin(plain) in (Union, UnionType):
            return tuple(Typed(each) for each in get_args(plain))
    return (value,)


def unfolded(kind: Any) -> Any:
    """A type without what is noted beside it."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind


def without_none(value: Value) -> Value:
    """What it is where it is not None."""
    return either(each for each in options_of(value) if each not in (Typed(NoneType), Real(None)))


def is_precise(kind: Any) -> bool:
    """Whether a type says more than that there are keys or a value."""
    kind = unfolded(kind)
    if kind is Any or kind is object or isinstance(kind, TypeVar) or kind in (dict, list, tuple):
        return False
    if get_origin(kind) is Literal:
        return True
    if getattr(kind, "__module__", "").startswith("aiohttp"):
        return False
    return all(is_precise(each) for each in get_args(kind) if each is not Ellipsis)


def with_names(kind: Any, names: dict[Any, Any]) -> Any:
    """A type with what its variables stand for."""
    if not names:
        return kind
    if isinstance(kind, TypeVar):
        return names.get(kind, kind)
    wanted = getattr(kind, "__parameters__", ())
    if not isinstance(wanted, tuple) or not wanted or not hasattr(kind, "__getitem__"):
        return kind
    return kind[tuple(names.get(each, Any) for each in wanted)]


def merged(left: Value, right: Value) -> Value:
    """The dict with the keys of both, the right one's where both have one."""
    pairs = [(a, b) for a in options_of(left) for b in options_of(right)]
    found = [_both(a, b) for a, b in pairs if a not in (Real(None),) and b not in (Real(None),)]
    known = [each for each in found if isinstance(each, Fields)]
    if len(known) != len(found) or not known:
        return ANYTHING
    return _joined(known)


def _both(left: Value, right: Value) -> Value:
    if not isinstance(left, Fields):
        left = Fields({}, more=_under(left))
    if not isinstance(right, Fields):
        right = Fields({}, more=_under(right))
    more = either(each for each in (left.more, right.more) if each is not None)
    of = dict(left.of)
    if right.more is not None:  # anything may have been put in its place
        of = {name: (either((value, right.more)), always) for name, (value, always) in of.items()}
    for name, (value, always) in right.of.items():
        if not always and name in of:
            of[name] = (either((of[name][0], value)), of[name][1])
        else:
            of[name] = (value, always)
    return Fields(of, more=more if left.more is not None or right.more is not None else None)


def _under(value: Value) -> Value:
    if isinstance(value, Typed) and get_origin(unfolded(value.type)) is dict:
        return Typed(get_args(unfolded(value.type))[1])
    return ANYTHING


def _joined(of: list[Fields]) -> Fields:
    """One dict that any of these is."""
    if len(of) == 1:
        return of[0]
    names = {name: None for each in of for name in each.of}
    found = {
        name: (
            either(each.of[name][0] for each in of if name in each.of),
            all(name in each.of and each.of[name][1] for each in of),
        )
        for name in names
    }
    more = [each.more for each in of if each.more is not None]
    return Fields(found, more=either(more) if more else None)


def title(name: str) -> str:
    """A function's name as that of a thing: `contact_row` is `ContactRow`."""
    return "".join(word[:1].upper() + word[1:] for word in name.strip("_").split("_"))
