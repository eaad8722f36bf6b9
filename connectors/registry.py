"""The kinds of connectors there are: each folder of `connectors/` that has a `KIND`. No list names them."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType

import connectors
from connectors.contract import Kind
from connectors.errors import BadSettings


def kinds_below(package: ModuleType) -> dict[str, Kind]:
    """The `KIND` of each folder below a package, by its name, in the order of titles.

    A folder that cannot be imported raises what it raises; two kinds of one name raise `ValueError`.
    """
    kinds: dict[str, Kind] = {}
    for kind in sorted(_found(package), key=lambda each: each.title.casefold()):
        if kind.name in kinds:
            raise ValueError(f"Two connectors are called “{kind.name}”.")
        kinds[kind.name] = kind
    return kinds


def _found(package: ModuleType) -> Iterator[Kind]:
    for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if each.ispkg:
            folder = importlib.import_module(each.name)
            if (kind := getattr(folder, "KIND", None)) is not None:
                yield kind
            yield from _found(folder)


KINDS: dict[str, Kind] = kinds_below(connectors)

MEDIA = {name: kind.title.partition(" by ")[0] for name, kind in KINDS.items()}
"""What customers call the channels of each kind: “SMS”, whoever provides it."""


def kind_of(name: str) -> Kind:
    """The kind of that name. Raises `BadSettings` naming the kinds there are."""
    if name not in KINDS:
        raise BadSettings(f"There is no connector “{name}”. The kinds are: {', '.join(sorted(KINDS))}.")
    return KINDS[name]


def complete(kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """The settings with defaults filled in.

    Raises `BadSettings` for a name the kind does not know or a required one that is missing.
    """
    known = {setting.name: setting for setting in kind.settings}
    unknown = sorted(set(given) - set(known))
    missing = sorted(n for n, s in known.items() if s.default is None and not given.get(n))
    if unknown:
        raise BadSettings(f"{kind.name} has no setting “{unknown[0]}”. It has: {', '.join(known)}.")
    if missing:
        raise BadSettings(f"{kind.name} also needs: {', '.join(missing)}.")
    defaults = {n: s.default for n, s in known.items() if s.default is not None}
    return defaults | dict(given)
