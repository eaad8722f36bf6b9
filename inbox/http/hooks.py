"""Where providers knock. 200 only after the commit; never a 5xx for bad input."""

from typing import NamedTuple

import structlog
from aiohttp import web

from connectors.contract import Webhook
from connectors.errors import ChallengeRejected, WebhookRejected
from connectors.events import CustomerTyped, Event, Unreadable
from inbox.actions.receive import Arrival
from inbox.gathering import whole
from inbox.lines import Line
from inbox.metrics import HOOKS
from inbox.parts import PARTS, Parts

log = structlog.get_logger(__name__)

routes = web.RouteTableDef()


class _Knock(NamedTuple):
    parts: Parts
    line: Line
    webhook: Webhook


@routes.route("*", "/hooks/{channel_id}")
async def hook(request: web.Request) -> web.Response:
    """Take a provider's webhook: 200, or 401 unsigned, 403 wrong handshake, 404 no channel, 413 too large."""
    channel_id = request.match_info["channel_id"]
    if request.method not in ("GET", "POST"):
        raise web.HTTPMethodNotAllowed(request.method, ("GET", "POST"))
    parts = request.app[PARTS]
    line = await parts.lines.get(channel_id)
    if line is None:
        raise web.HTTPNotFound(text="There is no such channel.")
    knock = _Knock(parts, line, await _webhook(request, parts))
    answer = await _challenged(knock) or await _taken(knock)
    HOOKS.labels(channel_id, answer.status).inc()
    return answer


async def _webhook(request: web.Request, parts: Parts) -> Webhook:
    return Webhook(
        method=request.method,
        url=parts.settings.public_url + request.raw_path,
        headers=request.headers,
        query=request.query,
        body=await request.read(),
    )


async def _challenged(knock: _Knock) -> web.Response | None:
    challenge = knock.line.challenge
    if challenge is None:
        return None
    try:
        words = challenge(knock.webhook)
    except ChallengeRejected as error:
        return web.Response(status=403, text=str(error))
    return None if words is None else web.Response(text=words, content_type="text/plain")


async def _taken(knock: _Knock) -> web.Response:
    parts, line, webhook = knock
    try:
        line.connector.verify(webhook)
    except WebhookRejected as error:
        log.warning("webhook rejected", channel=line.channel.id, reason=str(error))
        parts.pulse.refused(line.channel.id)
        return web.Response(status=401, text=str(error))
    await parts.ingest.submit(await arrivals_of(parts, line, webhook))
    parts.pulse.taken(line.channel.id)
    body, kind = line.answers.answer(webhook) if line.answers else ("OK", "text/plain")
    return web.Response(text=body, content_type=kind)


async def arrivals_of(parts: Parts, line: Line, webhook: Webhook) -> list[Arrival]:
    """What a verified request brings, each at the channel that it is for."""
    try:
        events = line.connector.parse(webhook)
    except Exception as error:  # a connector's fault must not make the provider throw the message away
        log.exception("connector failed", channel=line.channel.id)
        reason = f"Our reader failed with {type(error).__name__}."
        events = [Unreadable(reason=reason, raw=webhook.body.decode("utf-8", "replace"))]
    events = await whole(parts, line, webhook, events)
    knock = _Knock(parts, line, webhook)
    routed = [(event, await _routed(knock, event)) for event in events]
    for event, arrival in routed:
        if isinstance(event, CustomerTyped):
            parts.hints.typed(arrival.channel_id, event)
    return [arrival for event, arrival in routed if not isinstance(event, CustomerTyped)]


async def _routed(knock: _Knock, event: Event) -> Arrival:
    """The arrival at the channel that the event is for.

    Providers send what concerns several of our numbers to one address. What is for another channel's number
    goes there, provided that channel's own secret signs it too. What is for a number that no channel has
    stays here: it is authentic, a customer waits for an answer, and the answer goes out by that number.
    """
    parts, line, webhook = knock
    account = event.account
    if not isinstance(event, Unreadable) and account not in (None, line.channel.account):
        other = await parts.lines.for_account(line.channel.kind, account)
        if other is not None and _verifies(other, webhook):
            line = other
    return Arrival(
        line.channel.id,
        line.channel.kind,
        event,
        webhook=webhook,
        window=line.window,
        carries=line.connector.capabilities,
    )


def _verifies(line: Line, webhook: Webhook) -> bool:
    try:
        line.connector.verify(webhook)
    except WebhookRejected:
        return False
    return True
