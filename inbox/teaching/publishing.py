"""Which model answers customers: activated, rolled back, or tried on a share of the conversations.

All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`. Bots take the change by themselves: they ask
every two seconds (`inbox/http/bot_models.py`).
"""

import asyncio
import hashlib
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from inbox.actions import audit
from inbox.actions.errors import AlreadyThere, Invalid, NotFound
from inbox.model.people import Principal
from inbox.model.training import ModelVersion, Publication, PublicationChange
from inbox.store import Store, StoreError
from inbox.teaching.asking import Teaching, may, person

log = structlog.get_logger(__name__)

LIVE, CANARY = "live", "canary"
_HISTORY = 500
_BEFORE = 50
_FRESH = 1.0
_ASKED_LATELY = timedelta(seconds=30)


async def activate(teaching: Teaching, who: Principal, model_id: str, rev: int) -> Publication:
    """Let a model answer everybody. `rev` is that of the publication which was looked at."""
    present = await _present(teaching, who, rev)
    await _version(teaching.store, model_id)
    if present.model_id == model_id:
        raise Invalid("This model answers already.")
    after = replace(
        present,
        model_id=model_id,
        before=(present.model_id, *present.before)[:_BEFORE],
        **(_no_canary() if present.canary_id == model_id else {}),
    )
    return await _change(teaching, who, present, after, "activated")


async def roll_back(teaching: Teaching, who: Principal, rev: int) -> Publication:
    """Let the model answer that did so before; a canary ends."""
    present = await _present(teaching, who, rev)
    if not present.before:
        raise Invalid("No other model was live before this one.")
    if reason := await why_no_way_back(teaching.store, teaching.clock(), present):
        raise Invalid(reason)
    model_id, *before = present.before
    after = replace(present, model_id=model_id, before=tuple(before), **_no_canary())
    return await _change(teaching, who, present, after, "rolled_back")


async def why_no_way_back(store: Store, now: datetime, present: Publication) -> str | None:
    """Why the model before cannot answer: it is the bot's own, and a running bot has none. None if it can."""
    is_own = present.before[:1] == (None,)
    if is_own and await store.publications.has_ownless(now - _ASKED_LATELY):
        return "The model before was the bot's own, and a bot has none in its folder. Activate another model."
    return None


async def start_canary(
    teaching: Teaching, who: Principal, model_id: str, share: int, rev: int
) -> Publication:
    """Let a model answer `share` per cent of the conversations; or change the share."""
    present = await _present(teaching, who, rev)
    await _version(teaching.store, model_id)
    if not 1 <= share <= 99:
        raise Invalid("A canary answers 1 to 99 per cent of the conversations.")
    if present.model_id == model_id:
        raise Invalid("This model answers everybody already.")
    since = present.canary_since if present.canary_id == model_id else teaching.clock()
    after = replace(present, canary_id=model_id, share=share, canary_since=since)
    return await _change(teaching, who, present, after, "canary_started")


async def end_canary(teaching: Teaching, who: Principal, rev: int) -> Publication:
    """Let the live model answer everybody again."""
    present = await _present(teaching, who, rev)
    if present.canary_id is None:
        raise Invalid("There is no canary.")
    return await _change(teaching, who, present, replace(present, **_no_canary()), "canary_ended")


async def _present(teaching: Teaching, who: Principal, rev: int) -> Publication:
    may(who)
    present = await teaching.store.publications.present()
    if present.rev != rev:
        raise AlreadyThere("Somebody else has changed what is live since you looked. Look again.")
    return present


async def _change(
    teaching: Teaching, who: Principal, before: Publication, after: Publication, what: str
) -> Publication:
    is_about_canary = what.startswith("canary")
    change = PublicationChange(
        at=teaching.clock(),
        by=person(who),
        what=what,
        model_id=(after.canary_id or before.canary_id) if is_about_canary else after.model_id,
        before_id=before.model_id,
        share=after.share,
    )
    after = replace(after, rev=before.rev + 1, history=(change, *before.history)[:_HISTORY])
    if not await teaching.store.publications.change(after):
        raise AlreadyThere("Somebody else has changed what is live in this moment. Look again.")
    clock = teaching.clock
    await audit.note_change(
        who, "publication", what, _live(before), _live(after), store=teaching.store, clock=clock
    )
    log.info("publication changed", what=what, model=change.model_id, share=after.share, by=who.id)
    return after


def _live(present: Publication) -> dict[str, str | int | None]:
    return {"model_id": present.model_id, "canary_id": present.canary_id, "share": present.share}


async def _version(store: Store, model_id: str) -> ModelVersion:
    version = await store.models.versions.get(model_id)
    if version is None:
        raise NotFound("There is no such model.")
    return version


def _no_canary() -> dict[str, int | None]:
    return {"canary_id": None, "share": 0, "canary_since": None}


class Lanes:
    """Which of the two models answers a conversation; asked once a turn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = Publication()
        self._at = -_FRESH

    async def of(self, conversation_id: str) -> str:
        """`live` or `canary`. A conversation stays with its model while the share is the same or grows."""
        now = asyncio.get_running_loop().time()
        if now - self._at >= _FRESH:
            try:
                self._known = await self._store.publications.present()
                self._at = now
            except StoreError:  # what was known is good enough, and the turn will find out by itself
                log.warning("publication not read")
        is_chosen = self._known.canary_id and place_of(conversation_id) < self._known.share
        return CANARY if is_chosen else LIVE


def place_of(conversation_id: str) -> int:
    """A conversation's place among a hundred: the same in every process, and of no kin to its time."""
    digest = hashlib.sha256(f"canary:{conversation_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


async def served(store: Store, lane: str) -> ModelVersion | None:
    """The model that bots of a lane serve. None for the one in the bot's own folder, and for no canary."""
    present = await store.publications.present()
    model_id = present.canary_id if lane == CANARY else present.model_id
    return await store.models.versions.get(model_id) if model_id else None
