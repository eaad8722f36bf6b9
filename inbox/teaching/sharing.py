"""Links by which guests try a model: made, listed, taken back. They open nothing else, and they end."""

from datetime import timedelta

from inbox.actions import audit
from inbox.actions.errors import Invalid, NotFound
from inbox.model.people import Principal
from inbox.model.secrets import digest, new_secret
from inbox.model.trial import Share
from inbox.teaching.asking import Teaching, may, model_of, person

MOST = 50
DAYS = range(1, 31)


async def share(
    teaching: Teaching,
    who: Principal,
    *,
    model_id: str | None,
    channel_id: str | None,
    days: int,
    edition: str | None = None,
) -> tuple[Share, str]:
    """A new link and its secret, which is not told again. Raises `Forbidden`, `NotFound` or `Invalid`."""
    may(who)
    if days not in DAYS:
        raise Invalid("A link ends after 1 to 30 days.")
    if model_id:
        await model_of(teaching.store, model_id, edition)
    if channel_id and await teaching.store.channels.get(channel_id) is None:
        raise NotFound("There is no such channel.")
    if len(await shares(teaching, who)) >= MOST:
        raise Invalid(f"{MOST} links are open already. Take some back.")
    secret, now = new_secret(), teaching.clock()
    made = Share(
        id=digest(secret),
        model_id=model_id,
        edition=edition,
        channel_id=channel_id,
        by=person(who),
        at=now,
        expires_at=now + timedelta(days=days),
    )
    await teaching.store.shares.add(made)
    await _noted(teaching, who, None, made)
    return made, secret


async def shares(teaching: Teaching, who: Principal) -> list[Share]:
    """The links that are open, the newest end first. Raises `Forbidden`."""
    may(who)
    open_now = {"expires_at": {"$gt": teaching.clock()}}
    return await teaching.store.shares.list(open_now, sort="-expires_at")


async def take_back(teaching: Teaching, who: Principal, share_id: str) -> None:
    """Let a link open nothing any more. Raises `Forbidden`, or `NotFound` if it does not already."""
    may(who)
    taken = await teaching.store.shares.get(share_id)
    if taken is None or not await teaching.store.shares.remove(share_id):
        raise NotFound("This link was taken back already, or has ended.")
    await _noted(teaching, who, taken, None)


async def opened(teaching: Teaching, secret: str) -> Share:
    """What a guest's link opens. Raises `NotFound`: whether it ended or never was, nobody is told."""
    found = await teaching.store.shares.get(digest(secret)) if secret else None
    if found is None or found.expires_at <= teaching.clock():
        raise NotFound("This link does not work any more. Ask for a new one.")
    return found


async def _noted(teaching: Teaching, who: Principal, before: Share | None, after: Share | None) -> None:
    key = next(s.id for s in (before, after) if s)  # the hash of its secret, which opens nothing
    told = [{"model": s.model_id, "until": s.expires_at.isoformat()} if s else None for s in (before, after)]
    store, clock = teaching.store, teaching.clock
    await audit.note_change(who, "studio_share", key, *told, store=store, clock=clock)
