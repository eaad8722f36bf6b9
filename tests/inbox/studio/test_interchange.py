"""Out and in again: nothing is lost, nothing is doubled, and nothing gets in that should not."""

import io
import json
import zipfile

import pytest

from inbox.actions.errors import Invalid
from inbox.studio import incoming, interchange
from inbox.studio.edits import planned
from inbox.studio.folder import Folder
from inbox.studio.project import Project, read
from tests.inbox.studio.samples import FILES, NLU


def project_of(folder: Folder) -> Project:
    return read(folder.files())


def test_a_zip_holds_the_very_bytes(folder: Folder) -> None:
    packed = interchange.zipped(folder.files())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {n: t.encode() for n, t in FILES.items()}
    assert interchange.unzipped(packed, folder) == []


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_went_out_comes_in_again_as_nothing_new(folder: Folder, kind: str) -> None:
    project = project_of(folder)
    if kind == "json":
        packed = json.dumps(interchange.as_json(project)).encode()
        assert incoming.from_json(packed, project) == []
        empty = incoming.from_json(packed, Project({}))
        assert {(o.kind, o.name) for o in empty} >= {("intent", "greet"), ("regex", "order_number")}
    else:
        packed = interchange.as_csv(project).encode()
        assert incoming.from_csv(packed, project) == []


def test_new_examples_are_added_with_their_marks(folder: Folder) -> None:
    lines = (
        'text,intent,entities\nhi Ann,greet,"[{""start"":3,""end"":6,""entity"":""name""}]"\nbye,goodbye,\n'
    )
    operations = incoming.from_csv(lines.encode(), project_of(folder))
    new = {r.name: (r.after or b"").decode() for r in planned(folder, operations)}
    assert "    - hi [Ann](name)\n" in new["nlu.yml"]
    assert "- intent: goodbye\n" in new["nlu.yml"]
    assert "  - goodbye\n" in new["domain/domain.yml"]
    assert [line for line in NLU.splitlines() if line not in new["nlu.yml"].splitlines()] == []


def test_a_formula_is_made_harmless_and_comes_back(folder: Folder) -> None:
    path = folder.root / "nlu.yml"
    path.write_text(NLU.replace("- good morning", "- =1+1"))
    project = project_of(folder)
    packed = interchange.as_csv(project)
    assert "\r\n'=1+1,greet" in packed
    assert incoming.from_csv(packed.encode(), project) == []


@pytest.mark.parametrize("word", ["'=1+1", "''-a", "@b", "+39 06", "'tis"])
def test_quotes_that_were_there_before_come_back_with_the_formula(folder: Folder, word: str) -> None:
    path = folder.root / "nlu.yml"
    path.write_text(NLU.replace("- good morning", f"- {word}").replace("intent: greet", "intent: =cmd|x"))
    packed = interchange.as_csv(project_of(folder))
    assert ",=cmd" not in packed
    assert not any(line.startswith(("=", "+", "-", "@", "'=")) for line in packed.splitlines())
    assert incoming.from_csv(packed.encode(), project_of(folder)) == []


def a_zip(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip", "no ZIP"),
        (a_zip(), "no YAML"),
        (a_zip(**{"../x.yml": b"a: 1"}), "named like|outside"),
        (a_zip(**{"/etc/x.yml": b"a: 1"}), "named like"),
        (a_zip(**{"x.yml": b"a: [1"}), "x.yml, line 1"),
        (a_zip(**{"x.yml": b" " * 30_000_000}), "too much"),
    ],
)
def test_a_zip_that_should_not_get_in_does_not(folder: Folder, content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        interchange.unzipped(content, folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"a,b\n1,2\n",
        b"text,intent\nhello,\n",
        b"text,intent,entities\nhi,greet,[{]\n",
        b'text,intent,entities\nhi,greet,"[{""start"":0,""end"":99,""entity"":""x""}]"\n',
        b'text,intent,entities\nhi,greet,"[{""start"":1e999,""end"":1,""entity"":""x""}]"\n',
        b"text,intent,entities\nhi,greet," + b"[" * 99_999,
        "text,intent\nhi,greet\n".encode("utf-16"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused(folder: Folder, content: bytes) -> None:
    with pytest.raises(Invalid):
        incoming.from_csv(content, project_of(folder))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"[" * 9999, a_zip(**{"x.yml": b"a: 1"})])
def test_json_that_cannot_be_read_is_refused(folder: Folder, content: bytes) -> None:
    with pytest.raises(Invalid, match="no NLU data"):
        incoming.from_json(content, project_of(folder))


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("common_examples", "1"),
        ("common_examples", '{"text": "hi", "intent": null}'),
        ("common_examples", '{"text": {"a": 1}, "intent": "greet"}'),
        ("common_examples", '{"text": "hi", "intent": "greet", "entities": {"start": 0}}'),
        ("common_examples", '{"text": "hi", "intent": "greet", "entities": [{"start": 1e999, "end": 2}]}'),
        ("regex_features", '{"name": "a", "pattern": ["b"]}'),
        ("lookup_tables", '{"name": "a", "elements": [null]}'),
        ("entity_synonyms", '{"value": "a", "synonyms": "letters"}'),
    ],
)
def test_an_entry_of_another_shape_is_told_by_its_number(folder: Folder, kind: str, entry: str) -> None:
    content = f'{{"rasa_nlu_data": {{"{kind}": [{entry}]}}}}'
    with pytest.raises(Invalid, match=f"Entry 1 of {kind}"):
        incoming.from_json(content.encode(), project_of(folder))


@pytest.mark.parametrize("word", ["a\\u0000b", "a\\u001b[31m", "a\\ud800"])
def test_control_characters_do_not_get_in(folder: Folder, word: str) -> None:
    content = f'{{"rasa_nlu_data": {{"common_examples": [{{"text": "{word}", "intent": "greet"}}]}}}}'
    with pytest.raises(Invalid, match="control character"):
        planned(folder, incoming.from_json(content.encode(), project_of(folder)))
