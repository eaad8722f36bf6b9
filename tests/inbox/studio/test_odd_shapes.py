"""Files as real projects have them, edited in every place: only the lines that were meant are others."""

import copy
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from inbox.actions.errors import Invalid
from inbox.studio import operations as op
from inbox.studio.edits import planned
from inbox.studio.folder import Folder
from inbox.studio.nodes import Unreadable, parsed
from inbox.studio.project import Project, read
from inbox.studio.writing import CannotChange
from tests.inbox.studio.odd_shapes import ODD, STORIES
from tests.inbox.studio.odder_shapes import MACINTOSH, ODDER


@pytest.fixture
def odd(tmp_path: Path) -> Folder:
    for name, text in ODD.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return Folder(tmp_path)


def project_of(folder: Folder) -> Project:
    return read(folder.files())


def done(folder: Folder, operation: Any) -> list[str]:
    """The lines that go (-) and come (+), with their line breaks, in all files."""
    found = []
    for each in planned(folder, [operation]):
        old, new = ((c or b"").decode().split("\n") for c in (each.before, each.after))
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                found += [f"-{line}" for line in old[i1:i2]] + [f"+{line}" for line in new[j1:j2]]
    return found


def counts(lines: list[str]) -> tuple[int, int]:
    return sum(line[0] == "-" for line in lines), sum(line[0] == "+" for line in lines)


def test_all_of_it_is_understood(odd: Folder) -> None:
    project = project_of(odd)
    assert [problem.words for problem in project.problems] == ["An example begins with a dash."]
    said = {each.name: [e.written for e in each.examples] for each in project.lists}
    assert said["bye"] == ["good bye", "see you", "quoted: yes", "plain"]
    assert said["faq/hours"] == ["when", "what time"]
    (greet,) = (each for each in project.named("response") if each.name == "utter_greet")
    assert greet.value[0]["text"] == "Hello {name}, how are you?"
    assert "\\u0007" not in repr(project) and "\\x07" not in repr(project)


def test_every_example_is_changed_and_deleted_alone(odd: Folder) -> None:
    for listed in project_of(odd).lists:
        for example in listed.examples:
            is_folded = listed.name == "faq/hours" or example.written == "good bye"
            change = op.ChangeExample(listed.kind, listed.name, example.written, example.written + " #1")  # type: ignore[arg-type]
            if not is_folded:
                assert counts(done(odd, change)) == (1, 1), example
            before, after = (_said(project) for project in (project_of(odd), _after(odd, change)))
            place = (listed.kind, listed.name, example.written)
            assert after == [
                (*place[:2], " ".join(f"{each[2]} #1".split())) if each == place else each for each in before
            ]


def _said(project: Project) -> list[tuple[str, str, str]]:
    return [(each.kind, each.name, e.written) for each in project.lists for e in each.examples]


def _after(folder: Folder, operation: Any) -> Project:
    new = {each.name: each.after for each in planned(folder, [operation])}
    files = [file._replace(content=new.get(file.name) or file.content) for file in folder.files()]
    return read(files)


def test_every_dialogue_gets_a_step_and_loses_it(odd: Folder) -> None:
    for each in project_of(odd).dialogues:
        longer = copy.deepcopy(each.value)
        longer["steps"].append({"action": "utter_bye"})
        lines = done(odd, op.PutDialogue(each.kind, each.name, each.value, longer))  # type: ignore[arg-type]
        if each.name == "b":
            assert lines[1] == "+  steps: [{intent: greet}, {action: utter_greet}, {action: utter_bye}]"
        else:
            assert lines[-1] == "+  - action: utter_bye"
            assert counts(lines)[0] == 0


@pytest.mark.parametrize(
    ("name", "path", "value", "lines"),
    [
        ("a", (0, "slots", 0), {"vip": False}, ["-    - vip: true", "+    - vip: false"]),
        (
            "a",
            (1, "or", 1, "intent"),
            "hi",
            ["-    - intent: bye   # or bye", "+    - intent: hi   # or bye"],
        ),
        ("a", (2, "entities", 0, "role"), "to", ["-      role: from", "+      role: to"]),
        ("a", (3, "slot_was_set", 1), "city", ["-    - name", "+    - city"]),
        ("a", (5, "active_loop"), "x", ["-  - active_loop: null", "+  - active_loop: x"]),
        ("a", (7, "checkpoint"), "far", ["-  - checkpoint: end", "+  - checkpoint: far"]),
        ("e2e", (0, "user"), "bye\n", ["-      hello [Bob](name)", "+      bye"]),
        ("e2e", (1, "bot"), "Hi: all", ['-  - bot: "Hello!"', '+  - bot: "Hi: all"']),
    ],
)
def test_a_step_is_changed_alone(odd: Folder, name: str, path: Any, value: Any, lines: list[str]) -> None:
    (story,) = (each for each in project_of(odd).dialogues if each.name == name)
    new = copy.deepcopy(story.value)
    at: Any = new["steps"]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert done(odd, op.PutDialogue("story", name, story.value, new)) == lines


