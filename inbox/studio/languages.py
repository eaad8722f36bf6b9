"""An assistant's editions beside each other: what one has and another lacks."""

from collections.abc import Mapping
from typing import Any

from inbox.studio.project import Project


def beside(projects: Mapping[str, Project]) -> dict[str, Any]:
    """Intents with how many examples each edition has of them, and responses with their number of variants;
    None where an edition has none of that name. `projects` are by language.
    """
    examples = {tag: _examples(project) for tag, project in projects.items()}
    variants = {tag: _variants(project) for tag, project in projects.items()}
    return {"intents": _table(examples), "responses": _table(variants)}


def _table(counts: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    names = sorted({name for each in counts.values() for name in each})
    return [{"name": name, "counts": {tag: each.get(name) for tag, each in counts.items()}} for name in names]


def _examples(project: Project) -> dict[str, int]:
    found = {each.name: 0 for each in project.named("intent")}
    for listed in project.of("intent"):
        found[listed.name] = found.get(listed.name, 0) + len(listed.examples)
    return found


def _variants(project: Project) -> dict[str, int]:
    found = project.named("response")
    return {each.name: len(each.value) if isinstance(each.value, list) else 0 for each in found}
