"""A project as the studio's pages are told it."""

from collections import Counter
from typing import Any

import msgspec

from inbox.studio.project import Example, Listed, Place, Project

Json = dict[str, Any]


def overview(project: Project) -> Json:
    """Everything but the examples themselves, of which there may be thousands."""
    return {
        "files": project.files,
        "shared": _plain(project.shared),
        "problems": [{**_place(p.place), "words": p.words} for p in project.problems],
        "intents": _intents(project),
        "entities": _entities(project),
        **{f"{k}s": _lists(project, k) for k in ("synonym", "lookup")},
        "regexes": _lists(project, "regex"),
        **{f"{kind}s": _named(project, kind) for kind in ("response", "slot", "form", "action")},
        "dialogues": [
            {"kind": d.kind, "name": d.name, "value": _plain(d.value), **_place(d.place)}
            for d in project.dialogues
        ],
    }


def examples(project: Project, kind: str, name: str | None, words: str, limit: int) -> list[Json]:
    """The examples of a list, or of all of a kind, that have these words in them."""
    wanted = words.casefold()
    return [
        example_json(listed, example)
        for listed in project.of(kind)
        if name is None or listed.name == name
        for example in listed.examples
        if wanted in example.text.casefold()
    ][:limit]


def example_json(listed: Listed, example: Example) -> Json:
    """An example with the name of its list."""
    return {
        "name": listed.name,
        "written": example.written,
        "text": example.text,
        "entities": _plain(example.entities),
        **_place(example.place),
    }


def _intents(project: Project) -> list[Json]:
    declared = {each.name: each for each in project.named("intent")}
    lists = {each["name"]: each for each in _lists(project, "intent")}
    used = _uses(project)
    names = [*declared, *(name for name in lists if name not in declared)]
    return [
        {
            "name": name,
            "count": lists.get(name, {}).get("count", 0),
            "is_declared": name.partition("/")[0] in declared,
            "used": used[name],
            "places": lists.get(name, {}).get("places", [])
            or ([_place(declared[name].place)] if name in declared else []),
        }
        for name in names
    ]


def _entities(project: Project) -> list[Json]:
    marked: Counter[str] = Counter()
    roles: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    for listed in project.of("intent"):
        for example in listed.examples:
            for entity in example.entities:
                marked[entity.entity] += 1
                if entity.role:
                    roles.setdefault(entity.entity, set()).add(entity.role)
                if entity.group:
                    groups.setdefault(entity.entity, set()).add(entity.group)
    declared = {each.name: each for each in project.named("entity")}
    found = []
    for name in [*declared, *(n for n in sorted(marked) if n not in declared)]:
        entry = declared.get(name)
        value = entry.value if entry and isinstance(entry.value, dict) else {}
        found.append(
            {
                "name": name,
                "count": marked[name],
                "is_declared": entry is not None,
                "roles": sorted({*map(str, value.get("roles") or ()), *roles.get(name, ())}),
                "groups": sorted({*map(str, value.get("groups") or ()), *groups.get(name, ())}),
                **(_place(entry.place) if entry else {}),
            }
        )
    return found


def _uses(project: Project) -> Counter[str]:
    used: Counter[str] = Counter()
    for dialogue in project.dialogues:
        used.update(set(_intents_in(dialogue.value.get("steps"))))
    return used


def _intents_in(steps: Any) -> list[str]:
    if isinstance(steps, list):
        return [name for step in steps for name in _intents_in(step)]
    if isinstance(steps, dict):
        own = [steps["intent"]] if isinstance(steps.get("intent"), str) else []
        return own + [name for value in steps.values() for name in _intents_in(value)]
    return []


def _lists(project: Project, kind: str) -> list[Json]:
    found: dict[str, Json] = {}
    for listed in project.of(kind):
        each = found.setdefault(listed.name, {"name": listed.name, "count": 0, "places": []})
        each["count"] += len(listed.examples)
        each["places"].append(_place(listed.place))
    return list(found.values())


def _named(project: Project, kind: str) -> list[Json]:
    return [{"name": n.name, "value": _plain(n.value), **_place(n.place)} for n in project.named(kind)]


def _place(place: Place) -> Json:
    return {"file": place.file, "line": place.line}


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value, str_keys=True)
