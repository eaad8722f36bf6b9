"""Campaigns as people run them: written, counted, tried, begun, paused and ended.

All raise `Forbidden`, `NotFound` or `Invalid`, and `StoreError` when nothing could be written.
"""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from connectors.content import Template, Text
from connectors.contract import Capabilities
from connectors.events import IdentityKind, Purpose
from inbox.actions import audit, segments
from inbox.actions.campaigning import facts_of, message_for, say_as_a_test
from inbox.actions.contacts import about_of
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.campaign import Campaign, Reason, State, texts_of, why_not
from inbox.model.channel import Channel
from inbox.model.contact import Contact, display_name
from inbox.model.ids import new_id
from inbox.model.people import CAMPAIGNS, Principal
from inbox.model.replies import BadReply, check

_MOST_NUMBERS, _MOST_COUNTED, _SLICE = 10_000, 20_000, 200
_NAME, _MOST_A_MINUTE, _MOST_A_WEEK = 80, 6_000, 50
_LATEST = timedelta(days=366)
_NO_MORE = "It has begun, or is over: it cannot be changed any more."


class Wanted(NamedTuple):
    """A campaign as somebody writes it."""

    name: str
    channel_id: str
    content: Text | Template
    purpose: Purpose
    segment_id: str | None
    contact_ids: tuple[str, ...]
    per_minute: int
    weekly_cap: int | None


class Found(NamedTuple):
    """What came of a list of numbers."""

    contact_ids: tuple[str, ...]
    unknown: int
    """How many numbers no contact has: import them first."""
    doubles: int
    bad: int


async def save(desk: Desk, who: Principal, wanted: Wanted, campaign_id: str | None = None) -> Campaign:
    """Keep a new draft, or put it in place of the draft of that id."""
    _may(who)
    channel, _ = await _way(desk, wanted.channel_id)
    before = await get(desk, who, campaign_id) if campaign_id else None
    now = desk.clock()
    campaign = Campaign(
        id=before.id if before else new_id(),
        name=_checked(wanted),
        channel_id=channel.id,
        content=wanted.content,
        purpose=wanted.purpose,
        segment_id=wanted.segment_id,
        contact_ids=tuple(dict.fromkeys(wanted.contact_ids)) if wanted.segment_id is None else (),
        per_minute=wanted.per_minute,
        weekly_cap=wanted.weekly_cap,
        author_id=before.author_id if before else who.id,
        author_name=before.author_name if before else who.name,
        created_at=before.created_at if before else now,
        updated_at=now,
    )
    if campaign.segment_id:
        await segments.query(desk, campaign.segment_id)
    if before is None:
        await desk.store.campaigns.add(campaign)
    elif not await desk.store.campaigns.revise(campaign):
        raise Invalid(_NO_MORE)
    told = {"name": campaign.name, "channel_id": campaign.channel_id, "purpose": campaign.purpose.value}
    await _note(desk, who, campaign.id, "changed" if before else "added", told)
    return campaign


async def numbers_of(desk: Desk, who: Principal, given: Iterable[str]) -> Found:
    """The contacts who have these numbers."""
    _may(who)
    numbers, bad = [], 0
    for each in given:
        try:
            phone = about_of({"phone": each}).phone
        except Invalid:
            phone = None
        if phone:
            numbers.append(phone)
        else:
            bad += 1
    keys = list(dict.fromkeys(f"{IdentityKind.PHONE}:{number}" for number in numbers))
    if len(keys) > _MOST_NUMBERS:
        raise Invalid(f"A list may have {_MOST_NUMBERS:,} numbers. Make a segment for more.")
    known = await desk.store.contacts.known_as(keys)
    owned = {key for contact in known for key in contact.identity_keys}
    ids = tuple(contact.id for contact in known)
    doubles = len(numbers) - len(keys) + sum(key in owned for key in keys) - len(ids)
    return Found(ids, sum(key not in owned for key in keys), doubles, bad)


async def get(desk: Desk, who: Principal, campaign_id: str) -> Campaign:
    """The campaign."""
    _may(who)
    found = await desk.store.campaigns.get(campaign_id)
    if found is None:
        raise NotFound("There is no such campaign.")
    return found


async def newest(desk: Desk, who: Principal, limit: int = 200) -> list[Campaign]:
    """The last ones, the newest first."""
    _may(who)
    return await desk.store.campaigns.newest(limit)


async def drop(desk: Desk, who: Principal, campaign_id: str) -> None:
    """Delete a draft. What was said stays."""
    await get(desk, who, campaign_id)
    if not await desk.store.campaigns.drop(campaign_id):
        raise Invalid("Only a draft can be deleted.")
    await _note(desk, who, campaign_id, "removed")


async def count(desk: Desk, who: Principal, campaign_id: str) -> dict[str, Any]:
    """How many would get it now, how many not and why, and what one of them would read."""
    campaign = await get(desk, who, campaign_id)
    channel, carries = await _way(desk, campaign.channel_id)
    skipped: dict[str, int] = {}
    reached = counted = 0
    example: Contact | None = None
    async for some in _audience(desk, campaign):
        for facts in await facts_of(desk, campaign, some, channel, carries):
            reason = why_not(campaign, facts)
            if reason:
                skipped[reason.value] = skipped.get(reason.value, 0) + 1
            else:
                reached += 1
            example = facts.contact if example is None or (reached == 1 and not reason) else example
        counted += len(some)
        if counted >= _MOST_COUNTED:
            break
    shown = await _example(desk, campaign, example, carries)
    whole = counted < _MOST_COUNTED
    return {"counted": counted, "is_whole": whole, "reached": reached, "skipped": skipped, "example": shown}


