"""A document as a text to be looked through."""

from typing import Any

import msgspec

from inbox.store.codec import Document


def text_of(document: Document) -> str:
    """All that stands in a document, as one text; bytes as they would be read."""
    pieces: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, bytes):
            pieces.append(value.decode("utf-8", "replace"))
        elif isinstance(value, dict):
            for key, inner in value.items():
                pieces.append(str(key))
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)
        else:
            pieces.append(str(value))

    collect(msgspec.to_builtins(document, builtin_types=(bytes,), enc_hook=str))
    return "\n".join(pieces)
