"""How the live model and the canary fare with customers."""

from datetime import datetime
from typing import Any

from inbox.model.training import Publication
from inbox.store import Store
from inbox.teaching.publishing import CANARY, LIVE

_COUNTS = ("turns", "conversations", "handoffs", "fallbacks")


async def how_they_fare(
    store: Store, present: Publication, since: datetime, edition: str | None = None
) -> list[dict[str, Any]]:
    """A row for an edition's live model, and one for its canary if there is one.

    `handoffs` and `fallbacks` count conversations that had one; who else answered meanwhile counts as live.
    """
    tally = await store.understood.tally(since, edition)
    version = await store.models.versions.get(present.canary_id) if present.canary_id else None
    of_canary = tally.pop(version.rasa_id, {}) if version else {}
    live = {name: sum(row[name] for row in tally.values()) for name in _COUNTS}
    rows = [{"lane": LIVE, "model_id": present.model_id, **live}]
    if version:
        rows.append({"lane": CANARY, "model_id": version.id, **{n: of_canary.get(n, 0) for n in _COUNTS}})
    return rows
