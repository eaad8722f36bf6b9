"""A project is read with the place of everything, and what cannot be read spoils nothing else."""

from inbox.studio.folder import File, Folder
from inbox.studio.project import Place, read
from inbox.studio.views import examples, overview


def test_everything_has_its_place(folder: Folder) -> None:
    project = read(folder.files())
    assert project.problems == []
    greet = project.of("intent")[0]
    assert [(e.text, e.place.line) for e in greet.examples] == [
        ("hello   there", 8),
        ("hey Bob", 9),
        ("good morning", 11),
    ]
    assert greet.place == Place("nlu.yml", 6)
    assert project.of("intent")[2].examples[0].text == "who are you"
    assert [(n.name, n.place.line) for n in project.named("response")] == [
        ("utter_greet", 17),
        ("utter_title_order_status", 26),
    ]
    assert [(d.kind, d.name, d.place.line) for d in project.dialogues] == [
        ("rule", "Greet", 3),
        ("rule", "Order", 9),
        ("story", "one", 16),
    ]


def test_a_broken_file_is_told_and_the_rest_is_read(folder: Folder) -> None:
    broken = [
        File("a.yml", b"nlu:\n- intent: x\n  examples: [\n"),
        File("b.yml", b"\xff\xfe"),
        File("c.yml", b"nlu: 3\n"),
        File("d.yml", b"- x\n"),
        File("e.yml", b"nlu:\n- intent: y\n  examples: |\n    - fine\n    no dash\n"),
    ]
    project = read([*folder.files(), *broken])
    assert {p.place.file for p in project.problems} == {"a.yml", "b.yml", "c.yml", "d.yml", "e.yml"}
    assert next(p.place.line for p in project.problems if p.place.file == "e.yml") == 5
    assert len(project.of("intent")) == 4


def test_the_pages_are_told_counts_and_uses(folder: Folder) -> None:
    project = read(folder.files())
    told = overview(project)
    assert [(i["name"], i["count"], i["used"], i["is_declared"]) for i in told["intents"]] == [
        ("greet", 3, 2, True),
        ("order_status", 2, 2, True),
        ("chitchat", 0, 0, True),
        ("chitchat/ask_name", 1, 0, True),
    ]
    assert next(e for e in told["entities"] if e["name"] == "name")["roles"] == ["who"]
    assert [e["text"] for e in examples(project, "intent", None, "ORDER", 10)] == ["where is my order"]
