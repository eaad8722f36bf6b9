"""The stand-ins there are: each class below `rehearsal/` that names its `kind`. No list names them."""

import importlib
import pkgutil
from collections.abc import Iterator

import rehearsal
from rehearsal.stand_in import StandIn


def stand_ins() -> tuple[type[StandIn], ...]:
    """Every stand-in, in the order of their kinds. Two of one kind raise `ValueError`."""
    for each in pkgutil.walk_packages(rehearsal.__path__, f"{rehearsal.__name__}."):
        importlib.import_module(each.name)
    found = sorted(_below(StandIn), key=lambda each: each.kind)
    kinds = [each.kind for each in found]
    if len(set(kinds)) < len(kinds):
        raise ValueError(f"Two stand-ins are of the same kind: {', '.join(kinds)}.")
    return tuple(found)


def _below(kind: type[StandIn]) -> Iterator[type[StandIn]]:
    for each in kind.__subclasses__():
        if "kind" in vars(each) and each.__module__.startswith(f"{rehearsal.__name__}."):
            yield each
        yield from _below(each)
