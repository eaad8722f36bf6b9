"""Where providers knock. 200 only after the commit; never a 5xx for bad input."""

from functools import lru_cache
from typing import NamedTuple

import structlog
from aiohttp import web
from prometheus_client import Counter

from connectors.contract import Webhook
from connectors.errors import ChallengeRejected, WebhookRejected
from connectors.events import CustomerTyped, Event, Unreadable
from inbox.actions.receive import Arrival
from inbox.gathering import whole
from inbox.http.bodies import raw_body
from inbox.http.door import Answer
from inbox.http.errors import told
from inbox.lines import Line
from inbox.metrics import HOOKS
from inbox.parts import PARTS, Parts

log = structlog.get_logger(__name__)

routes = web.RouteTableDef()

_OK = Answer(200, "OK")


class _Knock(NamedTuple):
    parts: Parts
    line: Line
    webhook: Webhook


@routes.route("*", "/hooks/{channel_id}")
async def hook(request: web.Request) -> web.Response:
    """Take a provider's webhook: 200, or 401 unsigned, 403 wrong handshake, 404 no channel, 413 too large."""
    if request.method not in ("GET", "POST"):
        raise web.HTTPMethodNotAllowed(request.method, ("GET", "POST"))
    parts = request.app[PARTS]
    channel_id = request.match_info["channel_id"]
    line = await _line(parts, channel_id)
    answer = await _answered(_Knock(parts, line, await _webhook(request, parts)))
    return web.Response(status=answer.status, text=answer.body, content_type=answer.kind)


async def take(parts: Parts, channel_id: str, webhook: Webhook) -> Answer:
    """Take a webhook that came in by the door. Raises nothing."""
    try:
        return await _answered(_Knock(parts, await _line(parts, channel_id), webhook))
    except Exception as error:
        response = told(error, webhook.method, f"/hooks/{channel_id}")
        retry_after = response.headers.get("Retry-After")
        return Answer(response.status, response.text or "", response.content_type, retry_after)


async def _line(parts: Parts, channel_id: str) -> Line:
    line = await parts.lines.get(channel_id)
    if line is None:
        raise web.HTTPNotFound(text="There is no such channel.")
    return line


async def _answered(knock: _Knock) -> Answer:
    answer = _challenged(knock) or await _taken(knock)
    _count(knock.line.channel.id, answer.status).inc()
    return answer


@lru_cache(maxsize=4096)
def _count(channel_id: str, status: int) -> Counter:
    return HOOKS.labels(channel_id, status)


async def _webhook(request: web.Request, parts: Parts) -> Webhook:
    return Webhook(
        method=request.method,
        url=parts.settings.public_url + request.raw_path,
        headers=request.headers,
        query=request.query,
        body=await raw_body(request),
    )


def _challenged(knock: _Knock) -> Answer | None:
    challenge = knock.line.challenge
    if challenge is None:
        return None
    try:
        words = challenge(knock.webhook)
    except ChallengeRejected as error:
        return Answer(403, str(error))
    return None if words is None else Answer(200, words)


async def _taken(knock: _Knock) -> Answer:
    parts, line, webhook = knock
    try:
        line.connector.verify(webhook)
    except WebhookRejected as error:
        log.warning("webhook rejected", channel=line.channel.id, reason=str(error))
        parts.pulse.refused(line.channel.id)
        return Answer(401, str(error))
    await parts.ingest.submit(await arrivals_of(parts, line, webhook))
    parts.pulse.taken(line.channel.id)
    return Answer(200, *line.answers.answer(webhook)) if line.answers else _OK


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
