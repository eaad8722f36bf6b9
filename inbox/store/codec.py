"""Between our frozen values and MongoDB's documents. A value's `id` is the document's `_id`."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

Document = dict[str, Any]
T = TypeVar("T", bound=msgspec.Struct)


def to_document(value: msgspec.Struct) -> Document:
    """The document of a value: enums as their values, tuples as arrays, times as dates."""
    document: Document = msgspec.to_builtins(value, builtin_types=(datetime, bytes))
    document["_id"] = document.pop("id")
    return document


def to_value(document: Document, kind: type[T]) -> T:
    """The value of a document. Fields unknown to this version are passed over."""
    document["id"] = document.pop("_id")
    return msgspec.convert(document, kind)


def difference(before: msgspec.Struct, after: msgspec.Struct) -> Document:
    """The update that turns the document of one value into that of another of its kind; fields are whole."""
    changed: Document = {}
    for name in after.__struct_fields__:
        value = getattr(after, name)
        if value is not (old := getattr(before, name)) and value != old:
            changed[name] = msgspec.to_builtins(value, builtin_types=(datetime, bytes))
    return {"$set": changed}
