"""How an index is written down."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel


def index(*keys: str, **options: Any) -> IndexModel:
    """An index on `keys`; a leading minus sorts downwards."""
    fields = [(k.lstrip("-"), DESCENDING if k.startswith("-") else ASCENDING) for k in keys]
    return IndexModel(fields, **options)
