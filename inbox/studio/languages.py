"""An assistant's editions beside each other: what one has and another lacks."""

from collections.abc import Callable, Mapping
from typing import Any

from inbox.studio.project import Project


def beside(projects: Mapping[str, Project]) -> dict[str, Any]:
    """What each edition has, by name: of intents the number of examples, of responses that of variants, of
    slots that of ways to fill them, of forms that of slots they ask for, of rules and stories that of steps.
    None where an edition has none of that name. `projects` are by language.
    """
    return {
        "intents": _table(projects, _examples),
        "responses": _table(projects, lambda project: _lengths(project, "response")),
        "slots": _table(projects, lambda project: _lengths(project, "slot", "mappings")),
        "forms": _table(projects, lambda project: _lengths(project, "form", "required_slots")),
        "rules": _table(projects, lambda project: _steps(project, "rule")),
        "stories": _table(projects, lambda project: _steps(project, "story")),
    }


def _table(
    projects: Mapping[str, Project], count: Callable[[Project], Mapping[str, int]]
) -> list[dict[str, Any]]:
    counts = {tag: count(project) for tag, project in projects.items()}
    names = sorted({name for each in counts.values() for name in each})
    return [{"name": name, "counts": {tag: each.get(name) for tag, each in counts.items()}} for name in names]


def _examples(project: Project) -> dict[str, int]:
    found = {each.name: 0 for each in project.named("intent")}
    for listed in project.of("intent"):
        found[listed.name] = found.get(listed.name, 0) + len(listed.examples)
    return found


def _lengths(project: Project, kind: str, key: str | None = None) -> dict[str, int]:
    """Of each of a kind how many things it lists, or what is under its `key`."""
    values = {each.name: each.value for each in project.named(kind)}
    if key is not None:
        values = {n: value.get(key) if isinstance(value, dict) else None for n, value in values.items()}
    return {name: len(value) if isinstance(value, list | dict) else 0 for name, value in values.items()}


def _steps(project: Project, kind: str) -> dict[str, int]:
    told = [each for each in project.dialogues if each.kind == kind and each.name]
    return {each.name: len(each.value.get("steps") or ()) for each in told}
