"""The programs that are told what happens: set up by admins, tried out, and told again.

All raise `Forbidden`, `Invalid` or `NotFound`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from connectors.outside import NotCalled, Outside
from inbox.actions import audit
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, Principal
from inbox.model.secrets import Vault
from inbox.model.webhook import (
    EVENTS,
    OVERLAP,
    PING,
    Delivery,
    Subscription,
    envelope,
    event_id,
    new_webhook_secret,
)

_MOST = 50
_LONGEST = 2_000


class Office(NamedTuple):
    """What these verbs need."""

    desk: Desk
    vault: Vault
    outside: Outside


class Wish(NamedTuple):
    """What an admin wants to be told, and where."""

    url: str
    events: Sequence[str]
    channel_ids: Sequence[str] = ()
    is_on: bool = True


async def add(
    office: Office, who: Principal, wish: Wish, *, new_webhook_id: str | None = None
) -> tuple[Subscription, str]:
    """Tell a program from now on. With the secret, which is shown this once."""
    _may(who)
    store, clock = office.desk.store, office.desk.clock
    await _check(office, wish)
    if len(await store.webhooks.list(limit=_MOST)) >= _MOST:
        raise Invalid(f"There are {_MOST} webhooks already.")
    secret = new_webhook_secret()
    made = Subscription(
        id=new_webhook_id or new_id(),
        url=wish.url,
        events=tuple(wish.events),
        channel_ids=tuple(wish.channel_ids),
        secret=office.vault.seal(secret),
        is_on=wish.is_on,
        created_at=clock(),
    )
    await store.webhooks.put(made)
    await audit.note_change(who, "webhook", made.id, None, _told_of(made), store=store, clock=clock)
    return made, secret


async def change(office: Office, who: Principal, webhook_id: str, wish: Wish) -> Subscription:
    """Tell it something else, elsewhere, nothing any more, or again."""
    _may(who)
    store, clock = office.desk.store, office.desk.clock
    before = await of_id(office.desk, webhook_id)
    await _check(office, wish)
    after = replace(
        before, url=wish.url, events=tuple(wish.events), channel_ids=tuple(wish.channel_ids), is_on=wish.is_on
    )
    if wish.is_on and not before.is_on:
        after = replace(after, stopped_at=None, stopped_why=None, failing_since=None)
    await store.webhooks.put(after)
    if not wish.is_on:
        await store.deliveries.give_up_all(webhook_id)
    told = (_told_of(before), _told_of(after))
    await audit.note_change(who, "webhook", webhook_id, *told, store=store, clock=clock)
    return after


async def drop(office: Office, who: Principal, webhook_id: str) -> None:
    """Tell it nothing any more, and forget what it was told."""
    _may(who)
    store, clock = office.desk.store, office.desk.clock
    before = await of_id(office.desk, webhook_id)
    await store.webhooks.remove(webhook_id)
    await store.deliveries.remove_all({"subscription_id": webhook_id})
    await audit.note_change(who, "webhook", webhook_id, _told_of(before), None, store=store, clock=clock)


async def rotate(office: Office, who: Principal, webhook_id: str) -> tuple[Subscription, str]:
    """A new secret, shown this once. For a day what is told is signed with both."""
    _may(who)
    store, now = office.desk.store, office.desk.clock()
    before, secret = await of_id(office.desk, webhook_id), new_webhook_secret()
    fields = {
        "secret": office.vault.seal(secret),
        "old_secret": before.secret,
        "old_until": now + OVERLAP,
    }
    await store.webhooks.note(webhook_id, **fields)
    await audit.note(who, "webhook.rotated", f"webhook:{webhook_id}", store=store, clock=office.desk.clock)
    return await of_id(office.desk, webhook_id), secret


async def try_out(office: Office, who: Principal, webhook_id: str) -> Delivery:
    """Tell it `ping`, to see whether it hears."""
    _may(who)
    subscription, now = await of_id(office.desk, webhook_id), office.desk.clock()
    if not subscription.is_on:
        raise Invalid("It is switched off. Switch it on first.")
    event = event_id(PING, new_id())
    body = envelope(PING, now, {"webhook_id": webhook_id})
    ping = Delivery(
        id=f"{event}.{webhook_id}",
        subscription_id=webhook_id,
        event_id=event,
        what=PING,
        conversation_id=None,
        body=office.vault.seal(body.decode()),
        at=now,
        due=now,
    )
    await office.desk.store.deliveries.add(ping)
    return ping


async def tell_again(
    office: Office,
    who: Principal,
    webhook_id: str,
    *,
    only: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    failed_only: bool = False,
) -> int:
    """Tell it again what it was told, or should have been, in the last 30 days. How many."""
    _may(who)
    subscription = await of_id(office.desk, webhook_id)
    if not subscription.is_on:
        raise Invalid("It is switched off. Switch it on first.")
    if only is None and since is None:
        raise Invalid("Say from when on.")
    count = await office.desk.store.deliveries.ask_again(
        webhook_id,
        office.desk.clock(),
        only=only,
        since=since,
        until=until,
        failed_only=failed_only,
    )
    if only is not None and not count:
        raise NotFound("There is no such delivery.")
    return count


async def of_id(desk: Desk, webhook_id: str) -> Subscription:
    """The webhook. Raises `NotFound`."""
    found = await desk.store.webhooks.get(webhook_id)
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


async def _check(office: Office, wish: Wish) -> None:
    if len(wish.url) > _LONGEST:
        raise Invalid(f"The address may have {_LONGEST:,} characters.")
    try:
        office.outside.check(wish.url)
    except NotCalled as error:
        raise Invalid(str(error)) from error
    if not wish.url.startswith("https://") and not office.outside.reaches_inside:
        raise Invalid("The address must begin with https://: customers' words go there.")
    if not wish.events:
        raise Invalid(f"Name at least one event of: {', '.join(EVENTS)}.")
    if unknown := sorted(set(wish.events) - EVENTS.keys()):
        raise Invalid(f"There is no event {unknown[0]!r}; there are {', '.join(EVENTS)}.")
    for channel_id in wish.channel_ids[:_MOST]:
        if await office.desk.store.channels.get(channel_id) is None:
            raise Invalid(f"There is no channel {channel_id}.")


def _may(who: Principal) -> None:
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")


def _told_of(subscription: Subscription) -> dict[str, object]:
    """What the audit log tells of a webhook: nothing of its secrets."""
    return {
        "url": subscription.url,
        "events": list(subscription.events),
        "channel_ids": list(subscription.channel_ids),
        "is_on": subscription.is_on,
    }
