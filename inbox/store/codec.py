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


def difference(before: Document, after: Document) -> Document:
    """The update that turns one document into the other; fields are compared whole."""
    return {"$set": {name: value for name, value in after.items() if before.get(name, ...) != value}}