def test_the_last_example_of_a_block_without_a_last_line_break_goes_alone(odd: Folder) -> None:
    assert done(odd, op.ChangeExample("regex", "zip", r"\d{5}", r"\d{6}")) == [
        r"-    - \d{5}",
        r"+    - \d{6}",
    ]
    assert done(odd, op.AddExamples("regex", "zip", [r"\d{3}"])) == [r"+    - \d{3}"]
    assert done(odd, op.DeleteExamples("regex", "zip", [r"\d{4}"])) == [r"-    - \d{4}"]


def test_the_only_one_goes_and_the_comment_above_it_stays(odd: Folder) -> None:
    (vip,) = project_of(odd).named("slot")
    assert done(odd, op.PutNamed("slot", "vip", vip.value, None)) == [
        "-slots:",
        "+slots: {}",
        "-  vip: {type: bool, influence_conversation: true, mappings: [{type: custom}]}",
    ]
    (rule,) = (each for each in project_of(odd).dialogues if each.kind == "rule")
    lines = done(odd, op.PutDialogue("rule", "only", rule.value, None))
    assert lines[:3] == ["-rules:", "+rules: []", "-- rule: only   # one"]
    assert "-# alone" not in lines


def test_a_form_that_says_nothing_is_given_something(odd: Folder) -> None:
    new = {"required_slots": ["name"]}
    assert done(odd, op.PutNamed("form", "nothing_form", None, new)) == [
        "+      required_slots:",
        "+          - name",
    ]


def test_what_others_refer_to_does_not_go(odd: Folder) -> None:
    with pytest.raises(CannotChange):
        planned(odd, [op.PutNamed("response", "utter_ref", [{"text": "shared"}], None)])
    with pytest.raises(Unreadable, match=r"\*x stands here, and nothing before it is &x"):
        parsed("a: *x\nb: &x 1\n")


def test_windows_line_breaks_and_the_mark_at_the_beginning_stay(odd: Folder) -> None:
    assert "+  - wish\r" in done(odd, op.AddExamples("intent", "wish", ["a cup"]))
    (change,) = (r for r in planned(odd, [op.PutEntity("city", None)]) if r.name == "domain/intents.yml")
    assert change.after == (change.before or b"").replace(b"- city\r\n", b"")
    assert change.after.startswith(b"\xef\xbb\xbf# first\r\n")


def test_a_story_without_a_name_is_given_one(odd: Folder) -> None:
    path = odd.root / "data" / "stories.yml"
    path.write_text(STORIES.replace("- story: b\n", "- story:\n"))
    (story,) = (each for each in project_of(odd).dialogues if not each.name)
    assert story.value["story"] is None
    named = op.PutDialogue("story", "", story.value, {**story.value, "story": "b"})
    assert done(odd, named) == ["-- story:", "+- story: b"]


def test_a_block_that_keeps_its_blank_lines_is_changed_above_them(tmp_path: Path) -> None:
    (tmp_path / "trailing.yml").write_text(ODDER["trailing.yml"])
    folder = Folder(tmp_path)
    assert done(folder, op.AddExamples("intent", "odd_b", ["z"], "trailing.yml"))[:1] == ["+    - z"]
    assert done(folder, op.ChangeExample("intent", "odd_b", "x", "z")) == ["-    - x  ", "+    - z"]


def test_a_name_that_is_a_number_is_told_and_can_be_mended(tmp_path: Path) -> None:
    (tmp_path / "stories.yml").write_text(ODDER["stories.yml"])
    folder = Folder(tmp_path)
    project = project_of(folder)
    assert [(p.place.line, p.words) for p in project.problems] == [
        (17, "This name is no text for Rasa. Put it in quotes.")
    ]
    (story,) = (each for each in project.dialogues if each.name == "404")
    with pytest.raises(Invalid, match="The name 404 is no text for Rasa"):
        planned(
            folder, [op.PutDialogue("story", "404", story.value, {**story.value, "steps": [{"action": "a"}]})]
        )
    quoted = op.PutDialogue("story", "404", story.value, {**story.value, "story": "404"})
    assert done(folder, quoted) == ["-- story: 404", '+- story: "404"']
    assert len(done(folder, op.PutDialogue("story", "404", story.value, None))) == 4


def test_line_breaks_of_an_old_macintosh_are_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "mac.yml").write_bytes(MACINTOSH.encode())
    with pytest.raises(CannotChange, match="old Macintosh"):
        planned(Folder(tmp_path), [op.AddExamples("intent", "odd_a", ["z"])])
