"""The studio's API, on a copy of the bot's own data."""

import io
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from inbox.model.people import Role
from inbox.settings import SOURCES
from inbox.studio.folder import File
from inbox.studio.project import read
from tests.inbox.studio.odder_shapes import ODDER
from tests.parley import Client, Parley, running_parley, settings_for


@pytest.fixture(scope="module")
async def taught(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley whose data may be changed."""
    home = tmp_path_factory.mktemp("taught")
    shutil.copytree(SOURCES / "nlu_data", home / "data")
    async with running_parley(settings_for(mongodb, home, nlu_data=home / "data"), bot=False) as parley:
        yield parley


@pytest.fixture(scope="module")
async def dora(taught: Parley) -> Client:
    """A designer."""
    return await taught.an_agent("Dora", Role.DESIGNER)


async def test_a_file_that_is_too_large_is_told_and_not_left_out_in_silence(
    taught: Parley, dora: Client
) -> None:
    file = Path(taught.settings.nlu_data) / "nlu" / "huge.yml"
    file.write_bytes(b"#" * (2 * 1024 * 1024 + 1))
    try:
        (problem,) = (await dora.get("/studio/data"))["problems"]
        assert (problem["file"], problem["line"]) == ("nlu/huge.yml", 1)
        assert "larger than 2 MiB" in problem["words"]
        status, refused = await dora.call("GET", "/studio/export?format=yaml")
        assert (status, refused["detail"]) == (422, problem["words"])
    finally:
        file.unlink()


async def test_a_designer_edits_sees_the_history_and_undoes(taught: Parley, dora: Client) -> None:
    before = await dora.get("/studio/data")
    assert before["problems"] == []
    file = Path(taught.settings.nlu_data) / "nlu" / "small_talk.yml"
    was = file.read_bytes()
    edit = await dora.post(
        "/studio/edits",
        {
            "operation": {"type": "add_examples", "kind": "intent", "name": "greet", "examples": ["ahoy"]},
            "based_on": before["files"],
        },
    )
    assert edit["merged"] is False
    found = await dora.get("/studio/examples?kind=intent&name=greet&q=ahoy")
    assert [e["written"] for e in found["items"]] == ["ahoy"]
    hit = (await dora.get("/studio/search?q=AHOY"))["items"]
    place = {"kind": "intent", "name": "greet", "text": "ahoy", "file": "nlu/small_talk.yml"}
    assert [{k: v for k, v in one.items() if k != "line"} for one in hit] == [place]
    used = await dora.get("/studio/uses?kind=intent&name=greet")
    assert {"rule"} <= {one["kind"] for one in used["items"]}
    assert (await dora.call("GET", "/studio/search?q=a"))[0] == 422
    assert (await dora.call("GET", "/studio/uses?kind=house&name=a"))[0] == 422
    history = await dora.get("/studio/edits")
    assert history["items"][0]["by"]["name"] == "Dora"
    assert [line for line in history["items"][0]["files"][0]["hunks"][0]["lines"] if line[0] in "+-"] == [
        "+      - ahoy\n"
    ]
    await dora.post(f"/studio/edits/{edit['id']}/undo")
    assert file.read_bytes() == was


async def test_a_conflict_shows_both_versions(taught: Parley, dora: Client) -> None:
    operation = {
        "type": "put",
        "kind": "response",
        "name": "utter_goodbye",
        "old": [{"text": "what I saw"}],
        "new": [{"text": "mine"}],
    }
    status, problem = await dora.call("POST", "/studio/edits", {"operation": operation})
    assert status == 409
    assert problem["code"] == "edit_conflict"
    assert problem["theirs"][0]["text"]
    assert problem["mine"] == [{"text": "mine"}]


async def test_bad_operations_get_a_clear_error(dora: Client) -> None:
    for operation in (
        {"type": "nothing"},
        {"type": "rename", "kind": "intent"},
        {"type": "add_examples", "kind": "intent", "name": "x", "examples": ["y"], "file": "../../x.yml"},
    ):
        status, problem = await dora.call("POST", "/studio/edits", {"operation": operation})
        assert status == 422, problem
        assert problem["detail"]


async def test_an_edit_of_an_odd_file_and_its_undoing_leave_it_to_the_byte(
    taught: Parley, dora: Client
) -> None:
    for name, text in ODDER.items():
        file = Path(taught.settings.nlu_data) / "odd" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())
        try:
            for operation in _edits_of(name, text):
                status, edit = await dora.call("POST", "/studio/edits", {"operation": operation})
                assert status == 201, (operation, edit)
                assert file.read_bytes() != text.encode()
                assert [each["name"] for each in edit["files"]] == [f"odd/{name}"] or name == "empty.yml"
                await dora.post(f"/studio/edits/{edit['id']}/undo")
                assert file.read_bytes() == text.encode(), operation
        finally:
            file.unlink()


def _edits_of(name: str, text: str) -> list[dict[str, Any]]:
    """Something to do to every list, slot and dialogue of a file."""
    project, file = read([File(f"odd/{name}", text.encode())]), f"odd/{name}"
    found: list[dict[str, Any]] = []
    for each in project.lists:
        one = {"kind": each.kind, "name": each.name}
        found.append({"type": "add_examples", **one, "examples": ["odd: # new"], "file": file})
        for example in each.examples[:1]:
            found.append({"type": "change_example", **one, "old": example.written, "new": "odd [new](x)"})
            found.append({"type": "delete_examples", **one, "examples": [example.written]})
    for slot in project.named("slot"):
        one = {"type": "put", "kind": "slot", "name": slot.name, "old": slot.value}
        if "<<" not in slot.value and slot.name != "odd_s":
            found.append({**one, "new": {**slot.value, "influence_conversation": True}})
            found.append({**one, "new": None})
    for told in project.dialogues:
        one = {"type": "put_dialogue", "kind": told.kind, "name": told.name, "old": told.value}
        longer = [*told.value["steps"], {"action": "utter_b"}]
        found.append({**one, "new": {**told.value, "story": told.name, "steps": longer}})
        found.append({**one, "new": None})
    return found


async def test_a_file_that_is_too_large_to_import_is_told_in_words(parley: Parley) -> None:
    designer = await parley.an_agent("Ira Importer", Role.DESIGNER)
    body = b"text,intent\n" + b"hello there,greet\n" * (300_000)
    url = f"{parley.url}/api/v1/studio/import?format=csv"
    async with parley.http.post(
        url, data=io.BytesIO(body), headers={**designer.cookie, **designer.csrf}
    ) as answered:
        problem = await answered.json()
    assert (answered.status, problem["code"]) == (413, "too_large")
    assert problem["detail"] == "This has more than 4 MB, which is the most that is taken at once."
