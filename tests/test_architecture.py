"""Who may import whom: the rooms of the architecture, so that an import the wrong way fails."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from inbox.store.indexes import INDEXES
from inbox.store.persons import EXPORTED, IN_TEXTS, NOT_EXPORTED, OF_NOBODY, OF_PERSONS

ROOT = Path(__file__).resolve().parent.parent

OURS = ("connectors", "inbox", "rehearsal", "bot", "web", "nlu_data", "tests", "benchmarks")

ROOMS: dict[str, tuple[str, ...]] = {
    "connectors": ("connectors",),
    "rehearsal": ("rehearsal", "connectors"),
    "bot": (),
    "inbox.keyfiles": (),
    "inbox.settings": ("inbox.keyfiles",),
    "inbox.model": ("inbox.model", "connectors"),
    "inbox.store": ("inbox.store", "inbox.model", "inbox.settings", "connectors"),
    "inbox.actions": ("inbox.actions", "inbox.model", "inbox.store", "inbox.bus", "connectors"),
    "inbox.studio": (
        "inbox.studio",
        "inbox.model",
        "inbox.store",
        "inbox.actions.errors",
        "connectors.content",
        "connectors.contract",
    ),
    "inbox.machine": ("inbox.machine", "inbox.settings", "inbox.store.server"),
    "inbox.app": ("inbox", "connectors", "rehearsal"),
    "inbox.casting": ("inbox", "connectors", "rehearsal"),
    "inbox.cli": ("inbox", "connectors", "rehearsal"),
    "inbox": ("inbox", "connectors"),
    "tests.bot": (),
    "tests": ("tests", "inbox", "connectors", "rehearsal", "benchmarks"),
    "benchmarks": ("benchmarks", "tests", "inbox", "connectors", "rehearsal"),
    "scripts": ("inbox", "connectors", "rehearsal", "tests"),
}
"""What each room may import of ours. The longest name that fits a module is its room."""

KNOWN_ONLY_TO: dict[str, tuple[str, ...]] = {
    "inbox.app": ("inbox.cli", "inbox.app", "tests", "benchmarks", "scripts"),
    "inbox.cli": ("inbox.cli", "tests"),
    "inbox.machine": ("inbox.machine", "inbox.cli", "inbox.teaching", "tests", "benchmarks", "scripts"),
    "rehearsal": ("rehearsal", "inbox.casting", "inbox.cli", "tests", "benchmarks", "scripts"),
}
"""Rooms that only a few may enter, whatever else these may import."""

DRIVER = {"motor", "pymongo", "bson", "gridfs"}
MAY_USE_DRIVER = ("inbox.store", "bot", "tests", "benchmarks")

WITHOUT_IO = {"aiohttp", "socketio", "redis", "asyncio", "socket", "subprocess", "requests", "sqlite3"}
"""What a frozen value has no use for."""

EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
LONGEST_MODULE = 300

HIDDEN = {"node_modules", "__pycache__", "var", "dist"}


@cache
def modules() -> dict[str, Path]:
    """All modules of ours by dotted name."""
    found = {}
    for file in sorted(ROOT.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if not any(part.startswith(".") or part in HIDDEN for part in parts):
            found[".".join(part for part in parts if part != "__init__")] = file
    return found


@cache
def imports(module: str) -> tuple[str, ...]:
    """Dotted names of what the module imports, names in packages included."""
    file = modules()[module]
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            source = (above + (node.module or "")).rstrip(".")
            names += [f"{source}.{alias.name}" for alias in node.names]
    return tuple(names)


def is_in(name: str, rooms: tuple[str, ...] | list[str]) -> bool:
    return any(name == room or name.startswith(room + ".") for room in rooms)


def room_of(module: str) -> str | None:
    return max((room for room in ROOMS if is_in(module, (room,))), key=len, default=None)


def of_ours(module: str) -> list[str]:
    """What the module imports of ours. The bot's own modules are not packages: they go by short names."""
    return [name for name in imports(module) if name.split(".")[0] in OURS]


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_its_room_may(module: str) -> None:
    room = room_of(module)
    assert room, f"{module} is in no room of the architecture."
    wrong = [name for name in of_ours(module) if not is_in(name, ROOMS[room])]
    assert not wrong, (
        f"{module} imports {wrong}, but {room} may import only {ROOMS[room] or 'nothing of ours'}."
    )


@pytest.mark.parametrize("module", modules())
def test_a_room_with_a_closed_door_stays_closed(module: str) -> None:
    for room, visitors in KNOWN_ONLY_TO.items():
        entered = [name for name in of_ours(module) if is_in(name, (room,))]
        assert not entered or is_in(module, visitors), f"{module} imports {entered}: only {visitors} may."


@pytest.mark.parametrize("module", modules())
def test_only_the_store_knows_the_driver(module: str) -> None:
    used = {name.split(".")[0] for name in imports(module)} & DRIVER
    assert not used or is_in(module, MAY_USE_DRIVER), f"{module} imports {used}: that is inbox/store's work."


@pytest.mark.parametrize("module", [name for name in modules() if is_in(name, ("inbox.model",))])
def test_the_model_does_no_io(module: str) -> None:
    used = {name.split(".")[0] for name in imports(module)} & WITHOUT_IO
    assert not used, f"{module} imports {used}: the model is values."


@pytest.mark.parametrize("module", [name for name in modules() if is_in(name, ("inbox.studio",))])
def test_the_studio_knows_no_web(module: str) -> None:
    used = {name.split(".")[0] for name in imports(module)} & {"aiohttp", "socketio"}
    assert not used, f"{module} imports {used}: pages and routes are inbox/http's work."


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("connectors.")])
def test_a_connector_knows_no_other_connector(module: str) -> None:
    folders = {folder.name for folder in (ROOT / "connectors").iterdir() if folder.is_dir()}
    kinds = {f"connectors.{name}" for name in folders - {"fitting"}}  # which is for all of them
    others = [kind for kind in kinds if not is_in(module, (kind,))]
    wrong = [name for name in imports(module) if is_in(name, others)]
    assert not wrong or module == "connectors.registry", f"{module} imports {wrong}."


@pytest.mark.parametrize("module", modules())
def test_a_module_is_named_for_what_it_holds(module: str) -> None:
    assert not EMPTY_WORDS & set(module.split(".")), f"{module}: that name says nothing."


@pytest.mark.parametrize("module", [name for name in modules() if not is_in(name, ("tests",))])
def test_a_module_can_be_read_in_one_go(module: str) -> None:
    lines = len(modules()[module].read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{module} has {lines} lines: look for the second thing that hides in it."


def test_every_collection_says_whose_it_is() -> None:
    """A new collection that may hold something of a customer is erased with them: see the tables."""
    store = [name for name in modules() if is_in(name, ("inbox.store",))]
    source = "\n".join(modules()[name].read_text(encoding="utf-8") for name in store)
    used = {*re.findall(r"\bdatabase\.([a-z_]+)\b(?!\()", source), *INDEXES} - {"delegate", "name"}
    unknown = used - OF_PERSONS.keys() - OF_NOBODY.keys() - set(IN_TEXTS)
    assert not unknown, f"inbox/store/persons.py does not say whose {unknown} are."


def test_what_is_kept_of_a_person_is_shown_to_them_or_it_is_said_why_not() -> None:
    kept = {*OF_PERSONS, *IN_TEXTS}
    assert kept == {*EXPORTED, *NOT_EXPORTED}, (
        "Name it in EXPORTED or NOT_EXPORTED of inbox/store/persons.py."
    )
    assert not {*EXPORTED} & NOT_EXPORTED.keys()
