"""Contacts of a segment."""

from collections.abc import Iterable
from typing import Any

from pymongo.errors import ExecutionTimeout

from inbox.model.profile import Attribute
from inbox.model.segment import Clause, Segment, typed
from inbox.store.codec import Document
from inbox.store.registers import Register

_PATIENCE_MS = 2_000
_MOST = 100_000


class Segments(Register[Segment]):
    """The collection `contact_segments`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.contact_segments, Segment)
        self._contacts = database.contacts

    async def count(self, query: Document | None = None) -> int:
        """How many segments there are, or how many contacts match; 100,000 at most, -1 if it takes too long.

        There is no index for each thing that can be known of a contact: they are read one by one.
        """
        if query is None:
            return await super().count()
        wanted = {"$and": [query, {"merged_into": None}]}
        try:
            found = self._contacts.count_documents(
                wanted, limit=_MOST, maxTimeMS=_PATIENCE_MS, hint=[("updated_at", -1), ("_id", -1)]
            )
            return int(await found)
        except ExecutionTimeout:
            return -1


def query_of(clauses: Iterable[Clause], attributes: Iterable[Attribute]) -> Document:
    """What contacts of whom all clauses hold are asked for by. Raises `BadClause` or `BadValue`."""
    known = list(attributes)
    return {"$and": [_asked(clause, typed(clause, known)) for clause in clauses]}


def _asked(clause: Clause, value: Any) -> Document:
    if clause.field == "reach":
        has = {"identities": {"$elemMatch": {"kind": value}}}
        return has if clause.test == "is" else {"$nor": [has]}
    if clause.field == "blocked":
        is_blocked = (value == "yes") is (clause.test == "is")
        return {"blocked_at": {"$ne": None} if is_blocked else None}
    field = f"attributes.{clause.field}"
    match clause.test:
        case "known":
            return {field: {"$exists": True}}
        case "unknown":
            return {field: {"$exists": False}}
        case "is_not":
            return {field: {"$ne": value}}
        case "at_least":
            return {field: {"$gte": value}}
        case "at_most":
            return {field: {"$lte": value}}
    return {field: value}
