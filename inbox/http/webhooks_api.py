"""`/api/v1/webhooks` for admins: which programs are told what happens, and what came of it."""

from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import webhooks
from inbox.actions.errors import Invalid
from inbox.actions.webhooks import Office, Wish
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of, choice, number
from inbox.http.lists import cursor_of, open_cursor
from inbox.http.once import made_id
from inbox.model.people import ADMIN
from inbox.model.webhook import EVENTS, Delivery, State, Subscription
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()
_ALL = "/api/v1/webhooks"
_STATES = ("any", *State)


class WebhookBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    url: str
    events: list[str]
    channel_ids: list[str] = []
    is_on: bool = True


class Again(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/replay`: of what time."""

    since: datetime
    until: datetime | None = None
    failed_only: bool = True


@routes.get(_ALL)
async def list_webhooks(request: web.Request) -> web.Response:
    """The programs that are told, and what they can be told of."""
    await allowed(request, ADMIN)
    found = await request.app[PARTS].store.webhooks.list()
    events = [{"name": name, "words": words} for name, words in EVENTS.items()]
    return answer({"items": [webhook_json(each) for each in found], "events": events})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Tell a program from now on. The answer has the secret, this once."""
    principal = await allowed(request, ADMIN)
    wish = _wish(await body_of(request, WebhookBody))
    made, secret = await webhooks.add(_office(request), principal, wish, new_webhook_id=made_id(request))
    return answer(webhook_json(made) | {"secret": secret}, 201)


@routes.put(_ALL + "/{id}")
async def change(request: web.Request) -> web.Response:
    """Tell it something else, elsewhere, nothing any more, or again."""
    principal = await allowed(request, ADMIN)
    wish = _wish(await body_of(request, WebhookBody))
    return answer(
        webhook_json(await webhooks.change(_office(request), principal, request.match_info["id"], wish))
    )


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Tell it nothing any more, and forget what it was told."""
    principal = await allowed(request, ADMIN)
    await webhooks.drop(_office(request), principal, request.match_info["id"])
    return web.Response(status=204)


@routes.post(_ALL + "/{id}/rotate")
async def rotate(request: web.Request) -> web.Response:
    """A new secret, in the answer this once. For a day what is told is signed with both."""
    principal = await allowed(request, ADMIN)
    changed, secret = await webhooks.rotate(_office(request), principal, request.match_info["id"])
    return answer(webhook_json(changed) | {"secret": secret})


@routes.post(_ALL + "/{id}/test")
async def try_out(request: web.Request) -> web.Response:
    """Tell it `ping`, to see whether it hears."""
    principal = await allowed(request, ADMIN)
    ping = await webhooks.try_out(_office(request), principal, request.match_info["id"])
    return answer(delivery_json(ping), 201)


@routes.get(_ALL + "/{id}/deliveries")
async def list_deliveries(request: web.Request) -> web.Response:
    """What it was told in the last 30 days, with every try, the newest first."""
    await allowed(request, ADMIN)
    parts = request.app[PARTS]
    subscription = await webhooks.of_id(parts.desk, request.match_info["id"])
    limit = number(request, "limit", 50, least=1, most=100) or 50
    state, cursor = choice(request, "state", _STATES), request.query.get("cursor")
    found = await parts.store.deliveries.page(
        subscription.id,
        state=None if state == "any" else state,
        after=open_cursor(cursor) if cursor else None,
        limit=limit + 1,
    )
    items = found[:limit]
    next_cursor = cursor_of(items[-1].at, items[-1].id) if len(found) > limit else None
    return answer({"items": [delivery_json(each) for each in items], "next_cursor": next_cursor})


@routes.post(_ALL + "/{id}/deliveries/{delivery}/replay")
async def tell_again(request: web.Request) -> web.Response:
    """Tell it one thing again."""
    principal, at = await allowed(request, ADMIN), request.match_info
    count = await webhooks.tell_again(_office(request), principal, at["id"], only=[at["delivery"]])
    return answer({"queued": count})


@routes.post(_ALL + "/{id}/replay")
async def tell_all_again(request: web.Request) -> web.Response:
    """Tell it again what failed in a time, or everything of that time."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, Again)
    for moment in (body.since, body.until):
        if moment is not None and moment.tzinfo is None:
            raise Invalid("since and until must have a time zone, such as 2026-12-24T09:00:00+01:00.")
    count = await webhooks.tell_again(
        _office(request),
        principal,
        request.match_info["id"],
        since=body.since,
        until=body.until,
        failed_only=body.failed_only,
    )
    return answer({"queued": count})


def webhook_json(webhook: Subscription) -> dict[str, Any]:
    """A program that is told. Its secret goes in and never comes out."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "channel_ids": list(webhook.channel_ids),
        "is_on": webhook.is_on,
        "created_at": wire.moment(webhook.created_at),
        "delivered_at": wire.moment(webhook.delivered_at),
        "failing_since": wire.moment(webhook.failing_since),
        "stopped_at": wire.moment(webhook.stopped_at),
        "stopped_why": webhook.stopped_why,
        "old_secret_until": wire.moment(webhook.old_until),
    }


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """What a program was told, without the words."""
    return {
        "id": delivery.id,
        "event_id": delivery.event_id,
        "type": delivery.what,
        "conversation_id": delivery.conversation_id,
        "at": wire.moment(delivery.at),
        "state": delivery.state,
        "due": wire.moment(delivery.due),
        "tries": [
            {"at": wire.moment(each.at), "ms": each.ms, "status": each.status, "error": each.error}
            for each in delivery.tries
        ],
    }


def _wish(body: WebhookBody) -> Wish:
    return Wish(body.url, body.events, body.channel_ids, body.is_on)


def _office(request: web.Request) -> Office:
    parts: Parts = request.app[PARTS]
    return Office(parts.desk, parts.vault, parts.outside)