async def try_on(desk: Desk, who: Principal, campaign_id: str, contact_id: str) -> Reason | None:
    """Say it to one contact now. Why it was not said, None if it was."""
    campaign = await get(desk, who, campaign_id)
    channel, carries = await _way(desk, campaign.channel_id)
    try:
        reason = await say_as_a_test(desk, campaign, contact_id, channel, carries)
    except BadReply as error:
        raise Invalid(str(error)) from error
    if reason is None:
        await _note(desk, who, campaign_id, "tried", {"contact_id": contact_id})
    return reason


async def start(desk: Desk, who: Principal, campaign_id: str, *, at: datetime | None = None) -> Campaign:
    """Begin now, or then. From then on it is as it is."""
    campaign, now = await get(desk, who, campaign_id), desk.clock()
    if at is not None and not now < at <= now + _LATEST:
        raise Invalid("Choose a time in the future, within a year.")
    if campaign.segment_id is None and not campaign.contact_ids:
        raise Invalid("Say whom it is for.")
    await _way(desk, campaign.channel_id)
    state = State.SCHEDULED if at else State.RUNNING
    begun = {"state": state, "at": at or now, "due": at or now, "updated_at": now}
    if not await desk.store.campaigns.turn(campaign_id, [State.DRAFT], **begun):
        raise Invalid(_NO_MORE)
    await _note(desk, who, campaign_id, "started", {"at": (at or now).isoformat()})
    return await get(desk, who, campaign_id)


async def pause(desk: Desk, who: Principal, campaign_id: str) -> Campaign:
    """Say it to nobody more for now."""
    await get(desk, who, campaign_id)
    moves = (State.RUNNING, State.SCHEDULED)
    if await desk.store.campaigns.turn(campaign_id, moves, state=State.PAUSED, due=None, problem=None):
        await _note(desk, who, campaign_id, "paused")
    return await get(desk, who, campaign_id)


async def resume(desk: Desk, who: Principal, campaign_id: str) -> Campaign:
    """Go on where it was; one that was scheduled waits for its time again."""
    campaign, now = await get(desk, who, campaign_id), desk.clock()
    is_early = campaign.at is not None and campaign.at > now
    state, due = (State.SCHEDULED, campaign.at) if is_early else (State.RUNNING, now)
    if await desk.store.campaigns.turn(campaign_id, [State.PAUSED], state=state, due=due, problem=None):
        await _note(desk, who, campaign_id, "resumed")
    return await get(desk, who, campaign_id)


async def cancel(desk: Desk, who: Principal, campaign_id: str) -> Campaign:
    """Say it to nobody more, for good."""
    await get(desk, who, campaign_id)
    states = (State.RUNNING, State.SCHEDULED, State.PAUSED)
    ended = {"state": State.CANCELLED, "due": None, "ended_at": desk.clock()}
    if await desk.store.campaigns.turn(campaign_id, states, **ended):
        await _note(desk, who, campaign_id, "cancelled")
    return await get(desk, who, campaign_id)


async def _audience(desk: Desk, campaign: Campaign) -> AsyncIterator[list[Contact]]:
    if campaign.segment_id is None:
        seen: set[str] = set()
        for start in range(0, len(campaign.contact_ids), _SLICE):
            found = await desk.store.contacts.present_of(campaign.contact_ids[start : start + _SLICE])
            yield [each for each in found if each.id not in seen]
            seen |= {each.id for each in found}
        return
    query = await segments.query(desk, campaign.segment_id)
    last: str | None = None
    while some := await desk.store.contacts.after(query, last, _SLICE):
        last = some[-1].id
        yield some


async def _example(
    desk: Desk, campaign: Campaign, contact: Contact | None, carries: Capabilities
) -> dict[str, Any] | None:
    if contact is None:
        return None
    try:
        content = await message_for(desk, campaign, contact, None, carries)
    except BadReply as error:
        raise Invalid(str(error)) from error
    text = content.text if isinstance(content, Text) else content.text or content.name
    return {"contact": display_name(contact), "text": text}


async def _way(desk: Desk, channel_id: str) -> tuple[Channel, Capabilities]:
    channel = await desk.store.channels.get(channel_id)
    carries = await desk.carries(channel_id)
    if channel is None or not channel.enabled or carries is None:
        raise Invalid("There is no such channel, or it does not work.")
    return channel, carries


def _checked(wanted: Wanted) -> str:
    """The name as it is kept. Raises `Invalid` if something makes no sense."""
    name = " ".join(wanted.name.split())
    if not 1 <= len(name) <= _NAME or not name.isprintable():
        raise Invalid(f"A name has 1 to {_NAME} printable characters.")
    if not 1 <= wanted.per_minute <= _MOST_A_MINUTE:
        raise Invalid(f"The pace is 1 to {_MOST_A_MINUTE:,} messages a minute.")
    if wanted.weekly_cap is not None and not 1 <= wanted.weekly_cap <= _MOST_A_WEEK:
        raise Invalid("The cap is at least one campaign a week.")
    if len(wanted.contact_ids) > _MOST_NUMBERS:
        raise Invalid(f"A list may have {_MOST_NUMBERS:,} numbers. Make a segment for more.")
    try:
        for text in texts_of(wanted.content):
            check(text)
    except BadReply as error:
        raise Invalid(str(error)) from error
    return name


def _may(who: Principal) -> None:
    if not who.may(CAMPAIGNS):
        raise Forbidden("You are not allowed to do this.")


async def _note(
    desk: Desk, who: Principal, campaign_id: str, what: str, after: dict[str, Any] | None = None
) -> None:
    """Have it in the audit log, and on the pages that show it."""
    target = f"campaign:{campaign_id}"
    await audit.note(who, f"campaign.{what}", target, store=desk.store, clock=desk.clock, after=after)
    desk.bus.campaign_moved(campaign_id)
