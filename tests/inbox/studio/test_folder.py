"""The folder of the training data: nothing outside it, nothing half written, nothing overwritten unseen."""

from pathlib import Path

import pytest

from inbox.actions.errors import Invalid, NotFound
from inbox.studio.edits import planned
from inbox.studio.folder import LARGEST, Changed, Folder, digest
from inbox.studio.shaping import PutDialogue


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder with two files, beside a secret."""
    (tmp_path / "secret.yml").write_text("token: 1")
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "domain.yml").write_bytes(b"intents: [greet]\r\n")
    (tmp_path / "data" / "nlu" / "small.yaml").write_text("nlu: []\n")
    (tmp_path / "data" / "notes.txt").write_text("not ours")
    return Folder(tmp_path / "data")


def test_yaml_files_are_found_below_it(folder: Folder) -> None:
    assert folder.names() == ["domain.yml", "nlu/small.yaml"]
    assert folder.read("domain.yml").content == b"intents: [greet]\r\n"


@pytest.mark.parametrize(
    "name",
    [
        "../secret.yml",
        "nlu/../../secret.yml",
        "/etc/passwd",
        "/etc/x.yml",
        "notes.txt",
        ".git/x.yml",
        "nlu//x.yml",
        "",
        "a\0.yml",
        "..\\secret.yml",
        "C:x.yml",
        "x" * 400 + ".yml",
    ],
)
def test_no_name_leads_outside(folder: Folder, name: str) -> None:
    with pytest.raises(Invalid):
        folder.read(name)
    with pytest.raises(Invalid):
        folder.write(name, b"x", based_on=None)


def test_no_link_leads_outside(folder: Folder) -> None:
    (folder.root / "link.yml").symlink_to(folder.root.parent / "secret.yml")
    (folder.root / "up").symlink_to(folder.root.parent)
    for name in ("link.yml", "up/secret.yml"):
        with pytest.raises(Invalid, match="outside"):
            folder.read(name)
    assert [file.name for file in folder.files()] == ["domain.yml", "nlu/small.yaml"]


def test_what_changed_meanwhile_is_not_overwritten(folder: Folder) -> None:
    seen = folder.read("domain.yml")
    (folder.root / "domain.yml").write_text("intents: [bye]")
    with pytest.raises(Changed):
        folder.write("domain.yml", b"mine", based_on=seen.hash)
    with pytest.raises(Changed):
        folder.write("domain.yml", b"mine", based_on=None)
    assert folder.read("domain.yml").content == b"intents: [bye]"
    (folder.root / "domain.yml").unlink()
    with pytest.raises(Changed, match="removed"):
        folder.write("domain.yml", b"mine", based_on=seen.hash)


def test_a_write_is_whole_and_keeps_the_mode(folder: Folder) -> None:
    (folder.root / "domain.yml").chmod(0o640)
    folder.write("domain.yml", b"new", based_on=folder.read("domain.yml").hash)
    assert folder.read("domain.yml").hash == digest(b"new")
    assert (folder.root / "domain.yml").stat().st_mode & 0o777 == 0o640
    folder.write("forms/return.yml", b"forms: {}", based_on=None)
    assert folder.names() == ["domain.yml", "forms/return.yml", "nlu/small.yaml"]
    assert not list(folder.root.rglob(".*"))


def test_what_is_too_large_is_told_and_nothing_is_added_to_it(folder: Folder) -> None:
    (folder.root / "rules.yml").write_bytes(b"#" * (LARGEST + 1))
    assert "rules.yml" not in {file.name for file in folder.files()}
    assert folder.left_out() == {"rules.yml": "rules.yml is larger than 2 MiB: too large for the studio."}
    new = {"rule": "new", "steps": [{"action": "utter_greet"}]}
    with pytest.raises(Invalid, match=r"rules\.yml cannot be read"):
        planned(folder, [PutDialogue("rule", "new", None, new, "rules.yml")])


def test_what_is_too_large_is_refused(folder: Folder) -> None:
    with pytest.raises(Invalid):
        folder.write("domain.yml", b"x" * (LARGEST + 1), based_on=folder.read("domain.yml").hash)
    (folder.root / "huge.yml").write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(Invalid, match="too large"):
        folder.read("huge.yml")
    with pytest.raises(NotFound):
        folder.read("nothing.yml")
