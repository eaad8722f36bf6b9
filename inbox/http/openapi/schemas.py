"""Values and types as JSON Schema, each thing with a name described once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from inbox.http.openapi.values import Either, Fields, Many, Real, Reply, Row, Typed, Value, unfolded

Schema = dict[str, Any]

_REF = "#/components/schemas/{name}"


class Schemas:
    """The named schemas of a document."""

    def __init__(self, values: Iterable[Value]) -> None:
        """`values` are all that will be asked for: names are given with all of them in sight."""
        types: dict[Any, None] = {}
        for value in values:
            types |= dict.fromkeys(_types_in(value))
        self._types = [kind for kind in types if _is_describable(kind)]
        found, named = msgspec.json.schema_components(self._types, ref_template=_REF)
        self._of_type: list[Schema] = [_without_rows(each) for each in found]
        self.named = {name: _without_rows(each) for name, each in named.items()}

    def of(self, value: Value) -> Schema:
        """The schema of a value."""
        match value:
            case Typed(type=kind):
                return self.of_type(kind)
            case Fields(name=str(name)):
                return self._named_once(name, value)
            case Fields():
                return self._object(value)
            case Many(item=item):
                return {"type": "array", "items": self.of(item)}
            case Row(items=items):
                return {"type": "array", "items": self.of(Either(items)) if items else {}}
            case Either(options=options):
                return _any_of([self.of(each) for each in options])
            case Real(thing=thing):
                return _of_constant(thing)
        return {}

    def of_type(self, kind: Any) -> Schema:
        """The schema of a type."""
        kind = unfolded(kind)
        if kind is datetime:
            return {"type": "string", "format": "date-time"}
        for place, known in enumerate(self._types):
            if known == kind:
                return self._of_type[place]
        return {}

    def _object(self, value: Fields) -> Schema:
        schema: Schema = {"type": "object"}
        if value.of:
            schema["properties"] = {name: self.of(each) for name, (each, _) in value.of.items()}
        needed = [name for name, (_, always) in value.of.items() if always]
        if needed:
            schema["required"] = needed
        if value.more is not None and not value.of:
            schema["additionalProperties"] = self.of(value.more)
        return schema

    def _named_once(self, name: str, value: Fields) -> Schema:
        schema = self._object(value)
        for each in (name, f"{name}Answer"):
            if self.named.setdefault(each, schema) == schema:
                return {"$ref": _REF.format(name=each)}
        return schema


def _without_rows(schema: Any) -> Any:
    """The schema with its tuples as lists of as many: tools that make programs know those better."""
    match schema:
        case {"prefixItems": rows, **rest}:
            return {**rest, "items": _any_of([_without_rows(each) for each in rows])}
        case dict():
            return {name: _without_rows(each) for name, each in schema.items()}
        case list():
            return [_without_rows(each) for each in schema]
    return schema


def _types_in(value: Value) -> list[Any]:
    match value:
        case Typed(type=kind):
            return [unfolded(kind)]
        case Fields(of=of, more=more):
            inner = [each for each, _ in of.values()] + ([more] if more is not None else [])
        case Many(item=item):
            inner = [item]
        case Row(items=items) | Either(options=items):
            inner = list(items)
        case Reply(body=body) if body is not None:
            inner = [body]
        case _:
            inner = []
    return [kind for each in inner for kind in _types_in(each)]


def _is_describable(kind: Any) -> bool:
    try:
        msgspec.json.schema(kind)
    except TypeError:
        return False
    return True


def _any_of(schemas: list[Schema]) -> Schema:
    found: list[Schema] = []
    for schema in schemas:
        if not schema:
            return {}
        for each in schema["anyOf"] if list(schema) == ["anyOf"] else [schema]:
            if each not in found:
                found.append(each)
    if not found:
        return {}
    return found[0] if len(found) == 1 else {"anyOf": found}


def _of_constant(thing: Any) -> Schema:
    match thing:
        case None:
            return {"type": "null"}
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case datetime():
            return {"type": "string", "format": "date-time"}
        case dict():
            return {"type": "object"}
        case list() | tuple() | set() | frozenset():
            return {"type": "array"}
    return {}
