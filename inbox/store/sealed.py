"""What is sealed, over all collections, sealed anew with another key; safe to begin again."""

from collections.abc import Callable, Iterator
from typing import Any

from inbox.model.secrets import Unsealable
from inbox.store.codec import Document

Reseal = Callable[[str], str]
"""The sealed value under the new key; the value itself if it is under that key already."""

_MARK = "sealed:"

NEVER_SEALED = frozenset(
    {
        "audit_log",
        "changes",
        "contacts",
        "contact_notes",
        "conversations",
        "drafts",
        "files.chunks",
        "files.files",
        "findings",
        "messages",
        "promises",
        "quarantine",
        "requests",
        "scheduled",
        "system.profile",
    }
)
"""Large collections of what people wrote: a text may begin as a sealed value does, and is none."""


ALWAYS_SEALED: dict[str, tuple[str, ...]] = {
    "asked": ("body",),
    "channels": ("settings",),
    "factors": ("totp", "pending"),
    "meta": ("visitors", "files"),
    "push_keys": ("private",),
    "single_sign_on": ("client_secret",),
    "webhook_deliveries": ("body",),
    "webhooks": ("secret", "old_secret"),
}
"""Where a value that neither key opens is a secret that would be lost. Elsewhere it is a text that somebody
wrote so, a view's name, say; what the old key opens there is sealed anew all the same."""


class Sealed:
    """Sealed values, wherever they are."""

    def __init__(self, database: Any) -> None:
        self._database = database

    async def kept_keys(self) -> dict[str, str]:
        """Keys that outlive the secret key, each sealed, by what they are for."""
        document = await self._database.meta.find_one({"_id": "keys"})
        return {name: value for name, value in (document or {}).items() if name != "_id"}

    async def keep_key(self, name: str, sealed: str) -> None:
        """Keep a sealed key."""
        await self._database.meta.update_one({"_id": "keys"}, {"$set": {name: sealed}}, upsert=True)

    async def reseal(self, work: Reseal) -> int:
        """Seal every value anew; of how many documents. Raises `Unsealable` for a secret of another key.

        Each document is one write, which is not done if somebody has changed the value meanwhile: then it is
        read again.
        """
        number = 0
        for name in sorted(await self._database.list_collection_names()):
            if name in NEVER_SEALED:
                continue
            async for document in self._database[name].find({}):
                number += await self._one(name, document, work)
        return number

    async def _one(self, name: str, document: Document | None, work: Reseal) -> bool:
        collection = self._database[name]
        while document is not None:
            old = dict(_sealed(document))
            new = {path: _anew(name, path, value, work) for path, value in old.items()}
            changed = {path: value for path, value in new.items() if value != old[path]}
            if not changed:
                return False
            at = {"_id": document["_id"], **{path: old[path] for path in changed}}
            if (await collection.update_one(at, {"$set": changed})).matched_count:
                return True
            document = await collection.find_one({"_id": document["_id"]})
        return False


def _anew(collection: str, path: str, value: str, work: Reseal) -> str:
    try:
        return work(value)
    except Unsealable:
        if path.partition(".")[0] in ALWAYS_SEALED.get(collection, ()):
            raise
        return value


def _sealed(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where in a document there are sealed values."""
    if isinstance(value, str) and value.startswith(_MARK):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _sealed(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _sealed(inner, f"{path}.{place}")
