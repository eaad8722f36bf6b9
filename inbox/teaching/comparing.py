"""How the live model and the canary fare with customers."""

from datetime import datetime
from math import sqrt
from typing import Any

from inbox.model.training import Publication
from inbox.store import Store
from inbox.teaching.publishing import CANARY, LIVE

_COUNTS = ("turns", "conversations", "handoffs", "fallbacks")
_RATES = _COUNTS[2:]


async def how_they_fare(
    store: Store, present: Publication, since: datetime, edition: str | None = None
) -> list[dict[str, Any]]:
    """A row for an edition's live model, and one for its canary if there is one.

    `handoffs` and `fallbacks` count conversations that had one; who else answered meanwhile counts as live.
    `ranges` says within which shares each of them lies, see `likely`.
    """
    tally = await store.understood.tally(since, edition)
    version = await store.models.versions.get(present.canary_id) if present.canary_id else None
    of_canary = tally.pop(version.rasa_id, {}) if version else {}
    live = {name: sum(row[name] for row in tally.values()) for name in _COUNTS}
    rows: list[dict[str, Any]] = [{"lane": LIVE, "model_id": present.model_id, **live}]
    if version:
        rows.append({"lane": CANARY, "model_id": version.id, **{n: of_canary.get(n, 0) for n in _COUNTS}})
    return [row | {"ranges": {n: likely(row[n], row["conversations"]) for n in _RATES}} for row in rows]


def likely(found: int, of: int) -> tuple[float, float] | None:
    """Between which shares the true one lies, with 95 per cent confidence; None where nothing was counted.

    Wilson's interval, which holds for few conversations and for shares of none and all.
    Source: E. B. Wilson, "Probable inference", JASA 22 (1927).
    """
    if not of:
        return None
    share, z = found / of, 1.96
    middle, width = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + (z / (2 * of)) ** 2)
    scale = 1 + z * z / of
    return max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale)
