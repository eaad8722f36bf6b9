"""A description of an API as a page shows it: what a schema allows in one line, with links."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from inbox.http.openapi.schemas import Schema

_DEEPEST = 3


class Word(NamedTuple):
    """A piece of a line; `link` is the schema that it names."""

    text: str
    link: str | None = None


class Line(NamedTuple):
    """A key of an object, or a parameter."""

    name: str
    kind: list[Word]
    is_needed: bool
    words: str


class Prose:
    """The description, as templates ask for it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.info = document["info"]
        self.server = document["servers"][0]["url"]
        self.schemas: dict[str, Schema] = document["components"]["schemas"]
        self._responses = document["components"]["responses"]
        self._paths = document["paths"]
        self.tags: list[str] = [tag["name"] for tag in document["tags"]]

    def of_tag(self, tag: str) -> Iterator[dict[str, Any]]:
        """The operations of one part of the API, each with its method and path."""
        for path, methods in self._paths.items():
            for method, operation in methods.items():
                if tag in operation["tags"]:
                    yield {**operation, "method": method.upper(), "path": path}

    def parameters(self, operation: dict[str, Any]) -> list[Line]:
        """What is asked in the query and the headers."""
        given = [each for each in operation["parameters"] if each["in"] != "path"]
        return [_parameter(each) for each in given]

    def body(self, operation: dict[str, Any]) -> list[Line]:
        """The keys of its body."""
        content = operation.get("requestBody", {}).get("content", {})
        return self.lines(content.get("application/json", {}).get("schema", {}))

    def takes_file(self, operation: dict[str, Any]) -> bool:
        """Whether its body is a file."""
        return "application/octet-stream" in operation.get("requestBody", {}).get("content", {})

    def answers(self, operation: dict[str, Any]) -> Iterator[tuple[str, list[Word]]]:
        """What it answers when it goes well: the status, and what."""
        for status, response in operation["responses"].items():
            if "$ref" not in response:
                yield from ((status, words) for words in _contents(response.get("content", {})))

    def errors(self, operation: dict[str, Any]) -> list[str]:
        """The statuses of its errors."""
        return [status for status, response in operation["responses"].items() if "$ref" in response]

    def meaning(self, status: str) -> str:
        """What an error's status means."""
        return str(self._responses[f"Problem{status}"]["description"])

    def statuses(self) -> list[str]:
        """All statuses of errors."""
        return [name.removeprefix("Problem") for name in self._responses]

    def whole(self, schema: Schema) -> list[Word]:
        """A schema in one line."""
        return list(told(schema))

    def lines(self, schema: Schema) -> list[Line]:
        """The keys of an object; none if it is no plain one."""
        if "$ref" in schema:
            schema = self.schemas[_name(schema)]
        needed = schema.get("required", [])
        return [
            Line(name, list(told(each)), name in needed, each.get("description", ""))
            for name, each in schema.get("properties", {}).items()
        ]


def _contents(content: dict[str, Any]) -> Iterator[list[Word]]:
    if not content:
        yield [Word("nothing")]
    for kind, given in content.items():
        yield list(told(given["schema"])) if kind == "application/json" else [Word(kind)]


def told(schema: Schema, depth: int = 0) -> Iterator[Word]:
    """What a schema allows, in the manner of TypeScript."""
    match schema:
        case {"$ref": _}:
            yield Word(_name(schema), _name(schema))
        case {"anyOf": options} | {"oneOf": options}:
            for place, option in enumerate(options):
                if place:
                    yield Word(" | ")
                yield from told(option, depth + 1)
        case {"enum": values}:
            yield Word(" | ".join(json.dumps(each) for each in values))
        case {"const": value}:
            yield Word(json.dumps(value))
        case {"type": "array"}:
            yield Word("[")
            yield from told(schema.get("items") or {}, depth + 1)
            yield Word("]")
        case {"type": "object", "properties": properties} if depth < _DEEPEST:
            yield Word("{")
            for place, (name, each) in enumerate(properties.items()):
                mark = "" if name in schema.get("required", []) else "?"
                yield Word(f"{', ' if place else ''}{name}{mark}: ")
                yield from told(each, depth + 1)
            yield Word("}")
        case {"type": "object", "additionalProperties": dict() as more}:
            yield Word("{…: ")
            yield from told(more, depth + 1)
            yield Word("}")
        case {"type": kind}:
            yield Word(_plain(kind, schema))
        case _:
            yield Word("any")


def _plain(kind: Any, schema: Schema) -> str:
    if kind == "object":
        return "{…}"
    if schema.get("format") == "date-time":
        return "time"
    if "minimum" in schema and "maximum" in schema:
        return f"{kind}, {schema['minimum']} to {schema['maximum']}"
    return str(kind)


def _parameter(given: dict[str, Any]) -> Line:
    schema = given["schema"]
    words = f"{schema['default']} by default" if "default" in schema else ""
    return Line(
        given["name"], list(told(schema)), given.get("required", False), given.get("description", words)
    )


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
