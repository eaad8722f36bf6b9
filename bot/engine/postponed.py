"""Modules that are imported when they are used, not when they are named.

Rasa names its training and its tests all over, and those import TensorFlow and matplotlib: seconds and
hundreds of megabytes for a bot whose pipeline needs neither.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_loading = threading.RLock()


class Postponed(ModuleType):
    """Stands for a module until somebody asks for one of its names."""

    def __init__(self, spec: ModuleSpec) -> None:
        """`spec` is the real module's."""
        super().__init__(spec.name)
        self.__spec__ = spec
        self.__loader__ = spec.loader
        self.__file__ = spec.origin
        self.__package__ = spec.parent
        code = spec.loader.get_code(spec.name)  # type: ignore[union-attr]
        self.__dict__["_own_names"] = frozenset(code.co_names)

    def __getattr__(self, name: str) -> object:
        # Pickling libraries ask every module for every name; that is no use of it.
        if name.startswith("__") or name not in self.__dict__["_own_names"]:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        with _loading:
            if type(self) is Postponed:
                self.__class__ = ModuleType
                self.__spec__.loader.exec_module(self)  # type: ignore[union-attr]
        return getattr(self, name)


class Named:
    """A class that one module took from another by name; the other is imported when it is called."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """An instance of the real class."""
        return getattr(importlib.import_module(self._module), self._name)(*arguments, **options)


class _Promise(ModuleType):
    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return Named(self.__name__, name)


def postpone(name: str) -> None:
    """Let `name` be imported at its first use. Does nothing if it is imported already."""
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(name)
    module = Postponed(spec)
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)


def import_without(name: str, *unneeded: str) -> None:
    """Import `name`, which takes classes from modules that it calls only in training.

    It alone gets promises in their place; whoever imports them later gets the real ones.
    """
    if name in sys.modules:
        return
    missing = [other for other in unneeded if other not in sys.modules]
    for other in missing:
        sys.modules[other] = _Promise(other)
    try:
        importlib.import_module(name)
    finally:
        for other in missing:
            del sys.modules[other]
            parent, _, last = other.rpartition(".")
            if isinstance(getattr(sys.modules.get(parent), last, None), _Promise):
                delattr(sys.modules[parent], last)
