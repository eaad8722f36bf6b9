"""A connector is known by its folder alone."""

import importlib
from pathlib import Path

import pytest

from connectors.registry import KINDS, MEDIA, kinds_below

A_KIND = """
class Kind:
    name, title, settings = {name!r}, {title!r}, ()

KIND = Kind()
"""


def a_package(home: Path, name: str, **folders: str) -> Path:
    for folder, source in {"": "", **folders}.items():
        path = home / name / folder.replace("__", "/")
        path.mkdir(parents=True, exist_ok=True)
        (path / "__init__.py").write_text(source)
    return home / name


def test_every_folder_with_a_kind_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {
        "zebra": A_KIND.format(name="zebra", title="a zebra"),
        "shared": "",
        "shared__deep": A_KIND.format(name="deep", title="Deep"),
    }
    home = a_package(tmp_path, "some_connectors", **folders)
    (home / "contract.py").write_text("raise RuntimeError('a module that nobody asked for')")
    (home / "notes").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert list(kinds_below(importlib.import_module("some_connectors"))) == ["zebra", "deep"]


@pytest.mark.parametrize(
    ("source", "error"),
    [(A_KIND.format(name="one", title="Two"), ValueError), ("import nothing_of_that_name", ImportError)],
)
def test_a_folder_that_cannot_be_taken_is_not_passed_over(
    source: str, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"connectors_with_a_{error.__name__.lower()}"
    a_package(tmp_path, name, one=A_KIND.format(name="one", title="One"), two=source)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(error):
        kinds_below(importlib.import_module(name))


def test_ours_are_there() -> None:
    sms = {"infobip", "kaleyra", "sinch", "smpp", "twilio", "vonage"}
    assert sms | {"rcs", "webchat", "whatsapp"} <= set(KINDS)
    assert {MEDIA[name] for name in sms} == {"SMS"} and MEDIA["webchat"] == "Web chat"
