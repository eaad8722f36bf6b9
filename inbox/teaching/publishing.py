"""Which model answers customers: activated, rolled back, or tried on a share of the conversations.

All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`. Bots take the change by themselves: they ask
every two seconds (`inbox/http/bot_models.py`).
"""

import hashlib
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from inbox.actions import audit
from inbox.actions.errors import AlreadyThere, Invalid
from inbox.model.people import Principal
from inbox.model.training import ModelVersion, Publication, PublicationChange
from inbox.store import Store
from inbox.teaching.asking import Teaching, may, model_of, person

log = structlog.get_logger(__name__)

LIVE, CANARY = "live", "canary"
_HISTORY = 500
_BEFORE = 50
_ASKED_LATELY = timedelta(seconds=30)


async def activate(
    teaching: Teaching, who: Principal, model_id: str, rev: int, edition: str | None = None
) -> Publication:
    """Let a model answer all of an edition. `rev` is that of the publication which was looked at."""
    present = await _present(teaching, who, rev, edition)
    await model_of(teaching.store, model_id, edition)
    if present.model_id == model_id:
        raise Invalid("This model answers already.")
    after = replace(
        present,
        model_id=model_id,
        before=(present.model_id, *present.before)[:_BEFORE],
        **(_no_canary() if present.canary_id == model_id else {}),
    )
    return await _change(teaching, who, present, after, "activated")


async def roll_back(teaching: Teaching, who: Principal, rev: int, edition: str | None = None) -> Publication:
    """Let the model answer that did so before; a canary ends."""
    present = await _present(teaching, who, rev, edition)
    if not present.before:
        raise Invalid("No other model was live before this one.")
    if reason := await why_no_way_back(teaching.store, teaching.clock(), present):
        raise Invalid(reason)
    model_id, *before = present.before
    after = replace(present, model_id=model_id, before=tuple(before), **_no_canary())
    return await _change(teaching, who, present, after, "rolled_back")


async def why_no_way_back(store: Store, now: datetime, present: Publication) -> str | None:
    """Why the model before cannot answer: there was none, or the bot's own, of which a running bot has none.

    None if it can. An edition beside its assistant's base may be rolled back to none: the base answers then.
    """
    is_own = present.before[:1] == (None,)
    if is_own and present.id != Publication().id:
        every = (edition for each in await store.assistants.all() for edition in each.editions)
        is_base = any(edition.is_base and edition.key == present.id for edition in every)
        return "Before this model there was none. Activate another." if is_base else None
    if is_own and await store.publications.has_ownless(now - _ASKED_LATELY):
        return "The model before was the bot's own, and a bot has none in its folder. Activate another model."
    return None


async def start_canary(
    teaching: Teaching, who: Principal, model_id: str, share: int, rev: int, edition: str | None = None
) -> Publication:
    """Let a model answer `share` per cent of the conversations; or change the share."""
    present = await _present(teaching, who, rev, edition)
    await model_of(teaching.store, model_id, edition)
    if edition is not None and present.model_id is None:
        raise Invalid("Nothing of this edition answers yet: activate a model first.")
    if not 1 <= share <= 99:
        raise Invalid("A canary answers 1 to 99 per cent of the conversations.")
    if present.model_id == model_id:
        raise Invalid("This model answers everybody already.")
    since = present.canary_since if present.canary_id == model_id else teaching.clock()
    after = replace(present, canary_id=model_id, share=share, canary_since=since)
    return await _change(teaching, who, present, after, "canary_started")


async def end_canary(teaching: Teaching, who: Principal, rev: int, edition: str | None = None) -> Publication:
    """Let the live model answer everybody again."""
    present = await _present(teaching, who, rev, edition)
    if present.canary_id is None:
        raise Invalid("There is no canary.")
    return await _change(teaching, who, present, replace(present, **_no_canary()), "canary_ended")


async def _present(teaching: Teaching, who: Principal, rev: int, edition: str | None) -> Publication:
    may(who)
    present = await teaching.store.publications.present(edition)
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
    log.info("publication changed", edition=after.id, what=what, model=change.model_id, share=after.share)
    return after


def _live(present: Publication) -> dict[str, str | int | None]:
    return {
        "edition": present.id,
        "model_id": present.model_id,
        "canary_id": present.canary_id,
        "share": present.share,
    }


def _no_canary() -> dict[str, int | None]:
    return {"canary_id": None, "share": 0, "canary_since": None}


def place_of(conversation_id: str) -> int:
    """A conversation's place among a hundred: the same in every process, and of no kin to its time."""
    digest = hashlib.sha256(f"canary:{conversation_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


async def served(store: Store, lane: str, edition: str | None = None) -> ModelVersion | None:
    """The model that bots of an edition's lane serve. None for the one in the bot's own folder, and for no
    canary."""
    present = await store.publications.present(edition)
    model_id = present.canary_id if lane == CANARY else present.model_id
    return await store.models.versions.get(model_id) if model_id else None


async def published(store: Store) -> dict[str, dict[str, str | None]]:
    """The models of every edition beside the first one, by lane and by their SHA-256, where one is live."""
    every = [each.key for assistant in await store.assistants.all() for each in assistant.editions]
    found: dict[str, dict[str, str | None]] = {}
    present = await store.publications.all()
    for key in every:
        if key is not None and key in present and present[key].model_id:
            lanes = {LIVE: present[key].model_id, CANARY: present[key].canary_id}
            found[key] = {lane: await _sha256(store, model_id) for lane, model_id in lanes.items()}
    return found


async def _sha256(store: Store, model_id: str | None) -> str | None:
    version = await store.models.versions.get(model_id) if model_id else None
    return version.sha256 if version else None
