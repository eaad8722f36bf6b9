"""Between our frozen values and MongoDB's documents. A value's `id` is the document's `_id`."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec
from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64
from msgspec.structs import astuple

Document = dict[str, Any]
T = TypeVar("T", bound=msgspec.Struct)

_AS_IT_IS = (int, str, datetime, bool, float, type(None))
"""What MongoDB's driver takes as we have it. No enum is: their types are others."""


class _Numbers(TypeDecoder):
    """Large numbers as Python's own: nothing of ours can write the driver's, be it as JSON or a document."""

    bson_type = Int64

    def transform_bson(self, value: int) -> int:
        return int(value)


PLAINLY: Any = CodecOptions(tz_aware=True, type_registry=TypeRegistry([_Numbers()]))
"""How documents are read: times know their zone."""


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
    for name, old, value in zip(after.__struct_fields__, astuple(before), astuple(after), strict=True):
        if value is not old and value != old:
            changed[name] = value if type(value) in _AS_IT_IS else _plain(value)
    return {"$set": changed}


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value, builtin_types=(datetime, bytes))
